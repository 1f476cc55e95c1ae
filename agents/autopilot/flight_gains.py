"""Numbers of the loops that every flight shares. Angles rad, commands -1..1, speeds in Vs, lengths in b, times in T."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FlightGains:
    """Found on the ultra_stick, with the landing: three figures by the search of scripts/tune_autopilot.py, the others
    by hand on validation flights.
    """

    # Estimates
    speed_filter: float = 1.54  # T, airspeed from pitot (slow) and inertial acceleration (fast)
    wind_filter: float = 5.31  # T, smoothing of the wind
    gust_filter: float = 8.0  # T, smoothing of the gusts' size
    # Guidance (L1): reference point on the leg this far ahead in time, bank from the angle to it
    line_period: float = 20.3  # T, period of the track to the leg
    line_damping: float = 0.846  # its damping ratio
    line_integral: float = 0.0224  # offset from the leg and time added to the offset, 1/T
    turn_bank: float = 0.34  # rad, of the circle on which it comes onto the leg
    turn_lead: float = 1.2  # T, it steers as if it were where it will be so much later
    bank_max: float = 0.52  # rad, most bank wanted when high
    bank_margin: float = 1.3  # (Vs)^2, speed squared over load factor that a bank must leave
    bank_least: float = 0.2  # rad, bank allowed however slow it is
    # Height and speed (total energy)
    height_gain: float = 0.35  # climb wanted per height error, b/T per b
    sink_max: float = 0.25  # Vs, fastest descent wanted
    climb_max: float = 0.3  # Vs, fastest climb wanted
    slowest: float = 1.2  # Vs, least airspeed wanted, times the root of the load factor
    speed_gain: float = 0.192  # acceleration wanted per speed error, g per b/T
    acceleration_max: float = 0.15  # g
    acceleration_filter: float = 0.93  # T
    throttle_energy: float = 0.973  # throttle per error of total energy rate (g)
    throttle_path: float = 0.653  # throttle per climb angle wanted, rad
    throttle_integral: float = 0.224  # the same and time, 1/T
    pitch_energy: float = 0.6  # pitch per error of the energy's distribution (rad)
    pitch_energy_integral: float = 0.144  # the same and time, 1/T
    pitch_lift: float = 0.167  # rad, angle of attack that carries the weight at Vs: pitch for speed and bank
    slow_speed: float = 1.15  # Vs, below it pitch serves the speed alone; 0.05 above the throttle opens
    slow_throttle: float = 5.0  # throttle per Vs too slow
    pitch_max: float = 0.3  # rad
    pitch_min: float = -0.25  # rad
    lift_filter: float = 1.2  # T, smoothing of the lift
    stall_lift: float = 0.8  # lift, in that of the stall, from which on pitch gives way
    stall_pitch: float = 1.5  # rad per that lift
    stall_pitch_max: float = 0.3  # rad
    # Angle and rate loops; rate gains in angular acceleration per rate error, 1/T, integrators 1/T^3
    bank: float = 1.75  # rate wanted per bank error, 1/T
    bank_rate_max: float = 0.5  # rad/T
    roll_rate: float = 6.24
    bank_integral: float = 0.354
    pitch: float = 1.42
    pitch_rate: float = 8.87
    heave_slowing: float = 2.0  # pitch_rate divided by 1 + this times how much more heave than the reference has
    pitch_integral: float = 2.04
    turn_damping: float = 0.646  # yaw rate gain in flight, 1/T
    slip_feedback: float = 0.579  # rudder's angular acceleration per felt sideways acceleration (g), 1/T^2
    elevator_lift: float = 0.498  # elevator per 1 / speed^2: what trim takes more when slow
    wash_tail: float = 3.2  # share of the propeller wash that rudder and elevator feel (TakeoffGains)
    schedule_cap: float = 1.83  # gains rise no further than this factor when slow
    integral_max: float = 0.6  # command, most that an integrator may ask for
