"""Fly a pilot many times on unseen seeds and count: `evaluate.py runs/NAME`, or `evaluate.py autopilot`."""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, seed_number, whole_number
from envs.base.errors import run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and fly; the exit status."""
    parser = CommandParser(prog="evaluate.py", description=__doc__)
    parser.add_argument("pilot", help="a bundle, a run folder, the name of a shipped bundle, autopilot, or a mission")
    parser.add_argument("--task", metavar="T", help="default: what the pilot was trained for; autopilot: takeoff")
    parser.add_argument("--aircraft", metavar="A", help="default: the pilot's own; autopilot: ultra_stick")
    parser.add_argument("--weather", metavar="W", help="default: the pilot's own; autopilot: breeze")
    parser.add_argument("--flights", type=whole_number, metavar="N", help="default 300; 5 with --telemetry")
    parser.add_argument(
        "--seed", type=seed_number, default=1000, metavar="N", help="of the first flight (default 1000)"
    )
    parser.add_argument("--json", metavar="FILE", help="write the result here, as evaluation.json")
    parser.add_argument("--log-flights", metavar="DIR", help="write a flight log of every flight here")
    parser.add_argument("--processes", type=whole_number, default=0, metavar="N", help="default: one a core")
    parser.add_argument(
        "--telemetry",
        metavar="udp:HOST:PORT",
        help="stream MAVLink to a ground station, one flight after another in real time",
    )
    parser.add_argument(
        "settings",
        nargs="*",
        metavar="key.sub=value",
        help="of the training config: effects.swirl=false field_elevation_m=1600",
    )
    given = parser.parse_intermixed_args(arguments)

    from agents.commands.evaluate import evaluate

    return evaluate(
        given.pilot,
        task=given.task,
        aircraft=given.aircraft,
        weather=given.weather,
        flights=given.flights,
        seed=given.seed,
        json_file=given.json,
        log_folder=given.log_flights,
        settings=given.settings,
        processes=given.processes,
        telemetry=given.telemetry,
    )


if __name__ == "__main__":
    run_command(main)
