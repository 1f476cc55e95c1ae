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
from envs.rendering.page import new_page, save_page

BEFORE, AFTER = "before any test flight", "after the test flights"


def draw_adaptation(
    path: Path,
    make_env: EnvFunction,
    pilots: tuple[Any, Any],
    seed: int,
    rates: Mapping[int, tuple[int, int]],
    lines: Sequence[str],
) -> Path:
    """Draw the picture and return its path.

    Args:
        path: a .png file.
        make_env: the aircraft with its faults.
        pilots: before and after; both fly `seed`.
        seed: of the flight that is shown.
        rates: {test flights: (successes, flights counted)}.
        lines: what is believed to be wrong.
    """
    with tempfile.TemporaryDirectory() as folder:
        cards = [_card(Path(folder) / name, make_env, pilot, seed) for name, pilot in zip("ba", pilots, strict=True)]
        images = [matplotlib.image.imread(card) for card in cards]
    figure = new_page()
    for left, image, title in zip((0.01, 0.505), images, (BEFORE, AFTER), strict=True):
        axes = figure.add_axes((left, 0.33, 0.485, 0.62))
        axes.imshow(image, aspect="equal", interpolation="lanczos")
        axes.set_axis_off()
        axes.set_title(title, fontsize=14)
    if rates:
        _curve(figure.add_axes((0.07, 0.07, 0.36, 0.22)), rates)
    shown = list(lines)[:9]
    figure.text(0.52, 0.30, "What it believes is wrong", fontsize=12, weight="bold", va="top")
    figure.text(0.52, 0.27, "\n".join(shown).replace("$", r"\$"), fontsize=10.5, va="top", linespacing=1.45)
    save_page(figure, path)
    return path


def _card(folder: Path, make_env: EnvFunction, pilot: Any, seed: int) -> Path:
    folder.mkdir()
    with Airfield(make_env, folder) as field:
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
