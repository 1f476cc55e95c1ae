"""Learning as a film: the same scenario flown by the policies of a run, from the untrained one to the last.

Every flight stands under its training steps and ends with its outcome; flights longer than 15 s are cut. The flight
logs stay in RUN/film/, for scripts/replay.py. With --picture the film is an animated WebP or GIF at twice the speed,
small enough for a page.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, seed_number, whole_number
from envs.base.errors import InputError, run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and film; the exit status."""
    parser = CommandParser(prog="film.py", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="a run folder of scripts/train.py, finished or not")
    parser.add_argument(
        "--scenario",
        type=seed_number,
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
    parser.add_argument(
        "--steps",
        type=lambda text: [whole_number(part) for part in text.split(",")],
        default=(),
        metavar="N,N,...",
        help="instead of --flights: the policies nearest to these training steps",
    )
    parser.add_argument("--picture", metavar="FILE", help="an animated .webp or .gif instead of the MP4")
    parser.add_argument(
        "--then", metavar="FLIGHT", help="a recorded flight that ends the picture, in time lapse of about 8 s"
    )
    parser.add_argument("--video", metavar="FILE", help="the MP4 (default RUN/film/film_SEED.mp4)")
    parser.add_argument("--view", choices=("chase", "tower", "both"), help="default chase; of figures both")
    parser.add_argument("--rerun", metavar="FILE", help="also all flights at once, as a Rerun recording (.rrd)")
    given = parser.parse_args(arguments)

    if given.then and not given.picture:
        raise InputError("--then says how a picture ends: give --picture FILE with it")

    from agents.commands.film import film

    return film(
        given.run,
        scenario=given.scenario,
        flights=given.flights,
        steps=given.steps,
        video=given.video,
        picture=given.picture,
        then=given.then,
        rerun=given.rerun,
        view=given.view,
    )


if __name__ == "__main__":
    run_command(main)
