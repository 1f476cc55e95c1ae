"""Figures in a Rerun recording: the path asked for, and the way flown as smoke and as a ribbon as wide as wings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import rerun as rr
from numpy.typing import NDArray

from envs.flights.figures_asked import AskedFigure, asked_figures
from envs.flights.flight_log import FlightLog
from envs.rendering.figures.ribbon import canopy_colours

Array = NDArray[np.float64]

TIMELINE = "flight_time"
WRITES_HZ, FACES_HZ = 10.0, 20.0  # how often the trail is written anew, and of how many pieces a second it consists
TRAIL_S = 40.0  # seconds of it: all of a figure; a whole flight of them would be written over and over
SMOKE_S, SMOKE_STEP, SMOKE_THIN, SMOKE_WIDE = 5.0, 0.25, 0.08, 0.28  # seconds it stays; spans apart; radii, spans
JITTER = np.random.default_rng(5).normal(size=(1024, 3)) * 0.12  # of smoke, spans
SMOKE, ASKED = (244, 245, 248), (255, 255, 255)


def asked_of(logs: Sequence[FlightLog]) -> dict[str, AskedFigure]:
    """{name: figure} of all that the flights were to fly, one of each place; a second of a name gets a number."""
    found: dict[str, AskedFigure] = {}
    for figure in (figure for log in logs for figure in asked_figures(log)):
        same = [other for other in found.values() if np.array_equal(other.path.position, figure.path.position)]
        if not same:
            count = sum(other.name == figure.name for other in found.values())
            found[f"{figure.name}_{count + 1}" if count else figure.name] = figure
    return found


def log_asked(stream: rr.RecordingStream, figures: dict[str, AskedFigure]) -> None:
    """The paths asked for, each under its name, with a point where it begins."""
    radius = float(np.asarray(rr.Radius.ui_points(1.2)))
    for name, figure in figures.items():
        root = f"world/figures/{rr.escape_entity_path_part(name)}"
        stream.log(root, rr.LineStrips3D([figure.path.position], colors=ASKED, radii=radius), static=True)
        first = rr.Points3D(
            figure.path.position[:1], colors=ASKED, radii=0.25 * figure.path.span_m, labels=[figure.title]
        )
        stream.log(f"{root}/entry", first, static=True)


def log_trail(
    stream: rr.RecordingStream, root: str, position: Array, rotations: Array, seconds: Array, span_m: float
) -> None:
    """Smoke and ribbon of a flight so far: position (n, 3) m, body-to-world rotations (n, 3, 3), clock (n,) s."""
    writes = np.flatnonzero(np.diff(np.floor(seconds * WRITES_HZ), prepend=-1.0) > 0)
    writes = writes[writes > 0]
    if not len(writes):
        return
    time = rr.TimeColumn(TIMELINE, duration=seconds[writes])
    _ribbon(stream, f"{root}/ribbon", position, rotations, seconds, writes, span_m, time)
    _smoke(stream, f"{root}/smoke", position, seconds, writes, span_m, time)


def _ribbon(
    stream: rr.RecordingStream,
    name: str,
    position: Array,
    rotations: Array,
    seconds: Array,
    writes: NDArray[np.int64],
    span_m: float,
    time: rr.TimeColumn,
) -> None:
    """Two triangles between two pieces of the wings' way, of which the viewer shows both sides."""
    step = max(1, round(1.0 / (FACES_HZ * max(float(np.median(np.diff(seconds))), 1e-3))))
    corners, colours, lengths = list[Array](), list[NDArray[np.uint8]](), list[int]()
    tips = np.stack([position + 0.5 * side * span_m * rotations[:, :, 1] for side in (1.0, -1.0)], axis=1)
    painted = np.rint(255 * canopy_colours(rotations[:, :, 2])).astype(np.uint8)
    for row in writes:
        first = int(np.searchsorted(seconds, seconds[row] - TRAIL_S)) // step * step
        rows = np.unique(np.append(np.arange(first, row, step), row))  # pieces stay where they are
        old, new = tips[rows[:-1]], tips[rows[1:]]
        faces = np.stack([old[:, 0], old[:, 1], new[:, 0], new[:, 0], old[:, 1], new[:, 1]], axis=1)
        corners.append(faces.reshape(-1, 3))
        pair = [painted[rows[:-1]], painted[rows[1:]]]
        colours.append(np.stack([pair[which] for which in (0, 0, 1, 1, 0, 1)], axis=1).reshape(-1, 3))
        lengths.append(len(corners[-1]))
    columns = rr.Mesh3D.columns(vertex_positions=np.concatenate(corners), vertex_colors=np.concatenate(colours))
    stream.send_columns(name, [time], columns.partition(lengths))


def _smoke(
    stream: rr.RecordingStream,
    name: str,
    position: Array,
    seconds: Array,
    writes: NDArray[np.int64],
    span_m: float,
    time: rr.TimeColumn,
) -> None:
    """Puffs along the way of the last seconds: large in the middle of their life, and vanishing at its end."""
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(position, axis=0), axis=1))])
    places = np.arange(0.0, way[-1], SMOKE_STEP * span_m)
    born = np.interp(places, way, seconds)
    chance = JITTER[np.arange(len(places)) % len(JITTER)]
    points = np.column_stack([np.interp(places, way, axis) for axis in position.T]) + span_m * chance
    shown, radii, lengths = list[Array](), list[Array](), list[int]()
    for now in seconds[writes]:
        age = (now - born) / SMOKE_S
        alive = (age >= 0.0) & (age < 1.0)
        age = age[alive]
        shown.append(points[alive])
        radii.append(
            span_m * (SMOKE_THIN + (SMOKE_WIDE - SMOKE_THIN) * np.sqrt(age)) * np.minimum(1.0, 3.0 * (1 - age))
        )
        lengths.append(len(age))
    stream.log(name, rr.Points3D.from_fields(colors=SMOKE), static=True)
    columns = rr.Points3D.columns(positions=np.concatenate(shown), radii=np.concatenate(radii))
    stream.send_columns(name, [time], columns.partition(lengths))
