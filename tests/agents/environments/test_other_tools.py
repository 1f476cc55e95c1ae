"""Gymnasium's and stable-baselines3's own ways of making and stepping environments work on the ids, as documented."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv

import envs  # noqa: F401 (registers the ids)

ID = "ModelAircraft/Takeoff-v0"


def test_a_plain_loop_flies_to_an_end() -> None:
    env = gymnasium.make(ID, weather="calm")
    observation, _ = env.reset(seed=1000)
    assert env.observation_space.contains(observation)
    for _ in range(2000):
        observation, reward, terminated, truncated, info = env.step(np.array([0, 0, 0, 1], np.float32))
        assert np.isfinite(observation).all()
        assert np.isfinite(reward)
        if terminated or truncated:
            break
    assert {"is_success", "outcome", "metrics"} <= set(info)
    env.close()


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_gymnasiums_make_vec_flies_what_single_environments_fly(mode: str) -> None:
    vector = gymnasium.make_vec(ID, num_envs=2, vectorization_mode=mode, weather="gusty")
    single = gymnasium.make(ID, weather="gusty")
    together, _ = vector.reset(seed=[1000, 1001])
    alone, _ = single.reset(seed=1001)
    actions = np.random.default_rng(0).uniform(-0.3, 0.3, (20, 4)).astype(np.float32)
    for action in actions:
        np.testing.assert_array_equal(together[1], alone)
        together = vector.step(np.stack([action, action]))[0]
        alone = single.step(action)[0]
    vector.close()
    single.close()


def test_stable_baselines3_makes_the_id_and_learns_on_it() -> None:
    model = PPO("MlpPolicy", ID, n_steps=64, batch_size=64, n_epochs=1, device="cpu").learn(128)
    assert model.num_timesteps == 128


def test_spawned_processes_find_the_id_by_its_module_and_fly_alike() -> None:
    # A spawned process has imported nothing: "envs:" in front of an id is Gymnasium's way to say where it comes from.
    keywords = {"n_envs": 2, "seed": 1000, "env_kwargs": {"weather": "gusty"}}
    spawned = make_vec_env(
        f"envs:{ID}", vec_env_cls=SubprocVecEnv, vec_env_kwargs={"start_method": "spawn"}, **keywords
    )
    here = make_vec_env(f"envs:{ID}", vec_env_cls=DummyVecEnv, **keywords)
    np.testing.assert_array_equal(spawned.reset(), here.reset())
    action = np.full((2, 4), 0.1, np.float32)
    for _ in range(10):
        np.testing.assert_array_equal(spawned.step(action)[0], here.step(action)[0])
    spawned.close()
    here.close()
