"""What the search for gains pays for, a task: the cost of one flight, and which gains it may move between which bounds.

The gains not named are choices, not tuning. Units: those of the gains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.evaluation.flight_test import Flight
from envs.base.runway import WIDTH_SPANS
from envs.tasks.parts.landing_rules import landing_rules

MARGIN_WEIGHT = 0.3  # cost of a success at the very limits, in failures
ACTIVITY_WEIGHT = 0.005  # failures per (full command change)^2 a second, summed over the channels

TAKEOFF_RANGES: dict[str, tuple[float, float]] = {
    "throttle_slew": (0.1, 0.6),
    "throttle_full": (0.7, 1.0),
    "fast_speed": (1.4, 2.0),
    "wash_tail": (0.5, 5.0),
    "schedule_cap": (0.7, 4.0),
    "steering_speed": (0.2, 1.0),
    "line_time": (1.5, 8.0),
    "track": (0.0, 2.0),
    "crab_max": (0.04, 0.2),
    "heading": (0.5, 3.0),
    "yaw_rate": (0.6, 4.8),
    "heading_integral": (0.0, 2.4),
    "swing_feedforward": (-0.12, 0.24),
    "bank": (0.5, 3.0),
    "roll_rate": (1.4, 11.0),
    "bank_integral": (0.0, 5.4),
    "torque_feedforward": (-0.27, 0.27),
    "bank_per_heading": (0.0, 1.0),
    "tail_up_speed": (0.2, 0.8),
    "tail_up_pitch": (-0.04, 0.08),
    "rotation_speed": (1.15, 1.5),
    "rotation_rate": (0.1, 0.6),
    "climb_pitch": (0.15, 0.4),
    "pitch": (0.5, 3.0),
    "pitch_rate": (2.3, 14.0),
    "pitch_integral": (0.0, 7.0),
    "integral_max": (0.2, 1.0),
}

LANDING_RANGES: dict[str, tuple[float, float]] = {
    "speed_filter": (0.1, 4.0),
    "wind_filter": (1.0, 10.0),
    "line_period": (12.0, 30.0),
    "line_period_low": (8.0, 25.0),
    "line_damping": (0.6, 1.2),
    "line_integral": (0.0, 0.1),
    "bank_max_low": (0.03, 0.15),
    "bank_per_height": (0.05, 1.2),
    "aim": (-18.0, 6.0),
    "hold_until": (0.0, 10.0),
    "aim_per_tailwind": (0.0, 50.0),
    "aim_per_gust": (0.0, 60.0),
    "approach_speed": (1.15, 1.35),
    "speed_per_gust": (0.0, 2.0),
    "speed_per_headwind": (0.0, 0.5),
    "height_gain": (0.03, 0.4),
    "speed_gain": (0.03, 0.4),
    "acceleration_filter": (0.3, 4.0),
    "throttle_energy": (0.2, 2.0),
    "throttle_path": (0.0, 1.5),
    "throttle_integral": (0.02, 0.6),
    "pitch_energy": (0.1, 1.5),
    "pitch_energy_integral": (0.02, 0.6),
    "pitch_lift": (0.0, 0.4),
    "slow_speed": (1.05, 1.2),
    "flare_length": (8.0, 40.0),
    "touch_slope": (0.005, 0.06),
    "flare_pitch": (0.3, 4.0),
    "flare_integral": (0.0, 2.0),
    "retard_height": (0.2, 3.0),
    "touch_speed": (1.05, 1.22),
    "speed_per_height": (0.0, 0.3),
    "touch_throttle": (0.0, 10.0),
    "sink_per_speed": (0.0, 0.5),
    "align_height": (0.2, 3.0),
    "align_blend": (0.1, 2.0),
    "crab_kept": (0.0, 1.0),
    "slip_bank": (0.0, 1.0),
    "bank": (0.5, 3.0),
    "roll_rate": (1.5, 10.0),
    "bank_integral": (0.0, 2.0),
    "pitch": (0.5, 3.0),
    "pitch_rate": (3.0, 15.0),
    "pitch_integral": (0.0, 6.0),
    "heading": (0.5, 3.0),
    "yaw_rate": (0.5, 5.0),
    "heading_integral": (0.0, 2.0),
    "turn_damping": (0.0, 3.0),
    "slip_feedback": (0.0, 3.0),
    "elevator_lift": (0.0, 0.8),
    "line_time": (1.5, 8.0),
    "line_angle_max": (0.03, 0.2),
    "track": (0.0, 1.5),
    "steering_speed": (0.2, 1.0),
    "steer": (0.3, 3.0),
    "steer_rate": (0.5, 6.0),
    "steer_integral": (0.0, 1.5),
    "steer_cap": (0.2, 2.0),
    "burst": (0.0, 2.0),
    "burst_from": (0.5, 1.5),
    "ground_pitch": (0.1, 1.0),
    "nose_rate": (0.0, 0.1),
    "roll_out_pitch": (-0.02, 0.15),
    "tail_down_speed": (0.6, 1.0),
    "gate_cross": (0.8, 3.0),
    "gate_height_error": (1.0, 4.0),
    "gate_speed_error": (0.15, 0.45),
    "balk_speed_error": (0.08, 0.17),
    "balk_cross": (0.6, 1.2),
    "sink_when_late": (0.0, 0.006),
    "sink_when_early": (0.0, 0.012),
    "hold_before": (-5.0, 3.0),
    "integral_max": (0.2, 1.0),
}


FIGURE_RANGES: dict[str, tuple[float, float]] = {
    "off": (0.03, 0.6),
    "drift": (0.2, 3.0),
    "correction_max": (0.5, 5.0),
    "roll": (0.4, 4.0),
    "roll_ahead": (0.0, 0.6),
    "roll_rate": (1.5, 12.0),
    "roll_forward": (0.0, 3.0),
    "roll_integral": (0.0, 3.0),
    "lean_max": (0.02, 0.5),
    "lean_least": (0.1, 1.0),
    "pitch_rate": (0.5, 8.0),
    "pitch_forward": (0.0, 8.0),
    "lift": (0.0, 6.0),
    "pitch_integral": (0.5, 8.0),
    "yaw_rate": (0.5, 12.0),
    "side": (0.0, 6.0),
    "side_forward": (0.0, 6.0),
    "throttle": (0.1, 0.9),
    "energy": (0.02, 1.0),
    "coast": (0.5, 6.0),
    "coast_damping": (0.0, 6.0),
    "pivot_speed": (0.2, 1.2),
    "pivot_thrust": (0.1, 1.0),
    "pivot_down": (0.0, 0.95),
    "fall": (0.5, 8.0),
    "swing_stop": (0.2, 3.0),
    "swing_rate": (0.5, 8.0),
    "spin_slow": (1.0, 1.6),
    "spin_aileron": (0.0, 1.0),
    "spin_lead": (0.0, 1.5),
}


@dataclass(frozen=True)
class Objective:
    """How the gains of one task are searched."""

    ranges: dict[str, tuple[float, float]]
    weights: dict[str, float]  # weathers flown and what a failure in each weighs
    cost: Callable[[Flight, float, float], float]  # of a flight, the reward's scale of `smoothness`, span (m)


def _activity(flight: Flight, smoothness_scale: float) -> float:
    return flight.reward_terms["smoothness"] / smoothness_scale / max(1.0, flight.metrics["time_s"])


def takeoff_cost(flight: Flight, smoothness_scale: float, span_m: float) -> float:
    """0 for a perfect, quiet take-off, up to MARGIN_WEIGHT for one at its limits, one more for a failure."""
    found = flight.metrics
    used = max(found["centreline_m"] / span_m, found["bank_deg"] / 10, found["heading_deg"] / 15)
    activity = _activity(flight, smoothness_scale)
    return float(not flight.is_success) + MARGIN_WEIGHT * min(1.0, used) ** 2 + ACTIVITY_WEIGHT * activity


SILVER, GOLD = landing_rules().silver, landing_rules().gold
LIMITS = (
    ("x", SILVER.half_length_spans),
    ("y", SILVER.across_spans),
    ("sink", SILVER.sink_mps),
    ("bank", SILVER.bank_deg),
    ("heading", SILVER.heading_deg),
    ("speed", SILVER.half_speed_vs),
    ("bounce", SILVER.bounce_height_m),
    ("centreline", 0.5 * WIDTH_SPANS),
)  # errors of a landing that use up the whole margin: b, b, m/s, deg, deg, Vs, m, b
SOFT_SINK_MPS = 0.2  # no error: a typical sink at the touchdown of certified automatic landings, scaled


def landing_errors(found: dict[str, float], span_m: float) -> dict[str, float]:
    """Errors of a touchdown and roll-out in the units of LIMITS; all at their limit if there was no touchdown.

    Args: metrics of a landing; span of the aircraft (m). Place and speed are measured from the middle of the silver box
    and of gold's airspeeds.
    """
    if "sink_mps" not in found:
        return dict(LIMITS)
    return {
        "x": found["touchdown_x_m"] / span_m - SILVER.middle_spans,
        "y": found["touchdown_y_m"] / span_m,
        "sink": found["sink_mps"] - SOFT_SINK_MPS,
        "bank": found["bank_deg"],
        "heading": found["heading_deg"],
        "speed": found["touchdown_speed_vs"] - GOLD.middle_speed_vs,
        "bounce": found["bounce_height_m"],
        "centreline": found["centreline_m"] / span_m,
    }


def landing_cost(flight: Flight, smoothness_scale: float, span_m: float) -> float:
    """0 for a perfect, quiet landing; a failure costs 1, not being gold 0.1, a go-around 0.2.

    The errors, each cut at twice its limit, add the mean of their squares and half that of the worst, by MARGIN_WEIGHT.
    """
    errors = landing_errors(flight.metrics, span_m)
    used = [min(2.0, abs(errors[name]) / limit) ** 2 for name, limit in LIMITS]
    activity = _activity(flight, smoothness_scale)
    return (
        float(not flight.is_success)
        + MARGIN_WEIGHT * (sum(used) / len(used) + 0.5 * max(used))
        + 0.1 * (1 - flight.metrics["gold"])
        + 0.2 * min(1.0, flight.metrics["go_arounds"])
        + ACTIVITY_WEIGHT * activity
    )


FULL_MARKS = 10.0
FAR_SPANS = 8.0
"""Distance from a figure's path that uses up the whole margin: at which its flight is lost."""


def figure_cost(flight: Flight, smoothness_scale: float, span_m: float) -> float:
    """0 for full marks on the path, 1 for none, half for what is not flown of the figure, and a little for distance."""
    found = flight.metrics
    far = min(1.0, found["path_error_m"] / (FAR_SPANS * span_m))
    return (
        1.0
        - found.get("f3a_score", 0.0) / FULL_MARKS
        + 0.5 * (1.0 - found["completed"])
        + 0.5 * MARGIN_WEIGHT * far**2
        + ACTIVITY_WEIGHT * _activity(flight, smoothness_scale)
    )


OBJECTIVES = {
    "takeoff": Objective(TAKEOFF_RANGES, {"breeze": 1.0, "gusty": 2.0, "storm": 1.0}, takeoff_cost),
    "landing": Objective(LANDING_RANGES, {"breeze": 1.0, "gusty": 2.0}, landing_cost),
    "figure": Objective(FIGURE_RANGES, {"breeze": 1.0}, figure_cost),
}
