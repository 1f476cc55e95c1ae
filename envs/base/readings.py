"""What a pilot can see: one table, a row a reading. A new reading is one row in READINGS.

A reading is one of the QUANTITIES, scaled so that it is of the size of 1 in ordinary flight; envs/observation.py fills
an observation from the rows that a task names. The scales are part of every trained policy: a changed one changes its
flights.
"""

from __future__ import annotations

from typing import NamedTuple

from envs.base.quantities import SIDEWAYS

LINEAR, SINE, COSINE, EQUAL = 0, 1, 2, 3
"""Kinds of readings: (quantity - offset) / scale; the sine or cosine of it; 1 where the quantity is the offset."""


class Reading(NamedTuple):
    """One reading of a quantity: what it means, its scale, and `kind`, how it is formed.

    Scale and offset are in `unit` (SI), or, where `per` is given, in stall speeds Vs or spans b of the aircraft.
    """

    quantity: str
    unit: str
    scale: float
    meaning: str
    per: str = ""  # "": SI, "stall_speed": times Vs, "span": times b
    kind: int = LINEAR
    offset: float = 0.0
    sensed: bool = True  # whether sensors give it; False: only in observation="state"
    by_eye: bool = False  # shown only where the sensor suite has a camera

    @property
    def sideways(self) -> bool:
        """Whether it changes its sign in the mirror image of a flight, left and right swapped."""
        return self.quantity in SIDEWAYS and self.kind in (LINEAR, SINE)

    @property
    def formula(self) -> str:
        """How the value follows from the quantity x: `(x - 1) / 0.2 Vs`."""
        unit = {"": self.unit.replace("-", ""), "stall_speed": "Vs", "span": "b"}[self.per]
        if self.kind == EQUAL:
            return f"1 if {self.quantity} is {self.offset:g}, else 0"
        if self.kind in (SINE, COSINE):
            angle = "sin(x)" if self.kind == SINE else "cos(x)"
            return angle if self.scale == 1.0 else f"{angle} / {self.scale:g}"
        shifted = f"(x {'-' if self.offset > 0 else '+'} {abs(self.offset):g} {unit})".replace(" )", ")")
        return f"{shifted if self.offset else 'x'} / {self.scale:g} {unit}".strip()


def _vector(name: str, quantity: str, unit: str, scale: float, meaning: str, per: str = "") -> dict[str, Reading]:
    """Three readings: a vector in body axes."""
    axes = {"x": "forward", "y": "left", "z": "up out of the cockpit"}
    return {
        f"{name}_{axis}": Reading(f"{quantity}_{axis}", unit, scale, f"{meaning}, {word}", per)
        for axis, word in axes.items()
    }


