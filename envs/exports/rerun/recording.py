"""Flights as a Rerun recording (.rrd): a 3-D scene and plots on one timeline, flights laid over each other.

Entities, each of which the viewer can switch on and off:

    world/...                          ground, runway, ideal path
    flights/LABEL/aircraft/...         a solid that moves, its control surfaces turning about their hinges
    flights/LABEL/arrows/...           wind, and the forces the log tells (arrows.forces)
    flights/LABEL/trace, path, shadow  where it was so far, where it will have been, and the path on the ground
    world/figures/NAME                 of figures: the path asked for (instead of the ideal path),
    flights/LABEL/smoke, ribbon        the way flown as smoke, and as a ribbon coloured by where the canopy points
    flights/LABEL/chase_camera         what the chase view looks through
    eyes/LABEL/picture, frame, answer  what the camera in the nose sees, and what the neuron says to it
    plots/GROUP/QUANTITY/LABEL         the curves
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from envs.base.errors import InputError
from envs.base.files import replacing, write_fault
from envs.base.quiet import quiet_output
from envs.exports.exporter import with_ending
from envs.flights.flight_log import FlightLog
from envs.flights.overlay import check_count, labels
from envs.rendering.eye.looking import FlightEye

WEB_PORT, DATA_PORT = 9090, 9876  # Rerun's own defaults


def write_rerun(
    logs: Sequence[FlightLog], path: str | os.PathLike[str], eyes: Sequence[FlightEye | None] | None = None
) -> Path:
    """Write flights, all starting at time 0, into one recording ending in .rrd; the path.

    `eyes`: those of the flights, to show what their cameras see. Raises InputError.
    """
    path = with_ending(Path(path), ".rrd", "a Rerun recording")
    check_count(logs, str(path))
    _need_rerun()
    import rerun as rr

    from envs.exports.rerun.eye import log_eye
    from envs.exports.rerun.layout import layout
    from envs.exports.rerun.plots import log_plots
    from envs.exports.rerun.scene import log_flight, log_world

    names = labels(logs)
    eyes = eyes or [None] * len(logs)
    with replacing(path) as beside:
        beside.touch()  # a folder that cannot be written to is told before the work
        try:
            # Rerun's own thread writes, and says what it meets on the error output.
            with quiet_output(), rr.RecordingStream("maiden_flight", make_default=False) as stream:
                stream.save(beside, default_blueprint=layout(logs, names, eyes))
                log_world(stream, logs)
                for index, (log, name, eye) in enumerate(zip(logs, names, eyes, strict=True)):
                    log_flight(stream, log, name, index, alone=len(logs) == 1)
                    if eye is not None:
                        log_eye(stream, log, name, index, eye, alone=len(logs) == 1)
                log_plots(stream, logs, names)
                stream.flush()
                stream.disconnect()
        except RuntimeError as error:
            raise write_fault(path, str(error)) from None
    return path


def open_viewer(path: Path) -> None:
    """Show a recording in Rerun's own viewer: a window where there is a screen, else in a browser until Ctrl-C."""
    _need_rerun()
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        print(f"opening {path}")
        subprocess.Popen([sys.executable, "-m", "rerun", str(path)], start_new_session=True)
        return
    for port in (WEB_PORT, DATA_PORT):
        if _taken(port):
            raise InputError(f"--rerun: port {port} of the browser's viewer is taken; --rerun FILE.rrd only saves")
    page = f"http://127.0.0.1:{WEB_PORT}/?url=rerun%2Bhttp://127.0.0.1:{DATA_PORT}/proxy"
    print(f"no screen here: open {page} in a browser; Ctrl-C ends", flush=True)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "rerun",
            "--serve-web",
            "--bind",
            "127.0.0.1",
            "--port",
            str(DATA_PORT),
            "--web-viewer-port",
            str(WEB_PORT),
            str(path),
        ],
        check=False,
    )


def _taken(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def _need_rerun() -> None:
    if importlib.util.find_spec("rerun") is None:
        raise InputError("--rerun needs the package rerun-sdk: pip install -e '.[replay]'")
