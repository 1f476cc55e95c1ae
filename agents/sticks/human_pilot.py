"""A person at the sticks, who answers `predict` as every pilot does and may hand over to another one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.pilot import Pilot
from agents.sticks.controls import STICK_CHANNELS
from agents.sticks.stick_positions import Sticks


class HumanPilot:
    """Reads the sticks each time it is asked; each call is one control step of `step_s` seconds.

    `instructor`, another pilot, sees all the observations too, so that it knows the flight when it is handed over
    (`instructor_flies`).
    """

    name = "human"

    def __init__(self, sticks: Sticks, step_s: float, instructor: Pilot | None = None) -> None:
        self.sticks, self.instructor = sticks, instructor
        self.instructor_flies = False
        self._step_s = step_s

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[NDArray[np.float32], Any]:
        """Actions (4,) or (n, 4) in -1..1 for one or n observations, and the instructor's state, if there is one."""
        commands = self.sticks.advance(self._step_s)
        action = np.array([commands[channel] for channel in STICK_CHANNELS], np.float32)
        action[3] = 2.0 * action[3] - 1.0  # throttle 0..1
        if self.instructor is not None:
            shown, state = self.instructor.predict(observation, state, episode_start, deterministic)
            if self.instructor_flies:
                return shown, state
        return action if np.ndim(observation) == 1 else np.tile(action, (len(observation), 1)), state
