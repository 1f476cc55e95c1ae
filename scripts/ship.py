"""Ship the pilot of a finished run with the project: `ship.py RUN` writes agents/pretrained/TASK-AIRCRAFT.

`ship.py --pack BUNDLE DIR` makes one whole folder of a bundle that names skills of others, to copy elsewhere.
"""

from __future__ import annotations

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser(prog="ship.py", description=__doc__)
    parser.add_argument(
        "run", metavar="RUN", nargs="?", help="a run folder of scripts/train.py, tested on 1000 flights or more"
    )
    parser.add_argument("--whole", action="store_true", help="copy also skills that another shipped bundle has")
    parser.add_argument(
        "--pack", nargs=2, metavar=("BUNDLE", "DIR"), help="write BUNDLE to DIR with all skills that it names"
    )
    given = parser.parse_args(arguments)
    if bool(given.run) == bool(given.pack):
        parser.error("name a RUN to ship, or --pack BUNDLE DIR")
    if given.pack and given.whole:
        parser.error("--whole: what --pack writes is always whole")

    from agents.commands.ship import pack_whole, ship

    return pack_whole(*given.pack) if given.pack else ship(given.run, whole=given.whole)


if __name__ == "__main__":
    run_command(main)
