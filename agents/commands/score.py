"""What scripts/ship.py --score does: shipped pilots fly their test again in today's physics, and their cards say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from agents.commands.ship import FEWEST_FLIGHTS
from agents.config.blocks import FIRST_TEST_SEED
from agents.environments.flights import flight_env_function, flight_name
from agents.evaluation.flight_test import FlightTest, summary
from agents.evaluation.table import print_evaluation
from agents.pilots.bundle import CARD, PRETRAINED, commit, find_bundle, read_card
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from agents.runs.run_folder import write_json
from envs.base.console import plain_console
from envs.flights.flight_log import FlightLog
from envs.rendering.card.card import draw_card


def score(
    names: Sequence[str],
    home: Path = PRETRAINED,
    flights: int = FEWEST_FLIGHTS,
    processes: int = 0,
    console: Console | None = None,
) -> int:
    """Fly each shipped pilot (all without `names`) on test seeds; write its card's evaluation and flight.png; 0.

    The card keeps the commit that it was trained at; `evaluated_at` is the commit that it was flown at. Raises
    InputError, one line, before a flight of the pilot in question.
    """
    console = console or plain_console()
    bundles = [find_bundle(name) for name in names] or sorted(card.parent for card in home.glob(f"*/{CARD}"))
    for bundle in bundles:
        card, config = read_card(bundle), pilot_config(str(bundle))
        env_function = flight_env_function(config)
        env = env_function()
        pilot = load_pilot(str(bundle), env)
        env.close()
        seeds = range(FIRST_TEST_SEED, FIRST_TEST_SEED + flights)
        with TemporaryDirectory() as logs:
            with FlightTest(env_function, processes or None, Path(logs), bundle.name) as test:
                flown = test.fly(pilot, seeds[:1])
            first = FlightLog.load(Path(logs) / flight_name(FIRST_TEST_SEED))
            with FlightTest(env_function, processes or None, None, bundle.name) as test:
                flown = [*flown, *test.fly(pilot, seeds[1:])]
            result = summary(
                flown,
                task=config.task,
                aircraft=config.aircraft,
                weather=config.weather,
                pilot=bundle.name,
                discrepancies=config.discrepancies,
            )
            print_evaluation(result, console)
            draw_card(replace(first, header={**first.header, "pilot": bundle.name}), bundle / "flight.png")
        write_json(bundle / CARD, {**card, "evaluation": result, "evaluated_at": commit()})
    return 0
