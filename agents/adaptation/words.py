"""What an estimate means, in a pilot's words: one line for each thing that is surely not as drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from agents.adaptation.compensation import APPROACH_VS
from agents.adaptation.estimate import Estimate
from agents.adaptation.parameters import BIAS, NAMES, PARAMETERS
from agents.pilots.compensated import Compensation
from envs.aircraft.aircraft import Aircraft
from envs.aircraft.halves import drawn_controls
from envs.aircraft.outline import mean_chord_m
from envs.base.frames import Channel
from envs.base.units import GRAVITY

SURE = 2.5
"""Standard deviations away from the drawing from which on a thing is said."""
WORTH = 1.3
"""Times what an estimate may be wrong by, however many flights there are: less is as good as drawn."""
HALF_WING_ARM = 0.42
"""Where a half wing's lift acts, half spans from the middle: that of an elliptic one, 4 / (3 pi)."""


def beliefs(estimate: Estimate, drawing: Aircraft) -> list[str]:
    """A line for each parameter that differs, the surest first, as in "weighs 21 +- 3 % more than drawn"."""
    sizes = [
        (abs(mean) / std, name, float(mean), float(std))
        for name, mean, std, bias in zip(NAMES, estimate.mean, estimate.std, BIAS, strict=True)
        if abs(mean) > SURE * std and abs(mean) > WORTH * bias
    ]
    lines = []
    for _, name, mean, std in sorted(sizes, reverse=True):
        lines.append(_words(name, mean, std, drawing))
    return lines


def sticks_words(compensation: Compensation, drawing: Aircraft) -> list[str]:
    """What the pilot does about it, as in "holds up elevator 21 %"."""
    lines = []
    held: tuple[tuple[Channel, tuple[str, str]], ...] = (
        ("elevator", ("up", "down")),
        ("aileron", ("right", "left")),
        ("rudder", ("right", "left")),
    )
    for stick, sides in held:
        offset, gain = getattr(compensation, f"{stick}_offset"), getattr(compensation, f"{stick}_gain")
        if abs(offset) > 0.03:
            travel = _travel_deg(drawing, stick)
            degrees = f" ({abs(offset) * travel:.0f} deg)" if travel else ""
            lines.append(f"holds {abs(offset):.0%} of {sides[offset < 0]} {stick}{degrees}".replace("%", " %"))
        if gain < 0:
            lines.append(f"moves the {stick} the other way round, {-gain:.2f} times as far")
        elif not 0.9 < gain < 1.11:
            lines.append(f"moves the {stick} {gain:.2f} times as far")
    if not 0.93 < compensation.throttle_gain < 1.07:
        lines.append(f"sets {compensation.throttle_gain:.2f} times the throttle")
    for reading, shown in (("bank", "roll_rad"), ("pitch", "pitch_rad"), ("heading", "heading_rad")):
        degrees = math.degrees(getattr(compensation, shown))
        if abs(degrees) > 0.3:
            does = f"takes {degrees:.1f} deg off" if degrees > 0 else f"adds {-degrees:.1f} deg to"
            lines.append(f"{does} the {reading} it is shown")
    if not 0.97 < compensation.pressure < 1.03:
        lines.append(f"takes the airspeed for {1 / math.sqrt(compensation.pressure):.2f} times what it is shown")
    return lines


def _travel_deg(drawing: Aircraft, channel: Channel) -> float | None:
    return next((c.travel_deg for c in drawn_controls(drawing) if c.mix.get(channel)), None)


def _words(name: str, mean: float, std: float, drawing: Aircraft) -> str:
    told = _TELLERS.get(name)
    if told:
        return told(mean, std, drawing)
    parameter = PARAMETERS[name]
    unit = "" if parameter.unit == "-" else f" {parameter.unit}"
    return f"{parameter.meaning}: {mean:+.3f} +- {std:.3f}{unit}"


def _percent(mean: float, std: float) -> str:
    digits = 0 if 100 * std >= 1 else 1  # never "+- 0": nothing is known that well
    return f"{100 * abs(mean):.{digits}f} +- {max(100 * std, 0.1):.{digits}f} %"


def _degrees(mean: float, std: float) -> str:
    return f"{math.degrees(abs(mean)):.1f} +- {math.degrees(std):.1f} deg"


def _lift_coefficient(drawing: Aircraft) -> float:
    """Lift coefficient of the approach."""
    speed = APPROACH_VS * drawing.stall_speed_mps
    area = drawing.derivatives.area_m2 if drawing.derivatives else drawing.span_m * mean_chord_m(drawing)
    return drawing.mass.mass_kg * GRAVITY / (0.5 * 1.225 * speed**2 * area)


