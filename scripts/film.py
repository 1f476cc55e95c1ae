"""Learning as a film: the same scenario flown by the policies of a run, from the untrained one to the last.

Every flight stands under its training steps and ends with its outcome; flights longer than 15 s are cut. The flight
logs stay in RUN/film/, for scripts/replay.py.
"""

from __future__ import annotations

from agents.command_line import CommandParser, whole_number
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser(prog="film.py", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="a run folder of scripts/train.py, finished or not")
    parser.add_argument(
        "--scenario",
        type=whole_number,
        default=1000,
        metavar="SEED",
        help="the flight's seed: start, wind and gusts (default 1000)",
    )
    parser.add_argument(
        "--flights",
        type=whole_number,
        default=7,
        metavar="N",
        help="policies at most, spread over the training (default 7)",
    )
    parser.add_argument("--video", metavar="FILE", help="the MP4 (default RUN/film/film_SEED.mp4)")
    parser.add_argument("--view", choices=("chase", "tower", "both"), default="chase", help="default chase")
    parser.add_argument("--rerun", metavar="FILE", help="also all flights at once, as a Rerun recording (.rrd)")
    given = parser.parse_args(arguments)

    from agents.commands.film import film

    return film(
        given.run,
        scenario=given.scenario,
        flights=given.flights,
        video=given.video,
        rerun=given.rerun,
        view=given.view,
    )


if __name__ == "__main__":
    run_command(main)
