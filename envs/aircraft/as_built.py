"""How an aircraft was built where it is not as drawn: linkages, damage, wheels, sensors. 0 or 1 is the drawing.

What a drawing has a key for (mass, servos, motor, propeller) is changed there; here is the rest, per side where the
side matters. The published derivatives of an aircraft are those of its drawing: they stay, and what is here comes on
top (envs/physics/assembly/fitting.py), so that a damaged wing is not corrected back to a whole one.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from envs.base.config_file import Strict

Side = Literal["both", "left", "right"]
MOST_LATE_S = 0.3
"""Of a control's extra dead time and of a satellite fix: what the records of past steps hold at 30 steps a second."""


class ControlBuilt(Strict):
    """One control surface and what moves it. Angles: trailing edge down +, of an upright fin left +."""

    control: str = Field(description="name of the control")
    side: Side = Field(default="both", description="of a mirrored control: which half")
    offset_deg: float = Field(
        default=0.0,
        ge=-45,
        le=45,
        description="where the linkage holds it with the stick centred; trailing edge down +",
    )
    gain: float = Field(
        default=1.0, ge=-2, le=2, description="its travel over the travel drawn; -1: it works the wrong way round [-]"
    )
    effect: float = Field(default=1.0, ge=0, le=2, description="force of a deflection over that of the drawing [-]")
    play_deg: float = Field(default=0.0, ge=0, le=30, description="slop: it moves that much less when it turns back")
    stuck_deg: float | None = Field(
        default=None, ge=-60, le=60, description="null: it moves; else where it stays, trailing edge down +"
    )
    slow: float = Field(
        default=1.0, gt=0, le=1, description="servo's speed and bandwidth over those of the drawing [-]"
    )
    delay_s: float = Field(default=0.0, ge=0, le=MOST_LATE_S, description="dead time besides that of servos.delay_s")


class HalfBuilt(Strict):
    """One half of a mirrored surface (or a whole one that is not mirrored: side both)."""

    surface: str = Field(description="name of the surface")
    side: Side = Field(default="both", description="which half")
    lost_span: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="torn off at the tip; 1: all of it, as on a torn tip [(half) span]",
    )
    twist_deg: float = Field(
        default=0.0, ge=-15, le=15, description="warp at the tip, growing evenly from the root; + nose up"
    )
    lift: float = Field(default=1.0, ge=0.05, le=1.5, description="its sections' lift over that drawn [-]")


class WheelBuilt(Strict):
    """One wheel, or one side of a mirrored one."""

    wheel: str = Field(description="name of the wheel")
    side: Side = Field(default="both", description="of a mirrored wheel: which one")
    toe_deg: float = Field(default=0.0, ge=-45, le=45, description="turned about the upright axis; + to the right")
    rolling: float = Field(default=1.0, ge=0, le=100, description="rolling friction over that drawn [-]")


class SensorsBuilt(Strict):
    """How the sensors sit and work; all right unless said."""

    roll_deg: float = Field(default=0.0, ge=-45, le=45, description="the inertial unit, right side down +")
    pitch_deg: float = Field(default=0.0, ge=-45, le=45, description="the inertial unit, nose up +")
    compass_deg: float = Field(default=0.0, ge=-180, le=180, description="added to the heading that it shows")
    pitot: float = Field(
        default=1.0, ge=0, le=3, description="dynamic pressure shown over the true one; 0: blocked [-]"
    )
    fix_delay_s: float = Field(
        default=0.0, ge=0, le=MOST_LATE_S, description="satellite fixes are that much later than usual"
    )


class AirBuilt(Strict):
    """What the air does besides all of the above, as coefficients of the reference area, span and chord.

    For faults that have no other name, and for what test flights tell of them. `zero` at any angle, `alpha` per rad of
    angle of attack. Aerospace signs: CY, Cl, Cn to the right, Cm nose up. The forces act where the drawing has its
    centre of gravity.
    """

    zero: dict[Literal["CL", "CD", "CY", "Cl", "Cm", "Cn"], float] = Field(
        default={}, description="{coefficient: what is added} [-]"
    )
    alpha: dict[Literal["CL", "CD", "CY", "Cl", "Cm", "Cn"], float] = Field(
        default={}, description="{coefficient: what is added per rad of angle of attack} [1/rad]"
    )


class AsBuilt(Strict):
    """All of it. Of two entries for the same part, numbers that multiply multiply, the others add up."""

    controls: tuple[ControlBuilt, ...] = Field(default=(), description="control surfaces and their linkages and servos")
    halves: tuple[HalfBuilt, ...] = Field(default=(), description="damage to wings, tails and fins")
    wheels: tuple[WheelBuilt, ...] = Field(default=(), description="bent or dragging wheels")
    sensors: SensorsBuilt = SensorsBuilt()
    air: AirBuilt = AirBuilt()

    def with_control(self, control: str, side: Side = "both", **changes: Any) -> AsBuilt:
        """A copy with one more entry for a control: fields of ControlBuilt."""
        return self.model_copy(
            update={"controls": (*self.controls, ControlBuilt(control=control, side=side, **changes))}
        )

    def with_half(self, surface: str, side: Side = "both", **changes: float) -> AsBuilt:
        """A copy with one more entry for a surface."""
        return self.model_copy(update={"halves": (*self.halves, HalfBuilt(surface=surface, side=side, **changes))})

    def with_wheel(self, wheel: str, side: Side = "both", **changes: float) -> AsBuilt:
        """A copy with one more entry for a wheel."""
        return self.model_copy(update={"wheels": (*self.wheels, WheelBuilt(wheel=wheel, side=side, **changes))})

    def with_sensors(self, **changes: float) -> AsBuilt:
        """A copy with the sensors changed: `pitot` multiplied, all others added to what they were."""
        now = self.sensors
        values = {
            name: getattr(now, name) * change if name == "pitot" else getattr(now, name) + change
            for name, change in changes.items()
        }
        return self.model_copy(update={"sensors": now.model_copy(update=values)})
