"""The results of a study: best.yaml, ready to train, and two pictures, importance.png and history.png."""

from __future__ import annotations

import warnings
from collections.abc import Sequence, Sized
from pathlib import Path

import optuna
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from optuna.trial import FrozenTrial, TrialState

from agents.config.programme import TrainingConfig
from agents.tuning.live_table import best_text
from agents.tuning.trial_config import tune_block, with_params
from agents.tuning.trials import tally
from envs.base.files import replacing, write_atomically

TRIALS_PER_KEY, LEAST_TRIALS = 10, 50
BLUE, GREY, RED = "#1f5fa8", "#9aa3ad", "#c8442e"


def write_results(study: optuna.Study, config: TrainingConfig, folder: Path) -> list[Path]:
    """Write best.yaml and the two pictures into `folder` and return their paths; [] before a trial is complete."""
    trials = study.get_trials(deepcopy=False)
    best = tally(trials).best
    if best is None:
        return []
    files = [folder / "best.yaml", folder / "importance.png", folder / "history.png"]
    write_atomically(files[0], best_yaml(best, config, study.study_name, files[0]))
    for path, figure in zip(files[1:], (importance_figure(study), history_figure(trials, config)), strict=True):
        with replacing(path) as beside:
            figure.savefig(beside, dpi=120)
    return files


def best_yaml(best: FrozenTrial, config: TrainingConfig, study: str, path: Path) -> str:
    """The whole programme with the best trial's values, under a comment that says where they come from."""
    tune, flights = tune_block(config), config.training.eval_flights
    of = {"best": "best policy", "last": "last policy", "mean": "mean of all validations"}[tune.objective]
    head = (
        f"# The best of study {study}: {best_text(best, config)}\n"
        f"# Success and reward on {flights} validation flights ({of}); they chose it, so they flatter it.\n"
        f"# Train it: python scripts/train.py {path}\n"
    )
    return head + with_params(config, best.params).complete_yaml()


def too_few(complete: int, keys: Sized) -> str:
    """What to think of the importances of `keys` after so many complete trials; "" if they are enough.

    PED-ANOVA (Watanabe et al. 2023) compares the best tenth of the trials with all: below TRIALS_PER_KEY trials a key,
    or LEAST_TRIALS, that tenth is a handful, and another sampler seed would rank the keys otherwise [estimated].
    """
    least = max(LEAST_TRIALS, TRIALS_PER_KEY * len(keys))
    return "" if complete >= least else f"too few to rely on: a rough hint; {least} or more would tell"


def importance_figure(study: optuna.Study) -> Figure:
    """A bar for each searched key: the share of its importance, by Optuna's PED-ANOVA over the complete trials."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about few trials; their number stands above the picture
        try:
            found = optuna.importance.get_param_importances(study)
        except (ValueError, RuntimeError, ArithmeticError):  # too few trials, or all alike
            found = {}
    found = {key: share for key, share in found.items() if share == share}
    figure = Figure(figsize=(7.5, 1.6 + 0.35 * max(3, len(found))), layout="constrained")
    axes = figure.add_subplot()
    complete = sum(trial.state == TrialState.COMPLETE for trial in study.get_trials(deepcopy=False))
    doubt = f"\n{too_few(complete, found)}" if too_few(complete, found) else ""
    figure.suptitle(f"What mattered in {study.study_name}: {complete} complete trials{doubt}", fontsize=11)
    if not found:
        axes.text(0.5, 0.5, "too few complete trials, or all of them alike", ha="center", transform=axes.transAxes)
        axes.set_axis_off()
        return figure
    keys = list(found)[::-1]
    bars = axes.barh(keys, [found[key] for key in keys], color=BLUE)
    axes.bar_label(bars, [f"{found[key]:.0%}" for key in keys], padding=3, fontsize=9)
    axes.set_xlabel("share of the importance (PED-ANOVA)")
    axes.set_xlim(0, 1.1 * max(found.values()) or 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def history_figure(trials: Sequence[FrozenTrial], config: TrainingConfig) -> Figure:
    """Success and reward on the validation flights over the trials' numbers, and the best so far."""
    figure = Figure(figsize=(8, 5.5), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    judged = [trial for trial in trials if trial.intermediate_values and trial.state.is_finished()]
    for state, colour, filled, label in (
        (TrialState.COMPLETE, BLUE, True, "complete"),
        (TrialState.PRUNED, GREY, False, "pruned: as far as it came"),
    ):
        chosen = [trial for trial in judged if trial.state == state]
        for axes, name in ((upper, "success"), (lower, "reward")):
            axes.scatter(
                [t.number + 1 for t in chosen],
                [t.user_attrs[name] for t in chosen],
                s=28,
                color=colour,
                facecolors=colour if filled else "none",
                label=label if chosen else None,
                zorder=3,
            )
    best: list[FrozenTrial] = []
    for trial in judged:
        if trial.state == TrialState.COMPLETE:
            best.append(trial if not best or (trial.value or 0) > (best[-1].value or 0) else best[-1])
    numbers = [t.number + 1 for t in judged if t.state == TrialState.COMPLETE]
    for axes, name in ((upper, "success"), (lower, "reward")):
        axes.step(numbers, [t.user_attrs[name] for t in best], where="post", color=RED, lw=1.5, label="best so far")
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    aircraft, weather = Path(config.aircraft).stem, Path(config.weather).stem
    figure.suptitle(f"Tuning {config.task} with {aircraft} in {weather}", fontsize=11)
    upper.set_ylabel(f"success of {config.training.eval_flights}\nvalidation flights")
    upper.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    upper.set_ylim(-0.03, 1.03)
    figure.legend(*upper.get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=3)
    lower.set_ylabel("mean reward")
    lower.set_xlabel("trial")
    lower.xaxis.get_major_locator().set_params(integer=True)
    return figure
