"""Look at recorded flights: `replay.py FLIGHT`, the newest of a run: `replay.py runs/NAME`, or those that failed.

Reads the log (NAME.csv with NAME.json beside it) and never flies again. Without options it prints a summary and
draws the flight card beside the log. Several flights are laid over each other, all starting at time 0; --overlay
draws many of one figure with their marks.
A film of a figure shows the path asked for, and smoke and a ribbon where it was flown.
What the camera in the nose sees of a landing, and what the neuron says to it, is shown beside it.
Each format that other programs read is a file of envs/exports.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from typing import Any

from agents.command_line import CommandParser
from envs.base.errors import InputError, run_command
from envs.exports import exporters

BESIDE = False
"""Of an option without its FILE: beside the flight."""


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and show the flight; the exit status."""
    parser = CommandParser(prog="replay.py", description=__doc__)
    parser.add_argument("flights", nargs="+", metavar="FLIGHT|RUN", help="a flight log (csv or json), or a run folder")
    parser.add_argument("--failed", action="store_true", help="of a folder all flights that failed, not the newest")
    parser.add_argument("--card", metavar="FILE", help="draw the flight card here (png, pdf, svg)")
    parser.add_argument(
        "--overlay", metavar="FILE", help="draw flights of one figure over each other here; of a folder all of them"
    )
    parser.add_argument("--video", metavar="FILE", help="write an MP4 here; two flights side by side")
    parser.add_argument(
        "--view", choices=("chase", "tower", "both"), help="of video or window (default chase; of figures both)"
    )
    parser.add_argument(
        "--eye",
        nargs="?",
        const=True,
        metavar="FILE",
        help="show what the camera in the nose sees and the neuron says, of any flight (without --eye of those that "
        "land); FILE: with another neuron, of `eye.py --save FILE`",
    )
    parser.add_argument("--no-eye", dest="eye", action="store_false", help="show no pictures of the camera")
    parser.add_argument("--window", action="store_true", help="play it in a window, in real time (extra: window)")
    known = exporters()
    for option, exporter in known.items():
        optional_file: dict[str, Any] = {"nargs": "?", "const": BESIDE} if exporter.show else {}
        parser.add_argument(f"--{option}", metavar="FILE", help=exporter.help, **optional_file)
    given = parser.parse_args(arguments)
    if given.view and not (given.video or given.window):
        raise InputError("--view says how a video or the window looks: give --video FILE or --window with it")
    if given.overlay and given.eye:
        raise InputError("--eye: --overlay draws many flights together, and no pictures of their cameras")
    if given.overlay and (given.card or given.video or given.window or any(getattr(given, one) for one in known)):
        raise InputError("--overlay draws many flights together: give the other options in a command of their own")
    if given.view == "both" and given.window:
        raise InputError("--window shows one view at a time: give --view chase or tower (V changes it)")

    from agents.commands.replay import overlay, replay

    if given.overlay:
        return overlay(given.flights, given.overlay, failed=given.failed)
    return replay(
        given.flights,
        card=given.card,
        video=given.video,
        view=given.view,
        window=given.window,
        failed=given.failed,
        eye=given.eye,
        exports={option: file or "" for option in known if (file := getattr(given, option)) is not None},
    )


if __name__ == "__main__":
    run_command(main)
