"""Train the net that reads from the nose camera how far aside the runway lies: `runway_reader.py --save FILE`.

It stands in for a positioning receiver with corrections where `sensor_suite` is `camera`; the shipped one is
configs/eyes/runway_reader.npz. Its errors are told on aircraft that it never learned from.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, whole_number, writable_file
from agents.eye.options import add_picture_options, pictures_asked
from envs.base.errors import InputError, run_command

FEWEST, MOST, MOST_ROUNDS = 1_000, 2_000_000, 1_000


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and train; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="runway_reader.py", description=__doc__)
    add_picture_options(parser, usual=240_000)
    parser.add_argument("--rounds", type=whole_number, default=40, metavar="N", help="times they are looked through")
    parser.add_argument("--save", metavar="FILE", help="write the net: a .npz file")
    parser.add_argument("--json", metavar="FILE", help="write its errors")
    given = parser.parse_args(arguments)
    asked = pictures_asked(given, FEWEST, MOST)
    if not 1 <= given.rounds <= MOST_ROUNDS:
        raise InputError(f"--rounds: must be 1 to {MOST_ROUNDS:,} (got {given.rounds:,})")
    save, json_file = writable_file(given.save), writable_file(given.json)
    if save is not None and save.suffix != ".npz":
        raise InputError(f"--save {given.save}: must end in .npz")

    from agents.commands.eye import train_reader
    from envs.base.console import plain_console

    return train_reader(
        asked.trained,
        asked.unseen,
        count=asked.pictures,
        rounds=given.rounds,
        seed=asked.seed,
        console=plain_console(highlight=False),
        save=save,
        json_file=json_file,
    )


if __name__ == "__main__":
    run_command(main)
