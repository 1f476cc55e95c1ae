"""A mission file: which legs to fly with what, in which weather; and the one flight that these legs are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from agents.command_line import command
from agents.config.programme import (
    AIRSHOW,
    AUTOPILOT_TASKS,
    FIGURE,
    LEG_TASKS,
    ROBUST_LANDING,
    ROLL_OUT,
    SKILLS,
    STUNTS,
    WHOLE_FLIGHT,
    LegWord,
    skills_of,
)
from agents.pilots.bundle import AUTOPILOT, CARD, PRETRAINED, find_bundle, read_card
from agents.pilots.named_skills import skill_folder
from envs.base.config_file import Line, Strict, is_path, named_file, read_yaml, validate
from envs.base.errors import InputError, unknown_name
from envs.figures.display import find_display
from envs.figures.sequence import sequence_names
from envs.flight_config import MOST_FIGURES, FieldConfig
from envs.tasks import FIGURE_TASK, TASK_NAMES, is_figure
from envs.tasks.pattern import MOST_LAPS

POSSIBLE = "a take-off, a circuit, a landing, a figure, or take-off, one or more circuits or figures, and landing"


def figures() -> tuple[str, ...]:
    """The stunts: tasks that are no part of a circuit, nor a whole flight, and the shipped figures and sequences."""
    return tuple(task for task in TASK_NAMES if task not in (*SKILLS, WHOLE_FLIGHT, AIRSHOW))


class FigureLeg(Strict):
    """A stunt as a leg: `figure: NAME`."""

    figure: Line = Field(description="a file of configs/figures by name, or a path seen from this file")

    @property
    def named(self) -> str:
        """What is flown."""
        return self.figure


class SequenceLeg(Strict):
    """Several figures in turn as a leg: `sequence: NAME`."""

    sequence: Line = Field(description="a file of configs/sequences by name, or a path seen from this file")

    @property
    def named(self) -> str:
        """What is flown."""
        return self.sequence


def _word(value: Any) -> Any:
    """One spelling a leg: YAML's `- take-off`, `takeoff` and `take off` mean the same."""
    if not isinstance(value, str):
        return value
    word = {"takeoff": "take-off", "take off": "take-off", "take_off": "take-off"}.get(value.strip(), value.strip())
    if word not in LEG_TASKS:
        raise unknown_name("leg", word, (*LEG_TASKS, "figure", "sequence"))
    return word


MissionLeg = Annotated[LegWord | FigureLeg | SequenceLeg, BeforeValidator(_word)]


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
    pilots: dict[Literal["takeoff", "pattern", "landing", "rollout", "figure"], str] = Field(
        default={},
        description="bundles of the phases of a flight, flown one after the other; rollout may be left out, figure is "
        "that of a flight with figures",
    )
    legs: tuple[MissionLeg, ...] = Field(
        min_length=1,
        max_length=MOST_FIGURES + 2,
        description="parts of the flight, in the order they are flown",
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
    folder = Path(name).parent if is_path(name) else Path()
    task, options, flown = _task(mission, name, folder)
    aircraft = aircraft or _beside(mission.aircraft, folder)
    if pilot is None and mission.pilots:
        if task not in (WHOLE_FLIGHT, AIRSHOW):
            raise InputError(f"{name}: pilots are those of a circuit's phases; this mission is a {task}: give pilot")
        needed = SKILLS if task == WHOLE_FLIGHT else (*SKILLS, FIGURE)
        missing = [skill for skill in needed if skill not in mission.pilots]
        if missing:
            raise InputError(f"{name}: pilots has no {missing[0]!r}")
        given: dict[str, str] = {**mission.pilots}
        if task == WHOLE_FLIGHT:
            given.pop(FIGURE, None)
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
        **({"figure": flown} if flown else {}),
    }
    return PlannedFlight(Path(name).stem, settings, mission.seed if seed is None else seed, pilot, skills)


def _beside(name: str, folder: Path) -> str:
    """A path in a mission file is relative to it."""
    return str(folder / name) if is_path(name) and not Path(name).is_absolute() else name


