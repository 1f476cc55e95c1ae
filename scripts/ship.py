"""Ship the pilot of a finished run with the project: `ship.py RUN` writes agents/pretrained/TASK-AIRCRAFT."""

from __future__ import annotations

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser(prog="ship.py", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="a run folder of scripts/train.py, tested on 1000 flights or more")
    given = parser.parse_args(arguments)

    from agents.commands.ship import ship

    return ship(given.run)


if __name__ == "__main__":
    run_command(main)
