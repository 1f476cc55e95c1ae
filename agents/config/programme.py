"""The learning programme: every knob of a training run, typed, with its unit and one line of meaning.

A file of configs/training holds what differs from the defaults here; `complete_yaml` writes all of it, so
that a run folder's config.yaml trains the same run again.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from agents.config.blocks import ALL, NetworkConfig, PPOConfig, PupilBlock, TrainingBlock
from agents.config.tune_block import TuneConfig
from agents.config.tune_check import check_space
from envs.base.config_file import CONFIGS, Strict, is_path, named_file, names_of, read_yaml, validate
from envs.base.errors import InputError, shown, unknown_name
from envs.base.yaml_text import parse_yaml
from envs.flight_config import FlightConfig, check_reward_names
from envs.observation import observation_rows
from envs.physics.sensors import has_eye
from envs.tasks import FIGURE_TASK, TASK_NAMES, TASKS, is_figure

LegWord = Literal["take-off", "circuit", "landing"]

LEG_TASKS: dict[LegWord, str] = {"take-off": "takeoff", "circuit": "pattern", "landing": "landing"}
"""{leg of a mission: the task that flies it alone}, in the order in which they are flown.

Beware of "circuit", which means two things. As a leg it is what a pilot calls so: once round the field, in the air from
climb-out to base leg; this is the task "pattern". The task "circuit" (`WHOLE_FLIGHT`) is a whole flight from standstill
to standstill: the tasks takeoff, pattern (one lap or several) and landing, one after the other.
"""
WHOLE_FLIGHT = "circuit"
"""The task that all legs of LEG_TASKS make together."""
SKILLS = tuple(LEG_TASKS.values())
"""The tasks that the whole flight is made of, in the order of its phases."""
AIRSHOW, FIGURE = "airshow", FIGURE_TASK
"""The task of a whole flight with figures in it, and the skill that flies them, a task of its own."""
AUTOPILOT_TASKS = (*SKILLS, WHOLE_FLIGHT, FIGURE, AIRSHOW)
"""The tasks that the hand-tuned autopilot flies."""
TEACHER_KEYS = ("after", "figure", "weather", "task_options", "reward", "algorithm", "training")
"""What a teacher may have of its own; with any other key it would see or move something else than its pupil."""
STUNTS = "stunts"
"""The programme in configs/training that a figure is learned by which has none of its own."""
DEEPEST_KEY = 8
"""Parts of a dotted key: skills.landing.training.first_reward.touch has five."""
ROLL_OUT = "rollout"
"""A skill that a pilot of several may have besides: from the touchdown to standstill, learned in the task landing.

