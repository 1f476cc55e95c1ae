"""A pilot on an aircraft that is not the one it learned on: sticks and readings are translated between both.

What there is to translate comes from test flights (agents/adaptation) and stands in the bundle's card.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.pilots.wrapping import WrappingPilot
from envs.base.readings import COSINE, READINGS, SINE
from envs.observation import LIMIT

Numbers = NDArray[np.floating[Any]]
STICKS = ("aileron", "elevator", "rudder")


@dataclass(frozen=True)
class Compensation:
    """Sticks flown = offset + gain x sticks asked (throttle: gain alone); readings: what they show too much."""

    aileron_offset: float = 0.0
    elevator_offset: float = 0.0
    rudder_offset: float = 0.0
    aileron_gain: float = 1.0
    elevator_gain: float = 1.0
    rudder_gain: float = 1.0
    throttle_gain: float = 1.0
    roll_rad: float = 0.0
    pitch_rad: float = 0.0
    heading_rad: float = 0.0
    pressure: float = 1.0

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Compensation:
        """From the mapping that `asdict` made; unknown keys are left out, missing ones as on the drawing."""
        return cls(**{f.name: float(told[f.name]) for f in fields(cls) if f.name in told})

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return asdict(self)


class Translator:
    """Carries observations and actions between an aircraft and a pilot who knows its drawing."""

    def __init__(self, compensation: Compensation, names: Sequence[str]) -> None:
        self.compensation, self._names = compensation, list(names)
        self._place = {name: index for index, name in enumerate(names)}
        c = compensation
        self._offset = np.array([c.aileron_offset, c.elevator_offset, c.rudder_offset, 0.0], np.float32)
        self._gain = np.array([c.aileron_gain, c.elevator_gain, c.rudder_gain, 1.0], np.float32)

    def actions(self, asked: Numbers) -> Numbers:
        """Actions (..., 4) to fly, for those that the pilot asks for."""
        flown = self._offset + self._gain * np.clip(asked, -1.0, 1.0)
        throttle = 0.5 * (np.clip(asked[..., 3], -1.0, 1.0) + 1.0) * self.compensation.throttle_gain
        flown[..., 3] = 2.0 * throttle - 1.0
        return np.clip(flown, -1.0, 1.0).astype(np.float32)

    def observations(self, seen: Numbers) -> Numbers:
        """Observations (..., n) as the drawing would have shown them."""
        shown = np.array(seen, np.float32)
        c = self.compensation
        for name in ("airspeed", "airspeed_fine"):
            self._change(shown, seen, name, lambda speed: speed / math.sqrt(c.pressure))
        self._change(shown, seen, "roll", lambda angle: angle - c.roll_rad)
        self._change(shown, seen, "pitch", lambda angle: angle - c.pitch_rad)
        self._turn(shown, seen, "roll_sine", "roll_cosine", c.roll_rad)
        self._turn(shown, seen, "course_sine", "course_cosine", c.heading_rad)
        for k, stick in enumerate(STICKS):
            offset, gain = float(self._offset[k]), float(self._gain[k])
            self._change(shown, seen, f"{stick}_command", lambda u, o=offset, g=gain: np.clip((u - o) / g, -1, 1))
        self._change(shown, seen, "throttle_command", lambda u: np.clip(u / c.throttle_gain, 0, 1))
        return np.clip(shown, -LIMIT, LIMIT)

    def _change(self, shown: Numbers, seen: Numbers, name: str, change: Any) -> None:
        place = self._place.get(name)
        if place is None:
            return
        reading = READINGS[name]
        value = seen[..., place] * reading.scale + reading.offset
        # What lies at the limit may lie anywhere beyond it: it stays there.
        moved = (change(value) - reading.offset) / reading.scale
        shown[..., place] = np.where(np.abs(seen[..., place]) >= LIMIT, seen[..., place], moved)

    def _turn(self, shown: Numbers, seen: Numbers, sine_name: str, cosine_name: str, by: float) -> None:
        """Sine and cosine of an angle that is shown `by` (rad) too large."""
        places = self._place.get(sine_name), self._place.get(cosine_name)
        if by == 0.0 or places[0] is None or places[1] is None:
            return
        assert READINGS[sine_name].kind == SINE
        assert READINGS[cosine_name].kind == COSINE
        scales = READINGS[sine_name].scale, READINGS[cosine_name].scale
        sine, cosine = seen[..., places[0]] * scales[0], seen[..., places[1]] * scales[1]
        shown[..., places[0]] = (sine * math.cos(by) - cosine * math.sin(by)) / scales[0]
        shown[..., places[1]] = (cosine * math.cos(by) + sine * math.sin(by)) / scales[1]


class CompensatedPilot(WrappingPilot):
    """A pilot on an aircraft that is not quite its own: what it sees and asks for goes through a translator."""

    def __init__(self, pilot: Any, compensation: Compensation, names: Sequence[str]) -> None:
        super().__init__(pilot)
        self.compensation = compensation
        self._translator = Translator(compensation, names)

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[Numbers, Any]:
        """Actions (n, 4) or (4,) for observations (n, k) or (k,), as of every pilot."""
        seen = self._translator.observations(np.asarray(observation))
        asked, state = self.pilot.predict(seen, state, episode_start, deterministic)
        return self._translator.actions(np.asarray(asked)), state
