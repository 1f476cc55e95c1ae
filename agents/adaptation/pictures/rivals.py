"""Other pilots with the same fault, who learn nothing: counted on the learner's flights, and shown beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from agents.adaptation.pictures.shown_flights import ShownFlights
from agents.adaptation.pictures.side_by_side import Tile, draw_side_by_side
from agents.command_line import writable_file
from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvFunction
from agents.evaluation.flight_test import Flight, success_interval
from agents.evaluation.flying_bar import flying_bar
from agents.pilots.bundle import AUTOPILOT
from agents.runs.run_folder import RunFolder
from envs.base.errors import InputError

SHOWN = "shown"
MOST_AFTER = 4
"""Of the learner's tiles: before, and after three numbers of test flights."""


def picture_file(name: str | None, flights: int) -> Path | None:
    """The path of a picture to draw. Raises InputError, one line, where it cannot be."""
    if name is None:
        return None
    if Path(name).suffix.lower() != ".png":
        raise InputError(f"--picture {name}: its name must end in .png")
    if not flights:
        raise InputError("--picture shows how many flights succeed: --evaluation-flights must be 1 or more")
    return writable_file(name)


def success_words(successes: int, flights: int) -> str:
    """`97 of 100 flights succeed (91 to 99 %)`, the bounds Clopper-Pearson 95 %."""
    low, high = success_interval(successes, flights)
    return f"{successes} of {flights} flights succeed ({100 * low:.0f} to {100 * high:.0f} %)"


class Rivals:
    """`others`, {name: pilot}. Flights are kept for a picture from seed `first_seed` on; None: no picture.

    `rates`: {name: (successes, flights counted)}.
    """

    def __init__(
        self, others: Mapping[str, Any], folder: RunFolder, make_env: EnvFunction, first_seed: int | None
    ) -> None:
        self.rates: dict[str, tuple[int, int]] = {}
        self._others = others
        self._shown = None if first_seed is None else ShownFlights(folder.path / SHOWN, make_env, first_seed)

    def count(self, fly_many: Callable[[Any], list[Flight]], flights: int, console: Console) -> None:
        """Fly and tell each of the others; none where no flights are asked for."""
        for name, pilot in self._others.items() if flights else ():
            with flying_bar(console, flights, f"counting {name}"):
                counted = fly_many(pilot)
            self.rates[name] = sum(flight.is_success for flight in counted), len(counted)
            words = f"{name}, which learns nothing: {success_words(*self.rates[name])}"
            console.print(words, highlight=False, soft_wrap=True, markup=False)
            if self._shown:
                self._shown.fly(f"against {name}", pilot)

    def show(self, number: int, pilot: Any) -> None:
        """Keep flights of the learner after `number` test flights, where a picture is wanted."""
        if self._shown:
            self._shown.fly(str(number), pilot)

    def draw(self, path: Path, config: TrainingConfig, name: str, rates: Mapping[int, tuple[int, int]]) -> None:
        """Draw the others and the learner `name`; `rates`: {test flights: (successes, flights counted)}."""
        assert self._shown
        tiles: list[Tile] = []
        for other, rate in self.rates.items():
            title = ("Hand-tuned autopilot", "as tuned") if other == AUTOPILOT else (Path(other).name, "learns nothing")
            tiles.append(Tile(*title, self._shown.logs(f"against {other}"), rate))
        # of a run that went on, the flights before were not kept if it was not to end in a picture
        for number in some_of([number for number in sorted(rates) if self._shown.has(str(number))]):
            after = f"after {number} test flight{'s' if number > 1 else ''}" if number else "before any test flight"
            title = "Hand-tuned autopilot" if name == AUTOPILOT else "Learned pilot"
            tiles.append(Tile(title, after, self._shown.logs(str(number)), rates[number]))
        if not tiles:
            raise InputError("--picture: the run that goes on kept no flights to show; start a new one")
        header = tiles[0].logs[0].header
        faults = [f"{fault['name']}: {fault['words']}" for fault in header.get("faults", [])]
        title = f"The same hidden fault: {config.task} in {Path(config.weather).stem}"
        draw_side_by_side(path, title, faults, tiles)


def some_of(numbers: Sequence[int]) -> list[int]:
    """At most MOST_AFTER of the numbers of test flights: the first, the last, and some between, 2 the last of all."""
    kept = [number for number in numbers if number != 2] if len(numbers) > MOST_AFTER else list(numbers)
    places = np.linspace(0, len(kept) - 1, min(MOST_AFTER, len(kept))).round().astype(int)
    return [kept[place] for place in places]
