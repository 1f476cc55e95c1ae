"""A coefficient aircraft at and beyond the stall: CLmax, tables, plate, wing drop, spin and recovery."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.aircraft.coefficient_model import plate_law, stall_angles
from envs.base.errors import InputError
from envs.base.quantities import AT, QUANTITIES
from envs.physics.steady.airframe import FORCE, MOMENT, Airframe, body_velocity
from envs.physics.world import World
from tests.support.physics_tools import changed

FOLDER = Path(__file__).resolve().parents[2] / "support" / "aircraft"
STICK, X8, RASCAL = (str(FOLDER / f"{n}.yaml") for n in ("ultra_stick_coefficients", "x8_coefficients", "rascal"))
STILL = np.zeros(3)


def model(**keys: Any) -> Aircraft:
    return changed(load_aircraft(STICK), lambda d: d.update(coefficient_model={**d["coefficient_model"], **keys}))


def lift_drag(aircraft: Aircraft, degrees: float) -> tuple[float, float]:
    craft = Airframe(aircraft, propeller=False)
    reference = aircraft.derivatives
    assert reference
    alpha = math.radians(degrees)
    fx, _, fz = craft.load(body_velocity(15.0, alpha, 0.0), STILL, 0.0, np.zeros(0))[FORCE] / (
        0.5 * 1.225 * 225 * reference.area_m2
    )
    return (fz * math.cos(alpha) + fx * math.sin(alpha), fz * math.sin(alpha) - fx * math.cos(alpha))


@pytest.mark.parametrize("wanted", [0.9, 1.1, 1.3])
@pytest.mark.parametrize("sharpness", [20.0, 30.0, 100.0])
def test_CL_max_is_the_highest_lift(wanted: float, sharpness: float) -> None:
    aircraft = model(stall_deg=None, CL_max=wanted, CL_min=-0.8, sharpness_per_rad=sharpness)
    lift = [lift_drag(aircraft, d)[0] for d in np.arange(0.0, 25.0, 0.25)]
    assert max(lift) == pytest.approx(wanted, rel=0.005)
    assert min(lift_drag(aircraft, d)[0] for d in np.arange(-25.0, 0.0, 0.25)) == pytest.approx(-0.8, rel=0.005)


def test_a_published_lift_table_is_flown_through_the_stall_and_beyond() -> None:
    # Rascal: CL 0.25 at 0, 1.4 at 0.23 rad, 0.71 at 0.6 rad, so 1.243 at 18 deg and no cliff.
    rascal = load_aircraft(RASCAL)
    for alpha, CL in ((-0.2, -0.75), (0.0, 0.25), (0.1, 0.75), (0.23, 1.4), (0.6, 0.71)):
        assert lift_drag(rascal, math.degrees(alpha))[0] == pytest.approx(CL, abs=1e-3)
    assert lift_drag(rascal, 18.0)[0] == pytest.approx(1.4 - 0.69 * (math.radians(18) - 0.23) / 0.37, abs=1e-3)
    for alpha, CD0 in ((0.0, 0.028), (0.13, 0.042)):
        CL, CD = lift_drag(rascal, math.degrees(alpha))
        assert pytest.approx(CD0 + 0.04 * CL**2, rel=0.002) == CD


@pytest.mark.parametrize("path", [STICK, X8, RASCAL])
def test_no_cliff_beyond_the_stall(path: str) -> None:
    # Lift falls, but never below half of its peak before 35 deg; each quarter of a degree takes less than 6 % of it.
    aircraft = changed(load_aircraft(path), lambda d: d["coefficient_model"].update(sharpness_per_rad=30.0))
    angles = np.arange(0.0, 45.0, 0.25)
    lift = np.array([lift_drag(aircraft, float(a))[0] for a in angles])
    peak = int(np.argmax(lift))
    assert lift[peak : np.searchsorted(angles, 35.0)].min() > 0.5 * lift[peak]
    assert np.abs(np.diff(lift)).max() < 0.06 * lift[peak]
    drag = np.array([lift_drag(aircraft, float(a))[1] for a in angles])
    assert np.all(np.diff(drag[peak:]) > -0.001)  # the Rascal's published drag by lift falls with it


@pytest.mark.parametrize("path", [STICK, X8, RASCAL])
def test_nose_goes_down_as_it_stalls(path: str) -> None:
    craft = Airframe(load_aircraft(path), propeller=False)

    def nose_up(degrees: float) -> float:
        return -float(craft.load(body_velocity(15.0, math.radians(degrees), 0.0), STILL, 0.0, np.zeros(0))[MOMENT][1])

    moments = np.array([nose_up(d) for d in np.arange(5.0, 91.0, 1.0)])
    assert np.all(np.diff(moments) < 0.02)


@pytest.mark.parametrize("path", [STICK, X8, RASCAL])
def test_roll_damping_is_the_published_one_and_passes_the_stall_without_a_jump(path: str) -> None:
    aircraft = changed(load_aircraft(path), lambda d: d["coefficient_model"].update(sharpness_per_rad=30.0))
    reference, craft = aircraft.derivatives, Airframe(aircraft, propeller=False)
    assert reference
    scale = 0.5 * 1.225 * 225 * reference.area_m2 * reference.span_m

    def damping(degrees: float) -> float:
        rates = np.array([0.02 * 2 * 15.0 / reference.span_m, 0.0, 0.0])
        velocity = body_velocity(15.0, math.radians(degrees), 0.0)
        high, low = (craft.load(velocity, sign * rates, 0.0, np.zeros(0))[MOMENT][0] for sign in (1, -1))
        return float(high - low) / scale / 0.04

    angles = np.arange(-10.0, 90.5, 0.5)
    values = np.array([damping(float(a)) for a in angles])
    published = reference.Cl["p"]
    below = angles < math.degrees(stall_angles(reference, aircraft.coefficient_model)[0]) - 9.0  # type: ignore[arg-type]
    assert values[below & (angles > -4)] == pytest.approx(published, rel=0.01)
    assert values.max() < 1.2 * abs(published)  # autorotation, no more
    assert values[angles > 40].max() < 0.0
    assert np.abs(np.diff(values)).max() < 0.4 * abs(published)


def fly(aircraft: Aircraft, sticks: Any, seconds: float) -> np.ndarray:
    world, rows = World(aircraft, control_hz=60), []
    world.reset((0.0, 0.0, 400.0), (0.0, 0.0, 0.0, 1.0), (14.0, 0.0, -0.5), (0.0, 0.0, 0.0))
    truth = np.zeros(len(QUANTITIES))
    for step in range(round(60 * seconds)):
        aileron, elevator, rudder = sticks(step / 60)
        world.advance(aileron, elevator, rudder, 0.0)
        world.measure(truth)
        rows.append(truth.copy())
    world.close()
    return np.array(rows)


def spinning(seconds: float) -> tuple[float, float, float]:
    return 0.0, min(1.0, seconds), 1.0 if seconds > 0.75 else 0.0


def test_stick_back_and_rudder_over_is_a_spin_and_letting_go_ends_it() -> None:
    # Models of the class: alpha 30 to 60 deg, half a turn to two turns a second, sinking at some 10 m/s.
    rows = fly(load_aircraft(STICK), lambda t: spinning(t) if t < 6.0 else (0.0, 0.0, 0.0), 9.0)
    spin = rows[4 * 60 : 6 * 60]
    alpha, rate = np.degrees(spin[:, AT.alpha]), np.hypot(spin[:, AT.p], spin[:, AT.r])
    assert alpha.min() > 30
    assert alpha.max() < 60
    assert np.all(spin[:, AT.r] > 0)
    assert rate.min() > math.pi
    assert rate.max() < 4 * math.pi
    assert spin[:, AT.airspeed].max() < 14.0
    assert np.ptp(spin[:, AT.airspeed]) < 1.0
    after = rows[8 * 60 :]
    assert np.degrees(after[:, AT.alpha]).max() < 10
    assert np.abs(after[:, AT.r]).max() < 0.5


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"stall_deg": 14.0, "CL_max": 1.1}, "give stall_deg or CL_max, not both"),
        ({"stall_deg": None}, "nothing says where it stalls"),
        ({"stall_deg": None, "CL_max": 3.9}, "CL_max 3.9 is no lift"),
        ({"stall_deg": None, "CL_max": 1.1, "CL_min": -0.6, "stall_negative_deg": -8.0}, "not both"),
    ],
)
def test_a_stall_said_twice_or_not_at_all_is_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        model(**keys)
    assert "\n" not in str(refused.value)


def test_plate_of_a_tail_is_steeper_than_that_of_a_flying_wing() -> None:
    plates = []
    for path in (STICK, X8):
        aircraft = load_aircraft(path)
        assert aircraft.derivatives
        assert aircraft.coefficient_model
        plates.append(plate_law(aircraft.derivatives, aircraft.coefficient_model))
    assert plates[0].moment < 3 * plates[1].moment < 0
    assert plates[0].normal == pytest.approx(
        1.2, abs=0.05
    )  # Hoerner, Fluid-Dynamic Drag: plates of aspect ratio 5: 1.2
