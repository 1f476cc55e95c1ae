"""Environments as others use them: copied, pickled, sent to processes, many side by side, reset by other libraries."""

from __future__ import annotations

import copy
import gc
import pickle
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from stable_baselines3.common.vec_env import DummyVecEnv

import envs
from agents.environments.vec_env import SharedMemoryVecEnv
from envs.flight_env import FlightEnv
from envs.tasks import TASKS

NOSE_UP = np.array([0.05, 0.3, -0.02, 1.0], np.float32)
CRASH = np.array([0.6, -0.3, 0.0, 1.0], np.float32)
"""Of a take-off in gusts: the first goes on for some seconds, the second ends on a wing tip."""


def flown(env: FlightEnv, steps: int, action: np.ndarray = NOSE_UP) -> list[list[float]]:
    """Observations, rewards and truth of so many steps from here on; also after the task's end."""
    rows = []
    for _ in range(steps):
        observation, reward, *_ = env.step(action)
        rows.append([*observation.tolist(), reward, *env.log_row()])
    return rows


def pickled(env: FlightEnv) -> FlightEnv:
    return pickle.loads(pickle.dumps(env))


def in_the_air(env: FlightEnv) -> None:
    env.reset(seed=11)
    flown(env, 70)
    assert not env.world._in_bullet


def in_a_wreck(env: FlightEnv) -> None:
    """On the ground on a wing tip, where Bullet's contacts carry over from step to step."""
    env.reset(seed=11)
    for _ in range(400):
        env.step(CRASH)
        if env.world.strike:
            break
    flown(env, 3, CRASH)
    assert env.world.strike
    assert env.world._in_bullet


@pytest.mark.parametrize("task", sorted(TASKS))
@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
def test_a_copy_of_every_task_in_mid_flight_flies_on_alike(
    task: str, duplicate: Callable[[FlightEnv], FlightEnv]
) -> None:
    env = FlightEnv(task=task, weather="gusty", discrepancies=["heavy"])
    env.reset(seed=1)
    flown(env, 20)
    other = duplicate(env)
    assert flown(env, 60) == flown(other, 60)
    assert env.reset()[0].tolist() == other.reset()[0].tolist()
    assert flown(env, 10) == flown(other, 10)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
@pytest.mark.parametrize("begin", [in_the_air, in_a_wreck])
def test_a_copy_flies_on_alike_bit_for_bit_and_alone(
    duplicate: Callable[[FlightEnv], FlightEnv], begin: Callable[[FlightEnv], None]
) -> None:
    env, uncopied = FlightEnv(weather="gusty"), FlightEnv(weather="gusty")
    begin(env)
    begin(uncopied)
    other = duplicate(env)
    expected = flown(uncopied, 150)
    assert flown(other, 150) == expected  # it carries position, wind, sensors, generator, contacts
    other.reset(seed=3)
    flown(other, 20)
    other.close()
    assert flown(env, 150) == expected  # and whatever it does leaves the first as it would have been
    again = duplicate(env)
    first, second = ([*e.reset(seed=5)[0], *flown(e, 60)] for e in (env, again))
    assert first == second
    assert env.reset()[0].tolist() == again.reset()[0].tolist()  # generators of their own, at the same place


def test_a_copy_of_an_environment_that_draws_draws_too() -> None:
    env = gymnasium.make("ModelAircraft/Takeoff-v0", render_mode="rgb_array")
    env.reset(seed=0)
    frame: Any = env.render()
    other: Any = copy.deepcopy(env).render()
    assert np.array_equal(frame, other)


def test_a_closed_environment_says_so() -> None:
    env = FlightEnv()
    env.close()
    env.close()
    for use in (lambda: env.reset(seed=0), lambda: copy.deepcopy(env)):
        with pytest.raises(RuntimeError, match="closed"):
            use()


def test_environments_that_nobody_closes_do_not_use_up_bullets_worlds() -> None:
    """Bullet holds 1024 at most."""
    first = FlightEnv().world._client
    numbers = set()
    for _ in range(8):
        numbers.add(FlightEnv().world._client)
        gc.collect()
    assert max(numbers) <= first + 3


