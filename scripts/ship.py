"""Ship the pilot of a finished run with the project: `ship.py RUN` writes agents/pretrained/TASK-AIRCRAFT.

`ship.py --pack BUNDLE DIR` makes one whole folder of a bundle that names skills of others, to copy elsewhere.
`ship.py --score [NAME ...]` flies the test of shipped pilots (all unless named) again and writes it to their cards.
`ship.py --page` writes the table of all shipped pilots on the page agents/pretrained/README.md.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; the exit code. Raises InputError."""
    parser = CommandParser(prog="ship.py", description=__doc__)
    parser.add_argument(
        "run", metavar="RUN", nargs="?", help="a run folder of scripts/train.py, tested on 1000 flights or more"
    )
    parser.add_argument("--whole", action="store_true", help="copy also skills that another shipped bundle has")
    parser.add_argument(
        "--pack", nargs=2, metavar=("BUNDLE", "DIR"), help="write BUNDLE to DIR with all skills that it names"
    )
    parser.add_argument("--page", action="store_true", help="write the table of agents/pretrained/README.md again")
    parser.add_argument("--score", nargs="*", metavar="NAME", help="fly shipped pilots again, all unless named")
    given = parser.parse_args(arguments)
    if [bool(given.run), bool(given.pack), given.page, given.score is not None].count(True) != 1:
        parser.error("name a RUN to ship, or give one of --pack BUNDLE DIR, --score and --page")
    if given.whole and not given.run:
        parser.error("--whole goes with a RUN to ship; what --pack writes is always whole")
    if given.page:
        from agents.report.zoo import write_page

        return write_page()

    if given.score is not None:
        from agents.commands.ship import score

        return score(given.score)

    from agents.commands.ship import pack_whole, ship

    return pack_whole(*given.pack) if given.pack else ship(given.run, whole=given.whole)


if __name__ == "__main__":
    run_command(main)
