"""What a coefficient aircraft looks like: its outline, or one made up from span, area, chord, wheels and propeller.

Only pictures and the corners that can strike come from it. Drawing axes, m.
"""

from __future__ import annotations

from itertools import pairwise

from envs.aircraft.aircraft import Aircraft, Body, BodyStation, ControlSurface, Surface, WingSection
from envs.aircraft.coefficient_model import CoefficientControl, CoefficientModel
from envs.aircraft.derivatives import Derivatives
from envs.aircraft.equipment import Vector


def drawn_aircraft(aircraft: Aircraft) -> Aircraft:
    """The aircraft as a drawing of surfaces and bodies: itself, or a coefficient aircraft with its outline as such."""
    model, reference = aircraft.coefficient_model, aircraft.derivatives
    if model is None or reference is None:
        return aircraft
    controls = {control.name: control for control in model.controls}
    if aircraft.outline:
        surfaces = tuple(
            Surface(
                name=s.name,
                mirrored=s.mirrored,
                strips=1,
                sections=s.sections,
                controls=tuple(_drawn(controls[c.name], c.span, c.chord_fraction) for c in s.controls),
            )
            for s in aircraft.outline
        )
        bodies = aircraft.bodies
    else:
        surfaces = _made_up_surfaces(aircraft, model, reference)
        bodies = aircraft.bodies or _made_up_body(aircraft, surfaces, reference)
    return aircraft.model_copy(
        update={"surfaces": surfaces, "bodies": bodies, "coefficient_model": None, "derivatives": None, "outline": ()}
    )


def main_wing(aircraft: Aircraft) -> Surface | None:
    """Of its surfaces in two halves (of the outline, or the made-up one, of a coefficient aircraft) the largest.

    By area seen from above. None: it has no surface in two halves.
    """
    wings = [surface for surface in drawn_aircraft(aircraft).surfaces if surface.mirrored]
    return max(wings, key=area_above_m2, default=None)


def mean_chord_m(aircraft: Aircraft) -> float:
    """Chord that moments are referred to: the published one, else area over span of the main wing, m.

    Of an aircraft without a surface in two halves, area over span of the largest one seen from above.
    """
    if aircraft.derivatives:
        return aircraft.derivatives.chord_m
    wing = main_wing(aircraft) or max(aircraft.surfaces, key=area_above_m2)
    places = [rib.leading_edge_m[1] for rib in wing.sections]
    return area_above_m2(wing) / (max(places) - min(places))


def area_above_m2(surface: Surface) -> float:
    """Area of a surface (of one half of a mirrored one) seen from above, m2."""
    return sum(
        0.5 * (a.chord_m + b.chord_m) * abs(b.leading_edge_m[1] - a.leading_edge_m[1])
        for a, b in pairwise(surface.sections)
    )


def _drawn(control: CoefficientControl, span: tuple[float, float], chord_fraction: float) -> ControlSurface:
    return ControlSurface(
        name=control.name,
        span=span,
        chord_fraction=chord_fraction,
        travel_deg=control.travel_deg,
        travel_down_deg=control.travel_down_deg,
        mix=control.mix,
    )


