"""Training by whatever a programme asks for: one policy, skills, or a pupil of teachers."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvMaker, flight_env_function
from agents.runs.run_folder import RunFolder
from agents.training.train import train
from agents.training.train_pupil import train_pupil
from agents.training.train_skills import train_sequence


def learn(
    config: TrainingConfig,
    run: RunFolder,
    *,
    resume: bool = False,
    console: Console | None = None,
    make_env: EnvMaker = flight_env_function,
) -> dict[str, Any]:
    """Train to the end, evaluate on unseen seeds, fill the run folder; the content of evaluation.json."""
    how = train_sequence if config.skills else train_pupil if config.teachers else train
    return how(config, run, resume=resume, console=console, make_env=make_env)