def _rolls(mean: float, std: float, drawing: Aircraft) -> str:
    # A half wing that lifts a share less rolls by that share of half the lift, at its arm.
    share = 4.0 / (_lift_coefficient(drawing) * HALF_WING_ARM)
    side = "right" if mean > 0 else "left"
    return f"rolls {side} as if the {side} wing lifted {_percent(mean * share, std * share)} less"


def _shares(more: str, less: str) -> Callable[[float, float, Aircraft], str]:
    return lambda mean, std, _: f"{more if mean > 0 else less} by {_percent(mean, std)}"


def _effect(does: str, works: str) -> Callable[[float, float, Aircraft], str]:
    shares = _shares(f"{does} more", f"{does} less")
    return lambda mean, std, drawing: (
        shares(mean, std, drawing)
        if mean > -1.0
        else f"{works} the wrong way round, with {_percent(1.0 + mean, std)} of the effect drawn"
    )


def _angles(positive: str, negative: str) -> Callable[[float, float, Aircraft], str]:
    return lambda mean, std, _: f"{positive if mean > 0 else negative} by {_degrees(mean, std)}"


_TELLERS: Mapping[str, Callable[[float, float, Aircraft], str]] = {
    "roll": _rolls,
    "mass": lambda m, s, _: f"weighs {_percent(m, s)} {'more' if m > 0 else 'less'} than drawn",
    "center_x": lambda m, s, d: (
        f"balances {100 * abs(m) * mean_chord_m(d):.1f} +- {100 * s * mean_chord_m(d):.1f} cm too far "
        f"{'forward' if m > 0 else 'aft'}"
    ),
    "center_y": lambda m, s, d: (
        f"{'left' if m > 0 else 'right'} side heavy: balances {100 * abs(m) * d.span_m:.1f} +- "
        f"{100 * s * d.span_m:.1f} cm off the middle"
    ),
    "lift": lambda m, s, _: f"lifts {'more' if m > 0 else 'less'}: lift coefficient {abs(m):.3f} +- {s:.3f}",
    "lift_slope": lambda m, s, _: (
        f"lifts {'more' if m > 0 else 'less'} the higher its angle of attack: "
        f"lift coefficient {abs(m):.2f} +- {s:.2f} a radian"
    ),
    "drag": lambda m, s, _: f"has {'more' if m > 0 else 'less'} drag: drag coefficient {abs(m):.4f} +- {s:.4f}",
    "side": lambda m, s, _: (
        f"is pushed to the {'right' if m > 0 else 'left'}: side force coefficient {abs(m):.3f} +- {s:.3f}"
    ),
    "roll_slope": lambda m, s, _: (
        f"rolls {'right' if m > 0 else 'left'} the higher its angle of attack: "
        f"moment coefficient {abs(m):.3f} +- {s:.3f} a radian"
    ),
    "pitch_slope": lambda m, s, _: (
        f"is {'less' if m > 0 else 'more'} stable in pitch: moment coefficient {m:+.2f} +- {s:.2f} a radian"
    ),
    "pitch": lambda m, s, _: f"pitches {'up' if m > 0 else 'down'}: moment coefficient {abs(m):.3f} +- {s:.3f}",
    "yaw": lambda m, s, _: f"yaws {'right' if m > 0 else 'left'}: moment coefficient {abs(m):.4f} +- {s:.4f}",
    "aileron_effect": _effect("ailerons do", "ailerons work"),
    "elevator_effect": _effect("elevator does", "elevator works"),
    "rudder_effect": _effect("rudder does", "rudder works"),
    "elevator_offset": lambda m, s, _: f"elevator stands {'up' if m > 0 else 'down'} by {_percent(m, s)} of its travel",
    "rudder_offset": lambda m, s, _: f"rudder stands {'right' if m > 0 else 'left'} by {_percent(m, s)} of its travel",
    "propeller": _shares("propeller pulls more at its speed", "propeller pulls less at its speed"),
    "motor": _shares("motor has more voltage", "motor has less voltage"),
    "servo_speed": _shares("servos are faster", "servos are slower"),
    "play": lambda m, s, _: f"all linkages have {m:.1f} +- {s:.1f} deg of play",
    "delay": lambda m, s, _: f"controls answer {m:.2f} +- {s:.2f} s late",
    "fix_delay": lambda m, s, _: (
        f"satellite fixes come {abs(m):.2f} +- {s:.2f} s {'later' if m > 0 else 'sooner'} than told"
    ),
    "roll_reading": _angles("shows too much right bank,", "shows too much left bank,"),
    "pitch_reading": _angles("shows the nose too high,", "shows the nose too low,"),
    "heading_reading": _angles("compass shows too far right,", "compass shows too far left,"),
    "pressure_reading": _shares("pitot tube shows too much pressure,", "pitot tube shows too little pressure,"),
}
