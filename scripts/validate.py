"""Compare published answers (trim, stall, glide, modes, take-off roll, hover, derivatives) with the simulator's."""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and compare the answers; the exit status. Raises InputError for bad input."""
    parser = CommandParser(
        prog="validate.py", description=__doc__, epilog="Exit status 1 when a value misses and its file gives no cause."
    )
    parser.add_argument(
        "aircraft", nargs="*", help="names in configs/validation, or paths to files of answers (default: all)"
    )
    parser.add_argument("--json", metavar="FILE", help="write every number here")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables as a page")
    parser.add_argument("--picture", metavar="FILE", help="draw it on one page: .png, .pdf, .svg or .jpg")
    given = parser.parse_args(arguments)

    from agents.commands.validate import report_validation

    return report_validation(
        given.aircraft, json_file=given.json, markdown_file=given.markdown, picture_file=given.picture
    )


if __name__ == "__main__":
    run_command(main)
