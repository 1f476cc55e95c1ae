"""What a flight is made of: the one list of an environment's settings, each with its unit, bounds and meaning.

FlightEnv takes these as keywords, a training config (agents/config/programme.py) and a mission
(agents/missions/mission.py) hold them as keys, and the JSON Schemas and `--help` are made from them. A new setting is
one field here, and the line of FlightEnv where it takes effect.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from envs.base.config_file import Strict
from envs.base.errors import unknown_name
from envs.base.runway import SURFACES
from envs.camera.eye_file import NET, known_lookout
from envs.discrepancies._drawn import DrawnDiscrepancies
from envs.physics.kernels.records import EFFECTS, check_effects
from envs.physics.sensors import SUITES, has_eye
from envs.tasks import FIGURE_TASK, TASK_NAMES, TASKS, is_figure
from envs.tasks.parts.landing_rules import BY_RULE, known_go_around

Environment = TypeVar("Environment", bound=type)


@dataclass(frozen=True)
class OneOf:
    """Annotation of a text that must be a name in a table; the schema lists the names, so that editors complete them.

    `kind` is what the error calls the name. The table is read when it is needed: it may grow.
    """

    kind: str
    known: Collection[str]

    def check(self, name: str) -> str:
        """`name`, if the table has it. Raises InputError with the nearest known name."""
        if name not in self.known:
            raise unknown_name(self.kind, name, self.known)
        return name

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "enum": list(self.known)}


Scale = Annotated[float, Field(ge=-1e4, le=1e4)]
"""Of a reward term. The shipped ones lie within -12 and 12; far beyond 1e4 the value function cannot be learned."""


class TaskChoice(Strict):
    """The task, which has no default in a file."""

    task: Annotated[str, OneOf("task", TASK_NAMES)] = Field(
        description="what is to be done: the name of a task in envs/tasks, of a figure in configs/figures, or of a "
        "sequence in configs/sequences"
    )


MOST_DISCREPANCIES = 32


def _listed(names: Any) -> Any:
    """One name stands for a list of it; what is drawn is checked here, so that errors are about its own keys."""
    if isinstance(names, Mapping):
        return DrawnDiscrepancies.model_validate(names)
    return (names,) if isinstance(names, str) else names


MOST_FIGURES = 64


def _one_or_more(figures: Any) -> Any:
    """One name stands for a list of it."""
    return (figures,) if isinstance(figures, str) else figures


FixedDiscrepancies = Annotated[tuple[str, ...], Field(max_length=MOST_DISCREPANCIES)]


class FieldConfig(Strict):
    """What flies, where, in what air, and what the pilot is shown of it: all of a flight but its task."""

    aircraft: str = Field(
        default="ultra_stick", description="the model aircraft: a file of configs/aircraft by name, or a path"
    )
    weather: str = Field(
        default="breeze", description="what wind and gusts are drawn from: a file of configs/weather by name, or a path"
    )
    observation: Literal["sensors", "state"] = Field(
        default="sensors",
        description="what the pilot sees; sensors: what the flight controller estimates; state: the truth, with "
        "angle of attack, sideslip and wind besides",
    )
    sensor_suite: Annotated[str, OneOf("sensor suite", SUITES)] = Field(
        default="precise",
        description="which sensors are fitted; precise: satellite positions to 2 cm and a laser height; hobby: "
        "satellite positions to 1.5 m and a barometer; camera: those and a laser height, and pictures that mend the "
        "position; laser: the same without the pictures",
    )
    lookout: Annotated[str, AfterValidator(known_lookout)] = Field(
        default=NET,
        description="with the camera, who says whether the runway is in sight; net: the one that reads its pictures; "
        "neuron: the one of configs/eyes/neuron.yaml; or the path of another neuron's file; place: how well "
        "pictures have told the place beside the centreline",
    )
    go_around: Annotated[str, AfterValidator(known_go_around)] = Field(
        default=BY_RULE,
        description="how a pilot made of learned skills gives up a landing; rule: by the limits of "
        "configs/rules/landing.yaml; value: where going round is worth more than going on, by configs/rules/"
        "going_on.yaml; or the path of another such file; never: it does not",
    )
    discrepancies: Annotated[FixedDiscrepancies | DrawnDiscrepancies, BeforeValidator(_listed)] = Field(
        default=(),
        description="how the aircraft that flies differs from its drawing: a list of files of envs/discrepancies as "
        "NAME, NAME=SEVERITY or NAME=SEVERITY@SECONDS (it strikes then); or {draw: [NAME, ...], most: N}, drawn for "
        "each flight",
    )
    runway: Annotated[str, OneOf("runway", SURFACES)] = Field(
        default="grass", description="surface of the runway, which sets rolling friction and grip of the wheels"
    )
    field_elevation_m: float = Field(
        default=0.0, ge=-500, le=6000, description="height of the field above the sea; the air is thinner higher up"
    )
    temperature_C: float | None = Field(
        default=None,
        ge=-60,
        le=60,
        description="temperature of the air at the field; null: that of the standard atmosphere",
    )
    air_density: float | None = Field(
        default=None,
        ge=0.1,
        le=5,
        description="density of the air at the field; null: it follows from elevation and temperature [kg/m3]",
    )
    effects: dict[str, bool] = Field(
        default={},
        description="{name: false} switches a physical effect off",
        json_schema_extra={"propertyNames": {"enum": list(EFFECTS)}},
    )
    control_hz: int = Field(
        default=30, ge=1, le=1000, description="how often the pilot sees and moves the sticks [1/s]"
    )
    physics_hz: int = Field(
        default=240, ge=1, le=100_000, description="how often the physics is computed: a multiple of control_hz [1/s]"
    )

    @model_validator(mode="after")
    def _effects_are_known(self) -> FieldConfig:
        check_effects(self.effects)
        return self

    @model_validator(mode="after")
    def _a_lookout_has_a_camera(self) -> FieldConfig:
        if self.lookout != NET and not has_eye(self.sensor_suite):
            raise ValueError(
                f"lookout {self.lookout!r} looks at the pictures of sensor_suite: camera (got {self.sensor_suite})"
            )
        return self

    @property
    def discrepancy_words(self) -> list[str]:
        """Each discrepancy as it is written, or what is drawn from: for cards and evaluations."""
        return list(self.discrepancies) if isinstance(self.discrepancies, tuple) else self.discrepancies.words()


class FlightConfig(FieldConfig, TaskChoice):
    """Every setting of a FlightEnv. Made by `envs.base.config_file.validate`, whose one-line errors name the key."""

    figure: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_one_or_more)] = Field(
        default=(),
        max_length=MOST_FIGURES,
        description="of the task figure: what is flown, a file of configs/figures or configs/sequences by name, or a "
        "path; a list, of which each flight draws one; random: elements drawn for each flight. Default: loop",
    )
    reward: dict[str, Scale] = Field(
        default={}, description="{term: scale}: the task's reward terms whose scale differs from the task's own [-]"
    )
    task_options: dict[str, Any] = Field(
        default={}, description="{key: value}: the task's options, such as its start ranges, that differ from its own"
    )

    @model_validator(mode="before")
    @classmethod
    def _a_figure_is_a_task(cls, data: Any) -> Any:
        """A figure's name in the place of a task's is the task figure, with that figure."""
        name = data.get("task") if isinstance(data, Mapping) else None
        return {**data, "task": FIGURE_TASK, "figure": (name,)} if is_figure(name) else data

    @field_validator("reward")
    @classmethod
    def _terms_are_known(cls, reward: dict[str, float], seen: ValidationInfo) -> dict[str, float]:
        if "task" in seen.data:
            check_reward_names(seen.data["task"], reward)
        return reward

    @field_validator("task_options")
    @classmethod
    def _options_are_possible(cls, options: dict[str, Any], seen: ValidationInfo) -> dict[str, Any]:
        return TASKS[seen.data["task"]].checked_options(options) if "task" in seen.data else options

    @property
    def flown_name(self) -> str:
        """The task in a word: of the task figure the one that is flown, where it is a shipped one."""
        return self.figure[0] if len(self.figure) == 1 and is_figure(self.figure[0]) else self.task

    def flight_settings(self) -> dict[str, Any]:
        """{setting: value}: the keywords that make this flight's FlightEnv; a training config's other keys left out."""
        return {name: getattr(self, name) for name in FlightConfig.model_fields}


def check_reward_names(task: str, reward: Iterable[str]) -> None:
    """Raise InputError, with the nearest known name, for a reward term that the task does not have."""
    for term in reward:
        if term not in TASKS[task].default_reward:
            raise unknown_name(f"reward term of {task}", term, TASKS[task].default_reward)


def with_settings(environment: Environment) -> Environment:
    """The class, with a table of all settings in the place of the line `{settings}` of its docstring."""
    rows = [
        f"    | `{name}` | {'' if field.is_required() else f'`{field.get_default()!r}`'} | {field.description} |"
        for name, field in FlightConfig.model_fields.items()
    ]
    table = "\n".join(["| setting | default | meaning |", "    |---|---|---|", *rows])
    environment.__doc__ = (environment.__doc__ or "").replace("{settings}", table)
    return environment
