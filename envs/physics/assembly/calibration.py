"""Makes the whole aircraft reproduce its published derivatives in attached flow.

The strips are flown on paper (no propeller, out of ground effect) and compared with the published
coefficients; what they lack is stored as residual_* in the parameters. The residual fades as the lifting
surfaces separate, so that beyond the stall the section law rules alone. Aerospace axes throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.derivatives import Derivatives
from envs.base.frames import AEROSPACE, CHANNELS, Array
from envs.physics.assembly.fitting import Setting, fit
from envs.physics.kernels.coefficients import whole_aircraft_load
from envs.physics.kernels.records import copied, new_state
from envs.physics.kernels.surfaces import airframe_wrench

Table = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Condition:
    """One steady state to ask coefficients at: angles and deflections in rad, rates non-dimensional."""

    alpha: float = 0.0
    beta: float = 0.0
    p: float = 0.0
    q: float = 0.0
    r: float = 0.0
    elevator: float = 0.0  # trailing edge down +
    aileron: float = 0.0  # rolling right +
    rudder: float = 0.0  # trailing edge left +


def deflect(parameters: np.ndarray, state: np.ndarray, aileron: float, elevator: float, rudder: float) -> None:
    """Set all hinges (rad) to the given mean channel deflections, published signs."""
    p = parameters[0]
    wanted = {"aileron": aileron, "elevator": -elevator, "rudder": -rudder}
    state[0]["deflection"][:] = 0.0
    for row, channel in enumerate(CHANNELS[:3]):
        state[0]["deflection"][: p["hinges"]] += np.sign(p["hinge_gain"][: p["hinges"], row]) * wanted[channel]


def coefficients(
    parameters: np.ndarray,
    state: np.ndarray,
    reference: Derivatives,
    center: Array,
    at: Condition,
    with_residual: bool = False,
) -> dict[str, float]:
    """CL, CD, CY, Cl, Cm, Cn about the reference's moment point.

    Of strips and bodies (and the residual, if asked for) or, of a coefficient aircraft, of its whole model.
    """
    speed, density = reference.speed_mps, float(parameters[0]["air_density"])
    deflect(parameters, state, at.aileron, at.elevator, at.rudder)
    wind_axes = np.array([np.cos(at.alpha) * np.cos(at.beta), np.sin(at.beta), np.sin(at.alpha) * np.cos(at.beta)])
    velocity = AEROSPACE @ (speed * wind_axes)
    rates = AEROSPACE @ np.array(
        [at.p * 2 * speed / reference.span_m, at.q * 2 * speed / reference.chord_m, at.r * 2 * speed / reference.span_m]
    )
    total = np.empty(6)
    if parameters[0]["whole_area"] > 0.0:
        whole_aircraft_load(parameters, state, velocity, rates, total)
    else:
        airframe_wrench(parameters, state, velocity, rates, with_residual, total)
    force = AEROSPACE @ total[:3]
    # from the centre of gravity to the point the published moments are about
    arm = AEROSPACE @ (center - np.array(reference.moment_reference_m))
    moment = AEROSPACE @ total[3:] + np.cross(arm, force)
    q = 0.5 * density * speed**2 * reference.area_m2
    sine, cosine = np.sin(at.alpha), np.cos(at.alpha)
    return {
        "CL": (force[0] * sine - force[2] * cosine) / q,
        "CD": -(force[0] * cosine + force[2] * sine) / q,
        "CY": force[1] / q,
        "Cl": moment[0] / q / reference.span_m,
        "Cm": moment[1] / q / reference.chord_m,
        "Cn": moment[2] / q / reference.span_m,
    }


def strip_derivatives(
    parameters: np.ndarray, state: np.ndarray, reference: Derivatives, center: Array, with_residual: bool = False
) -> tuple[Table, Array]:
    """(derivatives in the layout of `Derivatives`, drag polynomial in alpha (3,)) of the model itself."""

    def ask(**condition: float) -> dict[str, float]:
        return coefficients(parameters, state, reference, center, Condition(**condition), with_residual)

    alphas = np.radians(np.linspace(*reference.alpha_range_deg, 9))
    sweep = [ask(alpha=float(a)) for a in alphas]
    table: Table = {name: {} for name in ("CL", "CY", "Cl", "Cm", "Cn")}
    for name in ("CL", "Cm"):
        slope, zero = np.polyfit(alphas, [c[name] for c in sweep], 1)
        table[name].update(zero=float(zero), alpha=float(slope))
    # Drag is compared in trimmed flight: a tail that balances carries less lift than one held straight.
    trimmed = [ask(alpha=float(a), elevator=published_elevator(reference, float(a))) for a in alphas]
    drag = np.polyfit(alphas, [c["CD"] for c in trimmed], 2)[::-1]
    middle = float(np.mean(alphas))
    steps = {"beta": 0.05, "p": 0.02, "q": 0.002, "r": 0.02, "elevator": 0.02, "aileron": 0.02, "rudder": 0.02}
    for variable, step in steps.items():
        high, low = ask(alpha=middle, **{variable: step}), ask(alpha=middle, **{variable: -step})
        for name in ("CL", "Cm") if variable in ("q", "elevator") else ("CY", "Cl", "Cn"):
            table[name][variable] = (high[name] - low[name]) / (2 * step)
    return table, drag


def published_elevator(reference: Derivatives, alpha: float) -> float:
    """Elevator (rad, trailing edge down +) that balances the published moment at `alpha` (rad)."""
    power = reference.Cm.get("elevator", 0.0)
    if power == 0.0:
        return 0.0
    return -(reference.Cm.get("zero", 0.0) + reference.Cm.get("alpha", 0.0) * alpha) / power


def published_drag(reference: Derivatives, alphas: Array) -> Array:
    """The published drag in trimmed flight as a polynomial in alpha (3,)."""
    lift = np.array(
        [
            reference.CL["zero"]
            + reference.CL["alpha"] * a
            + reference.CL.get("elevator", 0.0) * published_elevator(reference, a)
            for a in alphas
        ]
    )
    zero, by_lift, by_lift2, by_alpha, by_alpha2 = reference.drag_terms()
    drag = zero + (by_lift + by_lift2 * lift) * lift + (by_alpha + by_alpha2 * alphas) * alphas
    return np.polyfit(alphas, drag, 2)[::-1]


def calibrate(aircraft: Aircraft, parameters: np.ndarray) -> None:
    """Fill residual_* so that strips, bodies and residual together give the published derivatives."""
    reference = aircraft.derivatives
    if reference is None or aircraft.coefficient_model:  # which flies on them anyway
        return
    p, state = parameters[0], new_state()
    center = np.array(aircraft.mass.center_of_gravity_m)
    own, drag = strip_derivatives(parameters, state, reference, center)
    p["residual_area"], p["residual_span"], p["residual_chord"] = (
        reference.area_m2,
        reference.span_m,
        reference.chord_m,
    )
    lack: Table = {
        name: {key: getattr(reference, name).get(key, 0.0) - value for key, value in own[name].items()} for name in own
    }
    for name in ("CY", "Cl", "Cn"):
        lack[name]["zero"] = getattr(reference, name).get("zero", 0.0)
    drag_lack = published_drag(reference, np.radians(np.linspace(*reference.alpha_range_deg, 9))) - drag
    # The residual acts at the centre of gravity: carry its moments there from the published point.
    arm = AEROSPACE @ (np.array(reference.moment_reference_m) - center)
    for key in ("zero", "alpha", "q", "elevator"):
        lack["Cm"][key] += arm[0] / reference.chord_m * lack["CL"][key]
    for key in ("zero", "beta", "p", "r", "aileron", "rudder"):
        lack["Cn"][key] += arm[0] / reference.span_m * lack["CY"][key]
        lack["Cl"][key] -= arm[2] / reference.span_m * lack["CY"][key]
    p["residual_CL"] = [lack["CL"][k] for k in ("zero", "alpha", "q", "elevator")]
    p["residual_Cm"] = [lack["Cm"][k] for k in ("zero", "alpha", "q", "elevator")]
    p["residual_CD"] = [
        *drag_lack,
        _drag_lack_of_pitching(parameters, state, reference, center),
        reference.CD.get("thrust", 0.0),
    ]
    for name in ("CY", "Cl", "Cn"):
        p["residual_" + name] = [lack[name][k] for k in ("zero", "beta", "p", "r", "aileron", "rudder")]


def _drag_lack_of_pitching(parameters: np.ndarray, state: np.ndarray, reference: Derivatives, center: Array) -> float:
    """What the strips lack of the published change of drag with pitch rate, its own and by lift; 0 if none is given."""
    if "q" not in reference.CD:
        return 0.0
    alpha, step = float(np.radians(np.mean(reference.alpha_range_deg))), 0.002
    high, low = (
        coefficients(parameters, state, reference, center, Condition(alpha=alpha, q=q))["CD"] for q in (step, -step)
    )
    lift = reference.CL["zero"] + reference.CL["alpha"] * alpha
    _, slope, square, _, _ = reference.drag_terms()
    by_lift = (slope + 2 * square * lift) * reference.CL.get("q", 0.0)
    return reference.CD["q"] + by_lift - (high - low) / (2 * step)


@lru_cache(maxsize=32)
def drawn_parameters(drawing_json: str, setting: Setting) -> np.ndarray:
    """The calibrated record of a drawing, which nobody may write to."""
    drawing = Aircraft.model_validate_json(drawing_json)
    record = setting.build(drawing)
    calibrate(drawing, record)
    record.flags.writeable = False
    return record


def flight_parameters(
    aircraft: Aircraft,
    control_hz: int = 30,
    physics_hz: int = 240,
    air_density: float = 1.225,
    effects: dict[str, bool] | None = None,
    drawing: Aircraft | None = None,
) -> np.ndarray:
    """The calibrated PARAMETERS record of an aircraft, ready to fly (a copy; the work is done once for a drawing).

    `drawing`: what it was to be, which the published derivatives are of; None: the aircraft without `built`.
    """
    setting = Setting.of(control_hz, physics_hz, air_density, effects)
    drawing = drawing or aircraft.as_drawn()
    drawn = drawn_parameters(drawing.model_dump_json(), setting)
    return copied(drawn) if aircraft == drawing else fit(drawn, drawing, aircraft, setting)
