"""What scripts/eye.py, runway_reader.py and fog.py do, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from agents.command_line import within
from agents.config.blocks import MOST_PROCESSES
from agents.evaluation.flying_bar import flying_bar
from agents.eye.errors import FALSE_ALARM_COST, MISS_COST
from agents.eye.fog_table import landings_table
from agents.eye.kept_points import read_points, write_points
from agents.eye.landings import FogPoint, landings_in_fog
from agents.eye.study import APPROACHES, FOGS_M, TEST_SEED, Study, approach, study
from agents.pilots.bundle import commit
from agents.runs.run_folder import write_json
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.base.files import replacing
from envs.base.runway import Runway
from envs.camera.eye_file import HowGood, Learned, write_neuron
from envs.camera.nose_eye import NoseEye
from envs.camera.runway_reader import save_layers

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


def train_reader(
    trained: Sequence[str],
    unseen: Sequence[str],
    *,
    count: int,
    rounds: int,
    seed: int,
    console: Console,
    save: Path | None = None,
    json_file: Path | None = None,
) -> int:
    """Learn the net that reads the runway from pictures, print its errors on other aircraft, write it; 0."""
    from agents.eye.reading import learn, take
    from agents.eye.reading_errors import reading_errors

    if not console.is_terminal:
        console.width = PAGE_WIDTH
    for name in (*trained, *unseen):  # before the long work
        drawing = load_aircraft(name)
        NoseEye(drawing, Runway.of(drawing.span_m))
    console.print(f"taking {count:,} pictures by {', '.join(trained)}")
    seen = take(trained, count, np.random.default_rng([seed, 0]))
    test = take(unseen, max(100, count // 20), np.random.default_rng([TEST_SEED, seed]))

    def tell(number: int, loss: float) -> None:
        if number % 5 == 0 or number == rounds:
            console.print(f"round {number} of {rounds}: mean loss {loss:.3f}", highlight=False)

    layers = learn(seen, rounds, seed, tell)
    rows, false_alarms, misses = reading_errors(layers, test)
    table = Table(box=None, header_style="bold", title="How far aside the runway is", title_justify="left")
    heads = ("visibility, m", "way to the aim point, b", "pictures", "that tell", "median error, m", "its sigma, m")
    for name in (*heads, "error / sigma"):
        table.add_column(name, justify="right")
    for row in rows:
        ways = (f"{low:g} to {high:g}" for low, high in (row.visibility_m, row.way_b))
        figures = (f"{row.told:.0%}", f"{row.error_m:.2f}", f"{row.sigma_m:.2f}", f"{row.error_over_sigma:.2f}")
        table.add_row(*ways, f"{row.pictures:,}", *figures)
    console.print(table)
    console.print(
        f"Runway in sight: {false_alarms:.1%} false alarms, {misses:.1%} misses, over {len(test.right):,} pictures by "
        f"{' and '.join(unseen)}, which it never learned from, {test.right.mean():.0%} with the runway in sight."
    )
    if save:
        about = {"pictures": f"{count}", "rounds": f"{rounds}", "seed": f"{seed}", "aircraft": ",".join(trained)}
        save_layers(save, layers, about)
        console.print(f"net: {save}")
    if json_file:
        write_json(
            json_file,
            {"errors": [row.as_dict() for row in rows], "false_alarm_rate": false_alarms, "miss_rate": misses},
        )
        console.print(f"figures: {json_file}")
    return 0


def study_fog(
    pilots: Sequence[str],
    visibilities_m: Sequence[float],
    lookouts: Sequence[str],
    *,
    weather: str,
    flights: int,
    seed: int,
    processes: int | None = None,
    console: Console,
    picture: Path | None = None,
    json_file: Path | None = None,
    resume: bool = False,
) -> int:
    """Land in fog by who looks out, and by nobody; print what came of it, draw and write it; 0.

    `resume`: flights counted in `json_file`, where there is one, are not flown again. Raises InputError.
    """
    if not console.is_terminal:
        console.width = PAGE_WIDTH
    if resume and json_file is None:
        raise InputError("--resume: needs --json FILE, with what was flown before")
    kept = read_points(json_file, weather, seed) if resume and json_file and json_file.exists() else []

    def write(points: Sequence[FogPoint]) -> None:
        if json_file:
            write_points(json_file, weather, seed, points)

    within("--processes", processes or 0, 0, MOST_PROCESSES)
    points = landings_in_fog(
        pilots,
        visibilities_m,
        lookouts,
        weather=weather,
        flights=flights,
        seed=seed,
        processes=processes,
        kept=kept,
        report=write,
        bar=partial(flying_bar, console, what="landing in fog"),
    )
    console.print(landings_table(points))
    if picture:
        from agents.eye.fog_page import draw_fog
        from envs.rendering.page import save_page

        save_page(draw_fog(points), picture)
        console.print(f"page: {picture}")
    if json_file:
        write(points)
        console.print(f"figures: {json_file}")
    return 0
