"""SharedMemoryVecEnv: the same flights as DummyVecEnv, bit for bit, and no trouble left behind."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import timeit
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from stable_baselines3.common.vec_env import DummyVecEnv

from agents.environments.flights import ScheduledFlights
from agents.environments.vec_env import SharedMemoryVecEnv, WorkerError
from agents.environments.vec_worker import PATIENCE_S, Doorbell, cores
from envs.base.errors import InputError
from tests.support.fake_flight import FakeFlight

ROOT = Path(__file__).resolve().parents[3]
COUNT = 5


@pytest.fixture
def vec_env() -> Iterator[SharedMemoryVecEnv]:
    made = SharedMemoryVecEnv([FakeFlight] * COUNT, processes=2)
    yield made
    made.close()


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_rollouts_equal_those_of_dummy_vec_env_bit_for_bit(processes: int) -> None:
    dummy = DummyVecEnv([FakeFlight] * COUNT)  # type: ignore[list-item]
    shared = SharedMemoryVecEnv([FakeFlight] * COUNT, processes)
    actions = np.random.default_rng(0).uniform(-0.5, 1, (150, COUNT, 4)).astype(np.float32)
    endings = {"terminated": 0, "truncated": 0}
    try:
        for seed in (3, None):  # the second time: reset without a seed goes on with the generators as they are
            if seed is not None:
                dummy.seed(seed)
                shared.seed(seed)
            assert np.array_equal(dummy.reset(), shared.reset())
            assert dummy.reset_infos == shared.reset_infos
            for action in actions:
                expected, found = dummy.step(action), shared.step(action)
                for one, other in zip(expected[:3], found[:3], strict=True):
                    assert one.dtype == other.dtype
                    assert np.array_equal(one, other)
                for env in np.flatnonzero(expected[2]):
                    one, other = expected[3][env], found[3][env]
                    assert np.array_equal(one.pop("terminal_observation"), other.pop("terminal_observation"))
                    assert repr(one) == repr(other)
                    endings["truncated" if one["TimeLimit.truncated"] else "terminated"] += 1
                assert dummy.reset_infos == shared.reset_infos
    finally:
        shared.close()
    assert min(endings.values()) > 3


def test_what_is_handed_out_is_not_overwritten_by_the_next_step(vec_env: SharedMemoryVecEnv) -> None:
    first = vec_env.reset()
    kept = first.copy()
    action = np.full((COUNT, 4), 0.3, np.float32)
    answers = vec_env.step(action)
    noted = [part.copy() for part in answers[:3]]
    vec_env.step(-action)
    assert np.array_equal(first, kept)
    assert all(np.array_equal(one, other) for one, other in zip(answers[:3], noted, strict=True))
    # and an environment may keep the actions it was given
    for actions in vec_env.env_method("kept_actions"):
        assert np.array_equal(actions, [action[0], -action[0]])


def test_attributes_and_methods_reach_the_right_environment(vec_env: SharedMemoryVecEnv) -> None:
    assert vec_env.get_attr("level") == [0] * COUNT
    for env in range(COUNT):
        vec_env.set_attr("level", 10 + env, indices=env)
    assert vec_env.get_attr("level") == [10, 11, 12, 13, 14]
    assert vec_env.get_attr("level", indices=[4, 0]) == [14, 10]
    assert vec_env.env_is_wrapped(gymnasium.Wrapper) == [False] * COUNT
    with pytest.raises(AttributeError):
        vec_env.get_attr("no_such_thing")


def test_wrappers_are_seen_and_passed_through() -> None:
    env = SharedMemoryVecEnv([lambda: ScheduledFlights(FakeFlight())] * 3, processes=2)
    try:
        assert env.env_is_wrapped(ScheduledFlights) == [True] * 3
        env.set_attr("level", 4)
        assert env.get_attr("level") == [4] * 3
    finally:
        env.close()


@pytest.mark.parametrize("env", [0, COUNT - 1])
def test_an_exception_in_an_environment_is_raised_here(vec_env: SharedMemoryVecEnv, env: int) -> None:
    vec_env.reset()
    actions = np.zeros((COUNT, 4), np.float32)
    actions[env] = np.nan
    with pytest.raises((WorkerError, ValueError), match="action is not finite"):
        vec_env.step(actions)


@pytest.mark.parametrize("env", [0, COUNT - 1])
def test_a_refusal_in_a_worker_is_the_same_one_line_here(vec_env: SharedMemoryVecEnv, env: int) -> None:
    vec_env.reset()
    vec_env.set_attr("level", -8, indices=env)
    with pytest.raises(InputError, match=r"^log.csv: cannot be written \(No space left on device\)$"):
        vec_env.step(np.zeros((COUNT, 4), np.float32))


def test_a_killed_worker_is_an_error_not_a_hang(vec_env: SharedMemoryVecEnv) -> None:
    vec_env.reset()
    vec_env.set_attr("level", -9, indices=COUNT - 1)  # its next step kills its process
    began = time.monotonic()
    with pytest.raises(WorkerError, match="died, exit code -9"):
        vec_env.step(np.zeros((COUNT, 4), np.float32))
    with pytest.raises(WorkerError, match="died"):
        vec_env.reset()
    vec_env.close()
    assert time.monotonic() - began < 5


def test_the_doorbell_waits_a_bounded_time_and_sees_messages_and_the_end() -> None:
    here, there = multiprocessing.Pipe()
    bell = Doorbell(here)

    def waited() -> float:
        """Seconds of waiting: the least of some, for the machine may be busy."""
        return min(timeit.repeat(bell.wait, number=1, repeat=20))

    if hasattr(os, "sched_yield") and cores() > 1:
        assert PATIENCE_S <= waited() < 10 * PATIENCE_S
    there.send_bytes(b"step")
    assert waited() < 0.5 * PATIENCE_S
    assert here.recv_bytes() == b"step"
    there.close()
    assert waited() < 0.5 * PATIENCE_S
    with pytest.raises(EOFError):
        here.recv_bytes()
    here.close()


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks at processes through /proc")
def test_a_worker_without_work_sleeps(vec_env: SharedMemoryVecEnv) -> None:
    vec_env.reset()
    process = vec_env._processes[0]

    def ticks() -> int:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    time.sleep(0.05)
    before = ticks()
    time.sleep(0.6)
    assert ticks() - before <= 0.1 * os.sysconf("SC_CLK_TCK")


def test_close_ends_the_workers_even_in_the_middle_of_a_step() -> None:
    env = SharedMemoryVecEnv([FakeFlight] * COUNT, processes=3)
    env.reset()
    env.step_async(np.zeros((COUNT, 4), np.float32))
    workers = list(env._processes)
    assert len(workers) == 2
    env.close()
    env.close()
    assert all(process.exitcode == 0 for process in workers)


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="no /dev/shm to look into")
def test_shared_memory_has_no_name_to_be_left_behind() -> None:
    env = SharedMemoryVecEnv([FakeFlight] * COUNT, processes=2)
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    ours = [line for line in maps if "/dev/shm/pym-" in line and str(os.getpid()) in line]
    assert ours
    assert all(line.endswith("(deleted)") for line in ours)
    env.close()


KILLED_PARENT = """
import os, sys, time
from agents.environments.vec_env import SharedMemoryVecEnv
from envs.base.errors import InputError
from tests.support.fake_flight import FakeFlight
if __name__ == "__main__":
    env = SharedMemoryVecEnv([FakeFlight] * 4, processes=3)
    env.reset()
    print(*[process.pid for process in env._processes], flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks at processes through /proc")
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_its_parent(tmp_path: Path, kill: signal.Signals) -> None:
    script = tmp_path / "parent.py"
    script.write_text(KILLED_PARENT, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert parent.stdout
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert all(map(is_alive, pids))
    parent.send_signal(kill)
    parent.wait(timeout=60)
    deadline = time.monotonic() + 10
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, pids))


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended but was not yet collected by its parent does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_only_box_spaces_are_carried() -> None:
    with pytest.raises(TypeError, match="Box"):
        SharedMemoryVecEnv([functools.partial(gymnasium.make, "CartPole-v1")])
