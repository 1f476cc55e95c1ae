"""A mission file: which legs to fly with what, in which weather; and the one flight that these legs are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from agents.command_line import command
from agents.config.programme import AUTOPILOT_TASKS, LEG_TASKS, SKILLS, STUNTS, WHOLE_FLIGHT, LegWord, skills_of
from agents.pilots.bundle import PRETRAINED, find_bundle
from envs.base.config_file import Line, Strict, is_path, named_file, read_yaml, validate
from envs.base.errors import InputError, unknown_name
from envs.flight_config import FieldConfig
from envs.tasks import TASK_NAMES, is_figure
from envs.tasks.pattern import MOST_LAPS

POSSIBLE = "a take-off, a circuit, a landing, or take-off, one or more circuits and landing"


def figures() -> tuple[str, ...]:
    """The stunts: tasks that are no part of a circuit, nor a circuit, and the shipped figures."""
    return tuple(task for task in TASK_NAMES if task not in AUTOPILOT_TASKS)


class FigureLeg(Strict):
    """A stunt as a leg: `figure: NAME`."""

    figure: str = Field(description="a stunt of envs/tasks")


def _word(value: Any) -> Any:
    """One spelling a leg: YAML's `- take-off`, `takeoff` and `take off` mean the same."""
    if not isinstance(value, str):
        return value
    word = {"takeoff": "take-off", "take off": "take-off", "take_off": "take-off"}.get(value.strip(), value.strip())
    if word not in LEG_TASKS:
        raise unknown_name("leg", word, (*LEG_TASKS, "figure"))
    return word


MissionLeg = Annotated[LegWord | FigureLeg, BeforeValidator(_word)]


class Mission(FieldConfig):
    """A file of configs/missions: what flies, where and in what air, as in a training config, and the legs to fly.

    Errors are InputError, one line, naming file and key.
    """

    version: Literal[1] = Field(description="version of this file's format [-]")
    title: Line | Literal[""] = Field(default="", description="one line about the mission")
    seed: int = Field(default=1000, ge=0, lt=2**31, description="seed of the flight's start, wind and sensors [-]")
    side: Literal["left", "right"] = Field(
        default="left", description="to which hand the circuit's turns lead, seen by the pilot"
    )
    pilot: str | None = Field(
        default=None, description="bundle of the pilot of the whole flight; null: the one shipped as TASK-AIRCRAFT"
    )
    pilots: dict[Literal["takeoff", "pattern", "landing", "rollout"], str] = Field(
        default={}, description="bundles of the phases of a circuit, flown one after the other; rollout may be left out"
    )
    legs: tuple[MissionLeg, ...] = Field(
        min_length=1, max_length=MOST_LAPS + 2, description="parts of the flight, in the order they are flown"
    )


@dataclass(frozen=True)
class PlannedFlight:
    """The one flight that a mission asks for, and who flies it.

    `settings` are those of its FlightConfig that the mission says; `skills` is {skill: bundle}, or {} for one pilot.
    """

    name: str
    settings: Mapping[str, Any]
    seed: int
    pilot: str
    skills: Mapping[str, str]

    @property
    def task(self) -> str:
        """The task whose flight it is."""
        return self.settings["task"]


def load_mission(name: str) -> Mission:
    """The mission of a name in configs/missions or of a path. Raises InputError."""
    path = named_file("missions", name)
    return validate(Mission, read_yaml(path), str(path))


def plan_mission(
    name: str,
    *,
    aircraft: str | None = None,
    weather: str | None = None,
    seed: int | None = None,
    pilot: str | None = None,
) -> PlannedFlight:
    """What to fly for the mission `name`, with the changes that are given. Raises InputError, one line."""
    mission = load_mission(name)
    if mission.pilot and mission.pilots:
        raise InputError(f"{name}: give pilot or pilots, not both")
    task, options = _task(mission, name)
    folder = Path(name).parent if is_path(name) else Path()
    aircraft = aircraft or _beside(mission.aircraft, folder)
    if pilot is None and mission.pilots:
        if task != WHOLE_FLIGHT:
            raise InputError(f"{name}: pilots are those of a circuit's phases; this mission is a {task}: give pilot")
        missing = [skill for skill in SKILLS if skill not in mission.pilots]
        if missing:
            raise InputError(f"{name}: pilots has no {missing[0]!r}")
        given: dict[str, str] = {**mission.pilots}
        skills = {skill: given[skill] for skill in skills_of(given)}
        pilot = "+".join(skills.values())
    else:
        pilot, skills = pilot_for(pilot or mission.pilot, task, aircraft)
    settings = {name: getattr(mission, name) for name in FieldConfig.model_fields if name in mission.model_fields_set}
    settings |= {
        "task": task,
        "aircraft": aircraft,
        "weather": weather or _beside(mission.weather, folder),
        "task_options": options,
    }
    return PlannedFlight(Path(name).stem, settings, mission.seed if seed is None else seed, pilot, skills)


def _beside(name: str, folder: Path) -> str:
    """A path in a mission file is relative to it."""
    return str(folder / name) if is_path(name) and not Path(name).is_absolute() else name


def _task(mission: Mission, name: str) -> tuple[str, dict[str, Any]]:
    """The task whose flight the legs are (agents.config.programme.LEG_TASKS), with its options."""
    for leg in mission.legs:
        if isinstance(leg, FigureLeg) and leg.figure not in figures():
            raise InputError(f"{name}: {unknown_name('figure', leg.figure, figures())}")
    legs = [leg if isinstance(leg, str) else leg.figure for leg in mission.legs]
    turns = {"circuit_side": 1 if mission.side == "left" else -1}
    if len(legs) == 1:
        leg = mission.legs[0]
        task = leg.figure if isinstance(leg, FigureLeg) else LEG_TASKS[leg]
        return task, turns if leg == "circuit" else {}
    laps = legs[1:-1]
    if legs[0] == "take-off" and legs[-1] == "landing" and laps and set(laps) == {"circuit"}:
        return WHOLE_FLIGHT, {**turns, "laps": len(laps)}
    raise InputError(f"{name}: no flight has the legs {', '.join(legs)}; one can fly {POSSIBLE}")


def pilot_for(wanted: str | None, task: str, aircraft: str) -> tuple[str, dict[str, str]]:
    """(name, {skill: bundle}) of who flies: the one wanted, the shipped one, or one put together of shipped skills.

    A skill of which none is shipped is flown by the autopilot, a circuit of which no skill is shipped wholly so.
    """
    kind = Path(aircraft).stem
    if wanted:
        if wanted != "autopilot":
            find_bundle(wanted)
        return wanted, {}
    for name in (f"{task}-{kind}", *([f"{STUNTS}-{kind}"] if is_figure(task) else [])):
        if (PRETRAINED / name).is_dir():
            return name, {}
    shipped = {skill: f"{skill}-{kind}" for skill in SKILLS if (PRETRAINED / f"{skill}-{kind}").is_dir()}
    if task == WHOLE_FLIGHT and shipped:
        skills = {skill: shipped.get(skill, "autopilot") for skill in SKILLS}
        return "+".join(skills.values()), skills
    if task in AUTOPILOT_TASKS:
        named_file("aircraft", aircraft)  # it must exist
        return "autopilot", {}
    raise InputError(
        f"no pilot {task}-{kind} is shipped; train one "
        f"({command('train', task, '--aircraft', aircraft)}) and give it with --pilot"
    )
