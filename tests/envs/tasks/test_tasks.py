"""What holds for every task, those of later files too: tables that are complete, words that are declared, one file."""

from __future__ import annotations

import ast
import inspect
import itertools
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import numpy as np
import pytest

import envs
import envs.tasks
from envs.base.quantities import QUANTITIES, Quantities
from envs.base.readings import READINGS
from envs.flight_env import FlightEnv
from envs.tasks import TASKS
from envs.tasks.parts import pattern_gate
from envs.tasks.parts.reward_terms import Kind, Reward, once
from envs.tasks.parts.touchdown import Touchdown, first_violation

HEADINGS = (
    "Description",
    "Action",
    "Observation",
    "Reward",
    "Starting state",
    "Episode end",
    "Arguments",
    "Version history",
)

HOP = '''
"""Hop: wheels off the ground, once."""

from envs.tasks.parts import reward_terms
from envs.tasks.parts.options import Option
from envs.tasks.parts.reward_terms import Reward, cost_per_second, potential
from envs.tasks.parts.task import Leg, Start, Task


class HopReward(Reward):
    @potential(2.0, "1/m")
    def height(self):
        """Height gained."""
        return self.now.height - self.before.height

    time = cost_per_second(-0.5, "1/s")(reward_terms.time)


class HopTask(Task):
    """`ModelAircraft/Hop-v0`: leave the ground.

    {reward}

    {outcomes}
    """

    rewards = HopReward
    start_options = (Option("along_m", 3.0, "m", "farthest start along the runway"),)
    outcomes = {"hopped": "it was half a metre high", "strike": "something other than a wheel touched the ground"}
    successes = ("hopped",)
    observations = ("airspeed", "height", "pitch")
    time_limit_s = 10.0

    def start(self, rng):
        self.highest = 0.0
        self.reward = HopReward(self.step_s)
        return Start(x_m=rng.uniform(0.0, self.options["along_m"]), y_m=0.0, heading=0.0)

    def leg(self):
        return Leg(0.0, 0.0, 0.0, 0.0, 0.0)

    def step(self, before, now, terms):
        self.highest = max(self.highest, now.height)
        outcome = "strike" if now.strike else "hopped" if now.height > 0.5 else ""
        self.reward.pay(before, now, outcome, terms)
        return outcome

    def metrics(self):
        return {"highest_m": self.highest}
'''


@pytest.fixture
def hop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A task whose one file lies in a folder of its own."""
    (tmp_path / "hop.py").write_text(HOP, encoding="utf-8")
    monkeypatch.setattr(envs.tasks, "__path__", [*envs.tasks.__path__, str(tmp_path)])
    envs.register_tasks()
    yield "hop"
    gymnasium.registry.pop(envs.gymnasium_id("hop"), None)
    sys.modules.pop("envs.tasks.hop", None)
    vars(envs.tasks).pop("hop", None)


def test_a_task_is_one_file(hop: str) -> None:
    from agents.config.programme import TrainingConfig
    from agents.missions.mission import figures
    from agents.schemas.schema import schema

    assert hop in TASKS
    env = gymnasium.make("ModelAircraft/Hop-v0", weather="calm", task_options={"along_m": 1.0})
    observation, _ = env.reset(seed=1)
    assert env.observation_space.contains(observation)
    total, info = 0.0, {}
    for _ in range(300):
        observation, reward, terminated, truncated, info = env.step(np.array([0.0, 0.25, 0.0, 1.0], np.float32))
        total += float(reward)
        if terminated or truncated:
            break
    env.close()
    assert info["outcome"] == "hopped"
    assert info["is_success"]
    assert info["metrics"]["highest_m"] > 0.5
    assert info["reward_terms"]["height"] > 0.9
    assert sum(info["reward_terms"].values()) == pytest.approx(total)
    assert "| `height` | 2 | 1/m | potential | Height gained |" in (TASKS[hop].__doc__ or "")

    assert TASKS[hop].default_reward == {"height": 2.0, "time": -0.5}
    assert TrainingConfig(task=hop, reward={"height": 1.0}).task == hop
    made = schema("training")
    assert hop in made["properties"]["task"]["enum"]
    rule = next(rule for rule in made["allOf"] if rule["if"]["properties"]["task"]["const"] == hop)
    assert (
        rule["then"]["properties"]["reward"]["properties"]["height"]["description"] == "Height gained (potential) [1/m]"
    )
    assert {hop, "figure", "loop"} <= set(figures())
    leg = schema("mission")["definitions"]["FigureLeg"]["properties"]["figure"]
    assert leg["anyOf"][0] == {"enum": list(figures())}  # or a path


def test_listing_the_tasks_loads_none_of_them() -> None:
    heavy = "[m for m in sys.modules if m.split('.')[0] in ('pydantic', 'numba', 'pybullet', 'torch')]"
    check = f"import sys, envs; assert list(envs.tasks.TASKS); print({heavy}, 'envs.tasks.landing' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False"


@pytest.mark.parametrize("name", TASKS)
def test_the_tables_of_a_task_are_complete(name: str) -> None:
    task = TASKS[name]
    assert task.name == name
    assert set(task.observations) <= set(READINGS)
    rows = task.rewards.rows
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert row.meaning
        assert row.unit
        if row.kind in (Kind.COST_PER_SECOND, Kind.COST_PER_STEP):
            assert row.scale <= 0.0, f"{row.name}: a cost that pays"
    assert all(option.meaning and option.unit for option in task.start_options)
    assert task.successes
    assert set(task.successes) <= set(task.outcomes)
    assert all(task.sentence(word, {}) for word in (*task.outcomes, "timeout"))
    assert task.sentence("somersault", {}) == ""


@pytest.mark.parametrize("name", TASKS)
def test_a_task_s_docstring_is_its_specification(name: str) -> None:
    task = TASKS[name]
    text = inspect.getdoc(task) or ""
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(HEADINGS)
    for row in task.rewards.rows:
        assert f"| `{row.name}` | {row.scale:g} | {row.unit} | {row.kind} | {row.meaning} |" in text
    for word in (*task.outcomes, *task.default_options, *task.observations):
        assert f"| `{word}` |" in text
    assert "{" not in text


def returned_words(tree: ast.AST) -> set[str]:
    """Every text that is returned, alone or as one of several."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            values = [node.value]
            while values:
                value = values.pop()
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add(value.value)
                elif isinstance(value, ast.IfExp):
                    values += [value.body, value.orelse]
                elif isinstance(value, ast.BoolOp):
                    values += value.values
    return found - {""}


