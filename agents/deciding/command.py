"""What scripts/go_around.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from agents.config.programme import TrainingConfig
from agents.deciding.fit import contacts_of, fit, heard_of
from agents.deciding.flown import Landing, fly_landings, landing_flyer
from agents.environments.flights import EnvFunction, training_seed
from agents.evaluation.flight_test import success_interval
from agents.evaluation.flying_bar import flying_bar
from agents.pilots.bundle import commit
from agents.pilots.pilot_config import pilot_config
from agents.runs.run_folder import write_json
from agents.skills.go_around import GoAround
from agents.skills.going_on import CRASHES, GoingOn, LearnedFrom, Sizes, by_value, write_going_on
from agents.skills.landing_pilot import LandingRounds
from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.config_file import is_path
from envs.tasks.parts.landing_rules import NEVER

PAGE_WIDTH = 110
"""Characters a line, into a file or pipe."""


def learn_going_on(
    pilot: str,
    weathers: Sequence[str],
    *,
    flights: int,
    seed: int,
    price: float,
    save: Path | None,
    processes: int | None,
    console: Console,
) -> int:
    """Fly training flights that never go round, `flights` in each weather, learn from them, tell it, and write it; 0.

    Raises InputError, one line.
    """
    flyers = _flyers(pilot, weathers, (NEVER,))  # all of them, so that what is wrong is told before anything flies
    config = _config(pilot, weathers[0], NEVER)
    never = list[Landing]()
    for number, weather in enumerate(weathers):
        first = training_seed(seed, number)
        with flying_bar(console, flights, f"{weather}, {NEVER}") as landed:
            never += fly_landings(*flyers[weather, NEVER], range(first, first + flights), processes, landed)
    own = LearnedFrom(
        pilot=Path(pilot).name,
        aircraft=Path(config.aircraft).stem if is_path(config.aircraft) else config.aircraft,
        weather=tuple(weathers),
        flights=flights,
        seed=seed,
        commit=commit(),
    )
    aircraft = load_aircraft(config.aircraft)
    going_on = fit(never, price, Sizes.of(aircraft), own)
    _tell(going_on, aircraft, never, console)
    if save:
        write_going_on(save, going_on)
        console.print(f"written to {save}", soft_wrap=True)
    return 0


def _flyers(
    pilot: str, weathers: Sequence[str], choices: Sequence[str]
) -> dict[tuple[str, str], tuple[EnvFunction, LandingRounds]]:
    """{(weather, choice): its environment and pilot}. Raises InputError, one line."""
    asked = product(weathers, choices)
    return {(weather, choice): landing_flyer(pilot, _config(pilot, weather, choice)) for weather, choice in asked}


def _config(pilot: str, weather: str, choice: str) -> TrainingConfig:
    return pilot_config(pilot, [f"go_around={choice}"], task=None, aircraft=None, weather=weather)


def given_up_at_contact(never: Sequence[Landing], chooses: GoAround) -> list[bool]:
    """Of the landings whose first contact would be given up: whether each counted, as nobody went round."""
    touched = [landing for landing in never if landing.contact is not None]
    heard = heard_of(never) if all(landing.heard is not None for landing in touched) else None
    balked = chooses.balks(*contacts_of(never, None), np.zeros(len(touched), bool), heard)
    return [landing.flight.is_success for landing, given_up in zip(touched, balked, strict=True) if given_up]


def _tell(going_on: GoingOn, aircraft: Aircraft, never: Sequence[Landing], console: Console) -> None:
    silver = sum(landing.flight.is_success for landing in never)
    console.print(f"{len(never)} landings in which nobody went round: {silver} count, {_crashed(never)} crashed")
    for name, chooses in {"the rule": GoAround.of(aircraft), "value": by_value(aircraft, going_on)}.items():
        balked = given_up_at_contact(never, chooses)
        console.print(f"touchdowns that {name} would give up: {len(balked)}, of which {sum(balked)} count")
    console.print(f"an attempt that failed is worth {going_on.failed:.3f}")
    console.print(
        f"going round is worth {going_on.round:.3f}, for the last time {going_on.last_round:.3f}, its price "
        f"of {going_on.price:g} taken off"
    )
    if going_on.air_data:
        told = going_on.air_data
        console.print(f"airspeed at a contact: read to {told.read_to:.4f} Vs, known to {told.known_to:.4f} Vs")


def compare_choices(
    pilot: str,
    weathers: Sequence[str],
    choices: Sequence[str],
    *,
    flights: int,
    seed: int,
    processes: int | None,
    console: Console,
    json_file: Path | None = None,
) -> int:
    """Fly `flights` unseen flights in each weather with each choice of `go_around`, and print the table; 0."""
    if not console.is_terminal:
        console.width = PAGE_WIDTH
    table = Table("weather", "go_around", box=None, header_style="bold")
    for name in ("landed (95 % bounds)", "gold", "touched and went", "went round", "crashed"):
        table.add_column(name, justify="right")
    rows = list[dict[str, Any]]()
    flyers = _flyers(pilot, weathers, choices)
    for weather in weathers:
        for choice in choices:
            with flying_bar(console, flights, f"{weather}, {choice}") as landed:
                flown = fly_landings(*flyers[weather, choice], range(seed, seed + flights), processes, landed)
            counts = counted(flown)
            rows.append({"weather": weather, "go_around": choice, **counts})
            low, high = (100 * bound for bound in success_interval(counts["landed"], flights))
            shares = (f"{100 * counts[key] / flights:.1f} %" for key in ("gold", "touched_and_went", "went_round"))
            of_all = f"{counts['landed']}/{flights} ({low:.1f} to {high:.1f} %)"
            table.add_row(weather, choice, of_all, *shares, str(counts["crashed"]))
            if json_file:
                write_json(json_file, {"pilot": pilot, "seed": seed, "points": rows})
    console.print(table)
    return 0


def counted(flown: Sequence[Landing]) -> dict[str, int]:
    """How many of the flights landed so that it counts, in gold, after a touch, after a go-around, or crashed."""
    return {
        "flights": len(flown),
        "landed": sum(landing.flight.is_success for landing in flown),
        "gold": sum(landing.flight.metrics.get("gold", 0.0) > 0 for landing in flown),
        "touched_and_went": sum(landing.touched_and_went > 0 for landing in flown),
        "went_round": sum(landing.went_round for landing in flown),
        "crashed": _crashed(flown),
    }


def _crashed(flown: Sequence[Landing]) -> int:
    return sum(landing.flight.outcome in CRASHES for landing in flown)
