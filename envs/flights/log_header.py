"""What the header of a flight log, NAME.json, may hold: typed, for a log may come from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(max_length=500)]
Length = Annotated[float, Field(ge=-1e6, le=1e6)]
Positive = Annotated[float, Field(gt=0, le=1e6)]
Figure = Annotated[float, Field(ge=-1e12, le=1e12)] | None


def _figures_alone(values: Any) -> Any:
    """Of a mapping of figures those that are numbers or null: other people's tasks may tell in words, too."""
    if not isinstance(values, Mapping):
        return values
    return {k: v for k, v in values.items() if not isinstance(v, str | bool)}


class HeaderPart(BaseModel):
    """A part of a header: keys of other programs may stand beside ours, numbers are numbers and finite."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)


class FlownLeg(HeaderPart):
    """A straight that was asked for (Task.marks)."""

    name: Line
    from_s: Annotated[float, Field(ge=0, le=1e6)]
    x_m: Length
    y_m: Length
    course_deg: Annotated[float, Field(ge=-1e4, le=1e4)]
    height_m: Length
    slope: Annotated[float, Field(ge=-100, le=100)]
    start_m: Length
    end_m: Length


class AskedFigure(HeaderPart):
    """A figure that was to be flown and where (envs/figures/placing.py); of several, between which seconds."""

    name: Line
    figure: dict[str, Any]
    x_m: Length
    y_m: Length
    height_m: Length
    course_deg: Annotated[float, Field(ge=-1e4, le=1e4)]
    mirrored: bool = False
    from_s: Annotated[float, Field(ge=0, le=1e6)] | None = None
    to_s: Annotated[float, Field(ge=0, le=1e6)] | None = None


class Marks(HeaderPart):
    """What a picture shows of the task (Task.marks)."""

    legs: list[FlownLeg] = []
    figures: list[AskedFigure] = []
    aim_x_m: Length | None = None
    glide_slope: Annotated[float, Field(ge=-100, le=100)] | None = None
    box_from_x_m: Length | None = None
    box_to_x_m: Length | None = None
    box_half_width_m: Length | None = None


class ToldFault(HeaderPart):
    """A discrepancy in words (envs/discrepancies/_words.py)."""

    name: Line
    at_s: Annotated[float, Field(ge=0, le=1e6)]
    words: Line


class BuiltStage(HeaderPart):
    """The aircraft from a second of the flight on, of a discrepancy that strikes in flight."""

    at_s: Annotated[float, Field(gt=0, le=1e6)]
    aircraft_config: dict[str, Any]


class Header(HeaderPart):
    """The header. No key must be there: what a picture cannot do without, it asks for itself."""

    aircraft: Line | None = None
    weather: Line | None = None
    sensor_suite: Line | None = None
    lookout: Line | None = None
    task: Line | None = None
    pilot: Line | None = None
    label: Line | None = None
    outcome: Line | None = None
    is_success: bool | None = None
    discrepancies: list[Line] | None = None
    faults: list[ToldFault] | None = None
    stages: list[BuiltStage] | None = None
    effects_off: list[Line] | None = None
    seed: int | None = None
    trained_steps: int | None = None
    rows: int | None = None
    metrics: Annotated[dict[Line, Figure], BeforeValidator(_figures_alone)] | None = None
    reward_terms: Annotated[dict[Line, Figure], BeforeValidator(_figures_alone)] | None = None
    marks: Marks | None = None
    leg: dict[Line, Length | None] | None = None
    runway: dict[str, Any] | None = None
    aircraft_config: dict[str, Any] | None = None
    versions: dict[str, Line] | None = None
    span_m: Positive | None = None
    stall_speed_mps: Positive | None = None
    air_density_kgpm3: Positive | None = None
    field_elevation_m: Length | None = None
    temperature_C: Length | None = None


def sensors_told(header: Mapping[str, Any]) -> str:
    """Which sensors were fitted, for the line above a flight's pictures; "" of the usual ones and of older logs."""
    suite = header.get("sensor_suite")
    return f"sensors {suite}" if isinstance(suite, str) and suite != "precise" else ""
