"""card.json of a bundle, read back: typed and bounded, for a bundle may come from a stranger."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from envs.base.readings import READINGS

MOST_READINGS = 10 * len(READINGS)
"""Of an observation: more than all there are, for tasks of other people that show some of their own."""
MOST_TRUTH = 1000
"""Readings that a critic alone was shown in training: some hundred."""
Line = Annotated[str, StringConstraints(max_length=500)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class NamedBundle(BaseModel):
    """A skill that lies in another bundle (agents/pilots/named_skills.py)."""

    bundle: Line
    policy_sha256: Line


class Card(BaseModel):
    """The keys of card.json that are read back; others may stand beside them, and stay."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)

    format: Literal[1]
    task: Line
    aircraft: Line = ""
    weather: Line = ""
    observation_size: int = Field(ge=1, le=MOST_READINGS)
    action_size: int = Field(ge=1, le=100)
    observation_names: list[Name] | None = None
    truth_names: list[Name] | None = Field(default=None, max_length=MOST_TRUTH)
    history_s: list[float] = []
    integrals_s: dict[Name, float] = {}
    seed: int = Field(default=0, ge=0)
    steps: int = Field(default=0, ge=0)
    policy_from_step: int | None = Field(default=None, ge=0)
    skills: dict[Annotated[str, StringConstraints(pattern=r"^\w{1,80}$")], Line | NamedBundle] = {}
    pilot: Line = ""
    gains: dict[Name, dict[Name, float]] = {}
    compensation: dict[Name, float] = {}
    evaluation: dict[str, Any] = {}
    train_again: str = ""

    @model_validator(mode="after")
    def _every_reading_has_a_name(self) -> Card:
        if self.observation_names is not None and len(self.observation_names) != self.observation_size:
            raise ValueError(
                f"observation_names: {len(self.observation_names)} names of {self.observation_size} readings"
            )
        return self
