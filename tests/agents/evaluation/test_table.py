"""The result of an evaluation on a terminal of any width: no number is ever cut."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from agents.evaluation.table import STATISTICS, metrics_table

METRICS = {
    name: dict(zip(STATISTICS, (-0.123, 0.0456, 1.23e-5, 12.3, 1230.0, -1.5e8, 7.0), strict=True))
    for name in ("centreline_m", "bank_deg")
}


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (120, STATISTICS),
        (80, STATISTICS),
        (60, tuple(name for name in STATISTICS if name != "p99")),
        (40, ("mean", "p95", "max")),
    ],
)
def test_a_narrow_terminal_has_fewer_columns_and_whole_numbers(width: int, shown: tuple[str, ...]) -> None:
    text = io.StringIO()
    Console(file=text, width=width).print(metrics_table(METRICS, width))
    lines = text.getvalue().splitlines()
    assert all(len(line.rstrip()) <= width for line in lines)
    assert lines[0].split() == ["metric", *shown]
    assert lines[1].split() == ["centreline_m", *(f"{METRICS['bank_deg'][name]:.3g}" for name in shown)]
    assert len(lines) == 3
