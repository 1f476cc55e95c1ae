"""Print a table of all aircraft, and draw them side by side at one scale: `hangar.py --picture hangar.png`."""

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
    given = parser.parse_args(arguments)

    from agents.commands.hangar import show_hangar

    return show_hangar(given.aircraft, picture_file=given.picture)


if __name__ == "__main__":
    run_command(main)
