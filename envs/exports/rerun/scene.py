"""The 3-D part of a Rerun recording: world, aircraft, arrows, traces, chase camera. World axes, metres, z up."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import rerun as rr
from numpy.typing import NDArray

from envs.base.frames import CHANNELS
from envs.exports.rerun.arrows import NAME_COLOUR, log_arrows
from envs.exports.rerun.trail import TIMELINE, asked_of, log_asked, log_trail
from envs.flights.figures_asked import asked_figures
from envs.flights.flight_log import FlightLog
from envs.flights.overlay import COLOURS, clock
from envs.rendering.scene.airframe_mesh import AirframeMesh, Part
from envs.rendering.scene.camera import Camera, ChaseCamera
from envs.rendering.scene.pose import rotation_matrix
from envs.rendering.scene.solids import normals

Array = NDArray[np.float64]

GRASS, DARKER_GRASS, TILE_M = (72, 98, 48), (65, 90, 43), 15.0
MOWN, ASPHALT, PAINT = (112, 136, 70), (84, 86, 92), (240, 240, 235)
TRACE_HZ = 10.0  # the growing trace is written whole each time
VIEW_SIZE = (1280, 720)


def log_world(stream: rr.RecordingStream, logs: Sequence[FlightLog]) -> None:
    """Ground, runway and the ideal path, all timeless."""
    runway = logs[0].runway()
    length, half = runway.length_m, 0.5 * runway.width_m
    stream.log("/", rr.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
    reach = 250.0 + max(float(np.abs(log.block("x_m", "y_m")).max()) for log in logs)
    _fields(stream, "world/ground", reach)
    face = MOWN if runway.surface == "grass" else ASPHALT
    _plate(stream, "world/runway/surface", (0.0, length, -half, half), 0.0, face)
    edges = [[(x, y, 0.03) for x, y in ((0, -half), (length, -half), (length, half), (0, half), (0, -half))]]
    dashes = [[(x, 0.0, 0.03), (min(x + 2.0, length), 0.0, 0.03)] for x in np.arange(4.0, length - 2.0, 6.0)]
    stream.log("world/runway/markings", rr.LineStrips3D([*edges, *dashes], colors=PAINT, radii=0.05), static=True)
    posts = [
        [(x, side * (half + 0.5), 0.0), (x, side * (half + 0.5), 0.5)]
        for x in np.arange(0.0, length + 1.0, 20.0)
        for side in (-1, 1)
    ]
    stream.log("world/runway/posts", rr.LineStrips3D(posts, colors=(235, 90, 40), radii=0.05), static=True)
    if figures := asked_of(logs):
        log_asked(stream, figures)
        return
    path = ideal_path(logs)
    stream.log("world/ideal_path", rr.LineStrips3D([path], colors=(255, 255, 255), radii=pixels(1.2)), static=True)


def ideal_path(logs: Sequence[FlightLog]) -> Array:
    """Points (n, 3), m, of the way the task wants flown: the leg of the log's header, as far as the flights went.

    Nowhere below the ground; without a leg it is the centreline of the runway.
    """
    leg = logs[0].header.get("leg")
    keys = ("x_m", "y_m", "course", "height_m", "slope")
    if not isinstance(leg, dict) or not all(isinstance(leg.get(key), int | float) for key in keys):
        return np.array([(0.0, 0.0, 0.05), (logs[0].runway().length_m, 0.0, 0.05)])
    x, y, course, height, slope = (float(leg[key]) for key in keys)
    ahead = np.array([math.cos(course), -math.sin(course)])
    along = np.concatenate([(log.block("x_m", "y_m") - [x, y]) @ ahead for log in logs])
    stations = np.linspace(float(along.min()), float(along.max()), 101)
    return np.column_stack(
        [x + stations * ahead[0], y + stations * ahead[1], np.maximum(0.05, height + slope * stations)]
    )


def log_flight(stream: rr.RecordingStream, log: FlightLog, label: str, index: int, alone: bool) -> None:
    """One flight; `alone` keeps the aircraft's own colours, else they lean towards the flight's."""
    root, colour = flight_path(label), COLOURS[index]
    seconds = clock(log)
    meshes = [(at_s, AirframeMesh(aircraft)) for at_s, aircraft in log.stages()]
    (_, mesh), *_ = meshes
    time = rr.TimeColumn(TIMELINE, duration=seconds)
    position, quaternion = log.block("x_m", "y_m", "z_m"), log.block("qx", "qy", "qz", "qw")
    rotations = np.array([rotation_matrix(row) for row in quaternion])
    stream.send_columns(f"{root}/aircraft", [time], rr.Transform3D.columns(translation=position, quaternion=quaternion))
    begins = [int(np.searchsorted(log.column("time_s"), at_s - 1e-6)) for at_s, _ in meshes]
    tint, gone = None if alone else np.array(colour) / 255, set[str]()
    for number, ((_, built), begin) in enumerate(zip(meshes, begins, strict=True)):
        rows = np.arange(begin, [*begins[1:], len(log)][number])
        if len(rows):
            gone = _aircraft(stream, f"{root}/aircraft", log, built, rows, tint, gone)
    if not alone:
        above = [[0.0, 0.0, 0.75 * mesh.reach]]
        stream.log(
            f"{root}/aircraft/label", rr.Points3D(above, labels=[label], colors=NAME_COLOUR, radii=0.01), static=True
        )
    log_arrows(stream, f"{root}/arrows", log, mesh, rotations, time, alone)
    _paths(stream, root, position, seconds, colour)
    if asked_figures(log):
        log_trail(stream, root, position, rotations, seconds, log.aircraft().span_m)
    _chase_camera(stream, f"{root}/chase_camera", log, mesh, rotations, time)


def pixels(radius: float) -> float:
    """A radius in pixels of the screen, as the viewer wants it: a path far away must not vanish."""
    return float(np.asarray(rr.Radius.ui_points(radius)))


def flight_path(label: str) -> str:
    """The entity under which a flight lies."""
    return "flights/" + rr.escape_entity_path_part(label)


def _plate(
    stream: rr.RecordingStream, name: str, box: tuple[float, float, float, float], z: float, colour: tuple[int, ...]
) -> None:
    x0, x1, y0, y1 = box
    corners = [(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)]
    stream.log(
        name,
        rr.Mesh3D(
            vertex_positions=corners,
            triangle_indices=[(0, 1, 2), (0, 2, 3)],
            vertex_normals=[(0, 0, 1)] * 4,
            vertex_colors=[colour] * 4,
        ),
        static=True,
    )


def _fields(stream: rr.RecordingStream, name: str, reach: float) -> None:
    """Ground of tiles in two greens: on an even one nothing tells how fast the aircraft moves."""
    count = math.ceil(2 * reach / TILE_M)
    row, column = (part.ravel() for part in np.mgrid[0:count, 0:count])
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    flat = TILE_M * (np.stack([column, row], axis=1)[:, None, :] + square - 0.5 * count)
    corners = np.concatenate([flat, np.full((*flat.shape[:2], 1), -0.03)], axis=2).reshape(-1, 3)
    first = 4 * np.arange(count * count)[:, None, None]
    triangles = (first + np.array([(0, 1, 2), (0, 2, 3)])).reshape(-1, 3)
    colours = np.repeat(np.where(((row + column) % 2)[:, None], GRASS, DARKER_GRASS), 4, axis=0)
    stream.log(
        name,
        rr.Mesh3D(
            vertex_positions=corners,
            triangle_indices=triangles,
            vertex_normals=np.tile([0.0, 0.0, 1.0], (len(corners), 1)),
            vertex_colors=colours.astype(np.uint8),
        ),
        static=True,
    )


def _mesh(parts: Sequence[Part], tint: Array | None) -> rr.Mesh3D:
    """Parts undeflected as one mesh, every triangle with its own corners so that edges stay sharp."""
    points = np.concatenate([part.points[part.triangles].reshape(-1, 3) for part in parts])
    facing = np.concatenate([np.repeat(normals(part.points, part.triangles), 3, axis=0) for part in parts])
    colours = np.concatenate([np.repeat(part.colours, 3, axis=0) for part in parts])
    if tint is not None:
        colours = 0.3 * colours + 0.7 * tint * (0.35 + 0.65 * colours.mean(axis=1, keepdims=True))
    return rr.Mesh3D(
        vertex_positions=points,
        vertex_normals=facing,
        vertex_colors=np.rint(255 * np.clip(colours, 0, 1)).astype(np.uint8),
    )


def _aircraft(
    stream: rr.RecordingStream,
    root: str,
    log: FlightLog,
    mesh: AirframeMesh,
    rows: NDArray[np.int64],
    tint: Array | None,
    before: set[str],
) -> set[str]:
    """The aircraft over some rows of a flight; entities of `before` that it has not (torn off) vanish. All it has."""
    seconds = clock(log)[rows]
    stream.set_time(TIMELINE, duration=float(seconds[0]))
    whole = len(rows) == len(log)  # nothing strikes in flight: what does not move is the same at all times
    shown = {f"{root}/airframe"}
    stream.log(f"{root}/airframe", _mesh([part for part in mesh.parts if part.turning is None], tint), static=whole)
    deflections = {c: log.column(f"{c}_deg")[rows] for c in CHANNELS if f"{c}_deg" in log.columns}
    for part in mesh.parts:
        turning = part.turning
        if turning is None:
            continue
        shown.add(f"{root}/{part.name}")
        stream.log(f"{root}/{part.name}/surface", _mesh([part], tint), static=whole)
        angles = [
            turning.angle({name: float(values[row]) for name, values in deflections.items()})
            for row in range(len(rows))
        ]
        half = 0.5 * np.array(angles)
        quaternions = np.column_stack([np.outer(np.sin(half), turning.axis), np.cos(half)])
        offsets = np.array([turning.point - rotation_matrix(row) @ turning.point for row in quaternions])
        stream.send_columns(
            f"{root}/{part.name}",
            [rr.TimeColumn(TIMELINE, duration=seconds)],
            rr.Transform3D.columns(translation=offsets, quaternion=quaternions),
        )
    for number, disc in enumerate(mesh.discs):
        across = np.cross(disc.axis, [0.0, 0.0, 1.0])
        across /= max(float(np.linalg.norm(across)), 1e-9)
        other, turn = np.cross(disc.axis, across), np.linspace(0.0, 2 * np.pi, 33)
        rim = disc.center + disc.radius * (np.outer(np.cos(turn), across) + np.outer(np.sin(turn), other))
        name = f"{root}/propeller" + (f"_{number + 1}" if len(mesh.discs) > 1 else "")
        shown.add(name)
        stream.log(name, rr.LineStrips3D([rim], colors=(40, 40, 44, 160), radii=0.006), static=whole)
    for name in sorted(before - shown):
        stream.log(name, rr.Clear(recursive=True))
    return shown


def _paths(
    stream: rr.RecordingStream, root: str, position: Array, seconds: Array, colour: tuple[int, int, int]
) -> None:
    stream.log(f"{root}/path", rr.LineStrips3D([position], colors=(*colour, 120), radii=pixels(0.8)), static=True)
    ground = position * [1.0, 1.0, 0.0] + [0.0, 0.0, 0.04]
    stream.log(f"{root}/shadow", rr.LineStrips3D([ground], colors=(20, 30, 20), radii=pixels(0.7)), static=True)
    rows = np.flatnonzero(np.diff(np.floor(seconds * TRACE_HZ), prepend=-1.0) > 0)
    strips = [position[: row + 1] for row in rows]
    stream.log(f"{root}/trace", rr.LineStrips3D.from_fields(colors=colour, radii=pixels(2.0)), static=True)
    stream.send_columns(
        f"{root}/trace", [rr.TimeColumn(TIMELINE, duration=seconds[rows])], rr.LineStrips3D.columns(strips=strips)
    )


def _chase_camera(
    stream: rr.RecordingStream, name: str, log: FlightLog, mesh: AirframeMesh, rotations: Array, time: rr.TimeColumn
) -> None:
    width, height = VIEW_SIZE
    chase, seconds = ChaseCamera(mesh.reach, width, height), clock(log)
    position, velocity = log.block("x_m", "y_m", "z_m"), log.block("vx_mps", "vy_mps", "vz_mps")
    cameras: list[Camera] = [
        chase.follow(float(seconds[row]), position[row], velocity[row], rotations[row, :, 0]) for row in range(len(log))
    ]
    # a camera looks along its z, its x to the right and its y down
    turns = np.array([np.column_stack([c.right, -c.up, c.forward]) for c in cameras])
    lens = rr.Pinhole(
        focal_length=cameras[0].focal,
        width=width,
        height=height,
        camera_xyz=rr.ViewCoordinates.RDF,
        image_plane_distance=0.01,
        line_width=0.0,
        color=(0, 0, 0, 0),  # its frame would stand in the picture
    )
    stream.log(name, lens, static=True)
    stream.send_columns(name, [time], rr.Transform3D.columns(translation=[c.position for c in cameras], mat3x3=turns))
