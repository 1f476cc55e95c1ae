"""How much of what a fault costs is won back by test flights, over a grid of faults: `adapt_study.py landing-sport`.

Each cell is one pilot with one fault: success before any test flight, after some, and of the same pilot told all about
the fault. Cells that are done lie in the run folder; the same command goes on after a stop. Without pilots, all cells
that the folder holds are told, of whatever pilots and tasks; with --keep alone all of that file.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

import argparse

from agents.command_line import CommandParser, whole_number
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and fly; the exit status. Raises InputError for bad input."""
    parser = CommandParser(
        prog="adapt_study.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pilots", nargs="*", help="bundles, run folders, names of shipped pilots, autopilot")
    parser.add_argument("--discrepancies", nargs="+", default=[], metavar="NAME=SEVERITY", help="default: all of them")
    parser.add_argument(
        "--severities", nargs="+", type=float, default=[1.0], metavar="S", help="shares of each RANGE (default 1)"
    )
    parser.add_argument(
        "--after", nargs="+", type=whole_number, default=[1, 3, 5], metavar="N", help="test flights (default 1 3 5)"
    )
    parser.add_argument(
        "--flights", type=whole_number, default=100, metavar="N", help="counted each time (default 100)"
    )
    parser.add_argument("--task", metavar="T", help="default: the pilot's own; autopilot: takeoff")
    parser.add_argument("--aircraft", metavar="A", help="default: the pilot's own; autopilot: ultra_stick")
    parser.add_argument("--weather", metavar="W", help="default: the pilot's own; autopilot: breeze")
    parser.add_argument("--run", metavar="DIR", help="default: runs/adapt-study; cells in it are not flown again")
    parser.add_argument("--keep", metavar="FILE", help="add the cells to this small file, and tell all in it")
    parser.add_argument("--markdown", metavar="FILE", help="write the study here as a page, too")
    parser.add_argument("--processes", type=whole_number, default=0, metavar="N", help="default: one a core")
    given = parser.parse_args(arguments)

    from agents.adaptation.study.experiment import study

    return study(
        given.pilots,
        discrepancies=given.discrepancies,
        severities=given.severities,
        after=given.after,
        flights=given.flights,
        task=given.task,
        aircraft=given.aircraft,
        weather=given.weather,
        run=given.run,
        kept=given.keep,
        markdown=given.markdown,
        processes=given.processes,
    )


if __name__ == "__main__":
    run_command(main)
