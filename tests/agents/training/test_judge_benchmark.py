"""The benchmark's judge marks a flight that deserves it."""

from __future__ import annotations

from agents.training.judge_benchmark import judging_ms


def test_what_is_measured_is_a_whole_figure_judged() -> None:
    figures = judging_ms(bursts=2)
    assert figures["score"] > 9.9
    assert 0.1 < figures["judge_ms"] < 200.0
