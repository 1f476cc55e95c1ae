"""How each task tells the end of a flight: a plain phrase for every word, and the rule that broke in numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from envs.base.breach import Breach
from envs.flight_env import FlightEnv
from envs.tasks import TASKS
from envs.tasks.parts.landing_rules import landing_rules
from envs.tasks.parts.touchdown import Touchdown, breach_of, first_violation

SILVER, SPAN, STALL = landing_rules().silver, 1.27, 10.0
GOOD = Touchdown(4.0, 0.0, 0.3, 0.0, 0.0, 11.5, 0.0, 11.0, time_s=40.0, bounced_s=41.0)


@pytest.mark.parametrize("name", TASKS)
def test_every_outcome_has_a_phrase_of_its_own(name: str) -> None:
    task = TASKS[name]
    whole = name in ("circuit", "airshow")
    parts = [TASKS[part] for part in ("takeoff", "pattern", "landing")] if whole else [task]
    for part in parts:
        phrases = [part.phrase(word, {}, "left") for word in (*part.outcomes, "timeout")]
        assert len(set(phrases)) == len(phrases)
        for word, phrase in zip(part.outcomes, phrases, strict=False):
            assert phrase != word or word in part.successes, f"{word}: a word is no plain phrase"
            assert len(phrase) < 46, "as much as a card's headline holds"
            assert "{" not in phrase
        assert set(part.phrases) == set(part.outcomes)
        assert not set(part.former_words) & set(part.outcomes), "a word of today is no former one"
        assert set(part.former_words.values()) <= set(part.outcomes)


def test_an_airshow_says_that_a_figure_was_given_up() -> None:
    airshow = TASKS["airshow"]
    assert airshow.phrase("landed", {"phase": 2.0}) == "landed"
    assert airshow.phrase("landed", {"phase": 2.0, "figures_given_up": 2.0}) == "figure given up, circuit flown, landed"
    assert airshow.phrase("hard", {"phase": 2.0, "figures_given_up": 2.0}) == TASKS["landing"].phrases["hard"]
    assert airshow.phrase("strike", {"phase": 3.0}) == TASKS["figure"].phrases["strike"]


def test_a_circuit_speaks_of_the_phase_in_which_it_ended() -> None:
    circuit = TASKS["circuit"]
    assert circuit.phrase("slow", {"phase": 0.0}) == TASKS["takeoff"].phrases["slow"]
    assert circuit.phrase("slow", {"phase": 2.0}) == TASKS["landing"].phrases["slow"]
    assert circuit.phrase("veered", {"phase": 0.0}, "right") == "strayed from the centreline to the right"
    assert circuit.phrase("left", {"phase": 2.0}, "right") == "rolled off the runway to the right"
    assert circuit.phrase("timeout", {"phase": 1.0}) == "ran out of time"


@pytest.mark.parametrize(
    ("word", "change", "excess", "side"),
    [
        ("short", {"x_m": SILVER.short_spans * SPAN - 0.3}, 0.3, ""),
        ("long", {"x_m": SILVER.long_spans * SPAN + 0.4}, 0.4, ""),
        ("wide", {"y_m": -SPAN - 0.02}, 0.02, "right"),
        ("wide", {"y_m": SPAN + 0.02}, 0.02, "left"),
        ("hard", {"sink_mps": SILVER.sink_mps + 0.01}, 0.01, ""),
        ("banked", {"bank": SILVER.bank + math.radians(0.5)}, 0.5, "right"),
        ("banked", {"bank": -SILVER.bank - math.radians(0.5)}, 0.5, "left"),
        ("crabbed", {"heading": -SILVER.heading - math.radians(1)}, 1.0, "left"),
        ("slow", {"airspeed_mps": SILVER.slowest_vs * STALL - 0.2}, 0.2, ""),
        ("fast", {"airspeed_mps": SILVER.fastest_vs * STALL + 0.001}, 0.001, ""),
        ("bounced", {"bounces": 2}, 1.0, ""),
        ("bounced", {"bounces": 1, "bounce_height_m": SILVER.bounce_height_m + 0.05}, 0.05, ""),
    ],
)
def test_what_silver_does_not_allow_is_told_in_numbers(
    word: str, change: dict[str, float], excess: float, side: str
) -> None:
    touchdown = replace(GOOD, **change)
    assert first_violation(touchdown, SPAN, STALL) == word
    breach = breach_of(word, touchdown, SPAN, STALL)
    assert breach
    assert breach.excess == pytest.approx(excess)
    assert breach.side == side
    assert breach.time_s == (41.0 if word == "bounced" else 40.0)


@pytest.mark.parametrize("name", TASKS)
def test_a_flight_that_fails_names_the_rule_it_broke(name: str) -> None:
    """Flown at random, with much and with little throttle: numbers beyond the limit, or none but a moment."""
    env = FlightEnv(task=name, weather="breeze")
    rng, met = np.random.default_rng(5), set()
    for seed in range(12):
        env.reset(seed=seed)
        level = np.array([0.0, 0.25 * (seed % 3), 0.0, 1.0 if seed % 2 else -0.6], np.float32)
        info, over, time_s = {}, False, 0.0
        while not over:
            action = level + rng.uniform(-0.1, 0.1, 4).astype(np.float32) * (1 + seed % 4)
            _, _, terminated, truncated, info = env.step(action)
            over, time_s = terminated or truncated, env.quantities.time
        ending, task = info["ending"], TASKS[name]
        met.add(info["outcome"])
        if info["is_success"] or info["outcome"] == "timeout":
            assert ending["breach"] is None
            continue
        breach = Breach.from_header(ending["breach"])
        assert breach, info["outcome"]
        assert breach.value is None or breach.excess > 0, breach.words
        assert 0.0 < breach.time_s <= time_s
        assert ending["phrase"] == task.phrase(info["outcome"], info["metrics"], breach.side)
        assert ending["rule"] == task.sentence(info["outcome"], info["metrics"])
        limits = env.task.limits()
        assert set(limits) <= set(info["metrics"])
    env.close()
    assert len(met) >= (1 if name == "figure" else 2)  # at random sticks a figure's path is always lost


def test_a_timeout_says_how_long_it_had() -> None:
    env = FlightEnv(task="takeoff", weather="calm")
    env.reset(seed=1)
    info, over = {}, False
    while not over:
        _, _, terminated, truncated, info = env.step(np.array([0.0, 0.0, 0.0, -1.0], np.float32))
        over = terminated or truncated
    env.close()
    assert info["outcome"] == "timeout"
    assert info["ending"] == {"phrase": "ran out of time", "rule": "it was not done after 25 s", "breach": None}
