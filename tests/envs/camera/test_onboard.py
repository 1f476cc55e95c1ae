"""The eye in flight: it tells a wandering receiver from a lens that points aside, and is the same whoever looks on."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import yaml

from agents.evaluation.flight_test import FlightTest
from agents.eye.landings import without_rule
from agents.pilots.loading import load_pilot
from envs.base.config_file import CONFIGS
from envs.base.errors import InputError
from envs.base.quantities import AT, QUANTITIES
from envs.camera.eye_file import HowGood, Learned, write_neuron
from envs.camera.neuron import Neuron
from envs.camera.onboard import LIKENESS, NOT_LOOKED, LandingEye
from envs.camera.runway_reader import PRIOR_YAW, Measured, Sighting
from envs.flight_env import FlightEnv
from envs.physics.sensors import new_sensors

DRAWN = FlightEnv("landing").world.parameters[0]
LEVEL = np.zeros(len(QUANTITIES))
LEVEL[AT.qw] = 1.0


class FakeCamera:
    """Says what is exactly right of a place and a lens that are wrong."""

    def __init__(self, left_m: float, yaw: float, sigma_m: float) -> None:
        self.left_m, self.yaw, self.sigma_m, self.away_m, self.told = left_m, yaw, sigma_m, 60.0, 0.0
        self.in_sight = 1.0

    def read(self, _now: Any, _reader: Any, _position: Any, _axes: Any) -> Sighting:
        aside = self.left_m - self.told + self.away_m * self.yaw
        return Sighting(self.away_m, Measured(aside, self.sigma_m), Measured(0.0, math.inf), self.in_sight)


def test_a_lens_that_points_aside_is_told_from_a_wrong_place_as_the_runway_comes_nearer() -> None:
    sensors = new_sensors("camera", 30)
    camera = FakeCamera(left_m=1.2, yaw=math.radians(2.0), sigma_m=0.2)
    eye = LandingEye(cast(Any, camera), cast(Any, None), sensors, DRAWN, 30)
    shifts = []
    for step in range(150):
        camera.away_m, camera.told = 60.0 - 0.34 * step, float(sensors["picture_shift"][0])
        eye.look(step, cast(Any, None), LEVEL)
        shifts.append(float(sensors["picture_shift"][0]))
    # At first it can be the one or the other: what is seen is shared out by what was expected of each.
    seen, wander, lens = 1.2 + 60.0 * math.radians(2.0), 1.5**2, (60.0 * PRIOR_YAW) ** 2
    assert shifts[0] == pytest.approx(seen * wander / (wander + lens + LIKENESS * 0.2**2), rel=0.02)
    assert shifts[-1] == pytest.approx(1.2, abs=0.25)
    assert sensors["in_sight"] > 0.99


def test_pictures_that_say_nothing_move_nothing() -> None:
    sensors = new_sensors("camera", 30)
    camera = FakeCamera(left_m=1.0, yaw=0.0, sigma_m=math.inf)
    camera.in_sight = 0.0
    eye = LandingEye(cast(Any, camera), cast(Any, None), sensors, DRAWN, 30)
    for step in range(60):
        eye.look(step, cast(Any, None), LEVEL)
    assert sensors["picture_shift"] == 0.0
    assert sensors["in_sight"] < 0.01


def test_by_the_place_it_tells_the_share_of_the_doubt_that_pictures_have_taken_away() -> None:
    sensors = new_sensors("camera", 30)
    camera = FakeCamera(left_m=0.5, yaw=0.0, sigma_m=0.5)
    eye = LandingEye(cast(Any, camera), cast(Any, None), sensors, DRAWN, 30, by_place=True)
    assert sensors["in_sight"] == 0.0
    camera.away_m = 0.0  # where the lens points says nothing of it
    eye.look(0, cast(Any, None), LEVEL)
    assert sensors["in_sight"] == pytest.approx(1.5**2 / (1.5**2 + LIKENESS * 0.5**2), rel=1e-3)
    sure = float(sensors["in_sight"][0])
    camera.sigma_m = math.inf
    for step in range(3, 900, 3):
        eye.look(step, cast(Any, None), LEVEL)
    assert sensors["in_sight"] < 0.2 * sure  # the receiver wanders on


def flown(suite: str, looks: bool = False, steps: int = 60) -> tuple[list[float], tuple[str, ...]]:
    """All readings of a flight with fixed sticks."""
    env = FlightEnv("landing", sensor_suite=suite, weather="breeze")
    seen = [env.reset(seed=3)[0]]
    for _ in range(steps):
        seen.append(env.step(np.array([0.0, 0.05, 0.0, -0.3]))[0])
        if looks:
            env.picture()
    env.close()
    return np.concatenate(seen).tolist(), env.observation_names


def test_a_flight_by_the_eye_is_the_same_whoever_looks_on() -> None:
    once, names = flown("camera")
    assert flown("camera", looks=True)[0] == once
    assert names[-1] == "runway_in_sight"
    assert names[:-1] == flown("laser", steps=1)[1]


def test_a_copy_of_a_flight_by_the_eye_flies_on_as_it_does() -> None:
    env = FlightEnv("landing", sensor_suite="camera", weather="calm", task_options={"base_share": 0.0})
    env.reset(seed=500)
    sticks = np.array([0.0, 0.0, 0.0, -0.3])
    for _ in range(20):
        env.step(sticks)
    before = float(env._sensors["picture_shift"][0])
    other = copy.deepcopy(env)
    assert [other.step(sticks)[0].tolist() for _ in range(60)] == [env.step(sticks)[0].tolist() for _ in range(60)]
    assert env._sensors["picture_shift"][0] != before  # it was looking
    env.close()
    other.close()


def test_the_camera_brings_the_place_beside_the_centreline() -> None:
    """The error of the estimate 1 m above the ground, over 8 approaches: half of that without pictures, or less."""
    error: dict[str, float] = {}
    for suite in ("laser", "camera"):
        env = FlightEnv("landing", sensor_suite=suite, weather="calm", aircraft="ultra_stick")
        pilot, errors = load_pilot("autopilot", env), list[float]()
        for seed in range(500, 508):
            observation, state, last = env.reset(seed=seed)[0], None, False
            while not last and env.quantities.height > 1.0:
                action, state = pilot.predict(observation, state)
                observation, _, terminated, truncated, _ = env.step(action)
                last = terminated or truncated
            errors.append(env.sensed.y - env.quantities.y)
        env.close()
        error[suite] = math.sqrt(float(np.mean(np.square(errors))))
    assert error["laser"] > 0.8
    assert error["camera"] < 0.5 * error["laser"]


def approached(weather: str, **settings: Any) -> tuple[np.ndarray, np.ndarray]:
    """(n,) of one approach at 10 Hz: how far pictures say the place is wrong, m; how sure the lookout is."""
    env = FlightEnv("landing", sensor_suite="camera", weather=weather, task_options={"base_share": 0.0}, **settings)
    shift, sure, pilot = list[float](), list[float](), load_pilot("autopilot", env)
    observation, state = env.reset(seed=504)[0], None
    for _ in range(180):
        action, state = pilot.predict(observation, state)
        observation = env.step(action)[0]
        shift.append(float(env._sensors["picture_shift"][0]))
        sure.append(float(env._sensors["in_sight"][0]))
    env.close()
    return np.array(shift)[::3], np.array(sure)[::3]


def test_a_neuron_looks_out_in_the_place_of_the_net_which_goes_on_reading_the_place(tmp_path: Path) -> None:
    by_net, by_neuron = approached("calm"), approached("calm", lookout="neuron")
    assert np.array_equal(by_net[0], by_neuron[0])
    assert np.abs(by_net[0]).max() > 0.1
    assert not np.array_equal(by_net[1], by_neuron[1])
    for _, sure in (by_net, by_neuron):
        assert sure.max() > 0.9
    always = Neuron(np.zeros((20, 20)), -1.0)
    learned = Learned(aircraft=("sport",), pictures=1, seed=0)
    tested = HowGood(aircraft=("x8",), pictures=1, accuracy=(1, 0, 1), false_alarms=(0, 0, 1), misses=(0, 0, 1))
    write_neuron(tmp_path / "always.yaml", always, learned, tested)
    assert approached("fog", lookout=str(tmp_path / "always.yaml"))[1].min() >= NOT_LOOKED


def test_a_neuron_for_other_pictures_and_a_lookout_without_a_camera_are_refused_in_one_line(tmp_path: Path) -> None:
    drawing = yaml.safe_load((CONFIGS / "aircraft" / "ultra_stick.yaml").read_text())
    drawing["camera"]["pixels"] = 24
    (tmp_path / "fine.yaml").write_text(yaml.safe_dump(drawing))
    with pytest.raises(InputError, match="20 x 20 weights, the camera's pictures have 24 x 24"):
        FlightEnv("landing", sensor_suite="camera", lookout="neuron", aircraft=str(tmp_path / "fine.yaml"))
    with pytest.raises(InputError, match="lookout: unknown lookout 'newron', did you mean 'neuron'"):
        FlightEnv("landing", sensor_suite="camera", lookout="newron")
    with pytest.raises(InputError, match="looks at the pictures of sensor_suite: camera"):
        FlightEnv("landing", lookout="neuron")
    with pytest.raises(InputError, match="no such file"):
        FlightEnv("landing", sensor_suite="camera", lookout=str(tmp_path / "none.yaml"))


def test_an_aircraft_without_a_camera_is_refused_in_one_line(tmp_path: Any) -> None:
    drawing = yaml.safe_load((CONFIGS / "aircraft" / "ultra_stick.yaml").read_text())
    del drawing["camera"]
    (tmp_path / "blind.yaml").write_text(yaml.safe_dump(drawing))
    with pytest.raises(InputError, match="has no camera"):
        FlightEnv("landing", sensor_suite="camera", aircraft=str(tmp_path / "blind.yaml"))


def test_in_thick_fog_the_rule_sends_pilots_around_and_one_without_an_eye_is_not_bothered(tmp_path: Any) -> None:
    """Not all: who comes to the decision height while it still turns is not looking, and decides nothing."""
    fog = yaml.safe_load((CONFIGS / "weather" / "fog.yaml").read_text()) | {"visibility_m": 20}
    (tmp_path / "fog.yaml").write_text(yaml.safe_dump(fog))
    went_around: dict[tuple[str, bool], int] = {}
    for suite in ("camera", "precise"):
        settings: dict[str, Any] = {"sensor_suite": suite, "weather": str(tmp_path / "fog.yaml")}
        env = FlightEnv("landing", **settings)
        pilot = load_pilot("landing-ultra_stick", env)
        for rule, flown_by in ((True, pilot), (False, without_rule(pilot))):
            with FlightTest(lambda settings=settings: FlightEnv("landing", **settings), 1) as test:
                flights = test.fly(flown_by, range(500, 508))
            went_around[suite, rule] = sum(flight.steps > 50 * 30 for flight in flights)  # a landing takes 20 s
        env.close()
    assert went_around["camera", True] >= 5
    assert went_around["camera", False] == went_around["precise", True] == 0
