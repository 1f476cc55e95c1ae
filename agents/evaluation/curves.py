"""Learning curves over training seeds and runs: the middle of each group with a band, as one picture.

Runs whose settings differ in nothing but the seed are one group. Its line is the interquartile mean over the seeds, its
band a 95 % percentile bootstrap of it (Agarwal et al. 2021, "Deep RL at the edge of the statistical precipice"), of two
seeds their range; thin lines are the runs themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, PercentFormatter
from numpy.typing import NDArray
from scipy.stats import trim_mean

from agents.config.programme import TrainingConfig, read_config
from agents.pilots.bundle import PRETRAINED
from agents.runs.learning_curve import SHIPPED_CURVE, read_curve
from agents.runs.run_folder import RunFolder
from envs.base.errors import InputError
from envs.base.files import replacing

COLOURS = ("#1f77b4", "#e07b00", "#2a9d4a", "#8e44ad", "#c0392b", "#17a2b8", "#7f6a00", "#555555")
MOST_GROUPS = len(COLOURS)
LEARNED, LEAST_VALIDATIONS, RESAMPLES = 0.95, 3, 2000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Success (0..1) and reward of a flight over environment steps, on validation flights or those of the training."""

    steps: Floats
    success: Floats
    reward: Floats


@dataclass(frozen=True)
class RunCurves:
    """The curves of one run: its name, what it learned, and its two curves."""

    name: str
    config: TrainingConfig
    validation: Curve
    training: Curve

    @property
    def is_validated(self) -> bool:
        """Whether it was validated often enough for a curve."""
        return len(self.validation.steps) >= LEAST_VALIDATIONS


@dataclass(frozen=True)
class Band:
    """The middle of several curves and its bounds, each (n,), NaN where none reaches."""

    steps: Floats
    middle: Floats
    low: Floats
    high: Floats


def read_curves(name: str) -> RunCurves:
    """The curves of a run folder, finished or not, of a bundle that brings its curve, or of a shipped one.

    Raises InputError, one line.
    """
    path = Path(name)
    if not path.exists() and "/" not in name and (PRETRAINED / name).is_dir():
        path = PRETRAINED / name
    run = RunFolder(path)
    if run.config.is_file() and run.progress.is_file():
        config = read_config(run.config)
        curve = read_curve(run.progress, config.algorithm.steps_per_update)
        nothing = np.full(len(curve.steps), np.nan)
        success, reward = (curve.columns.get(f"flights/{key}", nothing) for key in ("success_rate", "return"))
        validation = Curve(curve.validated, curve.success, curve.returns)
        return RunCurves(path.resolve().name, config, validation, _where_finite(curve.steps, success, reward))
    if run.config.is_file() and (path / SHIPPED_CURVE).is_file():
        return RunCurves(path.name, read_config(run.config), *_shipped(path / SHIPPED_CURVE))
    skills = sorted(curve.parent.name for curve in path.glob(f"*/{SHIPPED_CURVE}"))
    hint = f"; its skills have one each: {', '.join(f'{path}/{skill}' for skill in skills)}" if skills else ""
    raise InputError(f"{name}: has no learning curve (progress.csv of a run, {SHIPPED_CURVE} of a bundle){hint}")


def _shipped(path: Path) -> tuple[Curve, Curve]:
    try:
        table = pd.read_csv(path).astype(np.float64)
        steps = table["steps"].to_numpy()
        validation, training = (
            _where_finite(steps, table[f"{kind}_success"].to_numpy(), table[f"{kind}_reward"].to_numpy())
            for kind in ("validation", "training")
        )
    except (OSError, ValueError, KeyError) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(f"{path}: cannot be read as a learning curve ({reason})") from None
    return validation, training


def _where_finite(steps: Floats, success: Floats, reward: Floats) -> Curve:
    known = np.isfinite(success) & np.isfinite(reward)
    return Curve(steps[known], success[known], reward[known])


