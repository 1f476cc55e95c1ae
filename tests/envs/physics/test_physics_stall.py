"""Through the stall and beyond it: damping without jumps, autorotation, spins, a section that turns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.quantities import AT, QUANTITIES
from envs.physics.steady.airframe import Airframe, body_velocity
from envs.physics.world import World
from tests.support.physics_tools import changed, place, wing_only

STILL = np.zeros(3)
ANGLES = np.arange(0.0, 61.0)  # deg


def roll_damping(aircraft: Aircraft, speed: float) -> np.ndarray:
    """Moment per roll rate over the roll inertia, 1/s, at ANGLES of attack; minus damps."""
    airframe, step, still_motors = Airframe(aircraft), 0.05, np.zeros(len(aircraft.propulsion))
    airframe.command(0, 0, 0)

    def rolling(alpha_deg: float, rate: float) -> float:
        velocity = body_velocity(speed, math.radians(alpha_deg), 0.0)
        return float(airframe.load(velocity, np.array([rate, 0.0, 0.0]), 0.0, still_motors)[3])

    return np.array([(rolling(a, step) - rolling(a, -step)) / (2 * step) for a in ANGLES]) / aircraft.mass.Ixx


@pytest.mark.parametrize(("name", "speed", "stall_deg"), [("ultra_stick", 17.0, 12), ("mcfoamy", 7.0, 16)])
def test_roll_damping_goes_through_the_stall_without_a_jump(name: str, speed: float, stall_deg: int) -> None:
    damping = roll_damping(load_aircraft(name), speed)
    attached = damping[: stall_deg - 3]
    assert attached.max() < 0
    assert np.ptp(attached) < 0.1 * abs(attached.mean())
    # It was 12 to 30 within half a degree, where the induced flow stood still and sections had not stalled.
    assert np.abs(np.diff(damping)).max() < 0.8 * abs(attached.mean())
    # Autorotation: for some degrees past the stall a wing that goes down loses more lift than the other.
    assert 0 < damping[stall_deg : stall_deg + 8].max() < 1.5 * abs(attached.mean())
    assert damping[stall_deg + 12 :].max() < 0


def test_side_force_of_a_plate_fuselage_grows_evenly_with_the_slip() -> None:
    # In a knife edge: it steepened sevenfold between 8 and 14 deg.
    airframe = Airframe(load_aircraft("mcfoamy"))
    airframe.command(0, 0, 0)
    slips = np.radians(np.arange(2.0, 17.0, 2.0))
    force = [
        airframe.load(np.array([10 * math.cos(b), -10 * math.sin(b), 0.0]), STILL, 0.0, np.zeros(1))[1] for b in slips
    ]
    slope = np.diff(force) / np.diff(slips)
    assert slope.min() > 0.8 * slope[0]
    assert slope.max() < 1.5 * slope[0]


def test_a_section_that_turns_damps_itself() -> None:
    # Thin aerofoil turning about its quarter chord: cl_q = slope, cm_q = -slope / 8 per q c / 2V (Katz & Plotkin).
    wing = Airframe(wing_only(6.0, lift_slope_per_rad=6.0), effects={"induced_flow": False})
    velocity, nose_up = body_velocity(20.0, 0.0, 0.0), 0.5

    def load(q: float) -> np.ndarray:
        return wing.load(velocity, np.array([0.0, -q, 0.0]), 0.0, np.zeros(0))

    change = (load(nose_up) - load(-nose_up)) / (2 * nose_up)
    per_rate = 0.5 * 1.225 * 20.0**2 * 6.0 * (1.0 / (2 * 20.0))
    assert change[2] / per_rate == pytest.approx(6.0, rel=0.01)
    assert -change[4] / per_rate == pytest.approx(-6.0 / 8, rel=0.01)


def flown(world: World, seconds: float, *command: float) -> np.ndarray:
    """Quantities (steps, n) of a flight with the sticks held."""
    rows = np.empty((round(30 * seconds), len(QUANTITIES)))
    for row in rows:
        world.advance(*command)
        world.measure(row)
    return rows


def spin_trainer(data: dict[str, Any]) -> None:
    """Set up as for spins: centre of gravity 2 cm aft (a margin of 3 % of the chord), 30 deg of elevator."""
    data["mass"]["center_of_gravity_m"][0] -= 0.02
    for surface in data["surfaces"]:
        for control in surface.get("controls", []):
            if control["name"] == "elevator":
                control["travel_deg"] = 30.0


def test_a_trainer_set_up_for_it_spins_and_recovers() -> None:
    aircraft = changed(load_aircraft("sport"), spin_trainer)
    world = World(aircraft)
    place(world, 300.0, 1.1 * aircraft.stall_speed_mps, pitch=math.radians(8))
    flown(world, 1.0, 0, 1, 0, 0)
    flown(world, 3.0, 1, 1, 1, 0)
    spin = flown(world, 2.0, 1, 1, 1, 0)
    rate = np.degrees(np.linalg.norm(spin[:, [AT.p, AT.q, AT.r]], axis=1))
    assert np.degrees(spin[:, AT.alpha]).min() > 20.0  # stalled all the time
    assert np.degrees(spin[:, AT.r]).min() > 60.0  # yawing to the right
    assert 250.0 < rate.mean() < 720.0
    assert spin[:, AT.airspeed].max() < 1.8 * aircraft.stall_speed_mps  # it does not dive: the speed stands
    assert np.ptp(spin[:, AT.airspeed]) < 0.3 * aircraft.stall_speed_mps
    recovered = flown(world, 2.0, 0, -0.3, -1, 0)
    assert abs(math.degrees(recovered[-1, AT.alpha])) < 12.0
    world.close()


def test_a_stick_whose_elevator_cannot_hold_it_past_the_stall_does_not_spin() -> None:
    # Full up elevator (25 deg, margin 14 %) balances at the stall and no farther: rudder alone ends in a spiral dive.
    aircraft = load_aircraft("ultra_stick")
    world = World(aircraft)
    place(world, 300.0, 1.1 * aircraft.stall_speed_mps, pitch=math.radians(8))
    flown(world, 2.0, 0, 1, 0, 0)
    spiral = flown(world, 6.0, 0, 1, 1, 0)[90:]
    assert np.degrees(spiral[:, AT.alpha]).max() < 13.0
    assert spiral[-1, AT.airspeed] > 1.6 * aircraft.stall_speed_mps
    world.close()
