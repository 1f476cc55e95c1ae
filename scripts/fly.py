"""Fly a mission, `fly.py first_circuit` or a file of your own, or one flight of a pilot: `fly.py landing-sport`.

The run folder gets the log, a card and a video.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, seed_number
from envs.base.errors import InputError, run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and fly the mission; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="fly.py", description=__doc__)
    parser.add_argument(
        "mission", metavar="MISSION|PILOT", help="a name in configs/missions, a file; or a bundle, a run folder, ..."
    )
    parser.add_argument("--aircraft", metavar="A", help="instead of the mission's own")
    parser.add_argument("--weather", metavar="W", help="instead of the mission's own")
    parser.add_argument("--seed", type=seed_number, metavar="N", help="of start, wind and sensors")
    parser.add_argument("--pilot", metavar="NAME", help="a bundle, a run folder, a shipped pilot's name, or autopilot")
    parser.add_argument("--run", metavar="DIR", help="the run folder (default: runs/fly-MISSION-NUMBER)")
    parser.add_argument("--card", metavar="FILE", help="draw the flight card here instead (png, pdf, svg)")
    parser.add_argument("--video", metavar="FILE", help="write the video here instead (mp4)")
    parser.add_argument("--no-video", action="store_true", help="leave the video out: it takes longer than the flight")
    parser.add_argument(
        "--telemetry", metavar="udp:HOST:PORT", help="stream MAVLink to a ground station while it flies, in real time"
    )
    parser.add_argument(
        "settings", nargs="*", metavar="key.sub=value", help="of the flight: effects.swirl=false discrepancies=[heavy]"
    )
    given = parser.parse_intermixed_args(arguments)
    if given.video and given.no_video:
        raise InputError("--video and --no-video: one of them")

    from agents.commands.fly import fly

    return fly(
        given.mission,
        aircraft=given.aircraft,
        weather=given.weather,
        seed=given.seed,
        pilot=given.pilot,
        run=given.run,
        card=given.card,
        video=given.video,
        draw_video=not given.no_video,
        telemetry=given.telemetry,
        settings=given.settings,
    )


if __name__ == "__main__":
    run_command(main)
