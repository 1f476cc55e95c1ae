"""What stands on a performance sheet: records whose names say the units (degrees, m/s, N), and their JSON.

Free, still air of one density; the elevator the published way (trailing edge down +). What an aircraft lacks (motor,
wheels) is None here and absent in the JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class SteadyPoint:
    """One steady straight flight: level, at full throttle, or gliding."""

    speed_mps: float
    alpha_deg: float
    elevator_deg: float  # trailing edge down +
    throttle: float  # 0..1
    climb_rate_mps: float
    climb_angle_deg: float
    thrust_N: float | None
    rpm: float | None
    current_A: float | None  # out of all batteries
    power_W: float | None  # electrical, out of all batteries
    battery_min: float | None  # minutes until the first pack is empty


@dataclass(frozen=True)
class GlideSpeed:
    """One steady glide, propeller off."""

    speed_mps: float
    sink_mps: float
    ratio: float  # lift over drag
    alpha_deg: float
    elevator_deg: float  # trailing edge down +


@dataclass(frozen=True)
class StallSpeed:
    """Slowest speed without propeller in a level turn."""

    bank_deg: float
    load_factor: float
    speed_mps: float


@dataclass(frozen=True)
class TakeOffRoll:
    """A take-off at full throttle in still air, flown in the Bullet world."""

    ground: str
    rolling_friction: float
    roll_m: float
    time_s: float
    lift_off_mps: float


@dataclass(frozen=True)
class RollOut:
    """From a touchdown to a standstill in still air, without brakes."""

    ground: str
    rolling_friction: float
    roll_m: float


@dataclass(frozen=True)
class ModeLine:
    """One linear mode. Times are None where they do not apply."""

    name: str
    real_per_s: float
    imaginary_radps: float
    frequency_radps: float
    damping: float  # ratio, + stable
    period_s: float | None
    time_to_half_s: float | None
    time_to_double_s: float | None


@dataclass(frozen=True)
class PerformanceSheet:
    """Everything on the sheet. `cruise` is the flight that modes and static margin belong to."""

    aircraft: str
    title: str
    density_kgpm3: float
    gravity_mps2: float
    mass_kg: float
    span_m: float
    wing_area_m2: float
    mean_chord_m: float
    wing_loading_Npm2: float
    static_thrust_N: float | None
    thrust_to_weight: float | None
    launch: str  # runway, hand or bungee
    launch_speed_mps: float | None
    vs_mps: float  # the file's stall speed, by which tasks, weather and autopilot scale; `stall` is computed
    stall_alpha_deg: float
    stall_limit: str  # lift: the wing gives no more; elevator: it cannot hold a larger angle
    lift_coefficient_max: float
    stall: tuple[StallSpeed, ...]
    flap_stall_mps: float | None  # level, flaps fully down; None without flaps
    best_glide: GlideSpeed
    least_sink: GlideSpeed
    glide: tuple[GlideSpeed, ...]
    level: tuple[SteadyPoint, ...] | None
    full_throttle: tuple[SteadyPoint, ...] | None
    best_climb: SteadyPoint | None
    fastest: SteadyPoint | None
    take_off: tuple[TakeOffRoll, ...] | None
    roll_out: tuple[RollOut, ...] | None
    cruise: SteadyPoint
    static_margin_chords: float
    modes: tuple[ModeLine, ...]
    modes_over_speed: tuple[tuple[float, tuple[ModeLine, ...]], ...]  # speed m/s, modes there

    def as_json(self) -> dict[str, Any]:
        """A mapping for JSON: what this aircraft lacks is left out."""
        data = asdict(self)
        data["modes_over_speed"] = [{"speed_mps": speed, "modes": modes} for speed, modes in data["modes_over_speed"]]
        return _without_none(data)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(part) for key, part in value.items() if part is not None}
    return [_without_none(part) for part in value] if isinstance(value, list | tuple) else value
