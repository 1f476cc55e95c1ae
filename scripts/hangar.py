"""All aircraft in a table, and side by side in one picture at one scale, drawn from their YAML files."""

from __future__ import annotations

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
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
