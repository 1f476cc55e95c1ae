"""A vec env for few cores: this process and its workers each step a share of the environments.

stable-baselines3's SubprocVecEnv gives every environment a process and pickles every observation. With 16
environments on 2 cores that is 17 processes taking turns. Here a process steps its share in a plain loop,
numbers travel through shared memory, and one short message starts a step and one ends it, for which neither side
falls asleep (vec_worker.Doorbell). The main process, which would only wait, steps a share too: on 2 cores there is
one worker. `scripts/benchmark.py` compares.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import pickle
from collections.abc import Iterable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import cloudpickle
import gymnasium
import numpy as np
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvStepReturn

from agents.environments.vec_worker import (
    NOTHING_ENDED,
    STEP,
    Doorbell,
    EnvFunction,
    EnvGroup,
    SharedArrays,
    run_worker,
)
from envs.base.errors import InputError


class WorkerError(RuntimeError):
    """A worker process died, or an environment in it raised an exception."""


class WorkerDied(WorkerError):
    """A worker process is gone: killed, or out of memory."""


class SharedMemoryVecEnv(VecEnv):
    """Vec env of stable-baselines3 over `processes` processes, this one included (default: one a core).

    What it returns is equal, bit for bit, to what DummyVecEnv returns with the same seeds. It differs in one point: the
    info of a step that ends no episode is an empty dict, whatever the environment returned.

    Raises WorkerError when a worker dies (at the next step, never a hang) or an environment raises; an InputError of an
    environment (a log that cannot be written) is raised as it is.
    """

    def __init__(self, env_functions: Sequence[EnvFunction], processes: int | None = None):
        self._connections: list[Connection] = []
        self._doorbells: list[Doorbell] = []
        self._processes: list[Any] = []
        count = len(env_functions)
        processes = min(count, processes or os.cpu_count() or 1)
        bounds = np.linspace(0, count, processes + 1).round().astype(int).tolist()
        self._shares = list(itertools.pairwise(bounds))

        probe = env_functions[0]()
        observation_space, action_space = probe.observation_space, probe.action_space
        if not (isinstance(observation_space, gymnasium.spaces.Box) and isinstance(action_space, gymnasium.spaces.Box)):
            raise TypeError("SharedMemoryVecEnv carries Box observations and Box actions only")
        methods = multiprocessing.get_all_start_methods()
        # Never fork: torch's threads do not survive it.
        context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        arrays = SharedArrays.allocate(
            context,
            {
                "observations": ((count, *observation_space.shape), np.dtype(observation_space.dtype)),
                "actions": ((count, *action_space.shape), np.dtype(action_space.dtype)),
                "rewards": ((count,), np.dtype(np.float32)),
                "dones": ((count,), np.dtype(np.bool_)),
            },
        )
        self._observations, self._actions = arrays.view("observations"), arrays.view("actions")
        self._rewards, self._dones = arrays.view("rewards"), arrays.view("dones")

        for low, high in self._shares[1:]:
            here, there = context.Pipe()
            process = context.Process(
                target=run_worker,
                daemon=True,
                args=(there, cloudpickle.dumps(list(env_functions[low:high])), arrays, low),
            )
            process.start()
            there.close()  # else the pipe would stay open, and we waiting, after the worker's death
            here.send_bytes(b"make")
            self._connections.append(here)
            self._doorbells.append(Doorbell(here))
            self._processes.append(process)
        self._local = EnvGroup([lambda: probe, *env_functions[1 : self._shares[0][1]]], arrays, 0)
        self._starting = True
        super().__init__(count, observation_space, action_space)

    # -- talking to the workers ----------------------------------------------------------------------

    def _send(self, worker: int, request: bytes) -> None:
        if self._starting:  # they need a second or two to import and compile: wait for it as late as possible
            self._starting = False
            for started in range(len(self._connections)):
                self._answer(started)
        try:
            self._connections[worker].send_bytes(request)
        except (OSError, ValueError):
            raise self._dead(worker) from None

    def _answer(self, worker: int) -> Any:
        try:
            self._doorbells[worker].wait()
            answer = self._connections[worker].recv_bytes()
        except (EOFError, OSError):
            raise self._dead(worker) from None
        if answer == NOTHING_ENDED:
            return ()
        kind, value = pickle.loads(answer)
        if kind == "refused":
            raise InputError(value)
        if kind == "error":
            raise WorkerError(f"an environment failed in a worker process:\n{value}")
        return value

    def _dead(self, worker: int) -> WorkerDied:
        process = self._processes[worker]
        process.join(timeout=2)
        return WorkerDied(
            f"worker process {worker} (pid {process.pid}) died, exit code {process.exitcode}; "
            "a negative code is the signal that killed it (-9: often out of memory)"
        )

    def _ask(self, env: int, name: str, *args: Any) -> Any:
        """The answer of EnvGroup method `name` for environment number `env`."""
        share = next(i for i, (low, high) in enumerate(self._shares) if low <= env < high)
        arguments = (env - self._shares[share][0], *args)
        if share == 0:
            return getattr(self._local, name)(*arguments)
        self._send(share - 1, cloudpickle.dumps((name, arguments)))
        return self._answer(share - 1)

    # -- stable-baselines3's VecEnv ------------------------------------------------------------------

    def step_async(self, actions: np.ndarray) -> None:
        """Hand the actions (n, 4) to the workers; `step_wait` fetches what comes of them."""
        self._actions[...] = actions
        for worker in range(len(self._connections)):
            self._send(worker, STEP)

    def step_wait(self) -> VecEnvStepReturn:
        """Return observations (n, k), rewards (n,), ends (n,) and infos of the step that `step_async` began."""
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        ended = self._local.step()
        for worker in range(len(self._connections)):
            ended += self._answer(worker)
        for env, info, reset_info in ended:
            infos[env], self.reset_infos[env] = info, reset_info
        return self._observations.copy(), self._rewards.copy(), self._dones.copy(), infos

    def reset(self) -> np.ndarray:
        """Start a flight in every environment; observations (n, k)."""
        for worker, (low, high) in enumerate(self._shares[1:]):
            self._send(worker, cloudpickle.dumps(("reset", (self._seeds[low:high], self._options[low:high]))))
        mine = slice(*self._shares[0])
        self.reset_infos[mine] = self._local.reset(self._seeds[mine], self._options[mine])
        for worker, (low, high) in enumerate(self._shares[1:]):
            self.reset_infos[low:high] = self._answer(worker)
        self._reset_seeds()
        self._reset_options()
        return self._observations.copy()

    def close(self) -> None:
        """End the workers; safe to call twice, after an error, and in the middle of a step."""
        for connection in self._connections:
            connection.close()
        for process in self._processes:
            process.join(timeout=3)
            if process.is_alive():
                process.kill()
                process.join()
        self._connections, self._doorbells, self._processes = [], [], []
        self._local.close()

    def get_attr(self, attr_name: str, indices: int | Iterable[int] | None = None) -> list[Any]:
        """Read an attribute of the environments `indices` (all if None)."""
        if attr_name == "render_mode":  # asked by VecEnv's constructor; the same for all, so do not wait for it
            return [self._local.get_attr(0, attr_name) for _ in self._get_indices(indices)]
        return [self._ask(env, "get_attr", attr_name) for env in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: int | Iterable[int] | None = None) -> None:
        """Set an attribute of the environments `indices` (all if None)."""
        for env in self._get_indices(indices):
            self._ask(env, "set_attr", attr_name, value)

    def env_method(
        self,
        method_name: str,
        *method_args: Any,
        indices: int | Iterable[int] | None = None,
        **method_kwargs: Any,
    ) -> list[Any]:
        """Call a method of the environments `indices` (all if None); what each returned."""
        return [
            self._ask(env, "env_method", method_name, method_args, method_kwargs) for env in self._get_indices(indices)
        ]

    def env_is_wrapped(
        self, wrapper_class: type[gymnasium.Wrapper], indices: int | Iterable[int] | None = None
    ) -> list[bool]:
        """Tell for the environments `indices` whether they are wrapped in `wrapper_class`."""
        return [self._ask(env, "is_wrapped", wrapper_class) for env in self._get_indices(indices)]

    def get_images(self) -> Sequence[np.ndarray | None]:
        """Return one picture (h, w, 3) of each environment, None where it draws none."""
        return [self._ask(env, "env_method", "render", (), {}) for env in range(self.num_envs)]
