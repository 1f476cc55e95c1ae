"""Linkages, servos and links out of order: each against what its size must do, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.discrepancies import apply_discrepancies
from envs.discrepancies._parts import controls_of, with_controls
from envs.physics.steady.airframe import Airframe, body_velocity
from envs.physics.steady.trim import Trim, trim
from envs.physics.world import World
from tests.support.layouts import layout
from tests.support.physics_tools import place, ultra_stick

STILL = np.zeros(3)
CHANNELS = ("aileron", "elevator", "rudder")
COEFFICIENTS = "tests/support/aircraft/ultra_stick_coefficients.yaml"


def craft(name: str) -> Aircraft:
    if name == COEFFICIENTS:
        return load_aircraft(name)
    return ultra_stick() if name == "ultra_stick" else layout(name)


def trimmed(drawing: Aircraft, *discrepancies: str) -> Trim:
    found = trim(Airframe(apply_discrepancies(drawing, discrepancies), drawing=drawing), 15.0)
    assert found.balanced
    return found


def flown(aircraft: Aircraft, commands: Sequence[Sequence[float]], **effects: bool) -> np.ndarray:
    """(steps, hinges) rad: where the controls stand after each control step of a flight high up."""
    world = World(aircraft, effects=effects)
    place(world, 100.0, speed=15.0)
    rows = []
    for command in commands:
        world.advance(command[0], command[1], command[2], 0.5)
        rows.append(world.state[0]["deflection"][: world.parameters[0]["hinges"]].copy())
    world.close()
    return np.array(rows)


@pytest.mark.parametrize("name", ["ultra_stick", "conventional", "v_tail", "flying_wing", "canard"])
@pytest.mark.parametrize("severity", [-1.0, 0.6])
def test_what_is_rigged_is_trimmed_by_just_as_much_stick_the_other_way(name: str, severity: float) -> None:
    """The same flight needs the same deflections, and the linkage is 0.35 of the stick out."""
    drawing = craft(name)
    drawn = trimmed(drawing)
    for index, channel in enumerate(CHANNELS):
        if name == "flying_wing" and channel == "rudder":
            continue
        wanted = list(drawn.command)
        wanted[index] -= 0.35 * severity
        assert trimmed(drawing, f"{channel}_rigging={severity}").command == pytest.approx(wanted, abs=2e-4), channel


@pytest.mark.parametrize("name", ["ultra_stick", COEFFICIENTS, "conventional"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_control_that_works_the_wrong_way_round_does_just_the_opposite(name: str, channel: str) -> None:
    drawing = craft(name)
    turned = with_controls(drawing, controls_of(drawing, channel), gain=-1.0)
    stick = [float(channel == other) * 0.5 for other in CHANNELS]
    moments = []
    for aircraft, sign in ((drawing, 1.0), (turned, -1.0)):
        airframe = Airframe(aircraft, drawing=drawing, propeller=False)
        airframe.command(*(sign * value for value in stick))
        moments.append(airframe.load(body_velocity(15.0, 0.05, 0.0), STILL, 0.0, np.zeros(0)))
    assert moments[1] == pytest.approx(moments[0], abs=1e-9)


def test_bent_rigging_is_all_three_at_once() -> None:
    drawn, bent = trimmed(ultra_stick()), trimmed(ultra_stick(), "bent_rigging=0.5")
    assert np.subtract(drawn.command, bent.command) == pytest.approx([0.1] * 3, abs=2e-4)


@pytest.mark.parametrize("channel", CHANNELS)
def test_hands_off_it_turns_the_way_the_sign_says(channel: str) -> None:
    moments = []
    for severity in (0.0, 1.0):
        airframe = Airframe(apply_discrepancies(ultra_stick(), [f"{channel}_rigging={severity}"]), propeller=False)
        airframe.command(0.0, 0.0, 0.0)
        load = airframe.load(body_velocity(15.0, 0.05, 0.0), STILL, 0.0, np.zeros(0))
        moments.append(load[3:6] * [1.0, -1.0, -1.0])  # roll right, pitch up, yaw right
    assert (moments[1] - moments[0])[CHANNELS.index(channel)] > 0.05


def test_a_fully_deflected_rigged_control_goes_beyond_its_travel_one_way_only() -> None:
    rigged = apply_discrepancies(ultra_stick(), ["elevator_rigging=1"])
    ends = [flown(rigged, [(0.0, stick, 0.0)] * 30)[-1, 2] for stick in (-1.0, 1.0)]
    assert np.degrees(ends) == pytest.approx([25.0 * 0.65, -25.0 * 1.35], abs=0.01)  # trailing edge down +


@pytest.mark.parametrize("name", ["ultra_stick", "conventional", COEFFICIENTS])
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_weak_control_turns_it_with_three_tenths(name: str, channel: str) -> None:
    drawing = craft(name)
    index = CHANNELS.index(channel)
    powers = []
    for severity in (0, 0.5, 1):
        airframe = Airframe(apply_discrepancies(drawing, [f"weak_{channel}={severity}"]), propeller=False)
        ends = []
        for stick in (-0.05, 0.05):
            airframe.command(*(stick if k == index else 0.0 for k in range(3)))
            ends.append(airframe.load(body_velocity(15.0, 0.05, 0.0), STILL, 0.0, np.zeros(0))[3 + index])
        powers.append(ends[1] - ends[0])
    assert powers[1] / powers[0] == pytest.approx(0.65, rel=0.01)
    assert powers[2] / powers[0] == pytest.approx(0.30, rel=0.01)


def test_slop_is_a_hysteresis_of_three_degrees_and_centres_nowhere() -> None:
    there_and_back = [*np.linspace(0, 0.8, 60), *np.linspace(0.8, -0.8, 120), *np.linspace(-0.8, 0, 60)]
    loose = apply_discrepancies(ultra_stick(), ["sloppy_linkage"])
    asked = [(0.0, float(stick), 0.0) for stick in there_and_back]
    moved = np.degrees(flown(loose, asked, servo_dynamics=False))[:, 2]
    servo = -25.0 * np.array(there_and_back)
    going_up, coming_down = moved[100:160] - servo[100:160], moved[220:] - servo[220:]
    assert coming_down.mean() - going_up.mean() == pytest.approx(3.0, abs=1e-6)  # always behind
    assert np.ptp(going_up) == pytest.approx(0.0, abs=1e-9)  # once the slack is taken up it follows
    assert np.max(np.abs(moved - servo)) == pytest.approx(1.5, abs=1e-9)
    assert abs(moved[-1]) == pytest.approx(1.5)


@pytest.mark.parametrize(("severity", "stuck", "free"), [(1.0, 1, 0), (-1.0, 0, 1), (0.5, 1, 0)])
def test_a_stuck_aileron_stays_up_whatever_the_stick_does(severity: float, stuck: int, free: int) -> None:
    commands = [(stick, 0.0, 0.0) for stick in (1.0, -1.0) for _ in range(30)]
    moved = np.degrees(flown(apply_discrepancies(ultra_stick(), [f"stuck_aileron={severity}"]), commands))
    assert moved[:, stuck] == pytest.approx(np.full(60, -8.0 * abs(severity)))
    assert [moved[29, free], moved[59, free]] == pytest.approx([25.0, -25.0] if free == 0 else [-25.0, 25.0], abs=0.1)
    airframe = Airframe(apply_discrepancies(ultra_stick(), [f"stuck_aileron={severity}"]), propeller=False)
    airframe.command(0.0, 0.0, 0.0)
    assert airframe.load(body_velocity(15.0, 0.05, 0.0), STILL, 0.0, np.zeros(0))[3] * severity > 0.05


@pytest.mark.parametrize("name", ["ultra_stick", "v_tail", "inverted_v_tail"])
@pytest.mark.parametrize("severity", [1.0, -1.0])
def test_a_stuck_rudder_yaws_to_the_side_of_its_sign_and_stays(name: str, severity: float) -> None:
    drawing = craft(name)
    stuck = apply_discrepancies(drawing, [f"stuck_rudder={severity}"])
    yaws = []
    for one, rudder in ((drawing, 0.0), (stuck, 0.0), (stuck, severity), (stuck, -severity)):
        airframe = Airframe(one, propeller=False)
        airframe.command(0.0, 0.0, rudder)
        yaws.append(-airframe.load(body_velocity(15.0, 0.05, 0.0), STILL, 0.0, np.zeros(0))[5])
    assert (yaws[1] - yaws[0]) * severity > 0.02
    held = [half.stuck_deg or 0.0 for half in stuck.built.controls]
    assert np.abs(held) == pytest.approx([8.0])
    if name == "ultra_stick":
        assert yaws[1:] == pytest.approx([yaws[1]] * 3)


def test_slow_servos_take_three_times_as_long_to_full_throw() -> None:
    servos = ultra_stick().servos.model_copy(update={"delay_s": 0.0})
    drawing = ultra_stick().model_copy(update={"servos": servos})
    step = [(0.0, 1.0, 0.0)] * 90

    def time_to(aircraft: Aircraft, share: float) -> float:
        world = World(aircraft, control_hz=240, physics_hz=960)
        place(world, 100.0, speed=15.0)
        for count in range(1, 500):
            world.advance(*step[0], 0.5)
            if abs(world.state[0]["deflection"][2]) >= share * np.radians(25.0):
                world.close()
                return count / 240
        raise AssertionError

    slow = apply_discrepancies(drawing, ["slow_servo"])
    for share in (0.3, 0.6, 0.95):
        assert time_to(slow, share) == pytest.approx(3.0 * time_to(drawing, share), abs=0.013)


def test_late_controls_do_the_same_a_tenth_of_a_second_later() -> None:
    rng = np.random.default_rng(0)
    commands = rng.uniform(-1, 1, (60, 3)).tolist()
    drawn, late = (flown(a, commands) for a in (ultra_stick(), apply_discrepancies(ultra_stick(), ["late_controls"])))
    assert np.array_equal(late[3:], drawn[:-3])  # three control steps at 30 Hz
    assert not late[:3].any()


def test_late_controls_delay_the_throttle_too() -> None:
    rotors = []
    for discrepancies in ([], ["late_controls"]):
        world = World(apply_discrepancies(ultra_stick(), discrepancies))
        place(world, 100.0)
        rotors.append([])
        for _ in range(12):
            world.advance(0.0, 0.0, 0.0, 1.0)
            rotors[-1].append(float(world.state[0]["rotor_speed"][0]))
        world.close()
    assert max(rotors[1][:3]) == 0.0
    assert rotors[1][3:] == pytest.approx(rotors[0][:-3], rel=0.02)
