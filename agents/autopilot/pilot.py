"""What every autopilot shares: readings in the aircraft's own units, memory that travels in `state`, `predict`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from agents.autopilot.airframe_facts import REFERENCE, AirframeFacts, airframe_facts
from agents.autopilot.own_gains import own_gains
from agents.autopilot.told_gains import gains_from
from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError
from envs.base.units import GRAVITY
from envs.observation import READINGS

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

# What a quantity is measured in: speeds in Vs, lengths in b, rates in rad per T, accelerations in g.
UNITS = {
    "airspeed": "speed",
    "vz": "speed",
    "cross_speed": "speed",
    "along_speed": "speed",
    "height": "length",
    "cross_track": "length",
    "along_track": "length",
    "height_error": "length",
    "p": "rate",
    "q": "rate",
    "r": "rate",
    "accel_x": "acceleration",
    "accel_y": "acceleration",
    "too_fast": "speed",
    **{f"track_{axis}": "speed" for axis in "xyz"},
    **{f"{point}_{axis}": "length" for point in ("off", "near", "mid") for axis in "xyz"},
}


@dataclass
class AutopilotMemory:
    """What an autopilot remembers of n flights; every field an array (n,), 0 at the start of a flight."""

    phase: NDArray[np.int64]

    @classmethod
    def fresh(cls, n: int) -> Self:
        """Of n flights that have not begun."""
        return cls(np.zeros(n, np.int64), *(np.zeros(n) for _ in fields(cls)[1:]))

    def restarted(self, starts: Bools) -> Self:
        """A copy in which the flights that just started are forgotten."""
        return type(self)(*(np.where(starts, 0, getattr(self, f.name)) for f in fields(self)))


class Autopilot(ABC):
    """Holds no memory: it travels in `state`, so one autopilot serves many flights.

    All it computes is relative to stall speed Vs, span b and the time T = sqrt(b / g), in which similar aircraft
    of any size fly alike (Froude scaling); `froude` is Vs in spans per T.

    Args: names of the observation's rows in order; stall speed (m/s); span (m); control rate (Hz); gains (in the
    search each may be an array (n,), one value a flight; default: the usual ones); facts about the airframe (default:
    those of the ultra_stick, on which the gains were searched).
    Raises InputError if the observation lacks a row that it needs.
    """

    needed: ClassVar[tuple[str, ...]]  # rows of the observation
    task: ClassVar[str] = ""  # of which an aircraft may have gains of its own
    optional: ClassVar[dict[str, float]] = {}  # others, and what they are taken to be where they are not shown
    gains_type: ClassVar[type]
    memory_type: ClassVar[type[AutopilotMemory]]

    def __init__(
        self,
        observation_names: Sequence[str],
        stall_speed_mps: float,
        span_m: float,
        control_hz: float = 30.0,
        gains: Any = None,
        facts: AirframeFacts = REFERENCE,
    ) -> None:
        names = list(observation_names)
        for name in self.needed:
            if name not in names:
                raise InputError(f"the autopilot needs {name!r} in the observation")
        self.gains = gains or self.usual_gains(facts)
        self.facts = facts
        self._wash = facts.wash / REFERENCE.wash  # how strong the propeller wash at the tail is
        self._unit_time = float(np.sqrt(span_m / GRAVITY))
        self._step = 1.0 / control_hz / self._unit_time  # T
        self._speed_unit = stall_speed_mps  # m/s
        self.froude = stall_speed_mps * self._unit_time / span_m
        size = {"": 1.0, "stall_speed": stall_speed_mps, "span": span_m}
        own = {
            "speed": 1 / stall_speed_mps,
            "length": 1 / span_m,
            "rate": self._unit_time,
            "acceleration": 1 / GRAVITY,
            "plain": 1.0,
        }
        self._index = [names.index(name) for name in self.needed]
        self._optional = [
            (names.index(name) if name in names else None, usual) for name, usual in self.optional.items()
        ]
        rows = [READINGS[name] for name in self.needed]
        unit = [size[row.per] * own[UNITS.get(row.quantity, "plain")] for row in rows]
        self._scale = np.array([row.scale * u for row, u in zip(rows, unit, strict=True)])
        self._offset = np.array([row.offset * u for row, u in zip(rows, unit, strict=True)])

    @classmethod
    def usual_gains(cls, facts: AirframeFacts) -> Any:
        """The gains that fly such an airframe: one set for all, unless a task has more."""
        return cls.gains_type()

    @classmethod
    def shipped_gains(cls, aircraft: Aircraft) -> Any:
        """The gains that fly this aircraft: the usual ones, and in their place its own, where any were searched."""
        usual = cls.usual_gains(airframe_facts(aircraft))
        own, source = own_gains(aircraft.name, cls.task)
        return gains_from(usual, own, source) if own else usual

    @classmethod
    def for_env(cls, env: Any, gains: Any = None) -> Self:
        """The autopilot of a FlightEnv's aircraft, observation and rate (wrapped or not).

        It knows the drawing: how the aircraft that flies differs from it nobody tells it.
        """
        flight = env.unwrapped
        aircraft = flight.drawing
        return cls(
            flight.observation_names,
            aircraft.stall_speed_mps,
            aircraft.span_m,
            1.0 / flight.task.step_s,
            gains or cls.shipped_gains(aircraft),
            airframe_facts(aircraft),
        )

    def predict(
        self,
        observation: NDArray[Any],
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = True,
    ) -> tuple[NDArray[np.float32], AutopilotMemory]:
        """Actions (n, 4) or (4,) float32 for observations (n, k) or (k,), and the memory for the next call.

        `state` is the memory of the last call (None: all flights start), `episode_start` (n,) marks flights
        that start with this observation. The given state is not changed. A reading that is not a number counts
        as the middle of its range.
        """
        batch = np.nan_to_num(np.atleast_2d(np.asarray(observation, np.float64)), posinf=0.0, neginf=0.0)
        if state is None:
            memory = self.memory_type.fresh(len(batch))
        else:
            starts = np.zeros(len(batch), bool) if episode_start is None else np.atleast_1d(episode_start).astype(bool)
            memory = state.restarted(starts)
        readings = (batch[:, self._index] * self._scale + self._offset).T
        if self._optional:
            more = [np.full(len(batch), usual) if k is None else batch[:, k] for k, usual in self._optional]
            readings = np.vstack([readings, *more])
        actions = self._fly(readings, memory)
        actions = np.clip(np.stack(actions, axis=1), -1, 1).astype(np.float32)
        return (actions if np.ndim(observation) == 2 else actions[0]), memory

    @abstractmethod
    def _fly(self, readings: Array, memory: Any) -> tuple[Array, Array, Array, Array]:
        """One control step; moves the memory on.

        `readings`: a row for each of `needed`, (rows, n) in Vs, b, T and g, then for each of `optional`. Returns the
        commands of aileron, elevator, rudder and throttle, (n,) each in -1..1.
        """

    def _cascade(
        self,
        error: Array,
        rate: Array,
        angle_gain: Array | float,
        rate_gain: Array | float,
        schedule: Array,
        forward: Array | float,
        integral: Array,
        integral_gain: Array | float,
        active: Bools,
        integral_max: float,
    ) -> Array:
        """Command (n,) of an angle loop around a rate loop, with feed-forward and an integrator (changed in place).

        The integrator holds while the control is at its limit and the error would drive it further.
        """
        command = rate_gain * schedule * (angle_gain * error - rate) + integral + forward
        pushing = np.logical_and(np.abs(command) >= 1, command * error > 0)
        change = np.where(np.logical_and(active, ~pushing), integral_gain * schedule * error * self._step, 0.0)
        integral[:] = np.clip(integral + change, -integral_max, integral_max)
        return command
