"""A pilot's memory: what it holds, that it is each flight's own, and that training and flying make the same of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.vec_env import DummyVecEnv

from agents.adaptation.airfield import Airfield
from agents.config.programme import TrainingConfig, load_config
from agents.environments.flights import flight_env_function, flight_name
from agents.environments.memory import Memory, Remembered, RememberingPilot, memory_of
from agents.environments.remembering_env import RememberingVecEnv, memory_in
from agents.environments.truth import training_env_function
from agents.evaluation.flight_test import FlightTest
from agents.pilots.learned import LearnedPilot, load_learned
from agents.pilots.loading import load_pilot
from agents.runs.run_folder import RunFolder, read_json
from agents.training.train import make_training_env, train
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.flights.flight_log import FlightLog
from scripts.film import main as film
from scripts.replay import main as replay

MEMORY = Memory(3, ages=(1, 4), columns=(2, 0), gains=(0.5, 0.1))
REMEMBERS = ("network.history_s=[0.1, 0.5]", "network.integrals_s={roll: 2, airspeed: 3}")


def small(*overrides: str) -> TrainingConfig:
    """A training of 128 steps that remembers, with a critic that sees the truth, over drawn discrepancies."""
    algorithm = [f"algorithm.{word}" for word in ("n_envs=2", "n_steps=32", "batch_size=32", "n_epochs=1")]
    training = ["steps=128", "eval_every=64", "eval_flights=1", "test_flights=2", "checkpoint_every=64"]
    machine = [f"training.{word}" for word in (*training, "vec_env=dummy", "processes=1")]
    drawn = ["network.critic=truth", "discrepancies={draw: [all], most: 2}"]
    return load_config("takeoff", [*algorithm, *machine, *drawn, *REMEMBERS, *overrides])


def readings(steps: int, flights: int = 2) -> np.ndarray:
    return np.random.default_rng(0).uniform(-2, 2, (steps, flights, MEMORY.seen)).astype(np.float32)


def looked(shown: np.ndarray, starts: np.ndarray | None = None) -> list[np.ndarray]:
    """What the policy is given at each of the steps."""
    given, state = [], None
    for step, now in enumerate(shown):
        inputs, state = MEMORY.look(now, state, None if starts is None else starts[step])
        given.append(inputs)
    return given


def test_a_flight_starts_as_if_it_had_always_been_as_at_its_first_reading() -> None:
    first, _ = MEMORY.look(np.array([[0.5, -0.2, 3.0]]))
    assert MEMORY.size == first.shape[1] == 11
    np.testing.assert_allclose(first[0], [0.5, -0.2, 3.0] * 3 + [1.0, 0.5])  # integrals: of what is cut to +-1


def test_what_was_read_so_many_steps_ago_is_given_again() -> None:
    shown = readings(12)
    for step, given in enumerate(looked(shown)):
        np.testing.assert_array_equal(given[:, :3], shown[step])
        np.testing.assert_array_equal(given[:, 3:6], shown[max(0, step - 1)])
        np.testing.assert_array_equal(given[:, 6:9], shown[max(0, step - 4)])


def test_an_integral_follows_its_time_constant_and_winds_nothing_up() -> None:
    """dI/dt = (x - I) / T with x = 1 from I = 0: I(t) = 1 - exp(-t / T); a reading of 5 counts as 1."""
    config = load_config("takeoff", ["network.integrals_s={roll: 2.0}"])
    names = FlightEnv("takeoff").observation_names
    memory = memory_of(config, names, len(names))
    assert memory is not None
    shown, state = np.zeros((1, len(names))), None
    _, state = memory.look(shown)
    shown[0, names.index("roll")] = 5.0
    given = np.zeros(0)
    for step in range(1, 121):
        given, state = memory.look(shown, state)
        assert given[0, -1] == pytest.approx(1.0 - math.exp(-step / 30 / 2.0), abs=1e-5)
    shown[0, names.index("roll")] = 0.0
    for _ in range(60):
        given, state = memory.look(shown, state)
    assert given[0, -1] == pytest.approx((1 - math.exp(-2)) * math.exp(-1), abs=1e-5)


def test_all_stands_for_the_readings_that_are_not_named() -> None:
    names = FlightEnv("takeoff").observation_names
    memory = memory_of(load_config("takeoff", ["network.integrals_s={all: 3, roll: 1}"]), names, len(names))
    assert memory is not None
    assert memory.columns == tuple(range(len(names)))
    for name, gain in zip(names, memory.gains, strict=True):
        assert gain == pytest.approx(1 - math.exp(-1 / (30 if name == "roll" else 90))), name


def test_each_flight_has_its_own_memory_and_a_new_flight_a_new_one() -> None:
    shown = readings(20, flights=3)
    starts = np.zeros((20, 3), bool)
    starts[7, 1] = True
    together = looked(shown, starts)
    for flight in (0, 2):
        alone = looked(shown[:, flight : flight + 1])
        np.testing.assert_array_equal([given[flight] for given in together], np.concatenate(alone))
    before, after = looked(shown[:7, 1:2]), looked(shown[7:, 1:2])
    np.testing.assert_array_equal([given[1] for given in together], np.concatenate(before + after))


def test_a_memory_is_not_changed_by_looking_further_and_never_mixed_up() -> None:
    shown = readings(3)
    _, state = MEMORY.look(shown[0])
    kept = state.past.copy(), state.integrals.copy()
    MEMORY.look(shown[1], state, np.array([True, False]))
    np.testing.assert_array_equal(state.past, kept[0])
    np.testing.assert_array_equal(state.integrals, kept[1])
    with pytest.raises(InputError, match="memory of 2 flights cannot go on with 1"):
        MEMORY.look(shown[1, :1], state)
    with pytest.raises(InputError, match="2 readings where it was made for 3"):
        MEMORY.look(shown[1, :, :2], state)


class Noted:
    """A policy that answers with what it was given."""

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[np.ndarray, Any]:
        assert (state, episode_start, deterministic) == (None, None, True)
        return observation[:, :4] + observation[:, -1:], None


def test_one_observation_or_many_are_answered_alike() -> None:
    pilot, shown = RememberingPilot(Noted(), MEMORY), readings(9)
    states: list[Remembered | None] = [None, None, None]
    for now in shown:
        many, states[2] = pilot.predict(now, states[2])
        for flight in range(2):
            one, states[flight] = pilot.predict(now[flight], states[flight])
            assert one.shape == (4,)
            np.testing.assert_array_equal(one, many[flight])


@pytest.mark.parametrize("kind", ["dummy", "shared"])
def test_a_training_shows_what_a_pilot_would_remember_of_plain_observations(kind: str) -> None:
    """Also across the ends of flights, in their last observations, and with the truth behind it."""
    config = small(f"training.vec_env={kind}", "training.processes=2")
    plain = DummyVecEnv([training_env_function(flight_env_function(config), config)] * 2)
    shown = make_training_env(flight_env_function(config), config)
    memory = memory_in(shown)
    assert isinstance(shown, RememberingVecEnv)
    assert memory is not None
    seen = memory.seen
    assert seen == len(FlightEnv("takeoff").observation_names)
    plain.seed(5)
    shown.seed(5)
    observations: Any = plain.reset()
    starts, state, ended = None, None, 0
    given: Any = shown.reset()
    generator = np.random.default_rng(0)
    for _ in range(500):
        inputs, state = memory.look(observations[:, :seen], state, starts)
        np.testing.assert_array_equal(given, np.concatenate([inputs, observations[:, seen:]], axis=1))
        assert given.shape[1:] == shown.observation_space.shape
        assert (np.abs(given) <= shown.observation_space.high).all()  # type: ignore[attr-defined]
        actions = generator.uniform(-1, 1, (2, 4)).astype(np.float32)
        observations, _, starts, infos = plain.step(actions)
        given, _, ends, told = shown.step(actions)
        np.testing.assert_array_equal(starts, ends)
        for flight in np.flatnonzero(starts):
            last = infos[flight]["terminal_observation"]
            inputs, _ = memory.look(last[None, :seen], state.of(int(flight)))
            np.testing.assert_array_equal(
                told[flight]["terminal_observation"], np.concatenate([inputs[0], last[seen:]])
            )
            ended += 1
    shown.close()
    assert ended > 2


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder.create(tmp_path_factory.mktemp("memory") / "run", "test")
    train(small(), folder)
    return folder


def test_the_card_tells_the_memory_and_the_environment_stays_plain(run: RunFolder) -> None:
    card, pilot, env = read_json(run.bundle / "card.json"), load_learned(run.bundle), FlightEnv("takeoff")
    assert card["history_s"] == [0.1, 0.5]
    assert card["integrals_s"] == {"roll": 2, "airspeed": 3}
    assert card["observation_size"] == len(card["observation_names"]) == len(env.observation_names)
    pilot.check_fits(env)
    assert pilot.memory
    assert pilot.memory.ages == (3, 15)
    assert pilot.policy.observation_space.shape == (pilot.memory.size + len(env.truth_names),)
    observation, _ = env.reset(seed=0)
    assert pilot.predict(observation)[0].shape == (4,)
    with pytest.raises(InputError, match="remembers readings at 30 a second, this environment gives 60"):
        pilot.check_fits(FlightEnv("takeoff", control_hz=60))


def test_a_flight_with_memory_is_the_same_whoever_flies_it(run: RunFolder, tmp_path: Path) -> None:
    """In an evaluation's batch, recorded, and alone on the airfield of adapt.py; and the memory is of use."""
    function, pilot = flight_env_function(load_config("takeoff")), load_pilot(str(run.path))
    with FlightTest(function, processes=2) as test:
        flown = test.fly(pilot, [1000, 1001, 1002])
    with FlightTest(function, processes=1, record_to=tmp_path, pilot_name="x") as test:
        assert test.fly(pilot, [1000, 1001, 1002]) == flown
    log = FlightLog.load(tmp_path / flight_name(1001))
    with Airfield(function, tmp_path / "alone") as airfield:
        airfield.fly(pilot, 1001)
    alone = FlightLog.load(tmp_path / "alone" / flight_name(1001))
    np.testing.assert_allclose(alone.data, log.data, atol=1e-4)  # a matrix of another shape: another last bit
    assert replay([str(tmp_path / flight_name(1001))]) == 0

    forgetful, env = LearnedPilot("x", pilot.config, pilot.card, pilot.policy, pilot.memory), function()
    observation, state = env.reset(seed=1001)[0], None
    for _ in range(20):
        action, state = pilot.predict(observation, state)
        observation = env.step(action)[0]
    assert not np.allclose(forgetful.predict(observation)[0], pilot.predict(observation, state)[0], atol=1e-6)