def _task(mission: Mission, name: str, folder: Path) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """The task whose flight the legs are (agents.config.programme.LEG_TASKS), its options, and the figures in it."""
    stunts = tuple(_stunt(leg, name, folder) for leg in mission.legs if not isinstance(leg, str))
    legs = [leg if isinstance(leg, str) else leg.named for leg in mission.legs]
    turns = {"circuit_side": 1 if mission.side == "left" else -1}
    if len(legs) == 1:
        leg = mission.legs[0]
        if isinstance(leg, str):
            return LEG_TASKS[leg], turns if leg == "circuit" else {}, ()
        return (stunts[0], {}, ()) if not is_path(stunts[0]) else (FIGURE_TASK, {}, stunts)
    between = mission.legs[1:-1]
    if legs[0] == "take-off" and legs[-1] == "landing" and between:
        if set(legs[1:-1]) == {"circuit"} and not stunts:
            return WHOLE_FLIGHT, {**turns, "laps": _laps(len(between), name)}, ()
        if len(stunts) == len(between):
            alone = [stunt for stunt in stunts if not is_path(stunt) and not is_figure(stunt)]
            if alone:
                raise InputError(f"{name}: legs: {alone[0]} is a task of its own, no figure: it is flown alone")
            return AIRSHOW, turns, stunts
    raise InputError(f"{name}: no flight has the legs {', '.join(legs)}; one can fly {POSSIBLE}")


def _laps(laps: int, name: str) -> int:
    if laps > MOST_LAPS:
        raise InputError(f"{name}: legs: {laps} circuits; at most {MOST_LAPS} are flown in one flight")
    return laps


def _stunt(leg: FigureLeg | SequenceLeg, name: str, folder: Path) -> str:
    """What a leg flies, its path as seen from here. Raises InputError for a name that is none."""
    kind = "figure" if isinstance(leg, FigureLeg) else "sequence"
    if is_path(leg.named):
        path = _beside(leg.named, folder)
        find_display(path)
        return path
    known = figures() if kind == "figure" else tuple(sequence_names())
    if leg.named not in known:
        raise InputError(f"{name}: {unknown_name(kind, leg.named, known)}")
    return leg.named


def pilot_for(wanted: str | None, task: str, aircraft: str) -> tuple[str, dict[str, str]]:
    """(name, {skill: bundle}) of who flies: the one wanted, the shipped one, or one put together of shipped skills.

    A skill of which none is shipped is flown by the autopilot, a circuit of which no skill is shipped wholly so.
    """
    kind = Path(aircraft).stem
    if wanted:
        if wanted != AUTOPILOT:
            find_bundle(wanted)
        return wanted, {}
    if is_figure(task) or task == FIGURE_TASK:
        if (PRETRAINED / f"{STUNTS}-{kind}").is_dir():
            return f"{STUNTS}-{kind}", {}
        task = FIGURE_TASK
    if (PRETRAINED / f"{task}-{kind}").is_dir():
        return f"{task}-{kind}", {}
    shipped = _shipped_skills(kind, with_figures=task == AIRSHOW)
    if task in (WHOLE_FLIGHT, AIRSHOW) and shipped:
        needed = skills_of({*shipped, FIGURE} if task == AIRSHOW else shipped)
        skills = {skill: shipped.get(skill, AUTOPILOT) for skill in needed}
        if task == AIRSHOW and (PRETRAINED / f"{WHOLE_FLIGHT}-{kind}").is_dir():
            return f"{WHOLE_FLIGHT}-{kind}+{skills[FIGURE]}", skills
        return "+".join(skills.values()), skills
    if task in AUTOPILOT_TASKS:
        named_file("aircraft", aircraft)  # it must exist
        return AUTOPILOT, {}
    raise InputError(
        f"no pilot {task}-{kind} is shipped; train one "
        f"({command('train', task, '--aircraft', aircraft)}) and give it with --pilot"
    )


def _shipped_skills(kind: str, with_figures: bool) -> dict[str, str]:
    """{skill: bundle} of those shipped for an aircraft: of a flight with figures the ones of its circuit, if any."""
    found = {skill: f"{skill}-{kind}" for skill in SKILLS if (PRETRAINED / f"{skill}-{kind}").is_dir()}
    if not with_figures:
        return found
    if (PRETRAINED / f"{STUNTS}-{kind}").is_dir():
        found[FIGURE] = f"{STUNTS}-{kind}"
    if (PRETRAINED / f"{ROBUST_LANDING}-{kind}").is_dir():
        found[ROBUST_LANDING] = f"{ROBUST_LANDING}-{kind}"
    circuit = PRETRAINED / f"{WHOLE_FLIGHT}-{kind}"
    told = read_card(circuit).get("skills") if (circuit / CARD).is_file() else None
    for skill in (*SKILLS, ROLL_OUT):
        place = told.get(skill) if isinstance(told, dict) else None
        if place is not None:
            found[skill] = AUTOPILOT if place == AUTOPILOT else str(skill_folder(circuit, skill, place))
    return found
