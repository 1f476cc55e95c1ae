"""The table of test_bad_inputs.py: what is typed, what is spoilt in a file before, and a word of the refusal.

A row is typed in a folder with one of everything (tests.support.workshop).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from envs.tasks import TASKS

Spoil = Callable[[Path], None]
LONG = "n" * 300
DEEP = "[" * 20_000


class BadInput(NamedTuple):
    """A command line, a part of its refusal, and what is done to the folder's files before."""

    words: tuple[str, ...]
    said: str
    spoil: Spoil | None = None


def put(file: str, key: str, value: Any) -> Spoil:
    """Set a dotted key of a YAML or JSON file; numbers index lists."""

    def spoil(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
        *parts, last = (int(part) if part.isdigit() else part for part in key.split("."))
        block = data
        for part in parts:
            block = block[part]
        block[last] = value
        path.write_text(json.dumps(data) if path.suffix == ".json" else yaml.safe_dump(data), encoding="utf-8")

    return spoil


def write(file: str, content: str | bytes) -> Spoil:
    """Replace a file."""
    return lambda folder: void((folder / file).write_bytes(content if isinstance(content, bytes) else content.encode()))


def void(_: object) -> None:
    """Nothing of it."""


def cell(row: int, column: str, value: str) -> Spoil:
    """Replace a value of flight.csv, rows counted from 1 below the names."""

    def spoil(folder: Path) -> None:
        lines = [line.split(",") for line in (folder / "flight.csv").read_text(encoding="utf-8").splitlines()]
        lines[row][lines[0].index(column)] = value
        (folder / "flight.csv").write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")

    return spoil


def nan_weights(file: str) -> Spoil:
    """Put a NaN into a policy's weights: policy.zip of a bundle, or a policy kept of a training."""

    def spoil(folder: Path) -> None:
        import io
        import zipfile

        import torch

        path, weights = folder / file, io.BytesIO()
        if path.suffix == ".pth":
            state = torch.load(path, weights_only=True)
            state["action_net.bias"][0] = math.nan
            torch.save(state, path)
            return
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        state = torch.load(io.BytesIO(parts["policy.pth"]), weights_only=True)
        state["action_net.bias"][0] = math.nan
        torch.save(state, weights)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in {**parts, "policy.pth": weights.getvalue()}.items():
                archive.writestr(name, content)

    return spoil


def options_of_tasks() -> Iterator[BadInput]:
    """Every option of every task, each with values that it does not take."""
    for task in TASKS:
        for option in TASKS[task].start_options:
            for value in ("left", ".nan", "1e300", "[0.1]", "{a: 1}", "true", f"{option.high + 1:g}"):
                yield BadInput(("train", task, f"task_options.{option.name}={value}"), option.name)


def settings() -> Iterator[BadInput]:
    """Keys of a training config, on the command lines that take them."""
    rows = (
        ("task_options=[1]", "task_options"),
        ("task_options=x", "task_options"),
        ("task_options.nose=1", "unknown option of takeoff"),
        ("training.task_options.start_across=.nan", "start_across"),
        ("training.last_task_options.start_across=9", "start_across"),
        ("training.first_reward.time=1e308", "first_reward"),
        ("reward.time=1e308", "reward.time"),
        ("reward.time=.nan", "reward.time"),
        ("reward.time=much", "reward.time"),
        ("reward.tiem=1", "did you mean 'time'"),
        ("reward=[1]", "reward"),
        ("training.steps=1e30", "training.steps"),
        ("training.steps=1e11", "training.steps"),
        ("training.steps=.inf", "training.steps"),
        ("training.steps=true", "true and false are no numbers"),
        ("training.steps=1:59", "training.steps"),
        ("training.seed=-1", "training.seed"),
        ("training.seed=1e300", "training.seed"),
        ("training.start_from=landing-ultra_stik", "did you mean 'landing-ultra_stick'"),
        ("training.start_from=landing-ultra_stick", "landing-ultra_stick: flies landing"),
        ("training.start_from=autopilot", "not one policy"),
        ("training.start_from=nowhere/pilot", "nowhere/pilot: no such"),
        ("training.start_from=5", "training.start_from"),
        ("training.eval_every=1e300", "training.eval_every"),
        ("training.test_flights=1e9", "training.test_flights"),
        ("training.processes=1e9", "training.processes"),
        ("training.torch_threads=0", "training.torch_threads"),
        ("training.ramp=0", "training.ramp"),
        ("training.vec_env=many", "training.vec_env"),
        ("training=5", "training"),
        ("network.hidden=[10000000]", "network.hidden"),
        ("network.hidden=[]", "network.hidden"),
        ("network.hidden=[64, 64, 64, 64, 64]", "network.hidden"),
        ("network.hidden=[true]", "network.hidden"),
        ("network.activation=sinus", "network.activation"),
        ("network.history_s=[0.01]", "network.history_s"),
        ("network.integrals_s={rol: 3}", "did you mean 'roll'"),
        ("algorithm.n_envs=1e6", "algorithm.n_envs"),
        ("algorithm.n_steps=1e9", "algorithm.n_steps"),
        ("algorithm={n_envs: 1024, n_steps: 65536, batch_size: 1024}", "fit in memory"),
        ("algorithm.batch_size=1", "algorithm.batch_size"),
        ("algorithm.batch_size=500", "does not divide"),
        ("algorithm.learning_rate=1e300", "algorithm.learning_rate"),
        ("algorithm.max_grad_norm=1e300", "algorithm.max_grad_norm"),
        ("algorithm.gamma=.nan", "algorithm.gamma"),
        ("algorithm.first_action=[1, 2]", "algorithm.first_action"),
        ("algorithm.name=sac", "algorithm.name"),
        ("control_hz=7", "physics_hz"),
        ("control_hz=1e300", "control_hz"),
        ("physics_hz=0", "physics_hz"),
        ("air_density=1e-9", "air_density"),
        ("temperature_C=1e4", "temperature_C"),
        ("field_elevation_m=.inf", "field_elevation_m"),
        ("runway=ice", "unknown runway"),
        ("sensor_suite=best", "unknown sensor suite"),
        ("observation=all", "observation"),
        ("effects.swril=false", "did you mean 'swirl'"),
        ("effects.swirl=2", "effects.swirl"),
        ("discrepancies=[heavy=.nan]", "severity must be a number"),
        ("discrepancies=[heavy=nan]", "severity must be a number"),
        ("discrepancies=[heavy=inf]", "severity must be a number"),
        ("discrepancies=[heavy=-10]", "severity must be a number"),
        ("discrepancies=[heavy=20]", "severity must be a number"),
        ("discrepancies=[heavy=]", "severity must be a number"),
        ("discrepancies=hevy", "did you mean 'heavy'"),
        ("discrepancies=[1]", "discrepancies"),
        ("discrepancies={heavy: 1}", "discrepancies"),
        ("discrepancies={draw: []}", "discrepancies"),
        ("discrepancies={draw: [hevy]}", "did you mean 'heavy'"),
        ("discrepancies={draw: [heavy=0.5..0.1]}", "the lower severity comes first"),
        ("discrepancies={draw: [heavy], least: 3, most: 2}", "least"),
        ("discrepancies={draw: [heavy], most: 1e9}", "most"),
        ("discrepancies={draw: [heavy], leave_out: [heavy]}", "leaves nothing"),
        ("discrepancies={draw: [heavy], always: [nothing]}", "unknown discrepancy"),
        ("discrepancies=[heavy=1@-2]", "second of the flight"),
        ("discrepancies=[heavy=1@nan]", "second of the flight"),
        ("aircraft=[x]", "aircraft"),
        ("weather=5", "weather"),
        ("aircraft=" + LONG + ".yaml", "cannot be read"),
        ("weather=" + LONG, "unknown weather"),
        ("skills.landing.x=1", "skills"),
        ("skills={takeoff: 5}", "skills"),
        ("x" * 500 + "=1", "unknown key"),
        ("a.b.c.d.e.f.g.h.i=1", "expected key=value"),
        ("training.steps=[", "not valid YAML"),
        ("training.steps=" + "[" * 5000, "not valid YAML"),
        ("training.steps=!!int x", "not valid YAML"),
        ("training.steps=*a", "not valid YAML"),
        ("=", "expected key=value"),
        ("version=2", "version"),
    )
    for word, said in rows:
        yield BadInput(("train", "takeoff", word), said)
    for word, said in (
        ("task_options.start_across=.nan", "start_across"),
        ("reward.time=1e308", "reward.time"),
        ("network.hidden=[64]", "says how to learn"),
        ("discrepancies=[heavy=nan]", "severity must be a number"),
        ("effects=[swirl]", "effects"),
        ("control_hz=7", "physics_hz"),
    ):
        yield BadInput(("evaluate", "autopilot", word), said)
    for word, said in (
        ("tune.space={}", "at least one key"),
        ("tune.space.algorithm.gamma={low: 1, high: 0}", "must be below"),
        ("tune.space.algorithm.gamma={low: 0, high: 2}", "gamma"),
        ("tune.space.algorithm.gamma={low: -1e308, high: 1e308}", "must be below"),
        ("tune.space.task_options.start_across={low: 0, high: 5}", "start_across"),
        ("tune.space.task_options.start_across={choices: [left, right]}", "start_across"),
        ("tune.space.network.hidden={choices: [[64], [10000000]]}", "network.hidden"),
        ("tune.space.training.seed={low: 0, high: 5}", "cannot be tuned"),
        ("tune.space.nothing={low: 0, high: 5}", "unknown key"),
        ("tune.trials=0", "tune.trials"),
        ("tune.pruner_startup=1e300", "tune.pruner_startup"),
        ("tune.test_flights=1e9", "tune.test_flights"),
    ):
        yield BadInput(("tune", "takeoff", word), said)
    yield BadInput(("study", "takeoff", "training.steps=1e30"), "training.steps")
    yield BadInput(
        ("tune", "takeoff", "--storage", "x.journal", "discrepancies=heavy=nan"), "severity must be a number"
    )
    yield BadInput(("train", "circuit", "skills.landing.bundle=5"), "skills.landing.bundle")
    yield BadInput(("train", "circuit", "skills.landing.training.steps=many"), "skills.landing")
    yield BadInput(("train", "circuit", "skills.landing.task_options.base_share=9"), "base_share")
    yield BadInput(("train", "circuit", "skills.loop.x=5"), "unknown skill")
    for word, said in (
        ("teachers.spin.training.steps=many", "teachers.spin"),
        ("teachers.spin.figure=[spni]", "did you mean 'spin'"),
        ("teachers.spin.aircraft=sport", "key of teachers.spin"),
        ("teachers.spin=5", "teachers.spin"),
        ("pupil.n_envs=0", "pupil.n_envs"),
    ):
        yield BadInput(("train", "stunts", word), said)
    yield BadInput(("tune", "takeoff", "teachers={spin: {}}"), "is not searched")


PLACES: tuple[tuple[str, ...], ...] = (
    ("train", "?"),
    ("train", "takeoff", "--run", "?"),
    ("train", "takeoff", "--aircraft", "?"),
    ("train", "takeoff", "--weather", "?"),
    ("train", "--resume", "?"),
    ("evaluate", "?"),
    ("evaluate", "autopilot", "--task", "?"),
    ("evaluate", "autopilot", "--aircraft", "?"),
    ("evaluate", "autopilot", "--weather", "?"),
    ("evaluate", "autopilot", "--json", "?"),
    ("evaluate", "autopilot", "--log-flights", "?"),
    ("evaluate", "autopilot", "--telemetry", "?"),
    ("compare", "?"),
    ("compare", "bundle", "--task", "?"),
    ("compare", "bundle", "--aircraft", "?"),
    ("compare", "bundle", "--weather", "?"),
    ("compare", "bundle", "--json", "?"),
    ("compare", "bundle", "--picture", "?"),
    ("play", "?"),
    ("play", "takeoff", "--aircraft", "?"),
    ("play", "takeoff", "--weather", "?"),
    ("play", "takeoff", "--against", "?"),
    ("play", "takeoff", "--controls", "?"),
    ("fly", "?"),
    ("fly", "first_takeoff", "--aircraft", "?"),
    ("fly", "first_takeoff", "--weather", "?"),
    ("fly", "first_takeoff", "--pilot", "?"),
    ("fly", "first_takeoff", "--card", "?"),
    ("fly", "first_takeoff", "--video", "?"),
    ("fly", "first_takeoff", "--telemetry", "?"),
    ("film", "?"),
    ("film", "run", "--video", "?"),
    ("film", "run", "--picture", "?"),
    ("film", "run", "--then", "?", "--picture", "x.webp"),
    ("film", "run", "--rerun", "?"),
    ("figures", "?"),
    ("figures", "loop", "--picture", "?"),
    ("judge", "?"),
    ("judge", "flight", "--figure", "?"),
    ("judge", "flight", "--figure", "loop", "--json", "?"),
    ("eye", "--aircraft", "?"),
    ("eye", "--unseen", "?"),
    ("eye", "--picture", "?"),
    ("eye", "--json", "?"),
    ("eye", "--save", "?"),
    ("eye", "--weights", "?"),
    ("go_around", "?"),
    ("go_around", "--weather", "?"),
    ("go_around", "--save", "?"),
    ("go_around", "--compare", "?"),
    ("go_around", "--compare", "rule", "--json", "?"),
    ("fog", "?"),
    ("fog", "--weather", "?"),
    ("fog", "--picture", "?"),
    ("fog", "--json", "?"),
    ("fog", "--resume", "--json", "?"),
    ("runway_reader", "--aircraft", "?"),
    ("runway_reader", "--unseen", "?"),
    ("runway_reader", "--save", "?"),
    ("runway_reader", "--json", "?"),
    ("hangar", "?"),
    ("hangar", "--picture", "?"),
    ("performance", "?"),
    ("performance", "ultra_stick", "--json", "?"),
    ("performance", "ultra_stick", "--picture", "?"),
    ("replay", "?"),
    ("replay", "flight", "--card", "?"),
    ("replay", "flight", "--eye", "?"),
    ("replay", "flight", "--acmi", "?"),
    ("replay", "flight", "--bin", "?"),
    ("report", "?"),
    ("report", "run", "--output", "?"),
    ("ship", "?"),
    ("ship", "--pack", "?", "packed"),
    ("ship", "--pack", "bundle", "?"),
    ("study", "?"),
    ("study", "takeoff", "--aircraft", "?"),
    ("study", "takeoff", "--json", "?"),
    ("tune", "?"),
    ("tune", "takeoff", "--storage", "?"),
    ("tune_autopilot", "?"),
    ("tune_autopilot", "takeoff", "--aircraft", "?"),
    ("tune_autopilot", "takeoff", "--only", "?"),
    ("tune_autopilot", "takeoff", "--weather", "?"),
    ("tune_autopilot", "takeoff", "--bundle", "?"),
    ("validate", "?"),
    ("validate", "ultra_stick", "--json", "?"),
    ("validate", "ultra_stick", "--markdown", "?"),
    ("validate", "ultra_stick", "--picture", "?"),
    ("benchmark", "--json", "?"),
    ("adapt", "?", "--discrepancy", "heavy"),
    ("adapt", "autopilot", "--discrepancy", "?"),
    ("adapt", "autopilot", "--discrepancy", "heavy", "--aircraft", "?"),
    ("adapt", "autopilot", "--discrepancy", "heavy", "--weather", "?"),
    ("adapt", "autopilot", "--discrepancy", "heavy", "--task", "?"),
    ("adapt", "autopilot", "--discrepancy", "heavy", "--json", "?"),
    ("adapt", "autopilot", "--discrepancy", "heavy", "--against", "?"),
    ("adapt", "autopilot", "--discrepancy", "heavy", "--picture", "?"),
    ("adapt", "--resume", "?"),
    ("adapt_study", "?"),
    ("adapt_study", "autopilot", "--discrepancies", "?"),
    ("adapt_study", "autopilot", "--task", "?"),
    ("adapt_study", "autopilot", "--aircraft", "?"),
    ("adapt_study", "autopilot", "--markdown", "?"),
    ("adapt_study", "--keep", "?"),
)
"""Where a name or a path is typed: at every "?"."""


def names_and_paths() -> Iterator[BadInput]:
    """At every place a name that is empty, of blanks, and one too long for any file system."""
    for words in PLACES:
        for name in ("", "  ", f"{LONG}/{LONG}.yaml"):
            yield BadInput(
                tuple(name if word == "?" else word for word in words), "is empty" if not name.strip() else ""
            )
    for words in (("fly", "first_takeoff", "--run"), ("study", "takeoff", "--run"), ("tune", "takeoff", "--run")):
        yield BadInput((*words, ""), "is empty")
        yield BadInput((*words, "   "), "is empty")
    for words in (("evaluate", "autopilot", "--json"), ("benchmark", "--json"), ("validate", "ultra_stick", "--json")):
        yield BadInput((*words, "run"), "is a folder")
        yield BadInput((*words, "no/x.json"), "folder does not exist")


def numbers() -> Iterator[BadInput]:
    """Options that take numbers."""
    for words, said in (
        (("train", "takeoff", "--steps", "1e30"), "1e30"),
        (("train", "takeoff", "--steps", "nan"), "not a whole number"),
        (("train", "takeoff", "--seed", "1e300"), "1e300"),
        (("evaluate", "autopilot", "--seed", "1e12"), "is more than"),
        (("evaluate", "autopilot", "--seed", "-1"), "not a whole number"),
        (("evaluate", "autopilot", "--flights", "1e9"), "--flights"),
        (("evaluate", "autopilot", "--processes", "1e6"), "--processes"),
        (("compare", "autopilot", "--flights", "0"), "--flights"),
        (("eye", "--pictures", "10"), "must be 300 to 1,000,000"),
        (("eye", "--pictures", "nan"), "not a whole number"),
        (("eye", "--unseen", "ultra_stick"), "is also learned from"),
        (("eye", "--save", "eye.json"), "must end in .yaml"),
        (("eye", "--weights", "eye.jpg"), "must end in .png"),
        (("benchmark", "--only", "fligt"), "did you mean 'flight'?"),
        (("benchmark", "--only", "flight,peer"), "add --peer"),
        (("benchmark", "--peer", "PyFlyt"), "unrecognized arguments: PyFlyt"),
        (("benchmark", "--peer", "--soak", "10"), "leave --peer out"),
        (("benchmark", "--only", "flight", "--soak", "10"), "leave --only out"),
        (("fog", "--visibility", "4"), "must be 5 to 100,000 m"),
        (("fog", "--visibility", "thick"), "must be 5 to 100,000 m"),
        (("fog", "--lookout", "newron"), "did you mean 'neuron'?"),
        (("fog", "--flights", "0"), "must be 1 to"),
        (("fog", "robust_landing-ultra_stick"), "never goes around"),
        (("fog", "--resume"), "needs --json FILE"),
        (("go_around", "autopilot"), "is not made of learned skills"),
        (("go_around", "circuit-ultra_stick"), "has no skill that comes round again"),
        (("go_around", "--price", "dear"), "must be 0 to 1"),
        (("go_around", "--price", "-0.1"), "must be 0 to 1"),
        (("go_around", "--flights", "0"), "must be 1 to"),
        (("go_around", "--weather", "gusty,gusty"), "'gusty' twice"),
        (("go_around", "--compare", "rule,valeu"), "did you mean 'value'?"),
        (("go_around", "--compare", "rule", "--save", "new.yaml"), "goes without --compare"),
        (("go_around", "--json", "new.json"), "goes with --compare"),
        (("go_around", "--save", "new.json"), "must end in .yaml"),
        (("evaluate", "landing-ultra_stick", "go_around=often"), "unknown go_around 'often'"),
        (("evaluate", "landing-sport", "go_around=value"), "learned from flights of ultra_stick, not sport"),
        (("evaluate", "autopilot", "--task", "landing", "go_around=never"), "is not made of learned skills"),
        (("runway_reader", "--pictures", "10"), "must be 1,000 to"),
        (("runway_reader", "--rounds", "0"), "must be 1 to"),
        (("runway_reader", "--unseen", "angel"), "is also learned from"),
        (("runway_reader", "--save", "net.zip"), "must end in .npz"),
        (("adapt", "autopilot"), "name at least one"),
        (("adapt",), "which pilot?"),
        (("adapt", "--resume", "run", "--discrepancy", "heavy"), "leave pilot, --discrepancy and --run out"),
        (("adapt", "--resume", "run"), "adaptation.json"),
        (("adapt", "autopilot", "--discrepancy", "hevy"), "did you mean 'heavy'"),
        (("adapt", "autopilot", "--discrepancy", "heavy=nan"), "severity must be a number"),
        (("adapt", "autopilot", "--discrepancy", "heavy=0.5@soon"), "second of the flight"),
        (("adapt", "autopilot", "--discrepancy", "stuck_rudder", "--aircraft", "x8", "--task", "landing"), "no rudder"),
        (("adapt", "bundle", "--discrepancy", "heavy", "--task", "landing"), "trained"),
        (("adapt", "autopilot", "--discrepancy", "heavy", "--flights", "0"), "--flights"),
        (("adapt", "autopilot", "--discrepancy", "heavy", "--flights", "1e6"), "--flights"),
        (("adapt", "autopilot", "--discrepancy", "heavy", "--evaluation-flights", "1e9"), "--evaluation-flights"),
        (("adapt", "autopilot", "--discrepancy", "heavy", "--run", "run"), "already exists"),
        (("adapt", "autopilot", "--discrepancy", "heavy", "--against", "autopilot"), "twice"),
        (("adapt", "autopilot", "--discrepancy", "heavy", "--against", "landing-ultra_stick"), "other readings"),
        (("adapt", "autopilot", "--discrepancy", "heavy", "--picture", "x.jpg"), "must end in .png"),
        (("adapt_study",), "holds no cells of a study; name pilots"),
        (("adapt_study", "--run", "run"), "holds no cells of a study; name pilots"),
        (("adapt_study", "--keep", "cells.jsonl"), "no such file; name pilots"),
        (("adapt_study", "autopilot", "--severities", "2"), "--severities"),
        (("adapt_study", "autopilot", "--severities", "nan"), "--severities"),
        (("adapt_study", "autopilot", "--after", "0"), "--after"),
        (("adapt_study", "autopilot", "--flights", "0"), "--flights"),
        (("adapt_study", "autopilot", "--discrepancies", "heavy=9"), "severity must be a number"),
        (("compare", "autopilot", "--flights", "1e9"), "--flights"),
        (("compare", "autopilot", "--crosswind-flights", "1e9"), "--crosswind-flights"),
        (("compare", "bundle", "bundle"), "twice"),
        (("compare", "bundle", "--weather", "calm,calm"), "twice"),
        (("compare", "bundle", "--weather", "calm,"), "is empty"),
        (("fly", "first_takeoff", "--seed", "1e300"), "is more than"),
        (("film", "run", "--flights", "1"), "--flights"),
        (("film", "run", "--flights", "1e9"), "--flights"),
        (("film", "run", "--steps", "1,x"), "not a whole number"),
        (("film", "run", "--steps", ","), "not a whole number"),
        (("film", "run", "--scenario", "1e300"), "is more than"),
        (("performance", "ultra_stick", "--density", "nan"), "--density"),
        (("performance", "ultra_stick", "--density", "1e300"), "--density"),
        (("performance", "ultra_stick", "--height", "1e300"), "--height"),
        (("performance", "ultra_stick", "--temperature", "-500"), "--temperature"),
        (("performance", "ultra_stick", "--speed", "inf"), "--speed"),
        (("report", "run", "--flights", "0"), "--flights"),
        (("study", "takeoff", "--seeds", "0"), "--seeds"),
        (("study", "takeoff", "--seeds", "1e9"), "--seeds"),
        (("study", "takeoff", "--aircraft", "sport,sport"), "twice"),
        (("study", "takeoff", "--aircraft", "sport,,x8"), "is empty"),
        (("study", "takeoff", "--aircraft", "aircraft.yaml,run/aircraft.yaml"), "twice"),
        (("tune", "takeoff", "--trials", "1e12"), "--trials"),
        (("tune", "takeoff", "--workers", "1e6"), "--workers"),
        (("tune_autopilot", "takeoff", "--members", "0"), "--members"),
        (("tune_autopilot", "takeoff", "--members", "1"), "--members"),
        (("tune_autopilot", "takeoff", "--members", "1e9"), "--members"),
        (("tune_autopilot", "takeoff", "--generations", "0"), "--generations"),
        (("tune_autopilot", "takeoff", "--flights", "0"), "--flights"),
        (("tune_autopilot", "takeoff", "discrepancies={draw: [hevy]}"), "did you mean 'heavy'"),
        (("tune_autopilot", "takeoff", "training.steps=5"), "says how to learn"),
        (("tune_autopilot", "circuit"), "unknown task 'circuit'"),
        (("tune_autopilot", "takeoff", "--bundle", "bundle"), "already exists"),
        (("tune_autopilot", "takeoff", "--bundle", "no/where"), "its folder does not exist"),
        (("tune", "takeoff", "--storage", "flight.csv"), "storage flight.csv"),
        (("tune", "takeoff", "--storage", "bundle/policy.zip"), "storage bundle/policy.zip"),
        (("tune", "takeoff", "--storage", "run"), "is a folder"),
        (("tune", "takeoff", "--storage", "sqlite:///flight.csv"), "storage sqlite:///flight.csv"),
        (("tune", "takeoff", "--storage", "ftp://host/x"), "not an address"),
        (("replay", "flight", "--bin", "x.acmi"), "must end in .bin"),
        (("replay", "flight", "--view", "chase"), "give --video"),
        (("schema", "x"), "unrecognized arguments"),
        (("draft", "new.yaml", "--span", "nan", "--mass", "1.8", "--motor", "900"), "span"),
        (("draft", "new.yaml", "--span", "1.4", "--mass", "1e300", "--motor", "900"), "mass"),
        (("draft", "new.yaml", "--span", "1.4", "--mass", "1.8", "--motor", "-1"), "motor"),
        (("draft", "new.yaml", "--span", "1.4", "--mass", "1.8", "--motor", "900", "--cells", "1e9"), "cells"),
        (("draft", "new.yaml", "--span", "1.4", "--mass", "1.8", "--motor", "900", "--propeller", "9"), "propeller"),
        (("draft", "new.yaml", "--span", "1.4", "--mass", "1.8", "--motor", "900", "--airfoil", "naca"), "airfoil"),
        (("draft", "new.yaml", "--span", "1.4", "--mass", "1.8", "--motor", "900", "--title", ""), "is empty"),
        (("draft", "aircraft.yaml", "--span", "1.4", "--mass", "1.8", "--motor", "900"), "exists already"),
    ):
        yield BadInput(words, said)


def files() -> Iterator[BadInput]:
    """Every kind of file, broken in every way of its kind, on a command that reads it."""
    readers: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("mine.yaml", ("train", "mine.yaml")),
        ("mine.yaml", ("study", "mine.yaml")),
        ("mine.yaml", ("tune", "mine.yaml")),
        ("aircraft.yaml", ("hangar", "aircraft.yaml")),
        ("aircraft.yaml", ("figures", "loop", "--aircraft", "aircraft.yaml")),
        ("figure.yaml", ("figures", "figure.yaml")),
        ("aircraft.yaml", ("performance", "aircraft.yaml")),
        ("weather.yaml", ("train", "takeoff", "--weather", "weather.yaml")),
        ("mission.yaml", ("fly", "mission.yaml")),
        ("bundle/config.yaml", ("evaluate", "bundle")),
        ("bundle/card.json", ("evaluate", "bundle")),
        ("run/config.yaml", ("film", "run")),
        ("run/config.yaml", ("report", "run")),
        ("run/evaluation.json", ("report", "run")),
        ("run/evaluation.json", ("ship", "run")),
        ("run/bundle/card.json", ("ship", "run")),
        ("flight.json", ("replay", "flight")),
        ("eye.yaml", ("replay", "flight", "--card", "x.png", "--eye", "eye.yaml")),
    )
    for file, words in readers:
        for content in (DEEP, b"\xff\xfe\x00", "", "just words", "1", "{a: 1"):
            yield BadInput(words, "", write(file, content))
    for key, value, said in (
        ("weights.3", [0.5] * 19, "row 4 must hold 20"),
        ("weights.3.4", "much", "weights.3.4"),
        ("threshold", None, "threshold"),
        ("version", 9, "newer Maiden Flight"),
    ):
        yield BadInput(("replay", "flight", "--eye", "eye.yaml"), said, put("eye.yaml", key, value))
    for key, value, said in (
        ("aircraft_config.camera", None, "has no camera: its file needs a block 'camera'"),
        ("aircraft_config.camera.pixels", 24, "holds 20 x 20 weights"),
    ):
        yield BadInput(("replay", "flight", "--card", "x.png", "--eye"), said, put("flight.json", key, value))
    evaluation = (
        ("flights", 0, "flights"),
        ("flights", "many", "flights"),
        ("successes", -1, "successes"),
        ("successes", 10**9, "successes"),
        ("success_low", 7, "success_low"),
        ("metrics", [1], "metrics"),
        ("outcomes", {"climbing": "all"}, "outcomes"),
        ("seed", None, "seed"),
    )
    for key, value, said in evaluation:
        for command in ("ship", "report"):
            yield BadInput((command, "run"), said, put("run/evaluation.json", key, value))
    for content in ("", "words", "time/iterations\n", "time/iterations,time/total_timesteps,flights/count\nx,y,z\n"):
        yield BadInput(("report", "run"), "progress.csv", write("run/progress.csv", content))
    yield BadInput(("ship", "run"), "evaluation", put("run/bundle/card.json", "evaluation", {}))
    card = (
        ("observation_names", 5, "observation_names"),
        ("observation_names", [1, 2], "observation_names"),
        ("observation_names", ["airspeed"], "observation_names"),
        ("observation_size", -1, "observation_size"),
        ("observation_size", 0, "observation_size"),
        ("observation_size", 10**12, "observation_size"),
        ("observation_size", "many", "observation_size"),
        ("observation_size", True, "observation_size"),
        ("action_size", 10**12, "action_size"),
        ("action_size", -4, "action_size"),
        ("format", 2, "bundle format 2"),
        ("task", 5, "task"),
        ("steps", "many", "steps"),
        ("skills", 5, "skills"),
        ("skills", {"../..": "autopilot"}, "skills"),
        ("skills", {"landing": 5}, "skills"),
    )
    for key, value, said in card:
        yield BadInput(("evaluate", "bundle"), said, put("bundle/card.json", key, value))
    yield BadInput(("evaluate", "bundle"), "no finite number", nan_weights("bundle/policy.zip"))
    yield BadInput(("compare", "bundle"), "network.hidden", put("bundle/config.yaml", "network.hidden", [10**7]))
    yield BadInput(("fly", "first_takeoff", "--pilot", "bundle"), "broken", write("bundle/policy.zip", "no zip"))
    yield BadInput(("film", "run"), "no finite number", nan_weights("run/checkpoints/policies/step_000008192.pth"))
    yield BadInput(("film", "run"), "broken", write("run/checkpoints/policies/step_000008192.pth", "no weights"))
    mission = (
        ("legs", [], "legs"),
        ("legs", ["loop"], "unknown leg"),
        ("legs", ["landing", "take-off"], "no flight has the legs"),
        ("legs", ["circuit"] * 40, "legs"),
        ("legs", 5, "legs"),
        ("seed", -1, "seed"),
        ("seed", 1e300, "seed"),
        ("side", "up", "side"),
        ("pilot", 5, "pilot"),
        ("pilot", "nobody", "unknown pilot"),
        ("pilots", {"takeoff": 5}, "pilots"),
        ("version", "one", "version"),
        ("titel", "x", "did you mean 'title'"),
        ("weather", LONG, "unknown weather"),
        ("discrepancies", ["heavy=nan"], "severity must be a number"),
    )
    for key, value, said in mission:
        yield BadInput(("fly", "mission.yaml"), said, put("mission.yaml", key, value))
    weather = (
        ("cross", -1, "cross"),
        ("turbulence", 1e300, "turbulence"),
        ("gusts_per_minute", "many", "gusts_per_minute"),
        ("gust_length_s", [5, 1], "gust_length_s"),
        ("gust_length_s", [1, 1e300], "gust_length_s"),
        ("roughness_m", 0, "roughness_m"),
        ("cross_least", 2, "cross_least"),
    )
    for key, value, said in weather:
        yield BadInput(("train", "takeoff", "--weather", "weather.yaml"), said, put("weather.yaml", key, value))
    yield from logs()
    yield from aircraft()


