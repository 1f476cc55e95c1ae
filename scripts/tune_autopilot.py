"""Search the gains of the hand-tuned autopilot on training flights and print them: `tune_autopilot.py landing`."""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from dataclasses import fields

from agents.command_line import CommandParser, seed_number, whole_number, within
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and search the gains; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="tune_autopilot.py", description=__doc__)
    parser.add_argument("task", nargs="?", default="takeoff", metavar="TASK", help="takeoff (default) or landing")
    parser.add_argument("--aircraft", default="ultra_stick", metavar="A", help="default: ultra_stick")
    parser.add_argument("--generations", type=whole_number, default=9, metavar="N", help="of the search (default 9)")
    parser.add_argument(
        "--members", type=whole_number, default=32, metavar="N", help="sets of gains in a generation (default 32)"
    )
    parser.add_argument(
        "--flights", type=whole_number, default=12, metavar="N", help="per set of gains and weather (default 12)"
    )
    parser.add_argument("--seed", type=seed_number, default=0, metavar="N", help="of the search's own draws")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--only", nargs="+", default=[], metavar="GAIN", help="move these gains alone")
    chosen.add_argument("--own", action="store_true", help="move no gains that the task shares with other flights")
    given = parser.parse_args(arguments)

    within("--generations", given.generations, 1, 10_000)
    within("--members", given.members, 2, 4096)
    within("--flights", given.flights, 1, 10_000)

    from agents.autopilot import AUTOPILOTS
    from agents.autopilot.gains import FlightGains
    from agents.tuning.gain_objectives import OBJECTIVES
    from agents.tuning.gain_search import Generation, gains_as_text, search_gains

    names = given.only
    if given.own and given.task in OBJECTIVES and issubclass(AUTOPILOTS[given.task].gains_type, FlightGains):
        shared = {field.name for field in fields(FlightGains)}
        names = [name for name in OBJECTIVES[given.task].ranges if name not in shared]

    def tell(generation: Generation) -> None:
        """Print the mean gains of every generation: a search that is stopped early has them in its last line."""
        moved = names or list(OBJECTIVES[given.task].ranges)
        print(generation, *(f"{name}={getattr(generation.gains, name):.3g}" for name in moved), flush=True)

    gains = search_gains(
        given.task,
        given.aircraft,
        given.generations,
        given.members,
        given.flights,
        given.seed,
        names=names,
        on_generation=tell,
    )
    print(gains_as_text(gains))
    return 0


if __name__ == "__main__":
    run_command(main)
