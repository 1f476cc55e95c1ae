"""Before and after: the same flight by the pilot as it came and as it left, and how success grew over test flights."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np

from agents.adaptation.airfield import Airfield
from agents.environments.flights import EnvFunction, flight_name
from agents.evaluation.flight_test import success_interval
from envs.flights.flight_log import FlightLog
from envs.rendering.card.card import draw_card
from envs.rendering.page import new_page, save_page, title_bar

MOST_LINES = 10
BEFORE, AFTER = "before any test flight", "after the test flights"


def draw_adaptation(
    path: Path,
    make_env: EnvFunction,
    pilots: tuple[Any, Any],
    seed: int,
    rates: Mapping[int, tuple[int, int]],
    lines: Sequence[str],
    titles: tuple[str, str],
) -> Path:
    """Draw the picture and return its path.

    Args:
        path: a .png file.
        titles: the pilot's name, and what is wrong with the aircraft.
        make_env: the aircraft with its faults.
        pilots: before and after; both fly `seed`.
        seed: of the flight that is shown.
        rates: {test flights: (successes, flights counted)}.
        lines: what is believed to be wrong.
    """
    with tempfile.TemporaryDirectory() as folder:
        cards = [
            _card(Path(folder) / name, make_env, pilot, seed, titles[0])
            for name, pilot in zip("ba", pilots, strict=True)
        ]
        images = [matplotlib.image.imread(card) for card in cards]
    figure = new_page()
    title_bar(figure, f"Test flights of {titles[0]}", titles[1], 15)
    for left, image, title in zip((0.01, 0.505), images, (BEFORE, AFTER), strict=True):
        axes = figure.add_axes((left, 0.385, 0.485, 0.5))
        axes.imshow(image, aspect="equal", interpolation="lanczos")
        axes.set_axis_off()
        figure.text(left + 0.2425, 0.895, title, fontsize=15, weight="bold", ha="center")
    if rates:
        _curve(figure.add_axes((0.07, 0.08, 0.38, 0.25)), rates)
    figure.text(0.52, 0.335, "What it believes is wrong, and does about it", fontsize=14, weight="bold", va="top")
    figure.text(0.52, 0.295, "\n".join(list(lines)[:MOST_LINES]), fontsize=12, va="top", linespacing=1.5)
    save_page(figure, path)
    return path


def _card(folder: Path, make_env: EnvFunction, pilot: Any, seed: int, name: str) -> Path:
    folder.mkdir()
    with Airfield(make_env, folder, name) as field:
        field.fly(pilot, seed)
    return draw_card(FlightLog.load(folder / flight_name(seed)), folder / "card.png")


def _curve(axes: Any, rates: Mapping[int, tuple[int, int]]) -> None:
    numbers = sorted(rates)
    values = np.array([100.0 * rates[n][0] / rates[n][1] for n in numbers])
    bounds = 100.0 * np.array([success_interval(*rates[n]) for n in numbers])
    axes.fill_between(numbers, bounds[:, 0], bounds[:, 1], alpha=0.2, label="95 % bounds")
    axes.plot(numbers, values, marker="o")
    axes.set(ylim=(-3, 103), xlabel="test flights", ylabel="flights that succeed, %")
    axes.set_xticks(numbers)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right", frameon=False)
