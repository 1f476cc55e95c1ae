"""Write the JSON Schemas of the config files anew: `python scripts/schema.py`.

Editors that read `# yaml-language-server: $schema=...` (VS Code's YAML, PyCharm, Neovim) then complete and check
configs/*. Run it after a change of what a config may hold.
"""

from __future__ import annotations

import argparse

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    CommandParser(
        prog="schema.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args(arguments)

    from agents.schemas.schema import write_schemas

    for path in write_schemas():
        print(path)
    return 0


if __name__ == "__main__":
    run_command(main)
