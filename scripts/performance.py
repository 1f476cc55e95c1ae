"""Print an aircraft's performance: trim, stall, glide, climb, take-off and modes, from the kernel that flies."""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and print the sheet; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="performance.py", description=__doc__)
    parser.add_argument("aircraft", help="a name in configs/aircraft, or a path to a YAML file")
    parser.add_argument("--json", metavar="FILE", help="write every number here, units in the names")
    parser.add_argument("--picture", metavar="FILE", help="draw the sheet on one page: .png, .pdf, .svg or .jpg")
    parser.add_argument("--density", type=float, metavar="D", help="air, kg/m3 (default 1.225)")
    parser.add_argument("--height", type=float, metavar="M", help="of the field, m: standard atmosphere there")
    parser.add_argument("--temperature", type=float, metavar="C", help="deg C (default: the standard atmosphere's)")
    parser.add_argument(
        "--speed", type=float, metavar="V", help="cruise that the modes belong to, m/s (default: a usual one)"
    )
    given = parser.parse_args(arguments)

    from agents.commands.performance import report_performance

    return report_performance(
        given.aircraft,
        json_file=given.json,
        picture_file=given.picture,
        density=given.density,
        height=given.height,
        temperature=given.temperature,
        speed=given.speed,
    )


if __name__ == "__main__":
    run_command(main)
