"""The loop of scripts/tune.py: keep workers busy, queue lost trials again, show the trials, until all have ended."""

from __future__ import annotations

import os
import socket
import time
import uuid
from dataclasses import dataclass

import optuna

from agents.tuning.engines import Engine
from agents.tuning.live_table import StudyDisplay
from agents.tuning.trials import Tally, Watch, missing, of_worker, queue_again, tally
from agents.tuning.worker import Plan
from envs.base.errors import InputError

LOOK_SECONDS = 1.0
MAX_DEATHS = 5
"""The search gives up when this many workers die one after the other with no trial finished in between."""


@dataclass
class Supervisor:
    """Runs a plan's trials with `workers` workers of an engine, beside any others that joined the study."""

    plan: Plan
    study: optuna.Study
    engine: Engine
    workers: int
    display: StudyDisplay
    watch: Watch
    _started: int = 0
    _deaths: int = 0
    _finished: int = 0

    def run(self) -> None:
        """Return when all trials have ended, here and elsewhere. Raises InputError when every trial fails."""
        session = f"{socket.gethostname().partition('.')[0]}-{os.getpid()}-{uuid.uuid4().hex[:4]}"
        try:
            while self._go_on(session):
                time.sleep(LOOK_SECONDS)
        finally:
            # Whatever ended this, Ctrl-C included: the trials of our workers wait for the next who comes.
            for name in self.engine.stop():
                queue_again(self.study, of_worker(self.study.get_trials(deepcopy=False), name))

    def _go_on(self, session: str) -> bool:
        for name, why in self.engine.ended().items():
            self._note_the_end(name, why)
        trials = self.study.get_trials(deepcopy=False)
        for trial in queue_again(self.study, self.watch.silent(trials)):
            self.display.say(
                f"trial {trial.number + 1}: its worker has been silent for {self.watch.grace_s:.0f} s; queued again"
            )
        trials = self.study.get_trials(deepcopy=False)
        now = tally(trials)
        self.display.show(trials)
        self._check_progress(now, [str(trial.user_attrs.get("reason", "")) for trial in trials])
        wanted = missing(trials, self.plan.trials)
        for _ in range(min(wanted, self.workers - self.engine.running())):
            self._started += 1
            self.engine.start(self.plan, f"{session}-{self._started}")
        return bool(wanted or now.running or self.engine.running())

    def _note_the_end(self, name: str, why: str) -> None:
        lost = queue_again(self.study, of_worker(self.study.get_trials(deepcopy=False), name))
        numbers = ", ".join(str(trial.number + 1) for trial in lost)
        if why:
            self._deaths += 1
            self.display.say(f"worker {name}: {why}" + (f"; trial {numbers} queued again" if lost else ""))

    def _check_progress(self, now: Tally, reasons: list[str]) -> None:
        if now.finished > self._finished:
            self._deaths, self._finished = 0, now.finished
        logs = self.plan.folder / "workers"
        if self._deaths >= MAX_DEATHS:
            where = f"; see {logs}" if logs.is_dir() else ""
            raise InputError(f"{self._deaths} workers died one after the other and no trial ended{where}")
        reasons = [reason for reason in reasons if reason]
        hopeless = now.impossible >= max(50, 10 * self.plan.trials) or (
            now.complete == 0 and len(reasons) >= 5 and len([r for r in reasons if "broke down" in r]) == now.finished
        )
        if hopeless and now.complete == 0:
            raise InputError(f"no trial could be trained to its end: {reasons[-1]}")
