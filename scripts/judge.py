"""Mark the figures of a flight log as an F3A judge does: `judge.py FLIGHT`, each downgrade with second and reason.

Reads NAME.csv (time, position, velocity, attitude) and NAME.json beside it, which says what was to be flown and where.
Of other people's flights the csv will do: name the figure and the wing span.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, writable_file
from envs.base.errors import InputError, run_command

PAGE_WIDTH = 110
"""Characters a line, into a file or pipe."""
SMALLEST_SPAN_M, LARGEST_SPAN_M = 0.1, 20.0


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and mark the flight; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="judge.py", description=__doc__)
    parser.add_argument(
        "flight", metavar="FLIGHT", help="a flight log (csv or json), or a run folder: its newest flight"
    )
    parser.add_argument(
        "--figure", metavar="NAME|FILE", help="a name in configs/figures or a file (default: the log's)"
    )
    parser.add_argument("--span", type=float, metavar="M", help="wing span, m (default: the log's)")
    parser.add_argument("--json", metavar="FILE", help="write the sheet here as well")
    given = parser.parse_args(arguments)
    if given.span is not None and not SMALLEST_SPAN_M <= given.span <= LARGEST_SPAN_M:
        raise InputError(f"--span: must be {SMALLEST_SPAN_M:g} to {LARGEST_SPAN_M:g} m (got {given.span:g})")
    json_file = writable_file(given.json)

    from agents.runs.run_folder import write_json
    from envs.base.console import plain_console
    from envs.flights.flight_log import find_flight
    from envs.flights.judging import judge_log
    from envs.rendering.sheets.score_table import print_sheet

    console = plain_console()
    if not console.is_terminal:
        console.width = PAGE_WIDTH
    path = find_flight(given.flight)
    judged = judge_log(path, given.figure, given.span)
    for number, one in enumerate(judged):
        if number:
            console.print()
        print_sheet(one, console)
    if len(judged) > 1:
        mean = sum(one.sheet.score for one in judged) / len(judged)
        console.print(f"\nMean of {len(judged)} figures: {mean:.2f}", style="bold", highlight=False)
    if json_file:
        write_json(json_file, {"flight": str(path), "figures": [one.as_dict() for one in judged]})
        console.print(f"written to {json_file}", highlight=False, soft_wrap=True)
    return 0


if __name__ == "__main__":
    run_command(main)
