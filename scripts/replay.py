"""Look at a recorded flight: `replay.py FLIGHT`, or the newest one of a run: `replay.py runs/NAME`.

Reads the log (NAME.csv with NAME.json beside it) and never flies again. Without options it prints a summary and
draws the flight card beside the log.
"""

from __future__ import annotations

from pathlib import Path

from agents.command_line import CommandParser
from envs.errors import InputError, run_command


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser(prog="replay.py", description=__doc__)
    parser.add_argument("flight", metavar="FLIGHT|RUN", help="a flight log (csv or json), or a run folder")
    parser.add_argument("--card", metavar="FILE", help="draw the flight card here (png, pdf, svg)")
    parser.add_argument("--video", metavar="FILE", help="write an MP4 here; needs no screen")
    parser.add_argument("--view", choices=("chase", "tower", "both"), help="of the video (default chase)")
    parser.add_argument("--window", action="store_true", help="play it in Bullet's window; needs a screen")
    given = parser.parse_args(arguments)
    if given.view and not given.video:
        raise InputError("--view says how a video looks: give --video FILE with it")

    from envs.flight_log import FlightLog, find_flight
    from envs.rendering.summary import summary

    log = FlightLog.load(find_flight(given.flight))
    print(summary(log))
    if not (given.card or given.video or given.window):
        given.card = str(Path(log.source).with_suffix(".png"))
    if given.card:
        from envs.rendering.card import draw_card

        print(f"card: {draw_card(log, given.card)}")
    if given.video:
        from envs.rendering.video import write_video

        print(f"video: {write_video(log, given.video, given.view or 'chase')}")
    if given.window:
        from envs.rendering.window import play

        play(log)
    return 0


if __name__ == "__main__":
    run_command(main)
