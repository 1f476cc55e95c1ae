"""A figure file: what is flown, from where, and what it needs. `configs/figures/NAME.yaml`, found without an edit."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from envs.base.config_file import Line, Strict, named_file, names_of, read_yaml, validate
from envs.figures.elements import Element
from envs.figures.walk import FITTING_DEG, Stretch, climb_deg, walk

KIND = "figures"
BOX_WIDTH_B, BOX_DISTANCE_B, BOX_HEIGHT_DEG = 150.0, 75.0, 60.0
"""The box in front of the judge: this wide, this far away, and as high as this angle reaches there [F3A]."""
BOX_TOP_B = float(np.tan(np.radians(BOX_HEIGHT_DEG))) * BOX_DISTANCE_B
LEAST_HEIGHT_B = 5.0
"""No figure asks for less room below it."""
MOST_ELEMENTS, MOST_LENGTH_B = 40, 3000.0


class Entry(Strict):
    """How a figure is entered: along the runway, level, wings level."""

    speed_vs: float = Field(ge=0.8, le=6, description="airspeed [Vs]")
    height_b: float = Field(ge=LEAST_HEIGHT_B, le=BOX_TOP_B, description="above the ground [b]")
    inverted: bool = Field(default=False, description="true: the canopy points down")


class Needs(Strict):
    """What an aircraft must have to fly it, beyond what its path tells (needs.py)."""

    thrust_to_weight: float = Field(
        default=0.0, ge=0, le=5, description="standing thrust at full throttle over weight, at least [-]"
    )


class Figure(Strict):
    """A file of configs/figures. Errors are InputError, one line, naming file and key."""

    version: Literal[1] = Field(description="version of this file's format [-]")
    title: Line = Field(description="as the books call it")
    entry: Entry
    needs: Needs = Needs()
    elements: tuple[Element, ...] = Field(
        min_length=1, max_length=MOST_ELEMENTS, description="lines, arcs, stall turns and spins, as they are flown"
    )

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Figure:
        stretches = tuple(walk(self.elements, inverted=self.entry.inverted))
        end = stretches[-1].end
        climb = climb_deg(end.theta)
        if abs(climb) > FITTING_DEG:
            raise ValueError(f"elements: it must end in level flight, but the track climbs {climb:.4g} deg there")
        if abs(np.sin(end.phi)) > np.sin(np.radians(FITTING_DEG)):
            rolled = float(np.degrees(end.phi) % 360)
            raise ValueError(f"elements: it must end upright or inverted, but is rolled {rolled:.4g} deg at its end")
        if end.way > MOST_LENGTH_B:
            raise ValueError(f"elements: {end.way:.5g} b long in all, more than {MOST_LENGTH_B:g}")
        self._fits_the_box(stretches)
        return self

    def _fits_the_box(self, stretches: tuple[Stretch, ...]) -> None:
        """That it stays above the ground and within the box, wherever it is drawn. Raises ValueError."""
        (left, right), (low, high) = _extent(stretches)
        height = self.entry.height_b
        if height + low < LEAST_HEIGHT_B:
            raise ValueError(
                f"entry.height_b: the figure goes {-low:.4g} b below its entry, so it needs "
                f"{LEAST_HEIGHT_B - low:.4g} at least (got {height:g})"
            )
        if height + high > BOX_TOP_B:
            raise ValueError(
                f"entry.height_b: the figure rises {high:.4g} b above its entry, out of the box, whose top is at "
                f"{BOX_TOP_B:.4g} b (got {height:g})"
            )
        if right - left > BOX_WIDTH_B:
            raise ValueError(f"elements: {right - left:.4g} b wide, the box only {BOX_WIDTH_B:g}")

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Its elements along the way, in wing spans (walk.py)."""
        return tuple(walk(self.elements, inverted=self.entry.inverted))

    @property
    def reverses(self) -> bool:
        """Whether it ends flying back: a turn-around."""
        return bool(np.cos(self.stretches[-1].end.theta) < 0)

    @property
    def ends_inverted(self) -> bool:
        """Whether the canopy points down at its end."""
        end = self.stretches[-1].end
        return bool(np.cos(end.theta) * np.cos(end.phi) < 0)

    @property
    def climb_b(self) -> float:
        """Height of its end above its entry (b)."""
        return self.stretches[-1].end.z

    @property
    def extent_b(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """((rearmost, foremost), (lowest, highest)) point of its path from the entry, along the entry track (b)."""
        return _extent(self.stretches)

    def mirrored(self) -> Figure:
        """The same with all rolls, stall turns and spins to the other side."""
        return self.model_copy(update={"elements": tuple(e.mirrored() for e in self.elements)})

    def words(self) -> str:
        """Its elements as a caller says them."""
        return ", ".join(element.words() for element in self.elements)


def _extent(stretches: tuple[Stretch, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    """((least x, most x), (least z, most z)): at the ends of elements, and where arcs turn back."""
    points = [(0.0, 0.0)]
    for s in stretches:
        points.append((s.end.x, s.end.z))
        if s.sign == 0.0:
            continue
        first, last = sorted((s.start.theta, s.end.theta if s.element.arc else s.start.theta + s.sign * np.pi / 2))
        radius = s.sign * s.radius_b
        centre_x, centre_z = s.start.x - radius * np.sin(s.start.theta), s.start.z + radius * np.cos(s.start.theta)
        quarters = np.arange(np.ceil(first / (np.pi / 2)), np.floor(last / (np.pi / 2)) + 1) * np.pi / 2
        points += [(centre_x + radius * np.sin(q), centre_z - radius * np.cos(q)) for q in quarters]
    x, z = np.array(points).T
    return (float(x.min()), float(x.max())), (float(z.min()), float(z.max()))


def figure_names() -> list[str]:
    """The figures of configs/figures, sorted."""
    return names_of(KIND)


def find_figure(name: str) -> Figure:
    """The figure of a name in configs/figures or of a path to a YAML file. Raises InputError, one line."""
    path = named_file(KIND, name)
    return validate(Figure, read_yaml(path), str(path))
