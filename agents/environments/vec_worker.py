"""The worker half of `agents.environments.vec_env`: steps a group of environments against arrays in shared memory.

Kept apart from `agents.environments.vec_env` because a worker process imports this file and must not pay for torch.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import cloudpickle
import gymnasium
import numpy as np

from envs.base.errors import InputError

EnvFunction = Callable[[], gymnasium.Env]

STEP = b"step"
"""The one request sent millions of times: a constant, so that nothing is pickled for it."""

PATIENCE_S = 0.002
"""Longer than a policy takes between two steps of a vec env (0.3 to 1 ms), far shorter than an update."""

NOTHING_ENDED = b""
"""The answer to STEP when no episode ended; else a pickled ("ended", [(env number, info, reset info)])."""


@dataclass(frozen=True)
class SharedArrays:
    """The memory both sides see, one row an environment; `buffers` are `multiprocessing` RawArrays.

    RawArray is chosen over `shared_memory` because its file is unlinked as soon as it is mapped: nothing is
    left behind in /dev/shm, whichever process is killed, and however.
    """

    buffers: dict[str, Any]
    layout: dict[str, tuple[tuple[int, ...], np.dtype]]

    @classmethod
    def allocate(cls, context: Any, layout: dict[str, tuple[tuple[int, ...], np.dtype]]) -> SharedArrays:
        """Zeroed memory for `layout` = {name: (shape, dtype)}, to be handed to processes of `context`."""
        buffers = {
            name: context.RawArray("B", max(1, int(np.prod(shape)) * dtype.itemsize))
            for name, (shape, dtype) in layout.items()
        }
        return cls(buffers, layout)

    def view(self, name: str) -> np.ndarray:
        """The array `name`, writing to the shared memory itself."""
        shape, dtype = self.layout[name]
        return np.frombuffer(self.buffers[name], dtype=dtype, count=int(np.prod(shape))).reshape(shape)


class Doorbell:
    """Waits for a message on a connection without falling asleep at once.

    A sleeping process takes 50 us or so to wake up, as long as two environments take to step, and a vec env hands over
    twice a step. So whoever waits first looks again and again for PATIENCE_S, giving way to any other process that
    wants the core, and only then sleeps: during a policy's update nothing spins. The pipe itself is looked at, not a
    flag in shared memory: it orders what the other side wrote on any processor, and its end is seen at once.
    """

    def __init__(self, connection: Connection) -> None:
        self._poll: Callable[[int], Any] | None = None
        # More processes than cores would only take each other's time; and not every system has poll (Windows).
        if hasattr(select, "poll") and cores() > 1:
            poller = select.poll()
            poller.register(connection.fileno(), select.POLLIN)
            self._poll = poller.poll

    def wait(self) -> None:
        """Return when there is something to receive or the other end closed, or after PATIENCE_S: then receive."""
        if self._poll is None:
            return
        until = time.perf_counter() + PATIENCE_S
        while not self._poll(0) and time.perf_counter() < until:
            os.sched_yield()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class EnvGroup:
    """Environments `first`, `first` + 1, ... of a vec env, stepped one after the other in this process."""

    def __init__(self, env_functions: list[EnvFunction], arrays: SharedArrays, first: int):
        self.envs = [make() for make in env_functions]
        rows = slice(first, first + len(self.envs))
        self.first = first
        self.observations = arrays.view("observations")[rows]
        self.actions = arrays.view("actions")[rows]
        self.rewards = arrays.view("rewards")[rows]
        self.dones = arrays.view("dones")[rows]

    def step(self) -> list[tuple[int, dict[str, Any], dict[str, Any]]]:
        """Step every environment once, reset those that ended; (number, info, reset info) of each that ended.

        The info carries `terminal_observation` and `TimeLimit.truncated`, as stable-baselines3 expects.
        """
        ended = []
        # A copy, for an environment may keep its last action while the next one is written here.
        for index, (env, action) in enumerate(zip(self.envs, self.actions.copy(), strict=True)):
            observation, self.rewards[index], terminated, truncated, info = env.step(action)
            self.dones[index] = terminated or truncated
            if terminated or truncated:
                info["TimeLimit.truncated"] = truncated and not terminated
                info["terminal_observation"] = observation
                observation, reset_info = env.reset()
                ended.append((self.first + index, info, reset_info))
            self.observations[index] = observation
        return ended

    def reset(self, seeds: list[int | None], options: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Reset every environment with its seed and options; the reset infos."""
        infos = []
        for index, (env, seed, option) in enumerate(zip(self.envs, seeds, options, strict=True)):
            self.observations[index], info = env.reset(seed=seed, **({"options": option} if option else {}))
            infos.append(info)
        return infos

    def get_attr(self, index: int, name: str) -> Any:
        """Read an attribute of one environment, through its wrappers."""
        return self.envs[index].get_wrapper_attr(name)

    def set_attr(self, index: int, name: str, value: Any) -> None:
        """Set an attribute of one environment, inside all wrappers."""
        self.envs[index].set_wrapper_attr(name, value)

    def env_method(self, index: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a method of one environment, through its wrappers."""
        return self.envs[index].get_wrapper_attr(name)(*args, **kwargs)

    def is_wrapped(self, index: int, wrapper_class: type[gymnasium.Wrapper]) -> bool:
        """Tell whether one environment is wrapped in `wrapper_class`."""
        env: gymnasium.Env = self.envs[index]
        while isinstance(env, gymnasium.Wrapper):
            if isinstance(env, wrapper_class):
                return True
            env = env.env
        return False

    def close(self) -> None:
        """Close all environments."""
        for env in self.envs:
            env.close()


def run_worker(connection: Connection, pickled_functions: bytes, arrays: SharedArrays, first: int) -> None:
    """Body of a worker process: answer requests until the other end of the pipe closes.

    The pipe closing is the only order to stop, so a worker also ends when its parent is killed with -9. An
    exception of an environment travels to the parent as ("error", traceback), an InputError as ("refused", message);
    neither ends the worker.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole process group; the parent decides
    group, doorbell = None, Doorbell(connection)
    try:
        while True:
            doorbell.wait()
            request = connection.recv_bytes()
            try:
                if request == STEP:
                    assert group is not None
                    ended = group.step()
                    answer = pickle.dumps(("ended", ended)) if ended else NOTHING_ENDED
                elif group is None:
                    group = EnvGroup(cloudpickle.loads(pickled_functions), arrays, first)
                    answer = pickle.dumps(("ok", None))
                else:
                    name, args = cloudpickle.loads(request)
                    answer = cloudpickle.dumps(("ok", getattr(group, name)(*args)))
            except InputError as error:
                answer = pickle.dumps(("refused", str(error)))
            except Exception:
                answer = pickle.dumps(("error", traceback.format_exc()))
            connection.send_bytes(answer)
    except (EOFError, ConnectionError):
        pass
    finally:
        if group is not None:
            group.close()
