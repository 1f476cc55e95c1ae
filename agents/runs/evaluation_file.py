"""evaluation.json of a finished run, read back: typed, so that whatever tells of a run can rely on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.runs.run_folder import read_json
from envs.base.config_file import validate

Share = Annotated[float, Field(ge=0, le=1)]


class Statistics(BaseModel):
    """Statistics of one metric over the flights that have it, in the unit its name ends in."""

    model_config = ConfigDict(allow_inf_nan=False)

    mean: float
    std: float
    p50: float
    p95: float
    p99: float
    min: float
    max: float


class Evaluation(BaseModel):
    """The keys of evaluation.json that are read back; others may stand beside them."""

    model_config = ConfigDict(allow_inf_nan=False)

    weather: str = ""
    flights: int = Field(ge=1)
    seed: int = Field(ge=0)
    successes: int = Field(ge=0)
    success_low: Share
    success_high: Share
    metrics: dict[str, Statistics]
    outcomes: dict[str, Annotated[int, Field(ge=0)]]
    phrases: dict[str, str] = {}  # not in older files, nor the next
    failed_seeds: dict[str, list[int]] = {}

    @model_validator(mode="after")
    def _counts_fit(self) -> Evaluation:
        if self.successes > self.flights:
            raise ValueError(f"successes: {self.successes} of {self.flights} flights")
        return self


def read_evaluation(path: Path) -> Evaluation:
    """The content of an evaluation.json. Raises InputError, one line, naming file and key."""
    return evaluation_from(read_json(path), str(path))


def evaluation_from(data: Any, source: str) -> Evaluation:
    """An evaluation from a mapping, as the one in a bundle's card. Raises InputError, naming `source` and key."""
    return validate(Evaluation, data, source)
