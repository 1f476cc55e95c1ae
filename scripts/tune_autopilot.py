"""Search the gains of the hand-tuned autopilot on training flights and print them: `tune_autopilot.py landing`.

With --bundle they become a pilot, which every command flies by its folder's name; with --keep the autopilot flies this
aircraft with them from then on. Over aircraft that differ from their drawing: 'discrepancies={draw: [all], most: 2}'.
Over several figures, of which each flight draws one: figure 'figure=[loop, immelmann]'.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

import argparse

from agents.command_line import CommandParser, seed_number, whole_number
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and search the gains; the exit status. Raises InputError for bad input."""
    parser = CommandParser(
        prog="tune_autopilot.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "task", nargs="?", default="takeoff", metavar="TASK", help="takeoff (default), landing or figure"
    )
    parser.add_argument("settings", nargs="*", metavar="key.sub=value", help="of the flights: discrepancies=heavy")
    parser.add_argument("--aircraft", default="ultra_stick", metavar="A", help="default: ultra_stick")
    parser.add_argument("--weather", metavar="W", help="this one alone (default: those of the task, by weight)")
    parser.add_argument("--generations", type=whole_number, default=9, metavar="N", help="of the search (default 9)")
    parser.add_argument(
        "--members", type=whole_number, default=32, metavar="N", help="sets of gains in a generation (default 32)"
    )
    parser.add_argument(
        "--flights", type=whole_number, default=12, metavar="N", help="per set of gains and weather (default 12)"
    )
    parser.add_argument("--seed", type=seed_number, default=0, metavar="N", help="of the search's own draws")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--only", nargs="+", default=[], metavar="GAIN", help="move these gains alone")
    chosen.add_argument("--own", action="store_true", help="move no gains that the task shares with other flights")
    parser.add_argument("--bundle", metavar="DIR", help="a pilot with the gains found, written at each generation")
    parser.add_argument(
        "--keep", action="store_true", help="as this aircraft's own, in configs/autopilot, which the autopilot flies by"
    )
    given = parser.parse_intermixed_args(arguments)

    from agents.tuning.gain_command import tune_autopilot

    return tune_autopilot(
        given.task,
        given.settings,
        aircraft=given.aircraft,
        weather=given.weather,
        generations=given.generations,
        members=given.members,
        flights=given.flights,
        seed=given.seed,
        only=given.only,
        own=given.own,
        bundle=given.bundle,
        keep=given.keep,
    )


if __name__ == "__main__":
    run_command(main)