def test_a_run_with_memory_that_was_stopped_ends_as_one_that_was_not(run: RunFolder, tmp_path: Path) -> None:
    def stop(steps: int, *_: Any) -> None:
        if steps == 64:
            raise KeyboardInterrupt

    halves = RunFolder.create(tmp_path / "halves", "halves")
    with pytest.raises(KeyboardInterrupt):
        train(small(), halves, on_validation=stop)
    train(small(), halves, resume=True)
    for name, weight in load_learned(run.bundle).policy.state_dict().items():
        assert torch.equal(weight, load_learned(halves.bundle).policy.state_dict()[name]), name


def test_its_film_is_flown_with_the_memory(run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.commands.film.LONGEST_S", 0.5)
    assert film([str(run.path), "--flights", "2", "--video", str(tmp_path / "film.mp4")]) == 0


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("network.history_s=[0.01]", "at least one control step"),
        ("network.history_s=[0.1, 0.11]", "at least one control step"),
        ("network.history_s=[0]", "network.history_s"),
        ("network.history_s=[100]", "network.history_s"),
        ("network.history_s=[nan]", "network.history_s"),
        ("network.history_s=1", "network.history_s"),
        ("network.history_s=[1, 2, 3, 4, 5, 6, 7, 8, 9]", "network.history_s"),
        ("network.integrals_s={rol: 1}", "did you mean 'roll'"),
        ("network.integrals_s={wind_along: 1}", "wind_along"),  # no sensor tells it
        ("network.integrals_s={roll: 0}", "network.integrals_s"),
        ("network.integrals_s=[roll]", "network.integrals_s"),
    ],
)
def test_what_cannot_be_remembered_is_refused_in_one_line(setting: str, said: str) -> None:
    with pytest.raises(InputError, match=r"^[^\n]+$") as refused:
        load_config("takeoff", [setting])
    assert said in str(refused.value)


def test_without_a_memory_training_shows_the_plain_observations() -> None:
    config = load_config("takeoff")
    assert memory_of(config, None, 5) is None
    env = make_training_env(flight_env_function(config), small("network.history_s=[]", "network.integrals_s={}"))
    assert memory_in(env) is None
    assert not isinstance(env, RememberingVecEnv)
    env.close()
