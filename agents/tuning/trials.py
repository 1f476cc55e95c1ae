"""The bookkeeping of a study: who trains which trial, which trials count, and how lost ones are queued again.

All of it is kept in Optuna's storage, so that any number of programs on any number of machines agree. Optuna's own
heartbeats exist for databases only; here a running trial carries a user attribute `beat` that its worker counts up, on
any storage. The supervisor times the beats with its own clock, so the clocks of machines need not agree.
"""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.storages import RetryHeartbeatStaleTrialCallback
from optuna.trial import FrozenTrial, TrialState

BEAT_SECONDS = 10.0
GRACE_SECONDS = 90.0
"""A trial whose beat stands still this long is lost: its worker is dead or cut off."""

MAX_RETRIES = 3
"""A trial that took its worker with it this often (out of memory, say) is not tried again."""

WORKER, BEAT, REASON, SURPLUS = "worker", "beat", "reason", "surplus"


def impossible(trial: FrozenTrial) -> bool:
    """Whether the trial's values contradict each other, so that nothing was trained."""
    return trial.user_attrs.get("impossible", False)


def counts(trial: FrozenTrial) -> bool:
    """Whether a trial uses up one of the wanted number: lost ones come again, impossible ones cost nothing."""
    return trial.state != TrialState.FAIL and not impossible(trial)


def missing(trials: Iterable[FrozenTrial], wanted: int) -> int:
    """How many trials a worker could start now: queued ones, and those not yet drawn."""
    trials = list(trials)
    waiting = sum(trial.state == TrialState.WAITING for trial in trials)
    return waiting + max(0, wanted - sum(map(counts, trials)))


def claim(study: optuna.Study, wanted: int, space: Mapping[str, BaseDistribution], worker: str) -> optuna.Trial | None:
    """A trial for `worker`, a queued one first; None when all `wanted` trials are taken.

    Two workers may both see that one trial is left. Both then draw one, and the trial with the higher number is given
    back: every worker counts the trials in the order of their numbers.
    """
    if not missing(study.get_trials(deepcopy=False), wanted):
        return None
    trial = study.ask(dict(space))
    trial.set_user_attr(WORKER, worker)
    before = [other for other in study.get_trials(deepcopy=False) if other.number <= trial.number]
    if sum(map(counts, before)) > wanted and not RetryHeartbeatStaleTrialCallback.retry_history(before[-1]):
        trial.set_user_attr(REASON, SURPLUS)
        study.tell(trial, state=TrialState.FAIL)
        return None
    return trial


def queue_again(study: optuna.Study, trials: Iterable[FrozenTrial]) -> list[FrozenTrial]:
    """Declare running `trials` lost, queue their values again, and return those that no other program did first."""
    lost = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        again = RetryHeartbeatStaleTrialCallback(MAX_RETRIES)
    for trial in trials:
        with contextlib.suppress(ValueError, RuntimeError, optuna.exceptions.UpdateFinishedTrialError):
            again(study, study.tell(trial.number, state=TrialState.FAIL))
            lost.append(trial)
    return lost


def of_worker(trials: Iterable[FrozenTrial], worker: str) -> list[FrozenTrial]:
    """The running trials of a worker."""
    return [trial for trial in trials if trial.state == TrialState.RUNNING and trial.user_attrs.get(WORKER) == worker]


@dataclass
class Watch:
    """Notices running trials whose beat stands still."""

    grace_s: float = GRACE_SECONDS
    _seen: dict[int, tuple[Any, float]] = field(default_factory=dict)

    def silent(self, trials: Iterable[FrozenTrial]) -> list[FrozenTrial]:
        """The running trials whose beat has not changed for `grace_s` of our own clock."""
        now, found = time.monotonic(), []
        running = [trial for trial in trials if trial.state == TrialState.RUNNING]
        for trial in running:
            sign = (trial.user_attrs.get(BEAT), len(trial.intermediate_values))
            before, since = self._seen.get(trial.number, (None, now))
            if trial.number not in self._seen or before != sign:
                self._seen[trial.number] = (sign, now)
            elif now - since > self.grace_s:
                found.append(trial)
        self._seen = {trial.number: self._seen[trial.number] for trial in running}
        return found


@dataclass(frozen=True)
class Tally:
    """The trials of a study counted by state, and the best one."""

    complete: int
    pruned: int
    impossible: int
    lost: int
    running: Sequence[FrozenTrial]
    waiting: int
    best: FrozenTrial | None

    @property
    def finished(self) -> int:
        """How many trials were trained to their end or pruned."""
        return self.complete + self.pruned


def tally(trials: Sequence[FrozenTrial]) -> Tally:
    """Count the trials by state; the best is the complete one with the highest value, the earlier one of equals."""
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    return Tally(
        complete=len(complete),
        pruned=sum(trial.state == TrialState.PRUNED and not impossible(trial) for trial in trials),
        impossible=sum(map(impossible, trials)),
        lost=sum(trial.state == TrialState.FAIL and trial.user_attrs.get(REASON) != SURPLUS for trial in trials),
        running=[trial for trial in trials if trial.state == TrialState.RUNNING],
        waiting=sum(trial.state == TrialState.WAITING for trial in trials),
        best=max(complete, key=lambda trial: (trial.value or 0.0, -trial.number), default=None),
    )
