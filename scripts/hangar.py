"""Print a table of all aircraft, and draw them side by side at one scale: `hangar.py --picture hangar.png`.

Or one of them with each fault it may have: `hangar.py ultra_stick --discrepancies faults.png`.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and show the aircraft; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="hangar.py", description=__doc__)
    parser.add_argument(
        "aircraft",
        nargs="*",
        help="names in configs/aircraft, or paths to YAML files (default: all of configs/aircraft)",
    )
    parser.add_argument("--picture", metavar="FILE", help="draw them: .png, .pdf, .svg or .jpg")
    parser.add_argument(
        "--discrepancies",
        metavar="FILE",
        help="draw instead one aircraft (default: ultra_stick) with each discrepancy: .png, .pdf, .svg or .jpg",
    )
    given = parser.parse_args(arguments)

    from agents.commands.sheets.hangar import show_discrepancies, show_hangar

    if given.discrepancies:
        if len(given.aircraft) > 1 or given.picture:
            parser.error("--discrepancies draws one aircraft: name one at most, without --picture")
        return show_discrepancies(*given.aircraft, picture_file=given.discrepancies)
    return show_hangar(given.aircraft, picture_file=given.picture)


if __name__ == "__main__":
    run_command(main)
