"""The comparison with the peer: what is timed, how the figures follow from it, and how it is skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest

from agents.config.blocks import PPOConfig
from agents.config.programme import load_config
from agents.training import benchmark
from agents.training.peer import bursts, comparison
from agents.training.peer.bursts import Bursts
from agents.training.peer.comparison import BURSTS, OURS, PEER_NAME, Burst, rows, take_turns
from agents.training.peer.environment import PeerError
from scripts.benchmark import main


class ShortFlight(gymnasium.Env[Any, Any]):
    """Ends after 25 steps; keeps the seeds of its resets and what it is steered with."""

    def __init__(self) -> None:
        self.observation_space = gymnasium.spaces.Box(-1, 1, (3,), np.float32)
        self.action_space = gymnasium.spaces.Box(-1, 1, (4,), np.float32)
        self.seeds: list[int | None] = []
        self.steered: list[np.ndarray] = []
        self.flown = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.seeds.append(seed)
        self.flown = 0
        return np.zeros(3, np.float32), {}

    def step(self, action: np.ndarray) -> Any:
        self.steered.append(action)
        self.flown += 1
        return np.zeros(3, np.float32), 0.0, self.flown == 25, False, {}


class Clock:
    """Times bursts as told, and keeps what it was asked for."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.asked = seconds, list[tuple[str, int]]()

    def run(self, kind: str, count: int) -> tuple[float, int]:
        self.asked.append((kind, count))
        return self.seconds * len(self.asked), count


def test_a_burst_counts_the_steps_flown_and_no_step_after_a_flight_has_ended() -> None:
    env = ShortFlight()
    timed = Bursts(lambda: env, seed=100)
    seconds, steps = timed.run("fly", 3)
    assert (steps, len(env.steered)) == (75, 75)
    assert seconds > 0
    assert timed.run("reset", 4)[1] == 4
    assert env.seeds == [101, 102, 103, 104, 105, 106, 107]  # none twice
    assert {action.dtype for action in env.steered} == {np.dtype(np.float32)}
    assert 0.1 < np.abs(env.steered).max() <= bursts.STICKS


def test_learning_counts_whole_updates_of_all_environments() -> None:
    made: list[ShortFlight] = []
    timed = Bursts(lambda: made.append(ShortFlight()) or made[-1])
    seconds, steps = timed.run("learn", 1)
    assert steps == bursts.N_ENVS * bursts.PPO_SETTINGS["n_steps"] == sum(len(env.steered) for env in made)
    assert seconds > 0


def test_ppo_is_set_as_the_take_off_is_learned() -> None:
    learned = load_config("takeoff").algorithm
    assert isinstance(learned, PPOConfig)
    assert (learned.batch_size, learned.n_epochs) == (
        bursts.PPO_SETTINGS["batch_size"],
        bursts.PPO_SETTINGS["n_epochs"],
    )
    assert learned.n_envs == bursts.N_ENVS


@pytest.mark.parametrize("name", OURS)
def test_ours_can_be_made_and_flown(name: str) -> None:
    env_id, settings = OURS[name]
    timed = Bursts(lambda: bursts.make_env(env_id, weather="breeze", **settings))
    assert timed.run("fly", 1)[1] > 20
    drawn = timed.env.get_wrapper_attr("config").discrepancies
    assert bool(drawn) == name.endswith("_drawn")


def test_bursts_are_taken_in_turns_and_summed() -> None:
    peer, ours = Clock(8.0), Clock(1.0)
    per_item = take_turns({PEER_NAME: peer, "ours": ours}, {"fly": Burst(2, 10, 4), "reset": Burst(1, 100, 5)})
    assert peer.asked == [("fly", 4), ("fly", 4), ("reset", 5)]
    assert ours.asked == [("fly", 10), ("fly", 10), ("reset", 100)]
    assert per_item[PEER_NAME] == {"fly": pytest.approx((8 + 16) / 8), "reset": pytest.approx(24 / 5)}
    assert per_item["ours"] == {"fly": pytest.approx((1 + 2) / 20), "reset": pytest.approx(3 / 100)}


def test_ratios_say_how_many_times_as_fast_ours_are() -> None:
    per_item = {
        PEER_NAME: {"fly": 4e-3, "reset": 0.03, "learn": 5e-3},
        "ours": {"fly": 1e-4, "reset": 2e-4, "learn": 5e-4},
    }
    table = rows(per_item, {PEER_NAME: 30.0, "ours": 50.0})
    assert table["ours"] == pytest.approx(
        {
            "env_steps_per_s": 10_000,
            "env_steps_to_peer": 40,
            "simulated_s_per_s": 200,
            "reset_ms": 0.2,
            "resets_to_peer": 150,
            "ppo_steps_per_s": 2000,
            "ppo_steps_to_peer": 10,
        }
    )
    assert [table[PEER_NAME][key] for key in table[PEER_NAME] if key.endswith("to_peer")] == [1, 1, 1]


def refusing() -> Any:
    raise PeerError("cannot be installed: no network")


def table() -> Any:
    return rows({name: dict.fromkeys(BURSTS, 1e-3) for name in (PEER_NAME, "landing")}, {PEER_NAME: 30, "landing": 30})


@pytest.mark.parametrize(
    ("measure", "printed"),
    [
        (refusing, "peer skipped: cannot be installed: no network\n"),
        (table, "env_steps_to_peer"),
    ],
)
def test_the_command_prints_the_table_or_one_line_why_not(
    measure: Callable[[], Any], printed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(benchmark.GROUPS, "peer", measure)
    assert main(["--peer", "--only", "peer"]) == 0
    assert printed in capsys.readouterr().out


def test_the_peer_is_measured_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []
    for name in list(benchmark.GROUPS):
        monkeypatch.setitem(benchmark.GROUPS, name, lambda name=name: measured.append(name) or {"rate": 1.0})
    main([])
    assert "peer" not in measured
    assert len(measured) == len(benchmark.GROUPS) - 1
    measured.clear()
    main(["--peer", "--only", "start"])
    assert measured == ["start", "peer"]


def test_the_peer_s_process_is_started_by_its_own_python(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(command: list[str]) -> Any:
        raise PeerError(" ".join(command))

    monkeypatch.setattr(comparison, "peer_python", lambda report: "apart/bin/python")
    monkeypatch.setattr(comparison, "PeerProcess", started)
    with pytest.raises(PeerError, match=r"apart/bin/python -I .*bursts\.py"):
        comparison.compare_with_peer()
