"""Numbers of the autopilots: of the loops that every flight shares, and of the landing.

Angles rad, commands -1..1, speeds in Vs, lengths in b, times in T = sqrt(b / g).
"""

from __future__ import annotations

from dataclasses import dataclass

from envs.tasks.parts.landing_rules import landing_rules

RULES = landing_rules()
SILVER, APPROACH, BALK = RULES.silver, RULES.autopilot.approach, RULES.autopilot.balk


@dataclass(frozen=True)
class FlightGains:
    """Of all flights in the air.

    Found on the ultra_stick, with the landing: three figures by the search of scripts/tune_autopilot.py, the others by
    hand on validation flights.
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


@dataclass(frozen=True)
class LandingGains(FlightGains):
    """Found on the ultra_stick: by search, and a few by hand on validation flights.

    The gains that only a landing has were searched by `tune_autopilot.py landing --own --generations 20 --members 32
    --flights 12 --seed 3` at commit 46c8d1d: 15,360 flights, about 12 million steps, on top of 2.2 million of a former
    search. Of 300 flights in gusty weather (seeds 500-799) the gains before land 279, those found 286. Five of them
    (touch_slope, line_period_low, speed_per_height, flare_pitch and flare_integral) went back halfway or all the way by
    hand: 287 there, and in storm (160 flights) 86 instead of 69. A third search from there (the same command with
    `--generations 30 --seed 4`, stopped after 21 generations, 12.7 million steps) found none better: 281 of the 300.
    The learned landing skill had 30 million steps.
    The gains shared with other flights are of earlier searches and by hand.
    """

    # Guidance
    line_period_low: float = 16.5  # T, the same near the ground
    bank_max_low: float = 0.0613  # rad, most bank wanted at the ground
    tip_share: float = 0.2  # or this share of the bank at which a wing meets the ground
    bank_per_height: float = 0.23  # rad/b, how it grows with height
    # Height and speed (total energy)
    glide: float = 0.0875  # slope of the final approach
    aim: float = -15.2  # b, where the glide path meets the ground, from the aim point
    aim_per_tailwind: float = 24.4  # b/Vs, nearer in a tailwind: it rolls farther
    aim_per_gust: float = 31.9  # b/Vs, nearer by the mean size of gusts, 0.15 Vs at most
    approach_speed: float = 1.27  # Vs
    speed_per_gust: float = 0.377  # airspeed added per size of gusts
    speed_per_headwind: float = 0.0603  # airspeed added per headwind
    approach_speed_max: float = 1.45  # Vs
    speed_when_high: float = 0.02  # airspeed added per height above 4 b, 1/b, 0.1 Vs at most
    # Flare
    flare_length: float = 18.5  # b, sink wanted is ground speed times height over this length, plus touch_slope
    touch_slope: float = 0.0255  # slope of the path at the touchdown
    sink_per_speed: float = 0.137  # more sink per airspeed below touch_speed, less above, in slope per Vs
    sink_when_late: float = 0.0019  # more sink past the middle of the touchdown box, in slope per b
    sink_when_early: float = 0.00568  # less sink, until it flies level, ...
    hold_before: float = -4.11  # b, ... before this place, from the aim point: never short
    least_slope: float = 0.0  # slope of the path at the touchdown at least
    hold_until: float = 1.17  # b, past the aim point it no longer waits to become slower
    flare_pitch: float = 2.11  # pitch per error of the path angle (rad)
    flare_integral: float = 0.441  # the same and time, 1/T
    flare_pitch_max: float = 0.28  # rad
    retard_height: float = 1.88  # b, below it the throttle of the approach closes, with height
    touch_speed: float = 1.12  # Vs, wanted at the touchdown; the throttle holds it against gusts to the ground
    speed_per_height: float = 0.0559  # Vs/b, more is wanted higher up in the flare
    touch_throttle: float = 6.53  # throttle per Vs
    # Align: rudder lines the nose up with the runway, the wing into the wind holds the track
    align_height: float = 0.422  # b, where it begins
    align_blend: float = 0.461  # b, height within which it takes over
    crab_kept: float = 0.329  # share of the drift angle kept to the touchdown
    slip_bank: float = 0.565  # bank per sideslip wanted
    heading: float = 1.68  # rate wanted per heading error, 1/T
    yaw_rate: float = 3.88
    heading_integral: float = 0.569
    # Ground
    line_time: float = 2.46  # T, the roll-out bends back to the centreline within this time
    line_angle_max: float = 0.105  # rad
    track: float = 0.439  # heading wanted per error of the course over ground
    steering_speed: float = 0.444  # Vs, guidance takes the ground speed to be at least this
    nose_rate: float = 0.0286  # rad/T, how fast the wanted pitch sinks after the touchdown
    roll_out_pitch: float = -0.00378  # rad, pitch of the roll-out on the main wheels
    steer: float = 1.33  # rate wanted per heading error, 1/T
    steer_rate: float = 4.8  # rudder's angular acceleration per yaw rate error, 1/T
    steer_integral: float = 0.388  # 1/T^3
    steer_cap: float = 0.863  # these gains rise no further than this factor when slow
    burst: float = 0.512  # throttle per rudder wanted beyond burst_from, for its wash; with a tail wheel
    burst_from: float = 0.718  # rudder
    burst_max: float = 0.4  # most throttle of such a burst
    ground_pitch: float = 0.515  # share of the pitch loop's gains on the ground
    tail_down_speed: float = 0.882  # Vs, below it the elevator loads the tail wheel
    tail_down: float = 2.4  # rad/T^2 then, at Vs: all of it on the reference, less where the elevator is strong
    # Go-around: what is given up, by the rule of configs/rules/landing.yaml
    gate_distance: float = APPROACH.before_spans
    gate_height: float = APPROACH.below_spans
    gate_cross: float = APPROACH.across_spans
    gate_way_per_cross: float = APPROACH.way_per_across
    gate_time: float = APPROACH.look_ahead_t
    gate_low: float = APPROACH.lands_below_spans
    gate_height_error: float = APPROACH.height_error_spans
    gate_speed_error: float = APPROACH.speed_error_vs
    long_at: float = APPROACH.long_spans
    long_height: float = APPROACH.long_height_spans
    bounce_height: float = APPROACH.bounce_height_spans
    balk_speed: float = SILVER.middle_speed_vs
    balk_speed_error: float = BALK.speed_error_vs
    balk_cross: float = BALK.across_spans
    balk_along: float = SILVER.middle_spans
    balk_along_error: float = BALK.along_error_spans
    time_for_circuit: float = RULES.autopilot.latest_t
    # and how it comes back
    climb_fast: float = 1.5  # Vs, faster than this the throttle of the first climb comes back ...
    climb_throttle: float = 4.0  # ... by so much per Vs
    circuit_height: float = 9.0  # b
    circuit_width: float = 52.0  # b, from the centreline to the downwind leg
    circuit_length: float = 75.0  # b, before the aim point where it turns in
    climb_out: float = 4.0  # b, height at which it turns onto the downwind leg ...
    turn_at: float = 13.0  # b, ... this far past the aim point: there a circuit's next round has begun


BELLY_LANDING = LandingGains(
    bank=2.5,
    roll_rate=8.1,
    bank_integral=0.46,
    tip_share=0.25,
    bank_per_height=1.0,
    glide=0.075,
    touch_speed=1.19,
    touch_slope=0.035,
    gate_cross=1.2,
)
"""Of an aircraft that lands on its belly, by hand on the x8 in a breeze.

Its wing tips are near the ground (the x8's meet it at 3.5 deg) and nothing steers it there. So the wing is held more
tightly, which the small wheeled models do not bear (their servos are slower in T: the Ultra Stick and the Sport then
rock and touch down banked in 20 and 5 of 60 flights); away from the ground it may bank more to be on the line in time,
for which there is room: a tip comes down by half a span for each radian. It gives up what comes in too far to the side,
and touches down sooner and faster, before a swing grows. Of 128 flights in a breeze (seeds 700-827) the gains of
wheels land 59, these 114.
"""
