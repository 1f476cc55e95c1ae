"""What scripts/eye.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agents.eye.errors import FALSE_ALARM_COST, MISS_COST
from agents.eye.study import APPROACHES, FOGS_M, Study, approach, study
from agents.pilots.bundle import commit
from agents.runs.run_folder import write_json
from envs.base.files import replacing
from envs.camera.eye_file import HowGood, Learned, write_neuron

PAGE_WIDTH = 130
"""Characters a line, into a file or pipe."""


def train_eyes(
    trained: Sequence[str],
    unseen: Sequence[str],
    *,
    count: int,
    seed: int,
    console: Console,
    picture: Path | None = None,
    weights: Path | None = None,
    json_file: Path | None = None,
    save: Path | None = None,
) -> int:
    """Train the neuron and what it is compared with, print their errors, write what is asked for; 0.

    `picture`: the page; `weights`: the neuron's as a picture; `json_file`: figures; `save`: the neuron as a file.
    """
    if not console.is_terminal:
        console.width = PAGE_WIDTH
    result = study(trained, unseen, count, seed, console.print)
    console.print(_table(result))
    console.print(_fog_table(result))
    console.print(_first_table(result))
    console.print(
        f"{len(result.test.right):,} pictures by {' and '.join(unseen)}, which nobody learned from, "
        f"{result.test.right.mean():.0%} with the runway in sight. Thresholds: a false alarm costs "
        f"{FALSE_ALARM_COST:g}, a miss {MISS_COST:g}."
    )
    if picture:
        from agents.eye.page import draw_eye
        from envs.rendering.page import save_page

        flown = approach(unseen[0], seed)
        about = (
            f"learned from {count:,} pictures by {', '.join(trained)}; tested with {len(result.test.right):,} by "
            f"{', '.join(unseen)}"
        )
        save_page(draw_eye(result, flown, about), picture)
        console.print(f"page: {picture}")
    if json_file:
        neuron = result.trials[0].eye
        figures = [trial.as_dict() for trial in result.trials]
        firsts = [one.as_dict() for one in result.first_ones]
        write_json(json_file, {"eyes": figures, "first_ones": firsts, "neuron": neuron.as_dict()})
        console.print(f"figures and weights: {json_file}")
    if weights:
        from agents.eye.page import draw_weights

        with replacing(weights) as beside:
            draw_weights(result.trials[0].eye.weights).save(beside)
        console.print(f"weights: {weights}")
    if save:
        errors = result.trials[0].errors
        learned = Learned(aircraft=tuple(trained), pictures=count, seed=seed, commit=commit())
        tested = HowGood(
            aircraft=tuple(unseen),
            pictures=errors.pictures,
            accuracy=errors.accuracy,
            false_alarms=errors.false_alarm_rate,
            misses=errors.miss_rate,
        )
        write_neuron(save, result.trials[0].eye, learned, tested)
        console.print(f"neuron: {save}")
    return 0


def _bounded(share: tuple[float, float, float]) -> str:
    mean, low, high = (100 * part for part in share)
    return f"{mean:.1f} % ({low:.1f} to {high:.1f})"


def _table(result: Study) -> Table:
    table = Table(box=None, header_style="bold", title="What each layer buys", title_justify="left")
    for name in ("eye", "weights", "right answers", "false alarms", "(off approach)", "misses", "cost"):
        table.add_column(name, justify="left" if name == "eye" else "right")
    for trial in result.trials:
        errors = trial.errors
        rates = (errors.accuracy, errors.false_alarm_rate, trial.anywhere.false_alarm_rate, errors.miss_rate)
        table.add_row(trial.name, f"{trial.weights:,}", *(_bounded(rate) for rate in rates), f"{errors.cost:.3f}")
    return table


def _fog_table(result: Study) -> Table:
    table = Table(box=None, header_style="bold", title="Right answers by visibility", title_justify="left")
    table.add_column("eye")
    for low, high in FOGS_M:
        table.add_column(f"{low:g} to {high:g} m", justify="right")
    for trial in result.trials:
        table.add_row(trial.name, *(f"{100 * errors.accuracy[0]:.1f} %" for errors in trial.by_fog))
    return table


def _first_table(result: Study) -> Table:
    title = f"Says 1 on an approach, first (m to the runway, median of {APPROACHES} a visibility and aircraft)"
    table = Table(box=None, header_style="bold", title=title, title_justify="left")
    table.add_column("eye")
    for one in result.first_ones:
        table.add_column(f"{one.visibility_m:g} m", justify="right")
    table.add_row("geometry: in sight", *(f"{one.in_sight_m:.0f}" for one in result.first_ones))
    for number, trial in enumerate(result.trials):
        table.add_row(trial.name, *(f"{one.eyes_m[number]:.0f}" for one in result.first_ones))
    return table
