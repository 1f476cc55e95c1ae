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
    if len(result.get("figures", {})) > 1:
        console.print(figures_table(result["figures"]))
    if not result["metrics"]:
        return
    console.print(metrics_table(result["metrics"], console.width))


def figures_table(figures: Mapping[str, Mapping[str, float]]) -> Table:
    """A row a figure, the best marked first, and the mean of the figures' marks, each figure counting the same."""
    table = Table("figure", box=None, pad_edge=False)
    for column in ("flights", "flown", "zero", "F3A", "off m"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, row in sorted(figures.items(), key=lambda item: -item[1].get("f3a_score", 0.0)):
        mark = f"{row['f3a_score']:.2f}" if "f3a_score" in row else ""
        zeros = f"{row['zeros']:.0f}" if "zeros" in row else ""
        flown = f"{row['flown'] / row['flights']:.0%}"
        table.add_row(name, f"{row['flights']:.0f}", flown, zeros, mark, f"{row['path_error_m']:.2f}")
    marks = [row["f3a_score"] for row in figures.values() if "f3a_score" in row]
    if marks:
        table.add_row(f"mean of {len(marks)}", "", "", "", f"{sum(marks) / len(marks):.2f}", "")
    return table


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