@pytest.mark.parametrize("name", ["takeoff", "pattern", "landing"])
def test_every_outcome_that_a_task_returns_is_declared_and_every_declared_one_returned(name: str) -> None:
    judged = {inspect.getfile(TASKS[name]): set(returned_words(ast.parse(inspect.getsource(TASKS[name]))))}
    words = set().union(*judged.values())
    if name == "pattern":
        words |= {word for pair in pattern_gate.WORDS for word in pair}
    if name == "landing":
        words |= violations()
    assert words == set(TASKS[name].outcomes)


def violations() -> set[str]:
    """Every word that `first_violation` has, of touchdowns with one error each (span 1 m, stall speed 1 m/s)."""
    good = {"x_m": 3.5, "y_m": 0.0, "sink_mps": 0.3, "bank": 0.0, "heading": 0.0, "airspeed_mps": 1.15}
    wrong = [{"x_m": -9.0}, {"x_m": 20.0}, {"y_m": 3.0}, {"sink_mps": 2.0}, {"bank": 1.0}, {"heading": 1.0}]
    wrong += [{"airspeed_mps": 0.5}, {"airspeed_mps": 2.0}, {"bounces": 4}]
    rest = {"ground_x_m": 0.0, "ground_speed_mps": 1.0}
    found = [first_violation(Touchdown(**{**good, **rest, **change}), 1.0, 1.0) for change in wrong]
    assert all(found)
    assert len(set(found)) == len(found)
    return set(found)


def test_a_circuit_ends_with_words_of_its_phases() -> None:
    circuit = TASKS["circuit"]
    parts = [TASKS[name] for name in ("takeoff", "pattern", "landing")]
    ends = {"strike", "sank", "lost"}  # what ends the legs: at the gate nothing does
    assert set(circuit.outcomes) == {
        *set(parts[0].outcomes) - {"climbing"},
        *ends,
        *parts[2].outcomes,
    }
    for phase, part in enumerate(parts):
        assert circuit.sentence("strike", {"phase": float(phase)}) == part.outcomes["strike"]
    assert circuit.sentence("slow", {"phase": 0.0}) == parts[0].outcomes["slow"]
    assert circuit.sentence("slow", {"phase": 2.0}) == parts[2].outcomes["slow"]


@pytest.mark.parametrize("name", TASKS)
def test_flights_end_with_declared_words_and_finite_rewards(name: str) -> None:
    env = FlightEnv(task=name, weather="storm")
    rng = np.random.default_rng(3)
    for seed in range(4):
        env.reset(seed=seed)
        for _ in itertools.count():
            action = rng.uniform(-0.3, 0.3, 4).astype(np.float32) + np.array([0.0, 0.0, 0.0, 0.5], np.float32)
            observation, reward, terminated, truncated, info = env.step(action)
            assert np.isfinite(observation).all()
            assert abs(reward) < 20.0
            if terminated or truncated:
                break
        assert info["outcome"] in {*TASKS[name].outcomes, "timeout"}
        assert info["is_success"] == (info["outcome"] in TASKS[name].successes)
    env.close()


class EndReward(Reward):
    """Pays once, and says how often it was asked."""

    asked = 0

    @once(1.0, "-")
    def success(self) -> float:
        """1 at the end."""
        self.asked += 1
        return 1.0


def test_a_term_paid_once_is_asked_only_at_the_end_and_0_before_and_in_the_next_flight() -> None:
    moment, reward, terms = Quantities(*[0.0] * len(QUANTITIES)), EndReward(0.1), {"success": math.nan}
    paid = []
    for outcome in ("", "landed", ""):
        reward.pay(moment, moment, outcome, terms)
        paid.append(terms["success"])
    assert paid == [0.0, 1.0, 0.0]
    assert reward.asked == 1
