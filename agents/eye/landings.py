"""What the decision height is worth: landings in fog by the nose camera, with somebody to look out or nobody."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from agents.autopilot.landing import LandingAutopilot
from agents.environments.flights import flight_env_function
from agents.evaluation.flight_test import Flight, FlightTest, success_interval
from agents.eye.errors import FALSE_ALARM_COST, MISS_COST
from agents.pilots.bundle import AUTOPILOT
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from agents.skills.landing_pilot import LandingRounds
from envs.base.config_file import is_path
from envs.base.errors import InputError, unknown_name
from envs.camera.eye_file import LOOKOUTS, NET, read_lookout
from envs.weather import load_weather

NOBODY = "nobody"
"""Looks out: it lands blind, too."""
CRASHES = ("strike", "broken")
NOT_TRIED = "timeout"
"""It went around until its time was over: nothing touched the ground."""
AT_ONCE = 100
"""Flights of a point between two reports of what there is: who stops the study loses no more."""


@dataclass(frozen=True)
class FogPoint:
    """The flights of one pilot at one visibility; `lookout` says whether the runway is in sight, or NOBODY does."""

    pilot: str
    visibility_m: float
    lookout: str
    flights: int
    tried: int
    landed: int
    crashed: int

    @property
    def landed_bounds(self) -> tuple[float, float]:
        """95 % bounds of the share that landed."""
        return success_interval(self.landed, self.flights)

    @property
    def failed(self) -> int:
        """Tried, and touched down where or how it must not."""
        return self.tried - self.landed

    @property
    def cost(self) -> float:
        """A flight, reckoned as the neuron's errors are: one that fails is a false alarm, one that never tries a miss.

        It overrates a miss where the runway was not to be seen at all.
        """
        return (FALSE_ALARM_COST * self.failed + MISS_COST * (self.flights - self.tried)) / self.flights

    def as_dict(self) -> dict[str, Any]:
        """To be written as JSON."""
        low, high = self.landed_bounds
        return {**self.__dict__, "failed": self.failed, "cost": self.cost, "landed_low": low, "landed_high": high}

    def and_then(self, later: FogPoint) -> FogPoint:
        """With the flights of `later` counted in, of the same pilot, visibility and lookout."""
        counts = {
            name: getattr(self, name) + getattr(later, name) for name in ("flights", "tried", "landed", "crashed")
        }
        return replace(self, **counts)


def landings_in_fog(
    pilots: Sequence[str],
    visibilities_m: Sequence[float],
    lookouts: Sequence[str],
    *,
    weather: str,
    flights: int,
    seed: int,
    processes: int | None = None,
    kept: Sequence[FogPoint] = (),
    report: Callable[[Sequence[FogPoint]], None] = lambda points: None,
    bar: Callable[[int], AbstractContextManager[Callable[[Flight], None]]],
) -> list[FogPoint]:
    """`flights` of each pilot at each visibility, with each of the lookouts or NOBODY; else the weather named.

    `kept`: points of an earlier study in that weather from that seed on; flights that they count are not flown again.
    `report`: called with all points after every AT_ONCE flights of one. `processes`: default one a core. `bar`: of so
    many flights, gives what is called as each ends. Gives the kept points too. Raises InputError.
    """
    for lookout in lookouts:
        _check_lookout(lookout)
    base, points = load_weather(weather), {(point.visibility_m, point.pilot, point.lookout): point for point in kept}
    missing = dict[tuple[float, str, str], int]()
    for key in product(visibilities_m, pilots, lookouts):
        missing[key] = max(0, flights - (points[key].flights if key in points else 0))
    with tempfile.TemporaryDirectory() as folder, bar(sum(missing.values())) as landed:
        for key, count in missing.items():
            if count == 0:
                continue
            visibility, name, lookout = key
            foggy = base.model_copy(update={"visibility_m": visibility})
            file = Path(folder) / f"fog_{visibility:g}.yaml"
            file.write_text(yaml.safe_dump(foggy.model_dump(mode="json")), encoding="utf-8")
            settings = ["sensor_suite=camera", f"lookout={NET if lookout == NOBODY else lookout}"]
            settings += ["aircraft=ultra_stick"] if name == AUTOPILOT else []
            config = pilot_config(name, settings, task="landing", aircraft=None, weather=str(file))
            make_env = flight_env_function(config)
            env = make_env()
            pilot = load_pilot(name, env)
            blind = without_rule(pilot)
            env.close()
            first, last = seed + flights - count, seed + flights
            with FlightTest(make_env, processes) as test:
                for begin in range(first, last, AT_ONCE):
                    seeds = range(begin, min(begin + AT_ONCE, last))
                    flown = test.fly(blind if lookout == NOBODY else pilot, seeds, landed)
                    point = _point(name, visibility, lookout, flown)
                    points[key] = points[key].and_then(point) if key in points else point
                    report(list(points.values()))
    return list(points.values())


def _check_lookout(lookout: str) -> None:
    if lookout not in (*LOOKOUTS, NOBODY) and not is_path(lookout):
        raise unknown_name("--lookout", lookout, (*LOOKOUTS, NOBODY))
    if lookout != NOBODY:
        read_lookout(lookout)


def without_rule(pilot: Any) -> Any:
    """The same pilot, who lands whether it sees the runway or not. Raises InputError for one that has no rule."""
    if isinstance(pilot, LandingAutopilot):
        blind = copy(pilot)
        blind.decision = None
        return blind
    if isinstance(pilot, LandingRounds) and pilot.sequence.go_around:
        rule = replace(pilot.sequence.go_around, decision_spans=0.0)
        return replace(pilot, sequence=replace(pilot.sequence, go_around=rule))
    raise InputError(f"pilot {getattr(pilot, 'name', pilot)}: never goes around; one made of skills or autopilot does")


def _point(name: str, visibility: float, lookout: str, flown: Sequence[Flight]) -> FogPoint:
    return FogPoint(
        name,
        visibility,
        lookout,
        len(flown),
        sum(flight.outcome != NOT_TRIED for flight in flown),
        sum(flight.is_success for flight in flown),
        sum(flight.outcome in CRASHES for flight in flown),
    )
