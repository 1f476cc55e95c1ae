"""The peer's process: what it answers, and every way in which it may fail to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agents.training.peer import bursts
from agents.training.peer.environment import PeerError
from agents.training.peer.process import PeerProcess

HELLO = """print('{"environment": "E", "control_hz": 30, "physics_hz": 240}', flush=True)
"""
STAND_IN = """
import sys, types, runpy, gymnasium, numpy as np, importlib.metadata
from gymnasium.spaces import Box
class Peer(gymnasium.Env):
    observation_space, action_space = Box(-1, 1, (3,)), Box(-1, 1, (4,), np.float64)
    env_step_ratio, env = 4, types.SimpleNamespace(physics_hz=240)
    def reset(self, **given):
        print("Bullet is built", flush=True)
        return np.zeros(3, np.float32), {}
    def step(self, action):
        return np.zeros(3, np.float32), 0.0, False, False, {}
gymnasium.register("PyFlyt/Fixedwing-Waypoints-v3", Peer)
peer = types.ModuleType("PyFlyt.gym_envs")
peer.FlattenWaypointEnv = lambda env, context_length: env
sys.modules["PyFlyt"], sys.modules["PyFlyt.gym_envs"] = types.ModuleType("PyFlyt"), peer
importlib.metadata.version = lambda name: "0.0"
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def python(code: str, *words: str) -> list[str]:
    return [sys.executable, "-c", code, *words]


def test_bursts_are_served_by_the_script_alone_whatever_else_is_printed() -> None:
    with PeerProcess(python(STAND_IN, str(Path(bursts.__file__)))) as peer:
        assert peer.described["environment"] == "PyFlyt/Fixedwing-Waypoints-v3"
        assert (peer.control_hz, peer.physics_hz) == (30, 240)
        assert peer.run("fly", 2)[1] == 2 * bursts.FLIGHT_STEPS
        seconds, count = peer.run("reset", 5)
        assert count == 5
        assert 0 < seconds < 1
        with pytest.raises(PeerError, match=r"ended with 1: KeyError: 'flee'"):
            peer.run("flee", 1)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import PyFlyt_that_is_not_there", "ended with 1: ModuleNotFoundError: No module named 'PyFlyt_that"),
        ("import sys; sys.exit(3)", "ended with 3: without a word"),
        ("import time; time.sleep(60)", "no answer after 1 s"),
        ("print('pybullet build time')", "answers 'pybullet build time', which is no JSON object"),
        ("print('[1, 2]')", "answers '[1, 2]', which is no JSON object"),
        ("print('{}')", "answers control_hz None, which is no number above 0"),
        (HELLO.replace("240", "NaN"), "answers physics_hz nan, which is no number above 0"),
        (HELLO.replace("30", "true"), "answers control_hz True, which is no number above 0"),
    ],
)
def test_a_peer_that_does_not_say_what_it_measures(code: str, said: str) -> None:
    with pytest.raises(PeerError) as refused:
        PeerProcess(python(code), limit_s=1.0 if "sleep" in code else 60.0)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "ended with 0"),
        ("input(); raise MemoryError('too much')", "ended with 1: MemoryError: too much"),
        ('input(); print(\'{"seconds": 0, "count": 3}\')', "answers seconds 0, which is no number above 0"),
        ("input(); print('{\"seconds\": 1}')", "answers count None, which is no number above 0"),
        ("input(); print('half an answer', end='')", "ended with 0"),
    ],
)
def test_a_peer_that_fails_in_a_burst(code: str, said: str) -> None:
    with PeerProcess(python(HELLO + code)) as peer, pytest.raises(PeerError) as refused:
        peer.run("fly", 1)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_python_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match=r"does not start \(No such file"):
        PeerProcess([str(tmp_path / "python")])