def grouped(runs: Sequence[RunCurves]) -> dict[str, list[RunCurves]]:
    """{label: runs that differ in their seed alone}, in the order given."""
    groups: dict[str, list[RunCurves]] = {}
    for run in runs:
        data = run.config.model_dump(mode="json")
        for key in ("seed", "processes", "torch_threads", "vec_env"):
            data["training"].pop(key, None)
        groups.setdefault(repr(data), []).append(run)
    labels: dict[str, list[RunCurves]] = {}
    for members in groups.values():
        first = members[0]
        several = f"{first.config.task}, {Path(first.config.aircraft).stem}"
        label = first.name if len(members) == 1 else several
        while label in labels:
            label += f" ({first.name})" if first.name not in label else "'"
        labels[label] = members
    return labels


def band(curves: Sequence[tuple[Floats, Floats]], seed: int = 0) -> Band:
    """The interquartile mean of curves (steps, values) and its bounds, where at least one of them reaches."""
    grid = np.unique(np.concatenate([steps for steps, _ in curves]))
    values = np.array([np.interp(grid, steps, value, left=np.nan, right=np.nan) for steps, value in curves])
    middle, low, high = (np.full(len(grid), np.nan) for _ in range(3))
    random = np.random.default_rng(seed)
    for place, column in enumerate(values.T):
        known = column[np.isfinite(column)]
        if not len(known):
            continue
        middle[place] = trim_mean(known, 0.25)
        if len(known) < 3:
            low[place], high[place] = known.min(), known.max()
        else:
            drawn = random.choice(known, (RESAMPLES, len(known)))
            low[place], high[place] = np.quantile(trim_mean(drawn, 0.25, axis=1), (0.025, 0.975))
    return Band(grid, middle, low, high)


def draw_curves(runs: Sequence[RunCurves], title: str, path: Path) -> None:
    """Write the picture (.png): success and reward over environment steps. Raises InputError."""
    groups = grouped(runs)
    if len(groups) > MOST_GROUPS:
        raise InputError(f"curves: at most {MOST_GROUPS} groups of runs in one picture (got {len(groups)})")
    validated = all(run.is_validated for run in runs)
    figure = Figure(figsize=(14, 6.4), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=16, fontweight="bold", x=0.01, ha="left")
    left, right = figure.subplots(1, 2)
    kind = "validation flights, without exploration" if validated else "training flights, exploring"
    for (label, members), colour in zip(groups.items(), COLOURS, strict=False):
        curves = [run.validation if validated else run.training for run in members]
        words = _legend(label, curves)
        for axes, key in ((left, "success"), (right, "reward")):
            _draw_group(axes, [(curve.steps, getattr(curve, key)) for curve in curves], colour, words)
    left.axhline(LEARNED, color="#888888", linestyle=":", linewidth=1)
    left.set(title=f"Success of {kind}", ylim=(-0.03, 1.04))
    left.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    right.set(title="Mean reward of a flight")
    for axes in (left, right):
        axes.set_xlabel("environment steps")
        axes.set_xlim(left=0)
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=2, frameon=False, fontsize=10.5)
    if any(len(members) > 1 for members in groups.values()):
        band_words = "line: interquartile mean over seeds; band: 95 % bootstrap of it (of two seeds their range)"
        figure.text(0.99, 0.985, band_words, fontsize=10, color="#666666", ha="right", va="top")
    with replacing(path) as beside:
        figure.savefig(beside, format="png")


def _legend(label: str, curves: Sequence[Curve]) -> str:
    """'takeoff, sport: 5 seeds, 95 % after 131k steps (median)'."""
    reached = [float(curve.steps[curve.success >= LEARNED].min(initial=np.inf)) for curve in curves]
    middle = sorted(reached)[(len(reached) - 1) // 2]
    seeds = f"{len(curves)} seeds, " if len(curves) > 1 else ""
    if not np.isfinite(middle):
        return f"{label}: {seeds}not yet 95 %"
    median = " (median)" if len(curves) > 1 else ""
    return f"{label}: {seeds}95 % after {middle:,.0f} steps{median}"


def _draw_group(axes: Axes, curves: Sequence[tuple[Floats, Floats]], colour: str, label: str) -> None:
    if len(curves) > 1:
        for steps, values in curves:
            axes.plot(steps, values, color=colour, linewidth=0.7, alpha=0.35)
    found = band(curves)
    axes.plot(found.steps, found.middle, color=colour, linewidth=2.2, label=label)
    if len(curves) > 1:
        axes.fill_between(found.steps, found.low, found.high, color=colour, alpha=0.2, linewidth=0)
