"""The arrows of a Rerun recording: the wind, and the forces on the aircraft as far as the log tells them."""

from __future__ import annotations

import numpy as np
import rerun as rr
from numpy.typing import NDArray

from envs.base.units import STANDARD_GRAVITY
from envs.flights.flight_log import FlightLog
from envs.flights.overlay import optional
from envs.rendering.scene.airframe_mesh import AirframeMesh

Array = NDArray[np.float64]

ARROW_COLOURS = {
    "weight": (150, 150, 160),
    "thrust": (235, 70, 50),
    "lift": (40, 190, 90),
    "drag": (230, 160, 30),
    "air_and_wheels": (120, 200, 120),
    "wind": (90, 170, 255),
}
NAME_COLOUR, SHORTEST = (20, 26, 32), 0.12  # of an arrow's name; reaches: of an arrow that has one
WIND_REACHES = 0.14  # length of the wind's arrow, in reaches of the aircraft, for each m/s
WEIGHT_REACHES = 0.9  # length of the weight's arrow; the other forces are drawn at the same scale


def forces(log: FlightLog, mesh: AirframeMesh, rotations: Array) -> dict[str, Array]:
    """Force vectors in the world (rows, 3), N, as far as the log tells them; NaN where it does not.

    weight = m g; thrust as logged, along the propellers' axes. Mass times the felt acceleration is all that is not
    weight; less the thrust it leaves the air's and the ground's part. With a wheel on the ground these cannot be told
    apart (`air_and_wheels`); in the air they are the air's, split along the flow (`drag`) and across it (`lift`, with
    the side force).
    """
    mass, gravity = log.aircraft().mass.mass_kg, STANDARD_GRAVITY
    found = {"weight": np.tile([0.0, 0.0, -mass * gravity], (len(log), 1))}
    thrust, forward, right = (optional(log, name) for name in ("thrust_N", "accel_x_mps2", "accel_y_mps2"))
    if thrust is None or forward is None or right is None:
        return found
    axis = np.mean([disc.axis for disc in mesh.discs], axis=0) if mesh.discs else np.array([1.0, 0.0, 0.0])
    found["thrust"] = rotations @ (axis / np.linalg.norm(axis)) * thrust[:, None]
    felt_body = np.column_stack([forward, -right, gravity * log.column("load_factor")])
    rest = mass * np.einsum("nij,nj->ni", rotations, felt_body) - found["thrust"]
    airflow = log.block("wind_x_mps", "wind_y_mps", "wind_z_mps") - log.block("vx_mps", "vy_mps", "vz_mps")
    speed = np.linalg.norm(airflow, axis=1, keepdims=True)
    along = airflow / np.maximum(speed, 1e-9)
    drag = np.sum(rest * along, axis=1, keepdims=True) * along
    flying = (log.column("wheels_on_ground") < 0.5)[:, None] & (log.column("strike") < 0.5)[:, None] & (speed > 2.0)
    found["drag"], found["lift"] = np.where(flying, drag, np.nan), np.where(flying, rest - drag, np.nan)
    found["air_and_wheels"] = np.where(flying, np.nan, rest)
    return found


def log_arrows(
    stream: rr.RecordingStream,
    root: str,
    log: FlightLog,
    mesh: AirframeMesh,
    rotations: Array,
    time: rr.TimeColumn,
    labelled: bool,
) -> None:
    """Wind, above the aircraft, and forces; `labelled`: with their names beside them."""
    position = log.block("x_m", "y_m", "z_m")
    weight = log.aircraft().mass.mass_kg * STANDARD_GRAVITY
    vectors = {
        f"forces/{name}": WEIGHT_REACHES * mesh.reach / weight * value
        for name, value in forces(log, mesh, rotations).items()
    }
    vectors["wind"] = WIND_REACHES * mesh.reach * log.block("wind_x_mps", "wind_y_mps", "wind_z_mps")
    for name, arrows in vectors.items():
        last = name.rpartition("/")[2]
        above = np.array([0.0, 0.0, 1.1 * mesh.reach])
        origin = position + above - 0.5 * arrows if name == "wind" else position
        stream.log(
            f"{root}/{name}",
            rr.Arrows3D.from_fields(colors=ARROW_COLOURS[last], radii=0.018 * mesh.reach),
            static=True,
        )
        shown = np.isfinite(arrows).all(axis=1)
        # no arrow where the force is not known: a row of length 0
        columns = rr.Arrows3D.columns(vectors=arrows[shown], origins=origin[shown]).partition(shown.astype(int))
        stream.send_columns(f"{root}/{name}", [time], columns)
        if labelled:
            _arrow_name(stream, f"{root}/{name}/name", last, origin, arrows, mesh.reach, time)


def _arrow_name(
    stream: rr.RecordingStream, path: str, name: str, origin: Array, arrows: Array, reach: float, time: rr.TimeColumn
) -> None:
    """An arrow's name a little beyond its tip, dark on every ground; none where the arrow is too short to be seen."""
    size = np.linalg.norm(arrows, axis=1, keepdims=True)
    seen = np.nan_to_num(size[:, 0]) > SHORTEST * reach
    tips = origin + arrows * (1.0 + 0.12 * reach / np.maximum(size, 1e-9))
    words = rr.Points3D.from_fields(colors=NAME_COLOUR, radii=0.001, labels=name.replace("_", " "), show_labels=True)
    stream.log(path, words, static=True)
    stream.send_columns(path, [time], rr.Points3D.columns(positions=tips[seen]).partition(seen.astype(int)))
