"""The result of an evaluation, readable at a glance on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

STATISTICS = ("mean", "std", "p50", "p95", "p99", "min", "max")
LEAST_MISSED = ("p99", "std", "min", "p50", "max", "p95")
"""What a narrow terminal goes without, first to last."""
GAP = 2  # characters between two columns
MOST_SEEDS = 20  # of an outcome; --json FILE has all


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
    phrases, failed = result.get("phrases", {}), result.get("failed_seeds", {})  # neither stands in older results
    endings = Table("outcome", "what happened", "flights", "share", box=None, pad_edge=False)
    for word, count in result["outcomes"].items():
        endings.add_row(word, phrases.get(word, word), str(count), f"{count / result['flights']:.1%}")
    console.print(endings)
    for word, seeds in failed.items():
        more = f" and {len(seeds) - MOST_SEEDS} more" if len(seeds) > MOST_SEEDS else ""
        shown = ", ".join(str(seed) for seed in seeds[:MOST_SEEDS])
        console.print(f"{phrases.get(word, word)}: seeds {shown}{more}", highlight=False, soft_wrap=True, markup=False)
    if not result["metrics"]:
        return
    console.print(metrics_table(result["metrics"], console.width))


def metrics_table(metrics: Mapping[str, Mapping[str, float]], width: int) -> Table:
    """Every metric, a row each, in as many of the STATISTICS as `width` characters hold without cutting a number."""
    cells = {column: [f"{values[column]:.3g}" for values in metrics.values()] for column in STATISTICS}
    wide = {column: GAP + max(len(column), *map(len, cells[column])) for column in STATISTICS}
    room, shown = width - max(len(name) for name in ("metric", *metrics)), list(STATISTICS)
    for column in LEAST_MISSED:
        if sum(wide[one] for one in shown) > room:
            shown.remove(column)
    table = Table("metric", box=None, pad_edge=False)
    for column in shown:
        table.add_column(column, justify="right", no_wrap=True)
    for row, name in enumerate(metrics):
        table.add_row(name, *(cells[column][row] for column in shown))
    return table
