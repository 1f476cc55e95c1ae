"""The truth as numbers of the size of 1, for a critic that learns beside a pilot who sees the sensors alone.

What a critic is told of the aircraft as it was built is read off its PARAMETERS against those of its drawing, so that
it says something of any discrepancy, also of one that nobody has written yet, and always in as many numbers. 0: as
drawn. No pilot is ever shown any of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from envs.base.frames import Array
from envs.base.readings import READINGS
from envs.observation import LIMIT

SENSED_AS_TRUTH = tuple(name for name, reading in READINGS.items() if not reading.sensed)
"""Readings that no sensor gives: shown to the critic with the truth of all that the pilot sees."""


def truth_rows(observations: tuple[str, ...]) -> tuple[str, ...]:
    """The rows of `observation_table` that a critic is shown in a task with these observations."""
    true = (name for name in observations if not READINGS[name].by_eye)  # an answer, of which there is no truth here
    return tuple(dict.fromkeys((*true, *SENSED_AS_TRUTH)))


def built_names(drawn: np.ndarray, sensors: np.ndarray) -> tuple[str, ...]:
    """What each number of `built_readings` is, for an aircraft with this record of its drawing."""
    return tuple(name for name, _ in _compared(drawn[0], drawn[0], sensors[0]))


def built_readings(parameters: np.ndarray, drawn: np.ndarray, sensors: np.ndarray) -> np.ndarray:
    """(n,) float32 within +-LIMIT: how an aircraft and its sensors differ from the drawing.

    parameters, drawn: the records as built and as drawn; sensors: the SENSORS record. The same n for one drawing.
    """
    values = np.array([value for _, value in _compared(parameters[0], drawn[0], sensors[0])])
    return np.clip(np.nan_to_num(values, posinf=LIMIT, neginf=-LIMIT), -LIMIT, LIMIT).astype(np.float32)


def _compared(p: np.void, d: np.void, z: np.void) -> Iterator[tuple[str, float]]:
    """(name, difference of the size of 1 for a bad one), always the same names for one drawing."""
    yield from _mass(p, d)
    yield from _wings(p, d)
    for hinge in range(int(d["hinges"])):
        yield from _control(p, d, hinge)
    for motor in range(int(d["motors"])):
        yield from _motor(p, d, motor)
    for wheel in range(int(d["wheels"])):
        yield f"wheel {wheel} toe", 10.0 * float(p["wheel_toe"][wheel] - d["wheel_toe"][wheel])
        yield f"wheel {wheel} drag", 0.2 * float(p["wheel_drag"][wheel] - d["wheel_drag"][wheel])
        yield f"wheel {wheel} place", _far(p["wheel_contact"][wheel] + _shift(p), d["wheel_contact"][wheel], d)
    for key in ("added_zero", "added_alpha"):
        for index, name in enumerate(("CL", "CD", "Cm", "CY", "Cl", "Cn")):
            yield f"{key} {name}", (2.0 if name == "CL" else 20.0) * float(p[key][index] - d[key][index])
    for axis, part in zip("xyz", z["mount"][:3], strict=True):
        yield f"mount {axis}", 20.0 * float(part)
    yield "compass", 3.0 * float(z["compass_offset"])
    yield "pitot", 2.0 * (float(z["pitot_gain"]) - 1.0)
    yield "fix delay", 5.0 * float((z["delay_steps"] - z["known_delay_steps"]) * z["step"])


def _ratio(new: float, old: float) -> float:
    """Relative difference, 0 where there was nothing."""
    return float(new / old - 1.0) if old and np.isfinite(old) else 0.0


def _shift(p: np.void) -> Array:
    """How far the centre of gravity is from where the drawing has it, m."""
    return -p["residual_position"]


def _far(new: Array, old: Array, d: np.void) -> float:
    return 10.0 * float(np.linalg.norm(new - old) / d["span"])


def _mass(p: np.void, d: np.void) -> Iterator[tuple[str, float]]:
    yield "mass", 4.0 * _ratio(p["mass"], d["mass"])
    for axis, shift in zip("xyz", _shift(p), strict=True):
        yield f"centre of gravity {axis}", 25.0 * float(shift / d["span"])
    for row, axis in enumerate("xyz"):
        yield f"inertia {axis}{axis}", 4.0 * _ratio(p["inertia"][row, row], d["inertia"][row, row])
    for row, column in ((0, 1), (0, 2), (1, 2)):
        lean = (p["inertia"][row, column] - d["inertia"][row, column]) / d["inertia"][0, 0]
        yield f"inertia {'xyz'[row]}{'xyz'[column]}", 4.0 * float(lean)
    for name in ("servo_rate", "servo_bandwidth"):
        yield name, _ratio(p[name], d[name])
    yield "servo_delay", 10.0 * float((p["servo_delay"] - d["servo_delay"]) * d["time_step"])


def _wings(p: np.void, d: np.void) -> Iterator[tuple[str, float]]:
    """Area, lift, drag and stall of all strips together, and where they act; of a coefficient aircraft its halves."""
    new, old = _sums(p), _sums(d)
    size = old["lift"] or 1.0
    yield "lift", 4.0 * _ratio(new["lift"], old["lift"])
    yield "drag", 4.0 * _ratio(new["drag"], old["drag"])
    yield "stall", 4.0 * _ratio(new["stall"], old["stall"])
    for name in ("lift x", "lift y"):
        yield name, 25.0 * (new[name] - old[name]) / (size * float(d["span"]))
    yield "drag y", 100.0 * (new["drag y"] - old["drag y"]) / ((old["drag"] or 1.0) * float(d["span"]))
    for name, weight in (("twist", 50.0), ("twist y", 200.0)):
        length = 1.0 if name == "twist" else float(d["span"])
        yield name, weight * (new[name] - old[name]) / (size * length)
    yield "side twist", 200.0 * (new["side twist"] - old["side twist"]) / size
    yield "bodies", _ratio(p["body_drag_area"].sum(), d["body_drag_area"].sum())
    for half, side in enumerate(("left", "right")):
        yield f"{side} half lift", 4.0 * float(p["whole_half_lift"][half] - d["whole_half_lift"][half])
        yield f"{side} half twist", 25.0 * float(p["whole_half_twist"][half] - d["whole_half_twist"][half])


def _sums(p: np.void) -> dict[str, float]:
    n = int(p["strips"])
    up = np.abs(p["strip_normal"][:n, 2])
    lift, drag = (p["strip_area"][:n] * p[f"strip_{name}"][:n] for name in ("slope", "drag_min"))
    place = p["strip_position"][:n] + _shift(p)
    return {
        "lift": float((lift * up).sum()),
        "drag": float(drag.sum()),
        "stall": float((p["strip_area"][:n] * up * p["strip_stall"][:n]).sum()),
        "lift x": float((lift * up * place[:, 0]).sum()),
        "lift y": float((lift * up * place[:, 1]).sum()),
        "drag y": float((drag * place[:, 1]).sum()),
        "side twist": float((lift * p["strip_normal"][:n, 1] * p["strip_zero_lift"][:n]).sum()),
        "twist": float((lift * up * p["strip_zero_lift"][:n]).sum()),
        "twist y": float((lift * up * p["strip_zero_lift"][:n] * place[:, 1]).sum()),
    }


def _control(p: np.void, d: np.void, k: int) -> Iterator[tuple[str, float]]:
    travel = 0.5 * float(d["hinge_up"][k] + d["hinge_down"][k])
    stuck = float(p["hinge_stuck"][k])
    moves = np.isnan(stuck)
    share = (float((r["strip_area"] * (r["strip_hinge"] == k))[: r["strips"]].sum()) for r in (p, d))
    yield f"control {k} offset", 2.0 * float(p["hinge_offset"][k] - d["hinge_offset"][k]) / travel
    yield f"control {k} force", float(p["hinge_effect"][k] * p["hinge_share"][k]) - 1.0
    yield f"control {k} travel", _ratio(p["hinge_up"][k] + p["hinge_down"][k], d["hinge_up"][k] + d["hinge_down"][k])
    yield f"control {k} area", 2.0 * _ratio(*share)
    yield f"control {k} slow", float(p["hinge_slow"][k]) - 1.0
    yield f"control {k} late", 10.0 * float((p["hinge_delay"][k] - d["hinge_delay"][k]) * d["time_step"])
    yield f"control {k} play", 5.0 * float(p["hinge_play"][k] - d["hinge_play"][k]) / travel
    yield f"control {k} stuck", 0.0 if moves else 1.0
    yield f"control {k} stuck at", 0.0 if moves else stuck / travel


def _motor(p: np.void, d: np.void, k: int) -> Iterator[tuple[str, float]]:
    yield f"motor {k} thrust", 4.0 * _ratio(p["propeller_CT"][k, 0], d["propeller_CT"][k, 0])
    yield f"motor {k} torque", 4.0 * _ratio(p["propeller_CP"][k, 0], d["propeller_CP"][k, 0])
    yield f"motor {k} diameter", 4.0 * _ratio(p["propeller_diameter"][k], d["propeller_diameter"][k])
    for name in ("battery_voltage", "motor_Kt", "motor_max_current"):
        yield f"motor {k} {name}", 4.0 * _ratio(p[name][k], d[name][k])
    for name in ("battery_resistance", "motor_resistance", "rotor_inertia"):
        yield f"motor {k} {name}", _ratio(p[name][k], d[name][k])
    yield f"motor {k} power", 4.0 * _ratio(p["engine_power"][k].max(), d["engine_power"][k].max())
    for row, axis in ((1, "left"), (2, "up")):
        yield f"motor {k} axis {axis}", 15.0 * float(p["motor_axis"][k, row] - d["motor_axis"][k, row])
    yield f"motor {k} place", _far(p["motor_position"][k] + _shift(p), d["motor_position"][k], d)
