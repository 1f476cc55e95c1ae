"""The law of one wing section at any angle of attack, and how near the ground is to its flow (numba kernels)."""

from __future__ import annotations

import math

from numba import njit

# Heights over spans at which a lattice with its mirror image is solved, each 1.8 times the one below; the last counts
# as free air.
GROUND_LOWEST, GROUND_STEP, GROUND_LEVELS = 0.04, 1.8, 7


@njit
def flap_effect(flap: float) -> float:
    """Deflection (rad) that counts for lift: viscosity takes a growing share (McCormick fig. 3.36 fit, PHYSICS.md 2.4).

    Relative to small deflections; rises all the way to the 69 deg at which the fit ends.
    """
    size = min(abs(flap), 1.2)
    return flap * (1.0 - 1.0907 * size + 0.5169 * size * size - 0.05316 * size * size * size)


@njit
def section(
    sine: float,
    cosine: float,
    alpha: float,
    turned: float,
    flap: float,
    slope: float,
    zero_lift: float,
    moment: float,
    drag_min: float,
    drag_k: float,
    drag_90: float,
    plate_loss: float,
    stall: float,
    stall_negative: float,
    stall_width: float,
    flap_lift: float,
    flap_moment: float,
    flap_stall: float,
    flap_chord: float,
    can_stall: float,
) -> tuple[float, float, float, float]:
    """(normal, chordwise forward, pitching nose-up) coefficients and attached share 0..1 of one section.

    sine, cosine: of `alpha`; turned: flap_effect(flap). Attached: thin aerofoil with flap (PHYSICS.md 2.4).
    Separated: flat plate of Khan & Nahon 2015 (PHYSICS.md 2.3). Between them a smooth blend over `stall_width`
    beyond the stall angle.
    """
    bent = flap_lift * turned
    lifting = alpha - zero_lift + bent
    shift = flap_stall * bent - zero_lift
    excess = max(0.0, lifting - stall - shift, stall_negative + shift - lifting) / stall_width
    if excess <= 0.0 or (can_stall == 0.0 and abs(alpha) < 0.7):
        lift = slope * lifting
        drag = drag_min + drag_k * lift * lift
        return (lift * cosine + drag * sine, lift * sine - drag * cosine, moment + flap_moment * turned, 1.0)
    # A bent plate acts as a straight one, turned: its force is square to the turned plate, so it always brakes.
    bend = flap_chord * flap
    plate = alpha + bend
    plate_sine = math.sin(plate)
    inward = flap if plate_sine > 0.0 else -flap
    force = (
        (drag_90 - 0.0426 * flap * flap + 0.21 * inward)
        * plate_sine
        * (1.0 / (0.56 + 0.44 * abs(plate_sine)) - plate_loss)
    )
    attached = 0.0
    normal = chordwise = pitching = 0.0
    if excess < 1.0:
        attached = 1.0 - excess * excess * (3.0 - 2.0 * excess)
        lift = slope * lifting
        drag = drag_min + drag_k * lift * lift
        normal = attached * (lift * cosine + drag * sine)
        chordwise = attached * (lift * sine - drag * cosine)
        pitching = attached * (moment + flap_moment * turned)
    separated = 1.0 - attached
    normal += separated * force * math.cos(bend)
    chordwise -= separated * (force * math.sin(bend) + 0.5 * drag_min * cosine)
    # centre of pressure from the quarter chord (edge on) to 0.425 chord behind it (reversed)
    pitching -= separated * force * (0.075 + 0.35 * min(abs(plate), math.pi) / math.pi)
    return normal, chordwise, pitching, attached


@njit
def ground_factor(height: float, span: float) -> float:
    """Share of the induced angles that is left at a wing height (m) over ground: Wieselsberger (PHYSICS.md 5)."""
    ratio = max(0.033, height / span)
    if ratio > 0.757:
        return 1.0
    return 1.0 - (1.0 - 1.32 * ratio) / (1.05 + 7.4 * ratio)


@njit
def ground_level(ratio: float) -> tuple[int, float]:
    """(row, share of the next row) in the table of heights over spans for a wing at `ratio`; last row: free air."""
    place = math.log(max(ratio, GROUND_LOWEST) / GROUND_LOWEST) / math.log(GROUND_STEP)
    if place >= GROUND_LEVELS - 1:
        return GROUND_LEVELS - 1, 0.0
    row = int(place)
    return row, place - row
