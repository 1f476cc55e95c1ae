"""Which control, wheel or half of a wing an entry of `Aircraft.built` is about, and what is left of a damaged half."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from envs.aircraft.aircraft import Aircraft, ControlSurface, OutlineSurface, Surface, WingSection
from envs.aircraft.as_built import ControlBuilt, HalfBuilt, Side, WheelBuilt
from envs.aircraft.coefficient_model import CoefficientControl


def sides(mirrored: bool) -> tuple[Side, ...]:
    """The sides of a part, left before right as in all records; `both` is a part in one piece."""
    return ("left", "right") if mirrored else ("both",)


def is_upright(surface: Surface | OutlineSurface) -> bool:
    """Whether it stands more than it lies, as a fin does."""
    _, across, up = np.subtract(surface.sections[-1].leading_edge_m, surface.sections[0].leading_edge_m)
    return bool(abs(up) > abs(across))


def drawn_controls(aircraft: Aircraft) -> tuple[ControlSurface | CoefficientControl, ...]:
    """Every control of the drawing once, both halves together: of its surfaces, and of a coefficient model."""
    model = aircraft.coefficient_model
    return (*(c for s in aircraft.surfaces for c in s.controls), *(model.controls if model else ()))


def hinges_of(aircraft: Aircraft) -> list[tuple[str, Side]]:
    """(control, side) of every hinge, in the order of the kernels' records."""
    if aircraft.coefficient_model:
        return [(c.name, side) for c in aircraft.coefficient_model.controls for side in sides(c.mirrored)]
    return [(c.name, side) for s in aircraft.surfaces for side in sides(s.mirrored) for c in s.controls]


def wheels_of(aircraft: Aircraft) -> list[tuple[str, Side]]:
    """(wheel, side) of every wheel and skid, in the order of the kernels' records."""
    return [(w.name, side) for w in aircraft.wheels for side in sides(w.mirrored)]


def control_built(aircraft: Aircraft, control: str, side: Side) -> ControlBuilt:
    """All entries about one control of one side in one."""
    own = [e for e in aircraft.built.controls if e.control == control and e.side in (side, "both")]
    stuck = [e.stuck_deg for e in own if e.stuck_deg is not None]
    return ControlBuilt.model_construct(
        control=control,
        side=side,
        offset_deg=sum(e.offset_deg for e in own),
        gain=math.prod(e.gain for e in own),
        effect=math.prod(e.effect for e in own),
        play_deg=sum(e.play_deg for e in own),
        stuck_deg=stuck[-1] if stuck else None,
        slow=math.prod(e.slow for e in own),
        delay_s=sum(e.delay_s for e in own),
    )


def wheel_built(aircraft: Aircraft, wheel: str, side: Side) -> WheelBuilt:
    """All entries about one wheel of one side in one."""
    own = [e for e in aircraft.built.wheels if e.wheel == wheel and e.side in (side, "both")]
    return WheelBuilt.model_construct(
        wheel=wheel, side=side, toe_deg=sum(e.toe_deg for e in own), rolling=math.prod(e.rolling for e in own)
    )


def half_built(entries: Iterable[HalfBuilt], surface: str, side: Side) -> HalfBuilt:
    """All entries about one half of a surface in one; spans lost are of what was left."""
    own = [e for e in entries if e.surface == surface and e.side in (side, "both")]
    return HalfBuilt.model_construct(
        surface=surface,
        side=side,
        lost_span=1.0 - math.prod(1.0 - e.lost_span for e in own),
        twist_deg=sum(e.twist_deg for e in own),
        lift=math.prod(e.lift for e in own),
    )


def kept_sections(surface: Surface | OutlineSurface, lost_span: float) -> tuple[WingSection, ...]:
    """The ribs of a surface (its left half) without the share of its span that is torn off at the tip."""
    sections = surface.sections
    if lost_span == 0.0:
        return sections
    if lost_span == 1.0:
        return ()
    edges = np.array([s.leading_edge_m for s in sections])
    # Share of the span at each rib: length of the leading edge seen from ahead, as strips are cut.
    stations = np.concatenate([[0.0], np.cumsum([np.linalg.norm((b - a)[1:]) for a, b in pairwise(edges)])])
    stations /= stations[-1]
    end = 1.0 - lost_span
    kept = [section for section, station in zip(sections, stations, strict=True) if station < end - 1e-9]
    torn = WingSection(
        leading_edge_m=tuple(float(np.interp(end, stations, edges[:, k])) for k in range(3)),  # type: ignore[arg-type]
        chord_m=float(np.interp(end, stations, [s.chord_m for s in sections])),
        incidence_deg=float(np.interp(end, stations, [s.incidence_deg for s in sections])),
    )
    return (*kept, torn)
