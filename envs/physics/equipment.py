"""What is bolted to an aircraft, as its YAML file describes it: wheels, propulsion, servos; typed and validated."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, model_validator

from envs.config_file import Strict
from envs.frames import Channel

Vector = tuple[float, float, float]
Fraction = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0)]
Degrees = Annotated[float, Field(ge=-180, le=180)]


class Steering(Strict):
    """A wheel that turns with a channel; rudder + turns the aircraft right."""

    channel: Channel = "rudder"
    travel_deg: Annotated[float, Field(gt=0, le=60)]


class Wheel(Strict):
    """A wheel or skid on a spring and damper; `contact_m` is its lowest point, unloaded."""

    name: str
    contact_m: Vector
    mirrored: bool = False
    radius_m: NonNegative = 0.03  # 0: a skid
    stiffness_N_per_m: PositiveFloat
    damping_Ns_per_m: NonNegative
    travel_m: PositiveFloat = 1.0  # beyond it the spring is 20 times as stiff: it bottoms out
    friction: PositiveFloat = 0.8  # side force limit over load, times the runway's grip
    sliding_friction: PositiveFloat = 0.5  # once it slides
    rolling_friction: NonNegative | None = None  # None: the runway's; skids: same as sliding
    relaxation_m: PositiveFloat = 0.05  # rolling distance in which side force builds up
    side_stiffness_N_per_m: PositiveFloat = 1500.0
    brake_friction: NonNegative = 0.0  # at full brake
    steering: Steering | None = None


class Propeller(Strict):
    """Thrust and power coefficients over advance ratio J = V / (n D): T = CT rho n^2 D^4, P = CP rho n^3 D^5."""

    diameter_m: PositiveFloat
    pitch_m: PositiveFloat
    J: Annotated[tuple[float, ...], Field(min_length=2)]
    CT: tuple[float, ...]
    CP: tuple[float, ...]
    folding: bool = False  # its blades give way to the ground: no strike

    @model_validator(mode="after")
    def _tables_match(self) -> Propeller:
        if not len(self.J) == len(self.CT) == len(self.CP):
            lengths = f"{len(self.J)}, {len(self.CT)}, {len(self.CP)}"
            raise ValueError(f"tables J, CT and CP must be equally long (got {lengths})")
        if self.J[0] != 0 or any(b <= a for a, b in zip(self.J, self.J[1:], strict=False)):
            raise ValueError("advance ratios J must start at 0 and rise")
        return self


class Motor(Strict):
    """A brushless motor as a DC machine: I = (throttle U - omega / Kv) / R, torque = Kt (I - I0)."""

    kv_rpm_per_V: PositiveFloat
    resistance_ohm: PositiveFloat
    no_load_A: NonNegative
    max_current_A: PositiveFloat = 80.0


class Battery(Strict):
    """Open-circuit voltage, inner resistance and capacity of the pack."""

    voltage_V: PositiveFloat
    resistance_ohm: NonNegative
    capacity_Ah: PositiveFloat


class Propulsion(Strict):
    """One motor with its propeller: where it is, where it pulls, which way it turns (seen from behind)."""

    name: str = "motor"
    position_m: Vector
    right_thrust_deg: Degrees = 0.0
    down_thrust_deg: Degrees = 0.0
    turns: Literal["clockwise", "anticlockwise"] = "clockwise"
    rotor_inertia_kgm2: PositiveFloat
    swirl_recovery: Fraction = 0.0  # share of the torque that the airframe takes out of the wash
    propeller: Propeller
    motor: Motor
    battery: Battery


class Servos(Strict):
    """All servos alike: second-order lag with a rate limit, behind a dead time."""

    bandwidth_radps: PositiveFloat
    damping: PositiveFloat = 0.8
    delay_s: Annotated[float, Field(ge=0, le=0.1)] = 0.0
    rate_limit_dps: PositiveFloat
