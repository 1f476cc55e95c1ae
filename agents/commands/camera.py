"""What scripts/runway_reader.py and scripts/fog.py do, after the command line is read."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from agents.commands.eye import PAGE_WIDTH
from agents.evaluation.flight_test import Flight
from agents.evaluation.flying_bar import flying_bar
from agents.eye.landings import FogPoint, landings_in_fog
from agents.runs.run_folder import write_json
from envs.camera.runway_reader import save_layers

TEST_SEED = 1000
"""Seeds from here on are tested with, as everywhere."""


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
    *,
    weather: str,
    flights: int,
    seed: int,
    console: Console,
    picture: Path | None = None,
    json_file: Path | None = None,
) -> int:
    """Land in fog with the decision height and without, print what came of it, draw and write it; 0."""
    if not console.is_terminal:
        console.width = PAGE_WIDTH

    @contextmanager
    def bar(count: int) -> Generator[Callable[[Flight], None]]:
        with flying_bar(console, count, "landing in fog") as landed:
            yield landed

    points = landings_in_fog(pilots, visibilities_m, weather=weather, flights=flights, seed=seed, bar=bar)
    console.print(_fog_table(points))
    if picture:
        from agents.eye.fog_page import draw_fog
        from envs.rendering.page import save_page

        save_page(draw_fog(points), picture)
        console.print(f"page: {picture}")
    if json_file:
        write_json(json_file, {"weather": weather, "seed": seed, "points": [point.as_dict() for point in points]})
        console.print(f"figures: {json_file}")
    return 0


def _fog_table(points: Sequence[FogPoint]) -> Table:
    table = Table(box=None, header_style="bold", title="Landings by the nose camera, in fog", title_justify="left")
    for name in ("pilot", "decision height", "visibility, m", "flights", "tried", "landed", "95 % bounds", "crashed"):
        table.add_column(name, justify="left" if name in ("pilot", "decision height") else "right")
    for one in points:
        low, high = one.landed_bounds
        table.add_row(
            one.pilot,
            "yes" if one.rule else "no",
            f"{one.visibility_m:g}",
            f"{one.flights}",
            f"{one.tried}",
            f"{one.landed}",
            f"{low:.1%} to {high:.1%}",
            f"{one.crashed}",
        )
    return table
