"""The runway: one form for the task that judges on it, the log that keeps it and the picture that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from envs.base.errors import InputError, did_you_mean

LENGTH_SPANS, WIDTH_SPANS = 100.0, 5.0
"""Of every runway flown from, in wing spans: a model and its runway scale together (envs/tasks/YARDSTICKS.md)."""


class Surface(NamedTuple):
    """What a surface does to a wheel: rolling friction [-] and the share of the wheel's own friction that grips [-]."""

    rolling_friction: float
    grip: float


SURFACES = {"grass": Surface(0.07, 0.8), "asphalt": Surface(0.02, 1.0)}
"""Rolling friction: Raymer, Aircraft Design, short grass 0.05 to 0.1, asphalt 0.02. Grip: estimated, grass slips."""


@dataclass(frozen=True)
class Runway:
    """A runway from x = 0 along x, centred on y = 0. `surface` is a key of SURFACES."""

    length_m: float
    width_m: float
    surface: str = "grass"

    @staticmethod
    def of(span_m: float, surface: str = "grass") -> Runway:
        """The runway for an aircraft of a wing span (m)."""
        return Runway(LENGTH_SPANS * span_m, WIDTH_SPANS * span_m, surface)

    @property
    def rolling_friction(self) -> float:
        """Of a wheel on it [-]."""
        return SURFACES[self.surface].rolling_friction

    @property
    def grip(self) -> float:
        """Share of a wheel's own friction that it has here [-]."""
        return SURFACES[self.surface].grip

    def header(self) -> dict[str, Any]:
        """As a flight log's header keeps it."""
        return {"length_m": self.length_m, "width_m": self.width_m, "surface": self.surface}

    @staticmethod
    def from_header(header: Mapping[str, Any], source: str = "flight log") -> Runway:
        """The runway under `runway` of a log's header. Raises InputError, naming `source` and the key."""
        data = header.get("runway")
        if not isinstance(data, Mapping):
            raise InputError(f"{source}: key 'runway' of the header is not a mapping")
        sizes: list[float] = []
        for key in ("length_m", "width_m"):
            value = data.get(key)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e5:
                raise InputError(f"{source}: runway.{key} must be a length in metres (got {value!r})")
            sizes.append(float(value))
        surface = data.get("surface", "grass")
        if surface not in SURFACES:
            raise InputError(
                f"{source}: runway.surface must be {' or '.join(SURFACES)} (got {surface!r})"
                f"{did_you_mean(str(surface), SURFACES)}"
            )
        return Runway(sizes[0], sizes[1], surface)
