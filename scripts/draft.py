"""Draft an aircraft file from span, mass and motor: `draft.py my.yaml --span 1.5 --mass 2 --motor 800`.

A trainer with a nose wheel, which the hand-tuned autopilot flies at once; every line of the file says where it comes
from and waits for a better value.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, whole_number
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and write the file; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="draft.py", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="the new file, NAME.yaml")
    parser.add_argument("--span", type=float, required=True, metavar="M", help="from tip to tip, m")
    parser.add_argument("--mass", type=float, required=True, metavar="KG", help="ready to fly, kg")
    parser.add_argument("--motor", type=float, required=True, metavar="KV", help="its speed without load, rpm a volt")
    parser.add_argument("--cells", type=whole_number, metavar="N", help="of the lithium battery (default: by the mass)")
    parser.add_argument(
        "--propeller", metavar="DxP", help="inches of diameter x pitch, as in 11x7 (default: for 0.9 of the weight)"
    )
    parser.add_argument(
        "--airfoil", default="naca_2412", metavar="NAME", help="naca_NNNN, clark_y or flat_plate (default naca_2412)"
    )
    parser.add_argument("--title", metavar="TEXT", help="as people call it (default: from the file's name)")
    given = parser.parse_args(arguments)

    from agents.commands.draft import draft

    return draft(**vars(given))


if __name__ == "__main__":
    run_command(main)
