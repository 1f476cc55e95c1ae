"""The result of an evaluation, readable at a glance on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def print_evaluation(result: Mapping[str, Any], console: Console) -> None:
    """Print the content of an evaluation.json: the rate with its bounds, how flights ended, every metric."""
    last_seed = result["seed"] + result["flights"] - 1
    console.print(
        f"{result['pilot']}: {result['task']} with {result['aircraft']} in {result['weather']}, "
        + "".join(f"{setting}, " for setting in result.get("settings", ()))
        + f"seeds {result['seed']} to {last_seed}",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )
    console.print(
        f"{result['successes']} of {result['flights']} flights succeed: {result['success_rate']:.1%}, "
        f"95 % sure of {result['success_low']:.1%} to {result['success_high']:.1%} (Clopper-Pearson)",
        highlight=False,
        soft_wrap=True,
        style="bold",
    )
    endings = Table("outcome", "flights", "share", box=None, pad_edge=False)
    for word, count in result["outcomes"].items():
        endings.add_row(word, str(count), f"{count / result['flights']:.1%}")
    console.print(endings)
    if not result["metrics"]:
        return
    columns = ("mean", "std", "p50", "p95", "p99", "min", "max")
    metrics = Table("metric", *columns, box=None, pad_edge=False)
    for column in metrics.columns[1:]:
        column.justify = "right"
    for name, values in result["metrics"].items():
        metrics.add_row(name, *(f"{values[column]:.3g}" for column in columns))
    console.print(metrics)