def figures() -> Iterator[BadInput]:
    """Every number of a figure file with what is none, its elements mixed up, and what no aircraft can do."""
    numbers = (
        "entry.speed_vs",
        "entry.height_b",
        "needs.thrust_to_weight",
        "elements.0.line.length_b",
        "elements.2.line.climb_deg",
        "elements.1.arc.turn_deg",
        "elements.1.arc.radius_b",
    )
    for key in numbers:
        for value in (math.nan, math.inf, 1e9, -1e9, "much", [1], True, None):
            yield BadInput(("figures", "figure.yaml"), key, put("figure.yaml", key, value))
    for key, value, said in (
        ("elements", [], "elements"),
        ("elements.0.arc", {"turn_deg": 90, "radius_b": 12}, "one of line, arc, stall_turn, spin (got line and arc)"),
        ("elements.0.lien", {}, "did you mean 'line'"),
        ("elements.2.line.climb_deg", 45, "elements.2.line: climb_deg is 45, but the track climbs at 90 deg"),
        ("elements.0.line.roll_deg", 90, "out of the figure's plane"),
        ("elements.3.stall_turn.to", "up", "elements.3.stall_turn.to"),
        ("version", 9, "version 9"),
    ):
        yield BadInput(("figures", "figure.yaml"), said, put("figure.yaml", key, value))
    yield BadInput(("figures", "lop"), "did you mean 'loop'")
    yield BadInput(("figures", "loop", "--aircraft", "sprt"), "did you mean 'sport'")
    yield BadInput(("figures", "loop", "--picture", "x.gif"), "must end in")