def _made_up_surfaces(aircraft: Aircraft, model: CoefficientModel, reference: Derivatives) -> tuple[Surface, ...]:
    """Wing of the published span and area about the moment reference; tail and fin if a control asks for them."""
    x, _, z = reference.moment_reference_m
    half, mean = 0.5 * reference.span_m, reference.area_m2 / reference.span_m
    wing_controls = [c for c in model.controls if {"aileron", "flap"} & set(c.mix)]
    tail_controls = [c for c in model.controls if c not in wing_controls and "elevator" in c.mix]
    fin_controls = [c for c in model.controls if c not in wing_controls and c not in tail_controls]
    elevons = not tail_controls and any("elevator" in c.mix for c in wing_controls)
    sweep = 0.35 * half if elevons else 0.0  # elevons need a lever arm
    root, tip = (1.35 * mean, 0.65 * mean) if elevons else (mean, mean)
    ribs = ((x + 0.25 * mean + 0.5 * sweep, 0.0, z, root), (x + 0.25 * mean - 0.5 * sweep, half, z, tip))
    # Ailerons outside, flaps inside; one kind alone takes most of the trailing edge.
    inner = 0.5 if len(wing_controls) > 1 else 0.2
    drawn = tuple(_drawn(c, (inner, 0.95) if "aileron" in c.mix else (0.1, inner), 0.22) for c in wing_controls[:2])
    surfaces = [_surface("wing", True, ribs, drawn)]
    arm, height = _tail_place(aircraft, reference)
    if tail_controls:
        # A mixed-in rudder means a V-tail.
        rise = 0.16 * half if "rudder" in tail_controls[0].mix else 0.0
        edges = ((arm, 0.0, height, 0.65 * mean), (arm, 0.36 * half, height + rise, 0.65 * mean))
        surfaces.append(_surface("tailplane", True, edges, (_drawn(tail_controls[0], (0.0, 1.0), 0.35),)))
    if fin_controls:
        edges = ((arm, 0.0, height, 0.75 * mean), (arm - 0.35 * mean, 0.0, height + 0.30 * half, 0.4 * mean))
        surfaces.append(_surface("fin", False, edges, (_drawn(fin_controls[0], (0.0, 1.0), 0.45),)))
    return tuple(surfaces)


def _tail_place(aircraft: Aircraft, reference: Derivatives) -> tuple[float, float]:
    """(x of the tail's leading edge, z): over a tail wheel where there is one, else 2.4 chords behind the reference."""
    x, _, z = reference.moment_reference_m
    mean = reference.area_m2 / reference.span_m
    last = min((w.contact_m for w in aircraft.wheels), key=lambda place: place[0], default=(x, 0.0, z))
    if last[0] < x - 1.5 * mean:
        return last[0] + 0.75 * mean, max(z, last[2] + 0.04 * reference.span_m)
    return x - 2.4 * mean, z


def _made_up_body(aircraft: Aircraft, surfaces: tuple[Surface, ...], reference: Derivatives) -> tuple[Body, ...]:
    """A fuselage from the foremost propeller, or half a chord ahead of the wing, to the end of the tail."""
    x, _, z = reference.moment_reference_m
    mean = reference.area_m2 / reference.span_m
    motors = [u.position_m for u in aircraft.propulsion if abs(u.position_m[1]) < 0.01]
    nose, nose_z = max([(x + 0.75 * mean, z), *((ahead, up) for ahead, _, up in motors)])
    last = surfaces[-1].sections[0]
    end = min(last.leading_edge_m[0] - last.chord_m, x - 0.75 * mean)
    below = min((w.contact_m[2] for w in aircraft.wheels), default=z - mean)
    size = max(0.01, min(0.35 * mean, 1.2 * (z - below)))  # so that the wheels reach further down
    tail_z = last.leading_edge_m[2] if len(surfaces) > 1 else z
    stations = (
        (nose, nose_z, 0.5 * size),
        (x + 0.4 * mean, z, size),
        (x - 0.6 * mean, z, size),
        (end, tail_z, 0.15 * size),
    )
    return (
        Body(
            name="fuselage",
            stations=tuple(BodyStation(x_m=a, z_m=b, width_m=0.8 * c, height_m=c) for a, b, c in stations),
        ),
    )


def _surface(
    name: str, mirrored: bool, ribs: tuple[tuple[float, float, float, float], ...], controls: tuple[ControlSurface, ...]
) -> Surface:
    sections = tuple(WingSection(leading_edge_m=_vector(rib), chord_m=rib[3]) for rib in ribs)
    return Surface(name=name, mirrored=mirrored, strips=1, sections=sections, controls=controls)


def _vector(rib: tuple[float, float, float, float]) -> Vector:
    return rib[0], rib[1], rib[2]
