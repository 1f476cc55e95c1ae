"""The airfield: it knows what is wrong with the aircraft, flies it, and hands out what the sensors showed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from agents.adaptation.sensor_log import READ, SensorLog
from agents.autopilot.takeoff import TakeoffAutopilot
from agents.environments.flights import EnvFunction, flight_name
from agents.pilot import Pilot
from agents.pilots.compensated import CompensatedPilot, Compensation
from envs.base.errors import InputError
from envs.base.quantities import AT
from envs.flight_env import FlightEnv
from envs.flights.flight_log import FlightRecorder

UNHARMED = frozenset(
    {"timeout", "lost", "turned", "wide", "overrun", "veered", "long", "early", "sank", "slow", "fast"}
)
"""Outcomes after which the aircraft can fly again as it is: all others of a failed flight are counted as crashes, but
for one that flies on unharmed (LEARN_AFTER_S)."""


LEARN_AFTER_S = 6.0
"""Seconds in the air that a careful first flight learns from on the way. A flight that is marked before it has flown
them, as a take-off is, flies on until it has, or until it touches the ground. A take-off pilot knows nothing of what
comes after its mark (with a torn tip it dives from 25 m), so another one takes over, as it would on a whole flight: the
autopilot, which holds the wings level and the speed, by what the pilot knows of the aircraft."""
THINKING_S = 3.0
"""Seconds that it flies on before what was learned is flown: as long as working it out takes on one core."""


class SensorRecorder:
    """Notes a flight of an environment as it is flown; `start` after its reset, `step` after each step."""

    def __init__(self, env: FlightEnv) -> None:
        self._env = env
        self._on_ground = READ.index("wheels_on_ground")
        self._at = [AT._asdict()[name] for name in READ]
        self._rows: list[list[float]] = []
        self._airborne = 0

    def start(self) -> None:
        """Begin a flight with its first readings."""
        self._rows, self._airborne = [], 0
        self.step()

    def step(self) -> None:
        """Add what is read now."""
        sensed = self._env.sensed
        self._rows.append([sensed[index] for index in self._at])
        self._airborne += self._rows[-1][self._on_ground] == 0.0

    @property
    def airborne_s(self) -> float:
        """Seconds of the flight so far that no wheel was on the ground."""
        return self._airborne / self._env.config.control_hz

    def log(self, seed: int) -> SensorLog:
        """The flight so far."""
        env = self._env
        known = env.weather.roughness_m, env.config.control_hz, env.runway.surface
        return SensorLog(seed, np.array(self._rows), *known)


@dataclass(frozen=True)
class TestFlight:
    """How one test flight ended; `crashed`: it hit the ground otherwise than a gear must bear, then or flying on.

    `relearned`: what was learned on the way was flown before its end.
    """

    seed: int
    is_success: bool
    outcome: str
    crashed: bool
    metrics: dict[str, float] = field(default_factory=dict)
    phrase: str = ""
    relearned: bool = False
    __test__: ClassVar[bool] = False  # for pytest: it is no class of tests

    @property
    def result(self) -> bool | None:
        """Whether the pilot that it began with succeeded; None: another one flew on."""
        return None if self.relearned else self.is_success


MOST_CRASHES_IN_A_ROW = 2
"""After these nothing that was learned has helped: no test pilot wrecks a third aircraft to see it again."""


def gives_up(flown: Sequence[TestFlight]) -> bool:
    """Whether no more test flights are made after these."""
    last = flown[-MOST_CRASHES_IN_A_ROW:]
    return len(last) == MOST_CRASHES_IN_A_ROW and all(flight.crashed for flight in last)


class Airfield:
    """One aircraft with its hidden faults, and flights of it one at a time; close it, or use `with`."""

    def __init__(self, make_env: EnvFunction, logs: Path | None = None, pilot_name: str = "pilot") -> None:
        env = make_env()
        assert isinstance(env.unwrapped, FlightEnv)
        self.env, self._logs, self._pilot_name = env.unwrapped, logs, pilot_name
        try:
            self._climbs: Pilot | None = TakeoffAutopilot.for_env(self.env)
        except InputError:  # the task does not show what it flies by
            self._climbs = None

    def __enter__(self) -> Airfield:
        return self

    def __exit__(self, *exception: object) -> None:
        self.env.close()

    def fly(
        self,
        pilot: Pilot,
        seed: int,
        told: Callable[[float], None] | None = None,
        relearn: Callable[[SensorLog], Pilot] | None = None,
    ) -> tuple[TestFlight, SensorLog]:
        """Fly once; how it ended, and what the sensors showed. `told` hears the seconds flown.

        A rule that is broken ends what is marked and logged as a flight, not the flight: see LEARN_AFTER_S.

        `relearn`: of a careful flight: what makes of its first LEARN_AFTER_S in the air the pilot that flies on, with
        the same memory.
        """
        env, ended, info = self.env, False, dict[str, Any]()
        observation, _ = env.reset(seed=seed)
        sensors, whole = SensorRecorder(env), FlightRecorder(env, pilot=self._pilot_name)
        sensors.start()
        whole.start()
        state, first, steps = None, np.array([True]), 0
        next_pilot, takes_over, marked = pilot, 0, 0
        while not ended:
            if relearn and sensors.airborne_s >= LEARN_AFTER_S:
                next_pilot, takes_over = relearn(sensors.log(seed)), steps + round(THINKING_S * env.config.control_hz)
                relearn = None
            if steps == takes_over and not marked:
                pilot = next_pilot
            actions, state = pilot.predict(observation[None], state=state, episode_start=first, deterministic=True)
            observation, _, terminated, truncated, now = env.step(actions[0])
            first, steps = np.array([False]), steps + 1
            sensors.step()
            if not marked:
                whole.step()
                info = now
                marked = steps if terminated or truncated else 0
                if marked and self._climbs:
                    known = getattr(pilot, "compensation", Compensation())
                    pilot = CompensatedPilot(self._climbs, known, env.observation_names)
                    state, first = None, np.array([True])
            down = env.quantities.strike or env.quantities.wheels_on_ground
            ended = bool(marked) and bool(down or sensors.airborne_s >= LEARN_AFTER_S)
            if told and steps % env.config.control_hz == 0:
                told(steps / env.config.control_hz)
        if self._logs:
            whole.finish(info).save(self._logs / flight_name(seed))
        outcome, success = str(info["outcome"]), bool(info["is_success"])
        flight = TestFlight(
            seed,
            success,
            outcome,
            crashed=bool(env.quantities.strike) or not (success or outcome in UNHARMED or steps > marked),
            metrics=dict(info["metrics"]),
            phrase=str(info.get("ending", {}).get("phrase", "")),
            relearned=0 < takes_over < marked,
        )
        return flight, sensors.log(seed)
