"""The page of an eye: its weights as a picture, what it saw, how often it is wrong, and one approach."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from agents.eye.errors import roc
from agents.eye.study import FOGS_M, SHOWN_VISIBILITY_M, Approach, Study
from envs.rendering.page import BLUE, FAINT, GREEN, INK, ORANGE, RED, new_page, panel_look, panel_title, title_bar

COLOURS = (BLUE, ORANGE, GREEN)
A_KIND = 8
A_WEIGHT = 10  # pixels of its square
KINDS = (
    ("1, and it is in sight", True, True, GREEN),
    ("0, and it is not", False, False, GREEN),
    ("1, but it is not: false alarm", True, False, RED),
    ("0, but it is: miss", False, True, RED),
)


def draw_eye(study: Study, flown: Approach, about: str) -> Figure:
    """The page."""
    page = new_page()
    title_bar(page, "One neuron looks for the runway", about, 11)
    neuron = study.trials[0]
    _weights(page.add_axes((0.03, 0.53, 0.22, 0.352)), neuron.eye.weights)
    _examples(page, study)
    _curves(page.add_axes((0.06, 0.08, 0.22, 0.36)), study)
    _fogs(page.add_axes((0.36, 0.08, 0.26, 0.36)), study)
    _approach(page.add_axes((0.69, 0.08, 0.28, 0.36)), flown, study)
    return page


def _weights(axes: Axes, weights: NDArray[np.float64]) -> None:
    most = float(np.quantile(np.abs(weights), 0.99))
    axes.imshow(weights, cmap="PuOr_r", vmin=-most, vmax=most, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
    panel_title(axes, f"Its {weights.size} weights")
    axes.set_xlabel("bright here speaks for the runway (orange) or against it (violet)", size=9, color=FAINT)


def _examples(page: Figure, study: Study) -> None:
    pictures, right = study.test.pictures, study.test.right
    answers = study.trials[0].eye.answers(pictures)
    for column, (words, said, is_right, colour) in enumerate(KINDS):
        found = np.flatnonzero((answers == said) & (right == is_right))[:A_KIND]
        left = 0.29 + 0.175 * column
        page.text(left, 0.89, words, size=10.5, weight="bold", color=colour)
        for number, index in enumerate(found):
            row, place = divmod(number, 2)
            axes = page.add_axes((left + 0.08 * place, 0.80 - 0.089 * row, 0.075, 0.084))
            axes.imshow(pictures[index], cmap="gray", vmin=0.1, vmax=0.8, interpolation="nearest", aspect="auto")
            axes.set_axis_off()


def _curves(axes: Axes, study: Study) -> None:
    for trial, colour in zip(study.trials, COLOURS, strict=True):
        alarms, hits = roc(trial.eye.sums(study.test.pictures), study.test.right)
        axes.plot(100 * alarms, 100 * hits, color=colour, label=f"{trial.name}, {trial.weights:,} weights")
        at = (100 * trial.errors.false_alarm_rate[0], 100 - 100 * trial.errors.miss_rate[0])
        axes.plot(*at, "o", color=colour)
    axes.set(xlim=(0, 60), ylim=(40, 100))
    axes.set_xlabel("false alarms, % of the pictures without the runway in sight", size=9)
    axes.set_ylabel("found, % of those with it", size=9)
    axes.legend(loc="lower right", fontsize=9, frameon=False)
    panel_look(axes)
    panel_title(axes, "Every threshold (the point: the one chosen)")


def _fogs(axes: Axes, study: Study) -> None:
    names = [f"{low:g}\nto {high:g}" for low, high in FOGS_M]
    where: Any = np.arange(len(names))
    for number, (trial, colour) in enumerate(zip(study.trials, COLOURS, strict=True)):
        shares = np.array([errors.accuracy for errors in trial.by_fog])
        bars = 100 * np.abs(shares[:, 1:].T - shares[:, 0])
        axes.errorbar(where + 0.12 * (number - 1), 100 * shares[:, 0], bars, fmt="o-", color=colour, lw=1, capsize=2)
    axes.set_xticks(where, names, size=9)
    axes.set_xlabel("visibility, m", size=9)
    axes.set_ylabel("right answers, % (95 % bounds)", size=9)
    panel_look(axes)
    panel_title(axes, "Through fog")


def _approach(axes: Axes, flown: Approach, study: Study) -> None:
    for trial, colour in zip(study.trials[:2], COLOURS, strict=False):
        spread = float(trial.eye.sums(study.test.pictures).std())
        beyond = (trial.eye.sums(flown.pictures) - trial.eye.threshold) / spread
        axes.plot(flown.away_m, beyond, color=colour, label=trial.name)
    axes.axhline(0.0, color=INK, lw=1, ls="--")
    axes.text(flown.away_m[0], 0.0, " threshold", va="bottom", ha="left", size=9, color=INK)
    low, high = axes.get_ylim()
    axes.fill_between(flown.away_m, low, high, where=flown.right.tolist(), color=GREEN, alpha=0.12, lw=0)
    axes.set_ylim(low, high)
    axes.set_xlim(flown.away_m[0], 0.0)
    axes.legend(loc="lower right", fontsize=9, frameon=False)
    axes.set_xlabel(f"way to the runway, m, at a visibility of {SHOWN_VISIBILITY_M:g} m (green: in sight)", size=9)
    axes.set_ylabel("sum over its threshold, in its standard deviations", size=9)
    panel_look(axes)
    panel_title(axes, "Down one approach")


def draw_weights(weights: NDArray[np.float64]) -> Image.Image:
    """The weights alone, each a square of A_WEIGHT pixels: orange speaks for the runway, violet against it."""
    most = float(np.quantile(np.abs(weights), 0.99))
    colours = colormaps["PuOr_r"](np.clip(0.5 + 0.5 * weights / most, 0.0, 1.0))
    squares = np.rint(255 * colours[..., :3]).astype(np.uint8)
    return Image.fromarray(squares.repeat(A_WEIGHT, axis=0).repeat(A_WEIGHT, axis=1)).quantize(255)