def logs() -> Iterator[BadInput]:
    """Headers and tables of flight logs."""
    header = (
        ("marks", 5, "marks"),
        ("marks", {"legs": 5}, "marks.legs"),
        ("marks", {"legs": [{}]}, "marks.legs"),
        ("marks", {"legs": [{"name": 1}]}, "marks.legs"),
        ("marks", {"aim_x_m": "here"}, "marks.aim_x_m"),
        ("marks", {"aim_x_m": 1e300}, "marks.aim_x_m"),
        ("metrics", 5, "metrics"),
        ("metrics", {"sink_mps": [1]}, "metrics"),
        ("metrics", {"sink_mps": 1e300}, "metrics"),
        ("outcome", ["x"], "outcome"),
        ("is_success", "yes", "is_success"),
        ("discrepancies", "heavy", "discrepancies"),
        ("discrepancies", [1], "discrepancies"),
        ("seed", "one", "seed"),
        ("rows", 10**9, "promises"),
        ("runway", 5, "runway"),
        ("runway", {"length_m": -1, "width_m": 1}, "runway.length_m"),
        ("aircraft_config", 5, "aircraft_config"),
        ("aircraft_config", {"title": "x"}, "aircraft_config"),
        ("air_density_kgpm3", -1, "air_density_kgpm3"),
        ("task", "x" * 1000, "task"),
    )
    for number, (key, value, said) in enumerate(header):
        words = (("replay", "flight", "--card", "x.png"), ("replay", "flight", "--acmi", "x.acmi"))[number % 2]
        yield BadInput(words, said, put("flight.json", key, value))
    table = (
        ("z_m", "1e300", "z_m"),
        ("roll_deg", "1e300", "roll_deg"),
        ("airspeed_mps", "1e38", "airspeed_mps"),
        ("alpha_deg", "nan", "alpha_deg"),
        ("qw", "5", "no attitude"),
        ("qw", "1e300", "no attitude"),
        ("time_s", "1e8", "time_s"),
        ("time_s", "-5", "time_s"),
        ("x_m", "far", "x_m"),
    )
    for column, value, said in table:
        yield BadInput(("replay", "flight", "--bin", "x.bin"), said, cell(9, column, value))


