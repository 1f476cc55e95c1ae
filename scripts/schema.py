"""Write the JSON Schemas of the config files anew: `python scripts/schema.py`.

Run it after a change of the keys that a config may hold. Editors that read `# yaml-language-server: $schema=...`
(VS Code's YAML, PyCharm, Neovim) then complete and check the files in configs/.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

import argparse

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and write the schemas; the exit status. Raises InputError for bad input."""
    CommandParser(
        prog="schema.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args(arguments)

    from agents.schemas.schema import write_schemas

    for path in write_schemas():
        print(path)
    return 0


if __name__ == "__main__":
    run_command(main)
