"""Fly it yourself: `play.py takeoff`, or a mission; keyboard or joystick, in a window and in real time.

W and S move the throttle, A and D the rudder, the arrows aileron and elevator (down: pull); space starts. The flight
is judged, logged and drawn as every other, and its figures stand beside those of the learned pilot, whose flight with
the same seed is seen as a ghost. Keys, axes, expo and rates: files of configs/controls. Needs the extra `window`.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

import argparse

from agents.command_line import CommandParser, whole_number
from envs.base.errors import InputError, run_command


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and open the window; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="play.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", metavar="TASK|MISSION", help="takeoff, landing, ..., or a mission's name")
    parser.add_argument("--aircraft", metavar="A", help="default: ultra_stick, or the mission's own")
    parser.add_argument("--weather", metavar="W", help="default: breeze, or the mission's own")
    parser.add_argument("--seed", type=whole_number, metavar="N", help="of start and wind (default 1000)")
    parser.add_argument(
        "--against",
        metavar="PILOT|LOG",
        help="a bundle, a run folder, a shipped pilot's name, autopilot, a flight's log, or nobody (default: the "
        "shipped pilot)",
    )
    parser.add_argument("--controls", metavar="FILE", help="a name in configs/controls, or a file (default: gamepad)")
    parser.add_argument("--device", metavar="NAME", help="keyboard, or a joystick's number or a part of its name")
    parser.add_argument("--devices", action="store_true", help="say which joysticks there are, and end")
    parser.add_argument("--view", choices=("chase", "tower"), default="chase", help="the first view (default chase)")
    parser.add_argument("--run", metavar="DIR", help="the run folder (default: runs/play-TASK-NUMBER)")
    given = parser.parse_args(arguments)
    if given.devices:
        from agents.sticks.devices import joystick_names

        print("\n".join(f"{number}: {name}" for number, name in enumerate(joystick_names())) or "no joystick")
        return 0
    if given.what is None:
        raise InputError(f"which task or mission? ({parser.prog} --help shows the usage)")

    from agents.sticks.play import play

    return play(
        given.what,
        aircraft=given.aircraft,
        weather=given.weather,
        seed=given.seed,
        against=given.against,
        controls=given.controls,
        device=given.device,
        view=given.view,
        run=given.run,
    )


if __name__ == "__main__":
    run_command(main)
