"""What the decision height is worth: landings in fog by the picture of the nose camera, with the rule and without."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from agents.autopilot import autopilot_for
from agents.autopilot.gains import LandingGains
from agents.autopilot.landing import LandingAutopilot
from agents.environments.flights import flight_env_function
from agents.evaluation.flight_test import Flight, FlightTest, success_interval
from agents.pilots.bundle import AUTOPILOT
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from agents.skills.landing_pilot import LandingRounds
from envs.base.errors import InputError
from envs.weather import load_weather

CRASHES = ("strike", "broken")
NOT_TRIED = "timeout"
"""It went around until its time was over: nothing touched the ground."""


@dataclass(frozen=True)
class FogPoint:
    """The flights of one pilot at one visibility."""

    pilot: str
    visibility_m: float
    rule: bool
    flights: int
    tried: int
    landed: int
    crashed: int

    @property
    def landed_bounds(self) -> tuple[float, float]:
        """95 % bounds of the share that landed."""
        return success_interval(self.landed, self.flights)

    def as_dict(self) -> dict[str, Any]:
        """To be written as JSON."""
        low, high = self.landed_bounds
        return {**self.__dict__, "landed_low": low, "landed_high": high}


def landings_in_fog(
    pilots: Sequence[str],
    visibilities_m: Sequence[float],
    *,
    weather: str,
    flights: int,
    seed: int,
    bar: Callable[[int], AbstractContextManager[Callable[[Flight], None]]],
) -> list[FogPoint]:
    """`flights` of each pilot at each visibility, with the rule and without; else the weather named.

    `bar`: of so many flights, gives what is called as each ends. Raises InputError.
    """
    base, points = load_weather(weather), list[FogPoint]()
    with tempfile.TemporaryDirectory() as folder, bar(2 * len(pilots) * len(visibilities_m) * flights) as landed:
        for visibility in visibilities_m:
            foggy = base.model_copy(update={"visibility_m": visibility})
            file = Path(folder) / f"fog_{visibility:g}.yaml"
            file.write_text(yaml.safe_dump(foggy.model_dump(mode="json")), encoding="utf-8")
            for name in pilots:
                settings = ["sensor_suite=camera", *(["aircraft=ultra_stick"] if name == AUTOPILOT else [])]
                config = pilot_config(name, settings, task="landing", aircraft=None, weather=str(file))
                make_env = flight_env_function(config)
                env = make_env()
                pilot = load_pilot(name, env)
                blind = without_rule(pilot, env)
                env.close()
                with FlightTest(make_env) as test:
                    for rule, flown_by in ((True, pilot), (False, blind)):
                        flown = test.fly(flown_by, range(seed, seed + flights), landed)
                        points.append(_point(name, visibility, rule, flown))
    return points


def without_rule(pilot: Any, env: Any) -> Any:
    """The same pilot, who lands whether it sees the runway or not. Raises InputError for one that has no rule."""
    if isinstance(pilot, LandingAutopilot):
        assert isinstance(pilot.gains, LandingGains)
        return autopilot_for(env, replace(pilot.gains, decision_height=0.0))
    if isinstance(pilot, LandingRounds) and pilot.sequence.go_around:
        rule = replace(pilot.sequence.go_around, decision_spans=0.0)
        return replace(pilot, sequence=replace(pilot.sequence, go_around=rule))
    raise InputError(f"pilot {getattr(pilot, 'name', pilot)}: never goes around; one made of skills or autopilot does")


def _point(name: str, visibility: float, rule: bool, flown: Sequence[Flight]) -> FogPoint:
    return FogPoint(
        name,
        visibility,
        rule,
        len(flown),
        sum(flight.outcome != NOT_TRIED for flight in flown),
        sum(flight.is_success for flight in flown),
        sum(flight.outcome in CRASHES for flight in flown),
    )
