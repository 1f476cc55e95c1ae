"""Search for the hand-tuned autopilot's gains on training flights and print them: `tune_autopilot.py landing`."""

from __future__ import annotations

from agents.command_line import CommandParser, whole_number
from envs.errors import run_command


def main(arguments: list[str] | None = None) -> None:
    parser = CommandParser(prog="tune_autopilot.py", description=__doc__)
    parser.add_argument("task", nargs="?", default="takeoff", metavar="TASK", help="takeoff (default) or landing")
    parser.add_argument("--aircraft", default="ultra_stick", metavar="A")
    parser.add_argument("--generations", type=whole_number, default=9, metavar="N")
    parser.add_argument("--members", type=whole_number, default=32, metavar="N", help="sets of gains in a generation")
    parser.add_argument("--flights", type=whole_number, default=12, metavar="N", help="per set of gains and weather")
    parser.add_argument("--seed", type=whole_number, default=0, metavar="N", help="of the search's own draws")
    given = parser.parse_args(arguments)

    from agents.autopilot.tuning import gains_as_text, search_gains

    gains = search_gains(given.task, given.aircraft, given.generations, given.members, given.flights, given.seed,
                         on_generation=lambda generation: print(generation, flush=True))
    print(gains_as_text(gains))


if __name__ == "__main__":
    run_command(main)