# Rotor speed: estimated, a motor of the Ultra Stick's class (870 rpm/V on 12 V) turns at 0 to 1000 rad/s. The scale is
# the same for every aircraft, as the shipped policies learned it; faster motors read more than 1, at most 5.
READINGS: dict[str, Reading] = {
    "airspeed": Reading(
        "airspeed", "m/s", 1.0, "airspeed; from sensors the indicated one", per="stall_speed", offset=1.0
    ),
    "airspeed_fine": Reading(
        "airspeed", "m/s", 0.2, "the same, finer, about the speed of a touchdown", per="stall_speed", offset=1.2
    ),
    "height": Reading("height", "m", 10.0, "height of the lowest wheel", offset=10.0),
    "height_near_ground": Reading("height", "m", 0.5, "the same, finer, for the last metres", offset=0.5),
    "climb_rate": Reading("vz", "m/s", 3.0, "climb rate"),
    "climb_rate_fine": Reading("vz", "m/s", 0.5, "the same, finer, about the sink of a touchdown", offset=-0.5),
    "cross_track": Reading("cross_track", "m", 1.0, "distance from the leg, right +", per="span"),
    "cross_track_far": Reading("cross_track", "m", 20.0, "the same, coarser, for the way there", per="span"),
    "cross_speed": Reading("cross_speed", "m/s", 2.0, "ground speed across the leg, right +"),
    "along_track": Reading("along_track", "m", 50.0, "place along the leg, from its origin"),
    "along_track_near": Reading(
        "along_track", "m", 5.0, "the same, finer, for the last metres to the aim point", per="span"
    ),
    "along_track_far": Reading("along_track", "m", 50.0, "the same, coarser, for the way there", per="span"),
    "along_speed": Reading("along_speed", "m/s", 1.0, "ground speed along the leg", per="stall_speed", offset=1.0),
    "course_sine": Reading("course_error", "rad", 0.3, "sine of heading minus the leg's course", kind=SINE),
    "course_cosine": Reading("course_error", "rad", 1.0, "cosine of it", kind=COSINE),
    "height_error": Reading("height_error", "m", 3.0, "height above the leg"),
    "height_error_near": Reading("height_error", "m", 0.5, "the same, finer, near the leg"),
    "roll": Reading("roll", "rad", 0.3, "roll angle, right wing down +"),
    "roll_sine": Reading("roll", "rad", 1.0, "sine of the roll angle", kind=SINE),
    "roll_cosine": Reading("roll", "rad", 1.0, "cosine of the roll angle", kind=COSINE),
    "pitch": Reading("pitch", "rad", 0.3, "pitch angle, nose up +"),
    "roll_rate": Reading("p", "rad/s", 2.0, "rate of roll, right +"),
    "pitch_rate": Reading("q", "rad/s", 1.0, "rate of pitch, up +"),
    "yaw_rate": Reading("r", "rad/s", 1.0, "rate of yaw, nose right +"),
    "load_factor": Reading("load_factor", "-", 1.0, "load factor, 1 in level flight", offset=1.0),
    "accel_forward": Reading("accel_x", "m/s2", 5.0, "acceleration felt forward"),
    "accel_right": Reading("accel_y", "m/s2", 3.0, "acceleration felt to the right"),
    "wheels_on_ground": Reading("wheels_on_ground", "-", 3.0, "wheels on the ground"),
    "runway_in_sight": Reading(
        "runway_in_sight",
        "-",
        1.0,
        "how sure the lookout is, 0 to 1, that the runway is in sight; 0.5 where net or neuron do not look",
        by_eye=True,
    ),
    "rotor_speed": Reading("rotor_speed", "rad/s", 500.0, "speed of the propeller", offset=500.0),
    "aileron_command": Reading("aileron_cmd", "-", 1.0, "aileron command flown last, right +"),
    "elevator_command": Reading("elevator_cmd", "-", 1.0, "elevator command flown last, up +"),
    "rudder_command": Reading("rudder_cmd", "-", 1.0, "rudder command flown last, right +"),
    "throttle_command": Reading("throttle_cmd", "-", 0.5, "throttle command flown last, 0 to 1", offset=0.5),
    "takeoff_phase": Reading("phase", "-", 1.0, "whether the flight is at its take-off", kind=EQUAL, offset=0.0),
    "pattern_phase": Reading("phase", "-", 1.0, "whether it is in the circuit", kind=EQUAL, offset=1.0),
    "landing_phase": Reading("phase", "-", 1.0, "whether it is on the approach or landing", kind=EQUAL, offset=2.0),
    "figure_phase": Reading("phase", "-", 1.0, "whether it is at its figures", kind=EQUAL, offset=3.0),
    "alpha": Reading("alpha", "rad", 0.2, "angle of attack", sensed=False),
    "beta": Reading("beta", "rad", 0.2, "angle of sideslip, flow from the right +", sensed=False),
    "wind_along": Reading(
        "wind_x", "m/s", 1.0, "wind along the runway, from behind +", per="stall_speed", sensed=False
    ),
    "wind_across": Reading(
        "wind_y", "m/s", 1.0, "wind across the runway, from the right +", per="stall_speed", sensed=False
    ),
    "wind_up": Reading("wind_z", "m/s", 2.0, "rising air", sensed=False),
    # Of a figure, in body axes: without a jump at any attitude.
    **_vector("up", "up", "-", 1.0, "the world's up"),
    **_vector("track", "track", "m/s", 2.0, "velocity over the ground", "stall_speed"),
    **_vector("path_off", "off", "m", 2.0, "from the aircraft to the path asked for", "span"),
    **_vector("path_way", "way", "-", 1.0, "direction of the path there"),
    **_vector("path_canopy", "roof", "-", 1.0, "canopy asked for there"),
    **_vector("path_near", "near", "m", 2.0, "to the path 2 b ahead", "span"),
    **_vector("canopy_near", "near_roof", "-", 1.0, "canopy asked for there"),
    **_vector("path_mid", "mid", "m", 5.0, "to the path 5 b ahead", "span"),
    **_vector("canopy_mid", "mid_roof", "-", 1.0, "canopy asked for there"),
    **_vector("path_far", "far", "m", 10.0, "to the path 10 b ahead", "span"),
    **_vector("canopy_far", "far_roof", "-", 1.0, "canopy asked for there"),
    **_vector("path_farther", "farther", "m", 18.0, "to the path 18 b ahead", "span"),
    **_vector("canopy_farther", "farther_roof", "-", 1.0, "canopy asked for there"),
    # The same errors finer, cut where they are large: what a judge sees is a few degrees.
    "path_left": Reading("off_y", "m", 0.5, "to the path asked for, left of the pilot +", per="span"),
    "path_above": Reading("off_z", "m", 0.5, "likewise, above the pilot +", per="span"),
    "path_bank": Reading("roof_y", "-", 0.2, "canopy asked for there, to the pilot's left +"),
    "path_bank_near": Reading("near_roof_y", "-", 0.2, "likewise, 2 b ahead"),
    "path_drift": Reading("aim_y", "m/s", 0.2, "flown off the path's direction, to the left +", per="stall_speed"),
    "path_climb": Reading("aim_z", "m/s", 0.2, "likewise, upwards as the pilot sits +", per="stall_speed"),
    "too_fast": Reading("too_fast", "m/s", 0.5, "airspeed over that asked for", per="stall_speed"),
    # Large, for they alone tell the side: with 1 for 0.25 the nose of every stall turn went to the same one.
    "pivot": Reading("pivot", "-", 0.25, "a stall turn is near, to the left -, right +"),
    "spin": Reading("spin", "-", 0.25, "a spin, to the left -, right +"),
}
