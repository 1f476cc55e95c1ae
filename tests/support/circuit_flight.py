"""A circuit flown by a point: it follows whatever leg the task asks for, with turns of a fixed rate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from envs.aircraft.aircraft import load_aircraft
from envs.base.quantities import QUANTITIES, Quantities
from envs.base.runway import Runway
from envs.tasks.circuit import CircuitTask

STEP = 1 / 30
AIRCRAFT = load_aircraft("ultra_stick")  # Vs 10 m/s, span 1.27 m
RUNWAY = Runway(127.0, 6.35, "grass")
ZERO = Quantities(*([0.0] * len(QUANTITIES)))
TURN_RATE, SINK = 0.35, 0.4  # rad/s: 26 deg of bank at 13.5 m/s; m/s at the touchdown


def circuit(**options: Any) -> CircuitTask:
    """The task, at the start of a flight."""
    task = CircuitTask(AIRCRAFT, RUNWAY, options, STEP)
    task.start(np.random.default_rng(0))
    return task


class PointPilot:
    """Moves a point through take-off, circuit, landing and stop. `change` of a moment's quantities: {phase: {...}}.

    `go_around_at` (m): the first time it is that low on final it climbs away.
    """

    def __init__(
        self, task: CircuitTask, change: dict[str, dict[str, float]] | None = None, go_around_at: float = 0.0
    ) -> None:
        self.task, self.change, self.go_around_at = task, change or {}, go_around_at
        self.now = ZERO._replace(wheels_on_ground=3.0)
        self.course, self.climbing_away = 0.0, False
        self.names: list[str] = [task.phase_name]
        self.rewards: dict[str, float] = dict.fromkeys(task.default_reward, 0.0)
        self.speed = self.height = self.x = self.y = 0.0

    def fly(self) -> str:
        """The outcome, or "timeout" when the clock has run out."""
        for count in range(1, round(self.task.time_limit_s / STEP) + 1):
            before, self.now = self.now, self._moment(count * STEP)
            terms: dict[str, float] = {}
            outcome = self.task.step(before, self.now, terms)
            assert set(terms) == set(self.task.default_reward)
            self.rewards = {name: total + terms[name] for name, total in self.rewards.items()}
            self.task.new_leg = False
            if self.task.phase_name != self.names[-1]:
                self.names.append(self.task.phase_name)
            if outcome:
                return outcome
        return "timeout"

    def _moment(self, time: float) -> Quantities:
        phase = ("takeoff", "pattern", "landing")[int(self.task.phase)]
        vz = getattr(self, f"_{phase}")()
        vx, vy = self.speed * math.cos(self.course), -self.speed * math.sin(self.course)
        self.x, self.y, self.height = self.x + vx * STEP, self.y + vy * STEP, max(0.0, self.height + vz * STEP)
        values: dict[str, Any] = {
            "time": time,
            "x": self.x,
            "y": self.y,
            "z": self.height + 0.2,
            "height": self.height,
            "vx": vx,
            "vy": vy,
            "vz": vz,
            "airspeed": self.speed,
            "heading": self.course,
            "wheels_on_ground": 2.0 * (self.height <= 0),
        }
        return ZERO._replace(**{**values, **self.change.get(self.task.phase_name, {})})

    def _takeoff(self) -> float:
        self.speed = min(13.5, self.speed + 5.0 * STEP)
        return 3.0 if self.speed > 12.5 else 0.0

    def _along(self) -> tuple[float, float]:
        """(way along the leg, distance right of it)."""
        leg = self.task.leg()
        dx, dy = self.x - leg.x_m, self.y - leg.y_m
        cosine, sine = math.cos(leg.course), -math.sin(leg.course)
        return dx * cosine + dy * sine, dx * sine - dy * cosine

    def _steer(self) -> None:
        along_right = self._along()[1]
        wanted = self.task.leg().course - max(-1.2, min(1.2, 0.05 * along_right))
        error = math.atan2(math.sin(wanted - self.course), math.cos(wanted - self.course))
        turn = max(-TURN_RATE * STEP, min(TURN_RATE * STEP, error))
        self.course = math.atan2(math.sin(self.course + turn), math.cos(self.course + turn))

    def _pattern(self) -> float:
        self.climbing_away, self.speed = False, min(13.5, self.speed + 2.0 * STEP)
        self._steer()
        leg = self.task.leg()
        wanted = leg.height_m + leg.slope * self._along()[0]
        return max(-3.0, min(3.0, 1.0 * (wanted - self.height)))

    def _landing(self) -> float:
        if self.height <= 0.0:  # rolls straight, and stops
            self.speed = max(0.0, self.speed - 3.0 * STEP)
            self.course = 0.0
            return 0.0
        self._steer()
        if self.go_around_at and self.height < self.go_around_at:
            self.go_around_at, self.climbing_away = 0.0, True
        if self.climbing_away:
            return 3.0
        along = self._along()[0] + 5.0  # the last 0.8 m take 23 m
        self.speed = max(11.5, self.speed - 0.5 * STEP)
        if self.height < 0.8:
            return -SINK
        return max(-3.0, min(1.0, 1.0 * (-0.087 * along - self.height) - 0.087 * self.speed))