def aircraft() -> Iterator[BadInput]:
    """Aircraft files whose values are of a wrong kind."""
    rows = (
        ("title", 5, "title"),
        ("title", "", "title"),
        ("title", "x" * 1000, "title"),
        ("title", "two\nlines", "title"),
        ("name", "a/b", "name"),
        ("stall_speed_mps", "fast", "stall_speed_mps"),
        ("stall_speed_mps", True, "stall_speed_mps"),
        ("stall_speed_mps", -1, "stall_speed_mps"),
        ("mass.mass_kg", "1:59", "mass.mass_kg"),
        ("mass.mass_kg", 0, "mass.mass_kg"),
        ("mass.Ixx", 1e300, "mass.Ixx"),
        ("mass.center_of_gravity_m", [0, 0], "mass.center_of_gravity_m"),
        ("surfaces", [], "surfaces"),
        ("surfaces.0.strips", 1e9, "strips"),
        ("surfaces.0.sections.0.chord_m", -1, "chord_m"),
        ("wheels.0.radius_m", "big", "radius_m"),
        ("servos.delay_s", 5, "servos.delay_s"),
        ("propulsion.0.turns", "left", "turns"),
        ("launch", {"kind": "catapult"}, "launch.kind"),
        ("colour", "red", "unknown key 'colour'"),
    )
    for number, (key, value, said) in enumerate(rows):
        words = (("hangar", "aircraft.yaml"), ("train", "takeoff", "--aircraft", "aircraft.yaml"))[number % 2]
        yield BadInput(words, said, put("aircraft.yaml", key, value))


BAD_INPUTS = [*options_of_tasks(), *settings(), *names_and_paths(), *numbers(), *files(), *figures()]
