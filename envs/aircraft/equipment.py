"""What is bolted to an aircraft, as its YAML file describes it: wheels, propulsion, servos; typed and validated."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, model_validator

from envs.base.config_file import Strict
from envs.base.frames import Channel

ENGINE_POINTS = 12

Coordinate = Annotated[float, Field(ge=-100, le=100)]
Vector = tuple[Coordinate, Coordinate, Coordinate]
Fraction = Annotated[float, Field(ge=0, le=1)]
Coefficient = Annotated[float, Field(ge=-1000, le=1000)]
NonNegative = Annotated[float, Field(ge=0)]
Degrees = Annotated[float, Field(ge=-180, le=180)]


class Steering(Strict):
    """A wheel that turns with a channel; rudder + turns the aircraft right."""

    channel: Channel = Field(default="rudder", description="whose stick turns it")
    travel_deg: float = Field(gt=0, le=60, description="to each side at full stick")


class Wheel(Strict):
    """A wheel or skid on a spring and damper; `contact_m` is its lowest point, unloaded."""

    name: str = Field(description="main, tail, nose, skid, ...")
    contact_m: Vector = Field(description="x, y, z of its lowest point, unloaded, in the axes of the drawing")
    mirrored: bool = Field(default=False, description="true: the left one of two")
    radius_m: NonNegative = Field(default=0.03, le=5, description="0: a skid")
    stiffness_N_per_m: PositiveFloat = Field(le=1e9, description="of the spring, straight up")
    damping_Ns_per_m: NonNegative = Field(le=1e9, description="of the damper, straight up")
    travel_m: PositiveFloat = Field(default=1.0, le=10, description="beyond it 20 times as stiff: it bottoms out")
    friction: PositiveFloat = Field(default=0.8, description="side force limit over load, times the runway's grip [-]")
    sliding_friction: PositiveFloat = Field(default=0.5, description="the same once it slides [-]")
    rolling_friction: NonNegative | None = Field(
        default=None, description="drag over load; null: the runway's; skids: same as sliding [-]"
    )
    relaxation_m: PositiveFloat = Field(default=0.05, description="rolling distance in which side force builds up")
    side_stiffness_N_per_m: PositiveFloat = Field(default=1500.0, le=1e9, description="across, until it slides")
    brake_friction: NonNegative = Field(default=0.0, description="drag over load at full brake [-]")
    steering: Steering | None = Field(default=None, description="null: it does not turn")


class Propeller(Strict):
    """Thrust and power coefficients over advance ratio J = V / (n D): T = CT rho n^2 D^4, P = CP rho n^3 D^5."""

    diameter_m: PositiveFloat = Field(le=10, description="from tip to tip")
    pitch_m: PositiveFloat = Field(le=20, description="way of a turn, as printed on the blade")
    J: tuple[float, ...] = Field(min_length=2, description="advance ratios V / (n D), from 0 upwards [-]")
    CT: tuple[float, ...] = Field(description="thrust coefficient at each J [-]")
    CP: tuple[float, ...] = Field(description="power coefficient at each J [-]")
    folding: bool = Field(default=False, description="its blades give way to the ground: no strike")

    @model_validator(mode="after")
    def _tables_match(self) -> Propeller:
        if not len(self.J) == len(self.CT) == len(self.CP):
            lengths = f"{len(self.J)}, {len(self.CT)}, {len(self.CP)}"
            raise ValueError(f"tables J, CT and CP must be equally long (got {lengths})")
        if self.J[0] != 0 or any(b <= a for a, b in zip(self.J, self.J[1:], strict=False)):
            raise ValueError("advance ratios J must start at 0 and rise")
        if self.CT[0] <= 0:
            raise ValueError(
                f"table CT at J = 0 must be greater than 0 (got {self.CT[0]:g}): this propeller does not pull"
            )
        if self.CP[0] <= 0:
            raise ValueError(f"table CP at J = 0 must be greater than 0 (got {self.CP[0]:g}): turning it takes power")
        return self


class Motor(Strict):
    """A brushless motor as a DC machine: I = (throttle U - omega / Kv) / R, torque = Kt (I - I0)."""

    kv_rpm_per_V: PositiveFloat = Field(le=50_000, description="speed without load per volt")
    resistance_ohm: PositiveFloat = Field(le=1000, description="of motor and controller")
    no_load_A: NonNegative = Field(le=1000, description="current I0 that turns it without load")
    max_current_A: PositiveFloat = Field(default=80.0, le=1e5, description="where the controller limits it")


class Battery(Strict):
    """Open-circuit voltage, inner resistance and capacity of the pack."""

    voltage_V: PositiveFloat = Field(le=2000, description="open circuit, fully charged")
    resistance_ohm: NonNegative = Field(description="inner, of the whole pack")
    capacity_Ah: PositiveFloat = Field(le=1e5, description="from full to empty")


class Engine(Strict):
    """A piston engine, or whatever is known by its shaft power: power at full throttle over speed.

    P = power (idle + (1 - idle) throttle). Below the first speed the torque is that at the first, beyond the last the
    power that at the last: one pair alone is an engine of constant shaft power.
    """

    rpm: tuple[PositiveFloat, ...] = Field(min_length=1, max_length=ENGINE_POINTS, description="speeds, rising [rpm]")
    power_W: tuple[PositiveFloat, ...] = Field(description="on the shaft at full throttle, at each speed [W]")
    idle: float = Field(default=0.0, ge=0, lt=1, description="share of it that is left with the throttle closed [-]")

    @model_validator(mode="after")
    def _is_a_curve(self) -> Engine:
        if len(self.rpm) != len(self.power_W):
            raise ValueError(f"engine: rpm and power_W must be equally long (got {len(self.rpm)}, {len(self.power_W)})")
        if any(b <= a for a, b in pairwise(self.rpm)):
            raise ValueError("engine: rpm must rise")
        return self


class Propulsion(Strict):
    """One propeller with what turns it: where it is, where it pulls, which way it turns (seen from behind).

    Turned by a `motor` on a `battery`, or by an `engine`.
    """

    name: str = Field(default="motor", description="tells several apart")
    position_m: Vector = Field(description="x, y, z of the propeller's disc in the axes of the drawing")
    right_thrust_deg: Degrees = Field(default=0.0, description="its axis turned to the right")
    down_thrust_deg: Degrees = Field(default=0.0, description="its axis turned down")
    turns: Literal["clockwise", "anticlockwise"] = Field(default="clockwise", description="seen from behind")
    rotor_inertia_kgm2: PositiveFloat = Field(le=100, description="of propeller and rotor about the axis")
    swirl_recovery: Fraction = Field(default=0.0, description="share of the torque that the airframe undoes [-]")
    propeller: Propeller
    motor: Motor | None = Field(default=None, description="an electric motor; needs a battery")
    battery: Battery | None = Field(default=None, description="its pack")
    engine: Engine | None = Field(
        default=None, description="instead of both: a piston engine, or a constant shaft power"
    )

    @model_validator(mode="after")
    def _is_turned_by_something(self) -> Propulsion:
        if self.engine is not None and (self.motor is not None or self.battery is not None):
            raise ValueError(f"propulsion {self.name!r}: give an engine, or a motor with its battery, not both")
        for key in ("motor", "battery") if self.engine is None else ():
            if getattr(self, key) is None:
                raise ValueError(f"propulsion {self.name!r}: key {key} is missing (or give an engine instead of both)")
        return self


class Servos(Strict):
    """All servos alike: second-order lag with a rate limit, behind a dead time."""

    bandwidth_radps: PositiveFloat = Field(le=1e5, description="natural frequency")
    damping: PositiveFloat = Field(default=0.8, le=1000, description="ratio, 1: critical [-]")
    delay_s: float = Field(default=0.0, ge=0, le=0.3, description="dead time from command to motion")
    rate_limit_dps: PositiveFloat = Field(le=1e6, description="of the surface, at its fastest")
