"""Write a run's report, one HTML page with its success, flights, learning curves and config: `report.py runs/NAME`.

The flights in its pictures are flown again with the run's bundle, on the seeds from 1000 up.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, whole_number
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and write the page; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="report.py", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="a finished run folder of scripts/train.py")
    parser.add_argument("--output", metavar="FILE.html", help="the page (default RUN/report.html)")
    parser.add_argument(
        "--flights",
        type=whole_number,
        default=100,
        metavar="N",
        help="flights to fly again for the pictures (default 100)",
    )
    parser.add_argument("--no-film", action="store_true", help="leave out the film of how it learned")
    given = parser.parse_args(arguments)

    from agents.commands.report import report_run

    return report_run(given.run, given.output, given.flights, film=not given.no_film)


if __name__ == "__main__":
    run_command(main)
