"""Who flies a flight with figures: picked by the phase shown, and by when a figure is to be given up."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.autopilot import autopilot_for, with_figures
from agents.skills.display_pilot import CAREFUL, CIRCUIT, FIGURE, RECOVERY, SEEN, DisplayPilot, GiveUp, Seen
from agents.skills.skilled_pilot import SequencedPilot, Skill
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.observation import READINGS

LIMITS = GiveUp.of(load_aircraft("ultra_stick"))


@pytest.fixture(scope="module")
def env() -> Any:
    made = FlightEnv(task="airshow")
    yield made
    made.close()


def seen(**changed: Any) -> Seen:
    """One flight level on its path, 30 m high at 1.5 Vs, but for what is changed."""
    level = {
        "off": [0.0, 0.0, 0.0],
        "track": [1.5 * LIMITS.stall_mps, 0.0, 0.0],
        "up": [0.0, 0.0, 1.0],
        "height": 30.0,
        "airspeed": 1.5 * LIMITS.stall_mps,
        "turning": 0.0,
    }
    values = {name: np.array(value, float) for name, value in {**level, **changed}.items()}
    return Seen(**{name: value[:, None] if value.ndim else value[None] for name, value in values.items()})


@pytest.mark.parametrize(
    ("changed", "given_up"),
    [
        ({}, False),
        ({"off": [0.0, 9.0, 3.0]}, False),
        ({"off": [0.0, 9.0, 6.0]}, True),
        ({"off": [0.0, 3.0, 0.0], "track": [25.0, 0, 0], "up": [-1.0, 0, 0], "airspeed": 25.0, "height": 20.0}, True),
        ({"off": [0.0, 0.0, 0.0], "track": [25.0, 0, 0], "up": [-1.0, 0, 0], "airspeed": 25.0, "height": 20.0}, False),
        ({"off": [0.0, 3.0, 0.0], "track": [25.0, 0, 0], "up": [-1.0, 0, 0], "airspeed": 25.0, "height": 60.0}, False),
        ({"off": [0.0, 3.0, 0.0], "track": [25.0, 0, 0], "up": [1.0, 0, 0], "airspeed": 25.0, "height": 5.0}, False),
    ],
)
def test_a_figure_is_given_up_far_off_its_path_or_too_low_to_go_on(changed: dict[str, Any], given_up: bool) -> None:
    assert bool(LIMITS.asks(seen(**changed))[0]) is given_up


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({}, True),
        ({"up": [0.0, 0.7, 0.7]}, False),
        ({"up": [0.0, 0.0, -1.0]}, False),
        ({"up": [0.6, 0.0, 0.8]}, False),
        ({"airspeed": LIMITS.stall_mps}, False),
        ({"turning": 2.0}, False),
    ],
)
def test_level_is_what_the_circuits_pilot_can_take_over(changed: dict[str, Any], level: bool) -> None:
    assert bool(LIMITS.is_level(seen(**changed))[0]) is level


def observation(env: FlightEnv, phase: str, **values: float) -> np.ndarray:
    """Readings of a level flight on its path in a phase, but for those given in SI."""
    names, unit = env.observation_names, {"": 1.0, "stall_speed": LIMITS.stall_mps, "span": env.drawing.span_m}
    level = {"up_z": 1.0, "track_x": 15.0, "airspeed": 15.0, "height": 30.0, "roll_cosine": 1.0}
    shown = np.zeros(len(names), np.float32)
    for name, value in {**level, **values}.items():
        row = READINGS[name]
        shown[names.index(name)] = (value - row.offset * unit[row.per]) / (row.scale * unit[row.per])
    shown[names.index(f"{phase}_phase")] = 1.0
    return shown


def test_each_flight_of_a_batch_has_its_own_pilot(env: FlightEnv) -> None:
    pilot = autopilot_for(env)
    assert isinstance(pilot, DisplayPilot)
    fine, far = observation(env, "figure"), observation(env, "figure", path_off_y=11.0, path_off_z=9.0)
    upset = observation(env, "pattern", up_z=-1.0)
    home = observation(env, "pattern")
    actions, memory = pilot.predict(np.stack([fine, fine, home, fine]))
    assert actions.shape == (4, 4)
    assert memory.flying.tolist() == [FIGURE, FIGURE, CIRCUIT, FIGURE]
    assert np.array_equal(actions[0], actions[3])
    _, memory = pilot.predict(np.stack([fine, far, home, upset]), memory)
    # Given up; and in the last the task has ended the figures, upside down.
    assert memory.flying.tolist() == [FIGURE, RECOVERY, CIRCUIT, RECOVERY]
    assert memory.given_up.tolist() == [False, True, False, False]
    for _ in range(LIMITS.level_steps + 1):
        _, memory = pilot.predict(np.stack([fine, fine, home, home]), memory)
    assert memory.flying.tolist() == [FIGURE, CIRCUIT, CIRCUIT, CIRCUIT]  # given up stays so while they are on
    _, memory = pilot.predict(np.stack([home, home, home, home]), memory)
    assert memory.flying.tolist() == [CIRCUIT] * 4
    assert not memory.given_up.any()
    _, again = pilot.predict(np.stack([fine] * 4), memory, np.array([True, False, False, False]))
    assert again.flying.tolist() == [FIGURE] * 4


def test_after_a_figure_given_up_the_robust_pilot_lands(env: FlightEnv) -> None:
    plain = autopilot_for(env)
    assert isinstance(plain, DisplayPilot)
    landing, names = plain.circuit.skills[2], tuple(env.observation_names)

    class Full:
        """Holds all sticks at one, to be told from others."""

        def predict(self, inputs: Any, *_: Any) -> tuple[Any, None]:
            return np.ones((len(inputs), 4), np.float32), None

    pilot = with_figures(plain.circuit, plain.figure, env, Skill(Full(), landing.rows))  # pyright: ignore[reportArgumentType]
    assert names == pilot.names
    fine, far = observation(env, "figure"), observation(env, "figure", path_off_y=11.0, path_off_z=9.0)
    home, final = observation(env, "pattern"), observation(env, "landing", height=30.0)
    _, memory = pilot.predict(np.stack([fine, fine]))
    _, memory = pilot.predict(np.stack([fine, far]), memory)
    for _ in range(LIMITS.level_steps + 1):
        _, memory = pilot.predict(np.stack([home, home]), memory)
    assert memory.flying.tolist() == [CIRCUIT, CAREFUL]
    actions, memory = pilot.predict(np.stack([final, final]), memory)
    assert memory.flying.tolist() == [CIRCUIT, CAREFUL]
    assert actions[1].tolist() == [1.0] * 4
    assert actions[0].tolist() != [1.0] * 4
    _, memory = pilot.predict(np.stack([home, home]), memory, np.array([True, True]))
    assert memory.flying.tolist() == [CIRCUIT, CIRCUIT]  # another flight


def test_readings_come_back_in_si(env: FlightEnv) -> None:
    pilot = autopilot_for(env)
    assert isinstance(pilot, DisplayPilot)
    shown = observation(env, "figure", path_off_x=3.0, height=22.0, roll_rate=1.0, pitch_rate=-2.0, yaw_rate=2.0)
    read = pilot._seen(shown[None])
    assert read.off[:, 0] == pytest.approx([3.0, 0.0, 0.0], abs=1e-4)
    assert read.track[0, 0] == pytest.approx(15.0, rel=1e-5)
    assert (read.height[0], read.airspeed[0], read.turning[0]) == pytest.approx((22.0, 15.0, 3.0), rel=1e-5)


def test_a_pilot_of_other_readings_is_refused(env: FlightEnv) -> None:
    pilot = autopilot_for(env)
    assert isinstance(pilot, DisplayPilot)
    names = tuple(name for name in pilot.names if name != SEEN[0])
    circuit = SequencedPilot("mine", None, {}, names, (), go_around=None)
    with pytest.raises(InputError, match="pilot mine: its figures need"):
        with_figures(circuit, Skill(pilot.figure.pilot, pilot.figure.rows), env)
    config = SimpleNamespace(task="airshow", observation="sensors")
    told = replace(pilot, circuit=replace(pilot.circuit, config=config))
    told.check_fits(env)
    landing = FlightEnv(task="circuit")
    with pytest.raises(InputError, match="shows other readings"):
        told.check_fits(landing)
    landing.close()
