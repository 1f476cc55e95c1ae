"""Print a table of all figures (stunts) and who can fly them, and draw them: `figures.py --picture figures.png`.

Or some, for other aircraft: `figures.py loop hover my.yaml --aircraft sport --aircraft mcfoamy`. A sequence is drawn
as on an Aresti form, with its whole path: `figures.py club --picture club.png`.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and show the figures; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="figures.py", description=__doc__)
    parser.add_argument(
        "figure",
        nargs="*",
        help="names in configs/figures, or one in configs/sequences, or paths (default: all of configs/figures)",
    )
    parser.add_argument("--picture", metavar="FILE", help="draw them on a page: .png, .pdf, .svg or .jpg")
    parser.add_argument(
        "--aircraft",
        metavar="A",
        action="append",
        help="whose speed, lift, rolling and thrust are held against them (default: ultra_stick); may be repeated",
    )
    given = parser.parse_args(arguments)

    from agents.commands.sheets.figures import show_figures

    return show_figures(given.figure, aircraft=given.aircraft or ("ultra_stick",), picture_file=given.picture)


if __name__ == "__main__":
    run_command(main)
