"""Pilots made without an eye, in an aircraft that has one: `sensor_suite: camera` shows one reading more.

Those that can go around learn by it whether the runway is in sight (agents/skills/go_around.py); a lone policy is not
shown what it never learned.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np

from agents.pilots.compensated import CompensatedPilot
from agents.pilots.wrapping import WrappingPilot
from agents.skills.landing_pilot import LandingRounds
from agents.skills.skilled_pilot import SequencedPilot
from envs.base.readings import READINGS
from envs.tasks.parts.landing_rules import DecisionHeight, landing_rules

BY_EYE = tuple(name for name, reading in READINGS.items() if reading.by_eye)


def with_eye(pilot: Any, env: gymnasium.Env) -> Any:
    """`pilot` for `env`: as it is where it knows all that env shows but for the eye's readings, if it shows any."""
    shown = tuple(getattr(env.unwrapped, "observation_names", ()))
    seen = tuple(name for name in shown if name in BY_EYE)
    if not seen:
        return pilot
    if isinstance(pilot, CompensatedPilot):
        return CompensatedPilot(with_eye(pilot.pilot, env), pilot.compensation, shown)
    known = tuple(getattr(pilot, "names", None) or pilot.card["observation_names"] or ())
    if known != tuple(name for name in shown if name not in seen):
        return pilot  # it learned with an eye, or flies something else: check_fits will tell
    decision = landing_rules().decision.of(env.unwrapped.config.lookout)  # type: ignore[attr-defined]
    if isinstance(pilot, LandingRounds):
        names = pilot.sequence.names + seen
        sequence = _deciding(replace(pilot.sequence, names=names), decision)
        navigator = pilot.navigator.showing(shown, names)
        return replace(pilot, names=shown, sequence=sequence, navigator=navigator)
    if isinstance(pilot, SequencedPilot):
        return _deciding(replace(pilot, names=shown), decision)
    return BlindPilot(pilot, [shown.index(name) for name in known])


def _deciding(pilot: SequencedPilot, decision: DecisionHeight) -> SequencedPilot:
    """The same pilot, if it ever goes around, with that decision height."""
    return replace(pilot, go_around=pilot.go_around.looking_out(decision)) if pilot.go_around else pilot


class BlindPilot(WrappingPilot):
    """A pilot that is shown some columns of the observation only."""

    def __init__(self, pilot: Any, columns: list[int]) -> None:
        super().__init__(pilot)
        self.columns = columns

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[np.ndarray, Any]:
        """Actions (n, 4) or (4,) for observations (n, k) or (k,), as of every pilot."""
        return self.pilot.predict(np.asarray(observation)[..., self.columns], state, episode_start, deterministic)

    def check_fits(self, env: gymnasium.Env) -> None:
        """What it is shown was compared by name; a memory must be of the same moments. Raises InputError."""
        if hasattr(self.pilot, "check_rate"):
            self.pilot.check_rate(env)