def test_stepping_needs_a_reset_first_and_four_numbers() -> None:
    env = FlightEnv()
    with pytest.raises(gymnasium.error.ResetNeeded, match=r"reset\(\)"):
        env.step(NOSE_UP)
    env.reset(seed=0)
    for bad in (np.zeros(3), np.zeros(5), np.zeros((4, 1)), np.zeros((1, 4)), 0.5, "up", None, [0, 0, 0, None]):
        with pytest.raises(ValueError, match="action must be"):
            env.step(bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, -(2**64), 1.5, 1.0, float("nan"), "7", [1]])
def test_what_is_no_seed_is_refused_as_gymnasium_does(seed: Any) -> None:
    env = FlightEnv()
    with pytest.raises(gymnasium.error.Error, match="Seed must be"):
        env.reset(seed=seed)


def test_a_seed_may_be_of_any_size_and_each_is_a_flight_of_its_own() -> None:
    env = FlightEnv()
    starts = {}
    for seed in (0, 1, 2**32, 2**32 + 1, 2**63, 2**64, 2**64 + 1, 10**30):
        starts[seed] = env.reset(seed=seed)[0].tolist()
        assert env.reset(seed=seed)[0].tolist() == starts[seed]
    assert len({tuple(start) for start in starts.values()}) == len(starts)


def test_an_end_at_the_very_last_step_terminates_and_does_not_truncate() -> None:
    """Truncation would tell a learner to go on counting on rewards that never come."""
    env = FlightEnv(weather="calm")

    def end(limit: int | None) -> tuple[int, bool, bool, dict[str, Any]]:
        env.reset(seed=2)
        if limit is not None:
            env._step_limit = limit
        for step in range(1, 1000):
            _, _, terminated, truncated, info = env.step(CRASH)
            if terminated or truncated:
                return step, terminated, truncated, info
        raise AssertionError

    steps, terminated, truncated, info = end(None)
    assert (terminated, truncated) == (True, False)
    assert end(steps)[:3] == (steps, True, False)
    assert end(steps)[3]["outcome"] == info["outcome"]
    assert end(steps - 1)[:3] == (steps - 1, False, True)
    assert end(steps - 1)[3]["outcome"] == "timeout"


def test_a_time_limit_put_around_in_the_same_step_is_no_truncation_for_the_learner() -> None:
    probe = FlightEnv(weather="calm")
    probe.reset(seed=2)
    steps = next(step for step in range(1, 1000) if probe.step(CRASH)[2])

    def limited() -> gymnasium.Env:
        return gymnasium.wrappers.TimeLimit(FlightEnv(weather="calm"), steps)

    for vec_env in (DummyVecEnv([limited]), SharedMemoryVecEnv([limited], 1)):
        vec_env.seed(2)
        vec_env.reset()
        for _ in range(steps):
            _, _, dones, infos = vec_env.step(CRASH[None])
        assert dones[0]
        assert infos[0]["TimeLimit.truncated"] is False
        assert infos[0]["terminal_observation"].shape == vec_env.observation_space.shape
        vec_env.close()


def plain_loop(seed: int, actions: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray], list[str]]:
    """Observations of each step (after a reset: those of the new flight); those that ended a flight; the outcomes."""
    env = FlightEnv(weather="gusty")
    seen, last, outcomes = [env.reset(seed=seed)[0]], [], []
    for action in actions:
        observation, _, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            last.append(observation)
            outcomes.append(info["outcome"])
            observation = env.reset()[0]
        seen.append(observation)
    env.close()
    return seen, last, outcomes


STEPS = 400


def same_step(seed: int, actions: np.ndarray, kind: str) -> tuple[list[np.ndarray], list[np.ndarray], list[str]]:
    many = _make_many(kind, AutoresetMode.SAME_STEP)
    seen, last, outcomes = [many.reset(seed=seed)[0][0].copy()], [], []
    for action in actions:
        observations, _, terminated, truncated, infos = many.step(np.stack([action] * 2))
        if terminated[0] or truncated[0]:
            last.append(infos["final_obs"][0])
            outcomes.append(infos["final_info"]["outcome"][0])
        seen.append(observations[0].copy())
    many.close()
    return seen, last, outcomes


