"""What is told of a figure: its elements in words, what it needs, which aircraft can fly it; and the table of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from envs.base.console import print_table
from envs.figures.capability import Capability
from envs.figures.figure import Figure
from envs.figures.needs import obstacles
from envs.figures.reckoning import reckon


@dataclass(frozen=True)
class Verdict:
    """An aircraft before a figure: why it cannot (one reason a line), or the most that the figure asks of it."""

    aircraft: str
    reasons: tuple[str, ...]
    most_g: float = 0.0
    slowest_mps: float = 0.0
    fastest_mps: float = 0.0

    @property
    def words(self) -> str:
        """In a few words."""
        if self.reasons:
            return "no"
        ends = f"{self.slowest_mps:.0f}", f"{self.fastest_mps:.0f}"
        return f"{self.most_g:.1f} g, {' to '.join(dict.fromkeys(ends))} m/s"

    @property
    def short(self) -> str:
        """In two words."""
        return "no" if self.reasons else f"{self.most_g:.1f} g"


@dataclass(frozen=True)
class FigureFacts:
    """A figure and who can fly it."""

    name: str
    figure: Figure
    verdicts: tuple[Verdict, ...]

    @property
    def entry(self) -> str:
        """How it is entered."""
        entry = self.figure.entry
        return f"{entry.speed_vs:g} Vs, {entry.height_b:g} b up" + (", inverted" if entry.inverted else "")

    @property
    def needs(self) -> str:
        """What the file asks for."""
        thrust = self.figure.needs.thrust_to_weight
        return f"thrust {thrust:g} W" if thrust else "-"


def figure_facts(name: str, figure: Figure, aircraft: Sequence[Capability]) -> FigureFacts:
    """The facts of a figure for some aircraft."""
    return FigureFacts(name, figure, tuple(_verdict(figure, craft) for craft in aircraft))


def _verdict(figure: Figure, craft: Capability) -> Verdict:
    reasons = obstacles(figure, craft)
    if reasons:
        return Verdict(craft.name, tuple(reasons))
    reckoned = reckon(figure, craft)
    return Verdict(
        craft.name,
        (),
        float(np.abs(reckoned.load_factor).max()),
        float(reckoned.slowest_mps),
        float(reckoned.speed_mps.max()),
    )


def print_figures(facts: Sequence[FigureFacts], console: Console) -> None:
    """Print a line for each figure, and below why who cannot fly what."""
    table = Table(box=None, pad_edge=False)
    crafts = [verdict.aircraft for verdict in facts[0].verdicts]
    alone = len(crafts) == 1
    for head in ("name", "figure", "entry", "needs", *crafts):
        table.add_column(head, header_style="dim")
    for fact in facts:
        table.add_row(
            Text(fact.name, style="bold"),
            Text(fact.figure.title),
            fact.entry,
            fact.needs,
            *(Text(v.words if alone else v.short, style="red" if v.reasons else "") for v in fact.verdicts),
        )
    print_table(table, console)
    console.print()
    words = Table(box=None, pad_edge=False)
    words.add_column("name", header_style="dim", no_wrap=True)
    words.add_column("elements", header_style="dim")
    for fact in facts:
        words.add_row(Text(fact.name, style="bold"), Text(fact.figure.words()))
    print_table(words, console)
    console.print(
        "b: wing span; Vs: stall speed; W: weight; pull: towards the canopy, push: away from it; "
        "most load and speeds reckoned by energy in still air",
        style="dim",
        highlight=False,
    )
    for fact in facts:
        for verdict in fact.verdicts:
            for reason in verdict.reasons:
                console.print(Text(f"{verdict.aircraft} cannot fly {fact.name}: {reason}"), soft_wrap=True)
