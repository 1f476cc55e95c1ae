"""What a person sees of a study while it runs: a live table, or without a terminal a line for each trial that ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from optuna.trial import FrozenTrial, TrialState
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agents.config.programme import TrainingConfig
from agents.tuning.trial_config import shown, values_of
from agents.tuning.trials import REASON, SURPLUS, WORKER, Tally, impossible, tally

SHOWN_TRIALS = 8


class StudyDisplay:
    """Shows the trials of a study whenever `show` is called with them."""

    def __init__(self, console: Console, config: TrainingConfig, wanted: int):
        self._console, self._config, self._wanted = console, config, wanted
        self._started = time.monotonic()
        self._told: set[int] | None = None
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def __enter__(self) -> StudyDisplay:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._live:
            self._live.stop()

    def say(self, text: str) -> None:
        """Print a line that stays above the live table."""
        self._console.print(text, highlight=False, soft_wrap=True, markup=False)

    def show(self, trials: Sequence[FrozenTrial]) -> None:
        """Show the trials: redraw the table, or without a terminal print a line for each that ended since."""
        if self._live:
            self._live.update(self.table(trials), refresh=True)
            return
        ended = {trial.number for trial in trials if trial.state.is_finished()}
        if self._told is None:
            self._told = ended  # of an earlier call of the command
        for number in sorted(ended - self._told):
            self.say(f"{trial_line(trials[number])}; {self.summary(tally(trials), trials)}")
        self._told |= ended

    def summary(self, now: Tally, trials: Sequence[FrozenTrial]) -> str:
        """How far the study is: '12 of 40 trials, 3 running, 4 pruned, about 00:20:00 left'."""
        parts = [f"{now.finished} of {self._wanted} trials", f"{len(now.running)} running"]
        for count, word in (
            (now.waiting, "queued"),
            (now.pruned, "pruned"),
            (now.impossible, "impossible"),
            (now.lost, "lost and queued again"),
        ):
            if count:
                parts.append(f"{count} {word}")
        left = seconds_left(trials, self._wanted)
        return ", ".join(parts) + (f", about {clock(left)} left" if left else "")

    def table(self, trials: Sequence[FrozenTrial]) -> Group:
        """The summary, a table of the running and the newest trials, and the best trial with its values."""
        now = tally(trials)
        rows = Table("trial", "state", "validations", "success", "reward", "time", "worker", box=None, pad_edge=False)
        ended = [t for t in trials if t.state.is_finished() and t.user_attrs.get(REASON) != SURPLUS]
        newest = sorted(ended, key=lambda t: t.datetime_complete or datetime.min)
        newest = newest[-max(2, SHOWN_TRIALS - len(now.running)) :]
        for trial in [*newest, *now.running]:
            rows.add_row(
                str(trial.number + 1),
                state_word(trial),
                str(len(trial.intermediate_values)),
                success_text(trial),
                _number(trial.user_attrs.get("reward")),
                clock(seconds(trial)),
                str(trial.user_attrs.get(WORKER, "")),
            )
        status = Text(f"{clock(time.monotonic() - self._started)}  {self.summary(now, trials)}")
        lines: list[Text | Table] = [status, rows]
        if now.best:
            lines.append(Text(f"best: {best_text(now.best, self._config)}"))
        return Group(*lines)


def trial_line(trial: FrozenTrial) -> str:
    """How a trial ended, in a line."""
    text = f"trial {trial.number + 1} {state_word(trial)} after {clock(seconds(trial))}"
    if trial.intermediate_values:
        text += f": success {success_text(trial)}, reward {_number(trial.user_attrs.get('reward'))}"
    reason = trial.user_attrs.get(REASON)
    return f"{text} ({reason})" if reason else text


def state_word(trial: FrozenTrial) -> str:
    """The state of a trial for people, in a word or two."""
    if impossible(trial):
        return "impossible"
    if trial.state == TrialState.FAIL and trial.user_attrs.get(REASON) == SURPLUS:
        return "given back"
    return {
        TrialState.COMPLETE: "complete",
        TrialState.PRUNED: "pruned",
        TrialState.FAIL: "lost",
        TrialState.RUNNING: "running",
        TrialState.WAITING: "queued",
    }[trial.state]


def best_text(trial: FrozenTrial, config: TrainingConfig) -> str:
    """A trial with its values: 'trial 7, success 96.9%, reward 1.23: algorithm.gamma 0.99, ...'."""
    values = ", ".join(f"{key} {shown(value)}" for key, value in values_of(config, trial.params).items())
    return (
        f"trial {trial.number + 1}, success {success_text(trial)}, reward "
        f"{_number(trial.user_attrs.get('reward'))}: {values}"
    )


def success_text(trial: FrozenTrial) -> str:
    """The trial's success rate on the validation flights, as 96.9%; "" before its first validation."""
    success = trial.user_attrs.get("success") if trial.intermediate_values else None
    return "" if success is None else f"{success:.1%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def seconds(trial: FrozenTrial) -> float:
    """How long the trial took or, while it runs, has taken so far; its start is by the clock of its own machine."""
    if trial.datetime_start is None:
        return 0.0
    return max(0.0, ((trial.datetime_complete or datetime.now()) - trial.datetime_start).total_seconds())


def seconds_left(trials: Sequence[FrozenTrial], wanted: int) -> float | None:
    """Estimated seconds until all trials have ended; None before the first ended.

    It assumes that each takes the mean time of those that ended, and that as many run side by side as now.
    """
    now = tally(trials)
    times = [seconds(t) for t in trials if t.state in (TrialState.COMPLETE, TrialState.PRUNED) and not impossible(t)]
    if not times:
        return None
    mean = sum(times) / len(times)
    running = sum(max(0.0, mean - seconds(trial)) for trial in now.running)
    unstarted = max(0, wanted - now.finished - len(now.running))
    return (running + unstarted * mean) / max(1, len(now.running))


def clock(seconds: float) -> str:
    """Seconds as hh:mm:ss."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
