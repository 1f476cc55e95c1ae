"""Landings in fog as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from agents.eye.landings import FogPoint


def landings_table(points: Sequence[FogPoint]) -> Table:
    """A row a point."""
    table = Table(box=None, header_style="bold", title="Landings by the nose camera, in fog", title_justify="left")
    left = ("pilot", "looks out")
    for name in (*left, "visibility, m", "flights", "tried", "landed", "95 % bounds", "failed", "crashed", "cost"):
        table.add_column(name, justify="left" if name in left else "right")
    for one in points:
        low, high = one.landed_bounds
        counts = (one.flights, one.tried, one.landed)
        table.add_row(
            one.pilot,
            one.lookout,
            f"{one.visibility_m:g}",
            *map(str, counts),
            f"{low:.1%} to {high:.1%}",
            f"{one.failed}",
            f"{one.crashed}",
            f"{one.cost:.2f}",
        )
    return table