The word in files is "rollout"; it has nothing to do with what PPO's papers call so, a batch of steps.
"""
ROBUST_LANDING = "robust_landing"
"""A skill that a pilot of airshows may have besides: the landing after a figure was given up."""


class Version(Strict):
    """The number of the file format, first in every file."""

    version: Literal[1] = Field(default=1, description="version of this file's format [-]")


class TrainingConfig(FlightConfig, Version):
    """One learning programme: the flights it learns from, and how it learns.

    Errors are InputError, one line, naming file and key.
    """

    skills: dict[str, dict[str, Any]] = Field(
        default={},
        description="{skill: {key: value}}: skills learned one by one and flown in turn, each with what differs "
        "from its own programme; {}: one policy learns the task",
    )
    teachers: dict[str, dict[str, Any]] = Field(
        default={},
        description="{name: {key: value}}: policies that go on learning from the one that all of this makes, each with "
        "what differs from it, or with `after: NAME` from a teacher above it, which then teaches no more; a pupil then "
        "learns from all of them (agents/training/train_pupil.py); {}: none",
    )
    pupil: PupilBlock = PupilBlock()
    network: NetworkConfig = NetworkConfig()
    algorithm: PPOConfig = PPOConfig()
    training: TrainingBlock = TrainingBlock()
    tune: TuneConfig | None = Field(
        default=None, description="keys that scripts/tune.py searches, and how it judges a trial"
    )

    @model_validator(mode="after")
    def _what_training_changes_is_known(self) -> TrainingConfig:
        block = self.training
        check_reward_names(self.task, block.first_reward)
        for ends in (block.task_options, block.last_task_options):
            TASKS[self.task].checked_options({**self.task_options, **ends})
        if self.tune is not None:
            check_space(type(self), self.task, self.tune)
        return self

    @model_validator(mode="after")
    def _all_skills(self) -> TrainingConfig:
        for skill, block in self.skills.items():
            if skill not in (*SKILLS, ROLL_OUT):
                raise unknown_name("skill", skill, (*SKILLS, ROLL_OUT))
            if "bundle" in block and (len(block) > 1 or not isinstance(block["bundle"], str)):
                raise ValueError(f"skills.{skill}.bundle: must be the name of a bundle, and the skill's only key")
        if self.skills and (self.task not in (WHOLE_FLIGHT, "landing") or not set(SKILLS) <= set(self.skills)):
            raise ValueError(
                "skills: only circuit and landing (with its go-arounds) are flown in skills, and in all: "
                f"{', '.join(SKILLS)}; {ROLL_OUT} may come with them"
            )
        return self

    @model_validator(mode="after")
    def _teachers_can_teach(self) -> TrainingConfig:
        for name, block in self.teachers.items():
            if not re.fullmatch("[a-z][a-z0-9_]*", name):
                raise ValueError(
                    f"teachers: {shown(name)} must be small letters, digits and _, for a folder has its name"
                )
            for key in block:
                if key not in TEACHER_KEYS:
                    raise unknown_name(f"key of teachers.{name}", key, TEACHER_KEYS)
            above = list(self.teachers)[: list(self.teachers).index(name)]
            if "after" in block and block["after"] not in above:
                raise unknown_name(f"teacher above teachers.{name} that it comes after", str(block["after"]), above)
            teacher_config(self, name)
        if self.teachers and (self.skills or self.network.remembers or self.network.critic != "sensors"):
            raise ValueError("teachers: a pupil has neither skills nor a memory (network), nor a critic of the truth")
        return self

    @model_validator(mode="after")
    def _what_is_remembered_is_shown(self) -> TrainingConfig:
        shown_rows = observation_rows(TASKS[self.task].observations, self.observation, has_eye(self.sensor_suite))
        for name in self.network.integrals_s:
            if name not in (*shown_rows, ALL):
                raise unknown_name(f"reading of {self.task} in network.integrals_s", name, (*shown_rows, ALL))
        steps, words = self.history_steps, ", ".join(f"{past:g}" for past in self.network.history_s)
        if 0 in steps or len(set(steps)) < len(steps):
            raise ValueError(
                f"network.history_s: [{words}] must be moments at least one control step (1/{self.control_hz} s) "
                "apart, and before now"
            )
        return self

    @property
    def teaching(self) -> tuple[str, ...]:
        """The teachers that a pupil learns from: those that no other one goes on from."""
        followed = {block.get("after") for block in self.teachers.values()}
        return tuple(name for name in self.teachers if name not in followed)

    @property
    def history_steps(self) -> tuple[int, ...]:
        """`network.history_s` in whole control steps."""
        return tuple(round(past * self.control_hz) for past in self.network.history_s)

    def training_changes(self, steps: int) -> tuple[dict[str, float], dict[str, float], float]:
        """(task options, reward scales, share of the wind) after so many steps; of the first two what changes.

        Validation and test fly with the programme's own. Training comes to them, or to its `last_...`, after
        `training.ramp` of its steps.
        """
        block = self.training
        share = min(1.0, steps / (block.ramp * block.steps))

        def moved(own: Mapping[str, Any], first: Mapping[str, float], last: Mapping[str, float]) -> dict[str, float]:
            ends = {key: (first.get(key, own[key]), last.get(key, own[key])) for key in {**first, **last}}
            return {key: start + share * (end - start) for key, (start, end) in ends.items()}

        task = TASKS[self.task]
        own_options = {**task.default_options, **self.task_options}
        options = moved(own_options, block.task_options, block.last_task_options)
        reward = moved({**task.default_reward, **self.reward}, block.first_reward, {})
        return options, reward, block.first_wind + share * (block.last_wind - block.first_wind)

    def most_log_std(self, steps: int) -> float | None:
        """Bound of the actions' log standard deviation after so many steps of training; None: none.

        A pilot flies without noise in the end. Trained with as much of it as learning leaves, it lands by the noise.
        """
        first, last = self.algorithm.log_std_init, self.algorithm.log_std_last
        return None if last is None else first + min(1.0, steps / self.training.steps) * (last - first)

    def steady_weight(self, steps: int) -> float:
        """Weight of the policy's steadiness after so many steps of training."""
        settings, block = self.algorithm, self.training
        last = settings.steady_weight
        first = last if settings.steady_first is None else settings.steady_first
        return first + min(1.0, steps / (block.ramp * block.steps)) * (last - first)

    def updates(self, steps: int) -> int:
        """`steps` in updates of the policy, rounded up, at least 1."""
        return max(1, -(-steps // self.algorithm.steps_per_update))

    def with_absolute_paths(self, folder: Path) -> TrainingConfig:
        """A copy in which a path to an aircraft, weather or first pilot, relative to `folder`, is absolute."""
        names = {"aircraft": self.aircraft, "weather": self.weather}
        paths: dict[str, Any] = {kind: str((folder / name).resolve()) for kind, name in names.items() if is_path(name)}
        start_from = self.training.start_from
        if start_from and (folder / start_from).exists():
            update = {"start_from": str((folder / start_from).resolve())}
            paths["training"] = self.training.model_copy(update=update)
        return self.model_copy(update=paths)

    def complete_yaml(self) -> str:
        """All keys, defaults and the task's reward and options included, as YAML that trains the same again.

        The search space is left out: it has no part in a training.
        """
        data = self.model_dump(mode="json", exclude={"tune"})
        task = TASKS[self.task]
        data["reward"] = {**task.default_reward, **self.reward}
        if self.skills and "steps" not in self.training.model_fields_set:
            del data["training"]["steps"]  # each skill has its own
        data["task_options"] = {**task.default_options, **self.task_options}
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def skills_of(given: Container[str]) -> tuple[str, ...]:
    """The skills of a pilot, in the order of its bundle: all of SKILLS, and the others that are `given`."""
    return (*SKILLS, *(skill for skill in (ROLL_OUT, FIGURE, ROBUST_LANDING) if skill in given))


def teacher_config(config: TrainingConfig, name: str, first: str = "") -> TrainingConfig:
    """The programme of one teacher: that of `config` with what its block changes, starting from the pilot `first`.

    Raises InputError, one line.
    """
    own = config.model_dump(exclude={"teachers", "pupil", "tune"})
    own["training"]["start_from"] = first
    block = {key: value for key, value in config.teachers[name].items() if key != "after"}
    return validate(TrainingConfig, merged(own, block), f"teachers.{name}")


def merged(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of `data` with `changes` put in, block by block."""
    changed = dict(data)
    for key, value in changes.items():
        block = isinstance(value, Mapping) and isinstance(changed.get(key), Mapping)
        changed[key] = merged(changed[key], value) if block else value
    return changed


def load_config(name: str, overrides: Iterable[str] = ()) -> TrainingConfig:
    """The learning programme `name`: a file of configs/training, a path, or a task without a file, all defaults.

    `overrides` are "key.sub=value" as typed on the command line. Raises InputError, one line.
    """
    if name in TASKS and name not in names_of("training"):
        data, source = {"task": name}, f"task {name}"
        if is_figure(name):  # learned as all stunts are
            data = {**read_yaml(named_file("training", STUNTS)), **data}
            data.pop("teachers", None)  # of families of figures, of which there is one here
    elif name not in names_of("training") and not is_path(name):
        raise unknown_name("task", name, {*TASK_NAMES, *names_of("training")})
    else:
        path = named_file("training", name)
        data = read_yaml(path)
        source = str(path.relative_to(CONFIGS.parent)) if path.is_relative_to(CONFIGS.parent) else str(path)
    config = validate(TrainingConfig, data, source)
    overrides = list(overrides)
    if overrides:
        config = validate(TrainingConfig, with_overrides(data, overrides), "command line")
    return config.with_absolute_paths(Path.cwd())


def with_overrides(data: Mapping[str, Any], overrides: Iterable[str]) -> dict[str, Any]:
    """A copy of `data` with each "key.sub=value" put in, the value read as YAML; `validate` checks the types."""
    changed: dict[str, Any] = _apart(data)
    for override in overrides:
        key, equals, text = override.partition("=")
        parts = key.strip().split(".")
        if not equals or not all(parts) or len(parts) > DEEPEST_KEY:
            raise InputError(f"{shown(override)}: expected key=value, as in training.steps=100000")
        try:
            value = parse_yaml(text)
        except yaml.YAMLError as error:
            reason = getattr(error, "problem", None) or "a character that no text has"
            raise InputError(f"{shown(override)}: the value is not valid YAML ({reason})") from None
        block = changed
        for part in parts[:-1]:
            if block.get(part) is None:
                block[part] = {}
            block = block[part]
            if not isinstance(block, dict):
                raise InputError(f"{shown(override)}: {part!r} is a value, it has no keys")
        block[parts[-1]] = value
    return changed


def _apart(data: Any) -> Any:
    """A copy that shares nothing: blocks that a YAML file names once (&name) and uses twice (*name) become two."""
    if isinstance(data, Mapping):
        return {key: _apart(value) for key, value in data.items()}
    return [_apart(value) for value in data] if isinstance(data, list) else data


def read_config(path: Path) -> TrainingConfig:
    """The config in a run folder or bundle. Raises InputError."""
    return validate(TrainingConfig, read_yaml(path), str(path))
