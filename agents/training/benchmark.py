"""How fast everything is, measured in one run on one machine, so that the ratios mean something.

Times are the best of several short bursts: what else runs on the machine only ever makes them longer.
"""

from __future__ import annotations

import functools
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv, VecEnv

from agents.config.programme import load_config
from agents.environments.flights import EnvFunction, flight_env_function, training_seed
from agents.environments.remembering_env import remembering
from agents.environments.vec_env import SharedMemoryVecEnv
from agents.pilots.bundle import find_bundle
from agents.pilots.learned import load_learned
from agents.training.judge_benchmark import judging_ms
from agents.training.peer.comparison import compare_with_peer
from agents.training.peer.environment import PeerError
from agents.training.train import make_model
from envs.discrepancies._drawn import DrawnDiscrepancies
from envs.physics.kernels.records import GUST_NORMALS
from envs.physics.sensors import SENSOR_NORMALS

ROOT = Path(__file__).resolve().parents[2]
FIRST_STEP = """
import time
start = time.perf_counter()
from envs.flight_env import FlightEnv
imported = time.perf_counter()
env = FlightEnv()
env.reset(seed=0)
env.step(env.action_space.sample())
print("seconds", imported - start, time.perf_counter() - imported)
"""


class FreeEnv(gymnasium.Env):
    """Costs nothing: the spaces, the readings' names and the flight length of a real environment without its work."""

    def __init__(self, real: gymnasium.Env[Any, Any]):
        self.observation_space, self.action_space = real.observation_space, real.action_space
        # An update asks which readings a mirrored flight turns round.
        self.observation_names = real.get_wrapper_attr("observation_names")
        self._observation = np.zeros(real.observation_space.shape or (), np.float32)
        self._steps = 0

    def reset(
        self,
        *,
        seed: int | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Zeros, as in every step."""
        self._steps = 0
        return self._observation, {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Zeros; a flight is truncated after 400 steps."""
        self._steps += 1
        return self._observation, 0.0, False, self._steps >= 400, {}


def best_seconds(burst: Callable[[], object], bursts: int = 5, prepare: Callable[[], object] | None = None) -> float:
    """Seconds of the fastest of several bursts; `prepare` goes before each, untimed."""
    best = float("inf")
    for _ in range(bursts):
        if prepare:
            prepare()
        started = time.perf_counter()
        burst()
        best = min(best, time.perf_counter() - started)
    return best


def flight_rates(steps: int = 50, bursts: int = 60) -> dict[str, float]:
    """Steps a second of one FlightEnv in one process, in the air and on the ground, against the bare Bullet loop.

    And where a step in the air spends its microseconds: physics, readings, judging, the rest. A burst takes 1 ms or
    so: on a busy machine a longer one would hardly ever pass without another process taking the core.
    """
    from envs.flight_env import FlightEnv

    env = FlightEnv()
    idle, full = np.array([0, 0, 0, -1], np.float32), np.array([0, 0.1, 0, 1], np.float32)
    normals, unshaken = np.zeros(GUST_NORMALS), np.zeros(SENSOR_NORMALS)
    seeds = itertools.count()

    def set_off() -> None:
        # High above the runway, where no task ends the flight and no wheel touches.
        env.reset(seed=0)
        env.world.reset((0.0, 0.0, 200.0), (0.0, 0.0, 0.0, 1.0), (17.0, 0.0, 0.0))

    def seconds(one: Callable[[], object], prepare: Callable[[], object] | None = None, count: int = steps) -> float:
        return best_seconds(lambda: [one() for _ in range(count)], bursts, prepare) / count

    bare = min(env.world.bare_loop_seconds(steps) for _ in range(bursts)) / steps
    ground = seconds(lambda: env.step(idle), lambda: env.reset(seed=0))
    air = seconds(lambda: env.step(full), set_off)
    physics = seconds(lambda: env.world.advance(0.0, 0.1, 0.0, 1.0, normals=normals), set_off)
    reset = seconds(lambda: env.reset(seed=next(seeds)), count=10)
    set_off()
    env.step(full)
    now, terms = env.quantities, dict.fromkeys(env.reward_scales, 0.0)
    reading, judging = seconds(lambda: env._observe(unshaken)), seconds(lambda: env.task.step(now, now, terms))
    env.picture()  # compiles
    picture = seconds(env.picture, count=5)
    env.close()
    return {
        "air_steps_per_s": 1 / air,
        "ground_steps_per_s": 1 / ground,
        "bare_bullet_steps_per_s": 1 / bare,
        "air_to_bare_bullet": air / bare,
        "ground_to_bare_bullet": ground / bare,
        "reset_ms": reset * 1e3,
        "step_physics_us": physics * 1e6,
        "step_readings_us": reading * 1e6,
        "step_judging_us": judging * 1e6,
        "step_rest_us": (air - physics - reading - judging) * 1e6,
        "camera_picture_us": picture * 1e6,
        "picture_to_bare_bullet": picture / bare,
    }


def vec_env_rates(make_env: EnvFunction, count: int, steps: int = 100) -> dict[str, float]:
    """Environment steps a second of the vec envs to choose from, `count` environments under random actions."""
    functions = [make_env] * count
    kinds: dict[str, Callable[[], VecEnv]] = {
        "dummy": lambda: DummyVecEnv(functions),
        "sb3_subproc": lambda: SubprocVecEnv(functions),
        "shared": lambda: SharedMemoryVecEnv(functions),
    }
    rates = {name: _stepping_rate(make(), count, steps) for name, make in kinds.items()}
    gymnasium_env = gymnasium.vector.AsyncVectorEnv(functions, shared_memory=True)
    return {**rates, "gymnasium_async": _stepping_rate(gymnasium_env, count, steps)}


def scaling_rates(make_env: EnvFunction, counts: tuple[int, ...] = (1, 2, 4, 8, 16)) -> dict[str, float]:
    """Environment steps a second of our vec env, by number of environments, in this process alone and in two."""
    rates = {}
    for processes in (1, 2):
        for count in (n for n in counts if n >= processes):
            env = SharedMemoryVecEnv([make_env] * count, processes)
            rates[f"{processes}_process_{count}_envs"] = _stepping_rate(env, count, 1600 // count)
    return rates


def _stepping_rate(env: Any, count: int, steps: int) -> float:
    env.reset()
    actions = np.random.default_rng(0).uniform(-0.3, 0.3, (steps, count, 4)).astype(np.float32)
    seconds = best_seconds(lambda: [env.step(action) for action in actions])
    env.close()
    return steps * count / seconds


class _Stopwatch(BaseCallback):
    """Seconds in which each batch of steps is flown, and of each update."""

    def _on_training_start(self) -> None:
        self.batches: list[float] = []
        self.updates: list[float] = []
        self._mark = time.perf_counter()

    def _lap(self, into: list[float]) -> None:
        now = time.perf_counter()
        into.append(now - self._mark)
        self._mark = now

    def _on_rollout_start(self) -> None:
        self._lap(self.updates)

    def _on_rollout_end(self) -> None:
        self._lap(self.batches)

    def _on_step(self) -> bool:
        return True


def ppo_rates(make_vec_env: Callable[[], VecEnv], updates: int = 4) -> tuple[float, float]:
    """PPO with the take-off's settings: (flying, update) in microseconds an environment step."""
    config = load_config("takeoff")
    torch.set_num_threads(config.training.torch_threads)
    env = make_vec_env()
    model, watch = make_model(config, env), _Stopwatch()
    steps = config.algorithm.steps_per_update
    try:
        model.learn(updates * steps, watch, log_interval=updates + 1)
    finally:
        env.close()
    return min(watch.batches) / steps * 1e6, min(watch.updates[1:]) / steps * 1e6


def training_rates() -> dict[str, float]:
    """Training steps a second with our vec env and with DummyVecEnv, against PPO on an environment that is free.

    And with a pilot that remembers: its larger observations are made, kept and learned from.
    """
    config = load_config("takeoff")
    remembers = load_config("takeoff", ["network.history_s=[0.1, 0.3]", "network.integrals_s={all: 3}"])
    make_env, count = flight_env_function(config), config.algorithm.n_envs
    probe = make_env()
    free = functools.partial(FreeEnv, probe)
    probe.close()
    kinds: dict[str, Callable[[], VecEnv]] = {
        "free_env": lambda: DummyVecEnv([free] * count),
        "dummy": lambda: DummyVecEnv([make_env] * count),
        "shared": lambda: SharedMemoryVecEnv([make_env] * count),
        "remembering": lambda: remembering(SharedMemoryVecEnv([make_env] * count), remembers),
    }
    # Taken in turns, so that a busy moment of the machine does not fall on one of them alone.
    laps: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _ in range(3):
        for name, make in kinds.items():
            laps[name].append(ppo_rates(make))
    rates: dict[str, float] = {}
    for name, measured in laps.items():
        flying, update = (min(lap[part] for lap in measured) for part in (0, 1))
        rates |= {
            f"{name}_rollout_us": flying,
            f"{name}_update_us": update,
            f"{name}_steps_per_s": 1e6 / (flying + update),
        }
    rates["shared_to_free_env"] = rates["shared_steps_per_s"] / rates["free_env_steps_per_s"]
    rates["remembering_to_shared"] = rates["remembering_steps_per_s"] / rates["shared_steps_per_s"]
    rates["shared_to_dummy"] = rates["shared_steps_per_s"] / rates["dummy_steps_per_s"]
    return rates


def drawn_rates(steps: int = 500, bursts: int = 5) -> dict[str, float]:
    """Environment steps a second of a training's take-offs as drawn, and with two discrepancies at most drawn for each.

    The shipped pilot flies, with its noise, in our vec env; bursts are taken in turns. So many flights are begun before
    that the torn wings which later ones draw again are worked out: half a second a process, once a training.
    """
    config = load_config("takeoff")
    drawn = config.model_copy(update={"discrepancies": DrawnDiscrepancies(draw=("all",), most=2)})
    pilot, count = load_learned(find_bundle("takeoff-ultra_stick")), config.algorithm.n_envs
    envs = {
        name: SharedMemoryVecEnv([flight_env_function(flown)] * count)
        for name, flown in (("plain", config), ("drawn", drawn))
    }
    seen = {}
    for name, env in envs.items():
        env.seed(training_seed(0, 0))
        for _ in range(300):
            seen[name] = env.reset()
    rates: dict[str, list[float]] = {name: [] for name in envs}
    for _ in range(bursts):
        for name, env in envs.items():
            started = time.perf_counter()
            for _ in range(steps):
                seen[name] = env.step(pilot.predict(seen[name], deterministic=False)[0])[0]
            rates[name].append(steps * count / (time.perf_counter() - started))
    for env in envs.values():
        env.close()
    plain, faulty = (float(np.median(rates[name])) for name in ("plain", "drawn"))
    return {"plain_steps_per_s": plain, "drawn_steps_per_s": faulty, "drawn_to_plain": faulty / plain}


def start_seconds() -> dict[str, float]:
    """Seconds to import the environments and to the first step after, with an empty and a full kernel cache."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {
            **os.environ,
            "NUMBA_CACHE_DIR": cache,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        times = []
        for _ in ("cold", "warm"):
            done = subprocess.run(
                [sys.executable, "-c", FIRST_STEP], env=environment, capture_output=True, text=True, check=True
            )
            line = next(line for line in done.stdout.splitlines() if line.startswith("seconds"))
            times.append([float(word) for word in line.split()[1:]])
    return {
        "import_cold_s": times[0][0],
        "first_step_cold_s": times[0][1],
        "import_warm_s": times[1][0],
        "first_step_warm_s": times[1][1],
    }


GROUPS: dict[str, Callable[[], dict[str, Any]]] = {
    "flight": flight_rates,
    "vec_env": lambda: _of_takeoff(vec_env_rates, load_config("takeoff").algorithm.n_envs),
    "scaling": lambda: _of_takeoff(scaling_rates),
    "training": training_rates,
    "discrepancies": drawn_rates,
    "figures": judging_ms,
    "start": start_seconds,
    "peer": compare_with_peer,
}
"""What is measured, in this order."""
ASKED_FOR = "peer"
"""Measured only when asked for: it installs another project first."""


def _of_takeoff(measure: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    return measure(flight_env_function(load_config("takeoff")), *arguments)


def measure_groups(names: Sequence[str], report: Callable[[str], object]) -> dict[str, Any]:
    """Those of GROUPS, saying what is being measured; why not, where the peer cannot be."""
    result: dict[str, Any] = {"cores": os.cpu_count(), "python": sys.version.split()[0]}
    for name in names:
        report(f"measuring {name} ...")
        try:
            result[name] = GROUPS[name]()
        except PeerError as error:
            result[name] = f"skipped: {error}"
    return result
