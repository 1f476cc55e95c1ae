"""The aircraft of the hangar: level flight, stall, derivatives, standing, launch.

What is published of their trims, modes and hover is in configs/validation (tests/envs/validation/test_validation.py).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.performance.flights import glide_polar, stall_speed
from envs.physics.assembly.calibration import strip_derivatives
from envs.physics.standing import settle
from envs.physics.steady.airframe import Airframe
from envs.physics.steady.trim import Trim, trim
from envs.physics.world import World
from tests.support.landing_pilot import BookPilot
from tests.support.physics_tools import changed

AIRCRAFT = names_of("aircraft")
ON_WHEELS = [name for name in AIRCRAFT if load_aircraft(name).launch.kind == "runway"]
LAUNCHED = [name for name in AIRCRAFT if name not in ON_WHEELS]


@lru_cache
def airframe(name: str, propeller: bool = True) -> Airframe:
    return Airframe(load_aircraft(name), propeller=propeller)


@lru_cache
def level(name: str, speed: float) -> Trim:
    return trim(airframe(name), speed)


@pytest.mark.parametrize("name", AIRCRAFT)
def test_flies_level_from_slow_to_fast(name: str) -> None:
    slow = load_aircraft(name).stall_speed_mps
    trims = [level(name, factor * slow) for factor in (1.2, 1.5, 1.8)]
    assert all(at.in_reach for at in trims)
    assert trims[0].alpha > trims[1].alpha > trims[2].alpha > -0.05
    assert max(abs(at.roll) for at in trims) < math.radians(4)


@pytest.mark.parametrize("name", AIRCRAFT)
def test_stalls_at_the_speed_of_its_yardstick(name: str) -> None:
    # Vs as envs/tasks/YARDSTICKS.md defines it
    craft = airframe(name, propeller=False)
    assert stall_speed(craft) == pytest.approx(load_aircraft(name).stall_speed_mps, rel=0.1)
    # and loses height the slower it glides long before that: nothing floats
    assert min(point.sink for point in glide_polar(craft, (0.0, 24.0, 2.0))) > 0.5


@pytest.mark.parametrize("name", [n for n in AIRCRAFT if load_aircraft(n).derivatives])
def test_reproduces_its_published_derivatives(name: str) -> None:
    aircraft = load_aircraft(name)
    published = aircraft.derivatives
    assert published
    craft = airframe(name)
    ours, _ = strip_derivatives(
        craft.parameters, craft.state, published, np.array(aircraft.mass.center_of_gravity_m), with_residual=True
    )
    for coefficient, table in ours.items():
        for key in ("alpha", "beta", "p", "q", "r", "aileron", "elevator", "rudder"):
            wanted = getattr(published, coefficient).get(key)
            if wanted is not None:
                assert table[key] == pytest.approx(wanted, rel=0.08, abs=0.015), f"{coefficient}_{key}"


def test_drag_falls_with_the_published_thrust_coefficient() -> None:
    # [LH] CD = ... - 0.217 CT: flown at the same rotor speed with and without that term.
    def plain(data: dict) -> None:
        data["derivatives"]["CD"].pop("thrust")

    speed, rotor = 18.0, 520.0
    velocity, rates, rotors = np.array([speed, 0.0, 0.0]), np.zeros(3), np.array([rotor])
    crafts = [Airframe(load_aircraft("x8")), Airframe(changed(load_aircraft("x8"), plain))]
    gain = crafts[0].load(velocity, rates, 0.5, rotors)[0] - crafts[1].load(velocity, rates, 0.5, rotors)[0]
    thrust = float(crafts[0].state[0]["thrust"][0])
    coefficient = thrust / (1.225 * (rotor / (2 * math.pi)) ** 2 * 0.3556**4)
    assert coefficient > 0.03
    assert gain == pytest.approx(0.217 * coefficient * 0.5 * 1.225 * speed**2 * 0.75, rel=0.03)  # rotor one substep on


def test_angel_counts_its_gear_from_the_wing_and_not_from_the_centre_of_gravity() -> None:
    # Its source says the latter, and 34 mm behind it. But the drawing whose hinges and tips are counted from the root's
    # leading edge has, uncalibrated, the published moments about a centre of gravity 0.147 m behind that edge ...
    def strips(data: dict) -> None:
        data.pop("derivatives")

    aircraft = load_aircraft("angel")
    published, center = aircraft.derivatives, np.array(aircraft.mass.center_of_gravity_m)
    assert published
    bare = Airframe(changed(aircraft, strips), propeller=False)
    ours, _ = strip_derivatives(bare.parameters, bare.state, published, center)
    for coefficient, key in (("Cm", "alpha"), ("Cm", "q"), ("Cn", "beta"), ("Cl", "p")):
        assert ours[coefficient][key] == pytest.approx(getattr(published, coefficient)[key], rel=0.15)
    arms = [
        getattr(published, moment)[key] / getattr(published, force)[key] * length - center[0]
        for moment, force, key, length in (("Cn", "CY", "rudder", -1.28), ("Cm", "CL", "elevator", -0.265))
    ]
    assert arms == pytest.approx([0.96, 0.93], abs=0.1)  # the hinge lines
    # ... and one at the origin would leave it on its nose.
    at_origin = changed(aircraft, lambda data: data["mass"].update(center_of_gravity_m=[0.0, 0.0, 0.0]))
    world = World(at_origin)
    settle(world)
    assert world.strike
    world.close()


@pytest.mark.parametrize("name", ON_WHEELS)
@pytest.mark.parametrize("discrepancy", [None, "heavy"])
def test_stands_on_all_its_wheels(name: str, discrepancy: str | None) -> None:
    env = FlightEnv(aircraft=name, weather="calm", discrepancies=[discrepancy] if discrepancy else [])
    env.reset(seed=0)
    for _ in range(60):
        env.step(np.array([0.0, 0.0, 0.0, -1.0], np.float32))
    now = env.quantities
    assert (now.wheels_on_ground, now.strike) == (3, 0)
    assert abs(now.roll) < 0.01
    assert math.hypot(now.vx, now.vy) < 0.05
    env.close()


def test_nose_wheel_steers_the_tricycle() -> None:
    env = FlightEnv(aircraft="sport", weather="calm")
    for rudder in (-0.5, 0.5):
        env.reset(seed=0)
        before = env.quantities.heading
        for _ in range(45):
            env.step(np.array([0.0, 0.0, rudder, -0.4], np.float32))
        assert (env.quantities.heading - before) * rudder > 0.02
    env.close()


@pytest.mark.parametrize("name", LAUNCHED)
def test_launch_releases_it_as_its_file_says(name: str) -> None:
    env = FlightEnv(aircraft=name, weather="calm")
    env.reset(seed=3)
    now, launch = env.quantities, env.aircraft.launch
    assert now.height == pytest.approx(launch.height_m, abs=1e-6)
    assert now.pitch == pytest.approx(math.radians(launch.pitch_deg), abs=1e-6)
    assert math.hypot(now.vx, now.vy, now.vz) == pytest.approx(launch.speed_mps)
    assert math.atan2(-now.vy, now.vx) == pytest.approx(now.heading)
    assert now.alpha == pytest.approx(0.0, abs=1e-6)  # along the body
    assert now.rotor_speed > 400.0
    env.close()


def climb_out(env: FlightEnv, seed: int) -> tuple[str, dict[str, float]]:
    """Wings level, nose up a little, full throttle: a launch as a careful pilot flies it."""
    env.reset(seed=seed)
    while True:
        now = env.quantities
        action = np.array(
            [-2.0 * now.roll - 0.2 * now.p - 0.5 * now.heading, 3.0 * (0.25 - now.pitch) - 0.3 * now.q, 0.0, 1.0],
            np.float32,
        )
        _, _, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            return info["outcome"], info["metrics"]


@pytest.mark.parametrize("name", LAUNCHED)
def test_a_good_launch_climbs_out_and_has_no_lift_off(name: str) -> None:
    env = FlightEnv(aircraft=name, weather="breeze")
    for seed in range(4):
        outcome, metrics = climb_out(env, seed)
        assert outcome == "climbing"
        assert "lift_off_speed_vs" not in metrics
    env.close()


@pytest.mark.parametrize("name", LAUNCHED)
def test_a_launch_without_motor_comes_down(name: str) -> None:
    env = FlightEnv(aircraft=name, weather="calm")
    env.reset(seed=0)
    outcome = ""
    for _ in range(300):
        _, _, terminated, _, info = env.step(np.array([0.0, 0.0, 0.0, -1.0], np.float32))
        if terminated:
            outcome = info["outcome"]
            break
    assert outcome in ("sank", "slow", "strike", "banked")
    env.close()


def test_a_launched_aircraft_is_not_asked_to_stand() -> None:
    from envs.tasks.parts.task import Start

    env = FlightEnv(aircraft=LAUNCHED[0], weather="calm")
    with pytest.raises(InputError, match="does not stand on a runway"):
        env._place(Start(0.0, 0.0, 0.0))
    env.close()


@pytest.mark.parametrize("folding", [True, False])
def test_x8_lands_on_its_belly_and_slides_to_a_stop(folding: bool) -> None:
    def stiff(data: dict) -> None:
        data["propulsion"][0]["propeller"]["folding"] = folding

    world = World(changed(load_aircraft("x8"), stiff))
    contact = world.parameters[0]["wheel_contact"]
    pitch = math.radians(8.0)
    lowest = min(-math.sin(pitch) * -c[0] + math.cos(pitch) * c[2] for c in contact[:3])
    world.reset((0.0, 0.0, 0.02 - lowest), (0.0, -math.sin(pitch / 2), 0.0, math.cos(pitch / 2)), (14.0, 0.0, -0.7))
    world.state[0]["runway_grip"] = 0.8  # grass
    for _ in range(300):
        world.advance(0.0, 0.0, 0.0, 0.0)
    assert world.strike is not folding  # a stiff one reaches 10 cm further down than the belly
    if folding:
        assert math.hypot(*world.velocity) < 0.05
        # Foam slides with a friction of 0.4 of 0.8: v^2 / (2 mu g) = 31 m, less for the air's drag, more for its lift.
        assert 15.0 < world.position[0] < 60.0


def test_x8_can_be_landed_on_its_belly_with_level_wings() -> None:
    # Swept back behind its skids, a wing tip touches at 12 deg of pitch and 2.5 deg of bank: fly it on, level.
    env = FlightEnv("landing", aircraft="x8", weather="calm", observation="state", task_options={"base_share": 0.0})
    outcomes = []
    for seed in (0, 1, 2, 3):
        env.reset(seed=seed)
        pilot, done, info = BookPilot(env, speed_vs=1.4), False, {}
        while not done:
            now = env.quantities
            action = pilot.act(now)
            if now.height < 0.8:
                action[0] = np.clip(-6 * now.roll - 0.8 * now.p, -1, 1)
            _, _, ended, late, info = env.step(action)
            done = ended or late
        outcomes.append(info["outcome"])
    env.close()
    assert "landed" in outcomes
    assert set(outcomes) <= {"landed", "slow"}  # to a standstill, nothing but skids touching
