"""Compare pilots on the same flights, one pilot with the hand-tuned autopilot: `compare.py landing-ultra_stick`."""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, different, seed_number, whole_number, writable_file
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and compare the pilots; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="compare.py", description=__doc__)
    parser.add_argument("pilots", nargs="+", metavar="PILOT", help="bundles, run folders, or autopilot")
    parser.add_argument("--task", metavar="T", help="default: what the first pilot was trained for")
    parser.add_argument("--aircraft", metavar="A", help="default: the first pilot's")
    parser.add_argument("--weather", metavar="W,W", default="calm,breeze,gusty,storm", help="weathers to fly in")
    parser.add_argument("--flights", type=whole_number, default=300, metavar="N", help="a pilot and weather (300)")
    parser.add_argument(
        "--crosswind-flights",
        type=whole_number,
        default=100,
        metavar="N",
        help="a pilot and strength of steady crosswind (100; 0: none)",
    )
    parser.add_argument("--seed", type=seed_number, default=1000, metavar="N", help="of the first flight (1000)")
    parser.add_argument("--json", metavar="FILE", help="write the figures here as well")
    parser.add_argument("--picture", metavar="FILE", help="draw the comparison here (.png)")
    parser.add_argument(
        "--curves",
        metavar="FILE",
        help="draw how they learned here (.png), seeds of one programme as a band; runs need not be finished; nothing "
        "flies then, unless --json or --picture ask for it",
    )
    given = parser.parse_args(arguments)

    from agents.commands.compare import compare

    pilots = different(given.pilots, "pilots")
    return compare(
        pilots if len(pilots) > 1 else list(dict.fromkeys([*pilots, "autopilot"])),
        task=given.task,
        aircraft=given.aircraft,
        weathers=different(given.weather.split(","), "--weather"),
        flights=given.flights,
        crosswind_flights=given.crosswind_flights,
        seed=given.seed,
        json_file=writable_file(given.json),
        picture_file=writable_file(given.picture),
        curves_file=writable_file(given.curves),
    )


if __name__ == "__main__":
    run_command(main)