def next_step(seed: int, actions: np.ndarray, kind: str) -> tuple[list[np.ndarray], list[np.ndarray], list[str]]:
    """Here a step between two flights only resets: its action is lost."""
    many = _make_many(kind, AutoresetMode.NEXT_STEP)
    seen, last, outcomes = [many.reset(seed=seed)[0][0].copy()], [], []
    for action in actions:
        observations, _, terminated, truncated, infos = many.step(np.stack([action] * 2))
        if terminated[0] or truncated[0]:
            last.append(observations[0].copy())
            outcomes.append(infos["outcome"][0])
            observations, rewards, *_ = many.step(np.stack([action] * 2))
            assert rewards[0] == 0.0
        seen.append(observations[0].copy())
    many.close()
    return seen, last, outcomes


def disabled(seed: int, actions: np.ndarray, kind: str) -> tuple[list[np.ndarray], list[np.ndarray], list[str]]:
    many = _make_many(kind, AutoresetMode.DISABLED)
    seen, last, outcomes = [many.reset(seed=seed)[0][0].copy()], [], []
    for action in actions:
        observations, _, terminated, truncated, infos = many.step(np.stack([action] * 2))
        over = terminated | truncated
        if over[0]:
            last.append(observations[0].copy())
            outcomes.append(infos["outcome"][0])
        if over.any():
            observations, _ = many.reset(options={"reset_mask": over})
        seen.append(observations[0].copy())
    many.close()
    return seen, last, outcomes


def of_sb3(seed: int, actions: np.ndarray, kind: str) -> tuple[list[np.ndarray], list[np.ndarray], list[str]]:
    functions = [lambda: FlightEnv(weather="gusty")] * 2
    many = DummyVecEnv(functions) if kind == "sync" else SharedMemoryVecEnv(functions, 2)  # type: ignore[arg-type]
    many.seed(seed)
    seen, last, outcomes = [np.asarray(many.reset())[0].copy()], [], []
    for action in actions:
        observations, _, dones, infos = many.step(np.stack([action] * 2))
        if dones[0]:
            last.append(infos[0]["terminal_observation"])
            outcomes.append(infos[0]["outcome"])
        seen.append(np.asarray(observations)[0].copy())
    many.close()
    return seen, last, outcomes


def _make_many(kind: str, mode: AutoresetMode) -> gymnasium.vector.VectorEnv:
    return gymnasium.make_vec(
        envs.gymnasium_id("takeoff"),
        num_envs=2,
        vectorization_mode=kind,
        vector_kwargs={"autoreset_mode": mode},
        weather="gusty",
    )


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("way", [same_step, next_step, disabled, of_sb3])
def test_every_way_of_resetting_flies_the_flights_of_a_plain_loop(
    way: Callable[[int, np.ndarray, str], tuple[list[np.ndarray], list[np.ndarray], list[str]]], kind: str
) -> None:
    rng = np.random.default_rng(0)
    actions = np.column_stack([rng.uniform(-0.4, 0.4, (STEPS, 3)), np.ones(STEPS)]).astype(np.float32)
    expected, found = plain_loop(21, actions), way(21, actions, kind)
    assert len(expected[2]) >= 3
    assert expected[2] == found[2]
    for part in (0, 1):
        assert len(expected[part]) == len(found[part])
        assert all(np.array_equal(one, other) for one, other in zip(expected[part], found[part], strict=True))


def test_copies_with_equal_seeds_fly_alike_and_with_others_they_do_not() -> None:
    many = _make_many("sync", AutoresetMode.SAME_STEP)
    for seeds, equal in (([5, 5], True), ([5, 6], False)):
        many.reset(seed=seeds)  # type: ignore[arg-type]  (Gymnasium annotates one number, and takes one each)
        same = []
        for _ in range(200):
            observations, rewards, *_ = many.step(np.stack([NOSE_UP] * 2))
            same.append(np.array_equal(observations[0], observations[1]) and rewards[0] == rewards[1])
        assert all(same) == equal
    many.close()
