"""A folder with one of everything that commands read, and commands run in it without doing their long work."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import yaml

from agents.pilots.bundle import PRETRAINED
from envs.base.config_file import CONFIGS
from envs.base.errors import run_command
from envs.flight_env import FlightEnv
from tests.support.flight_samples import takeoff_log

SHIPPED = PRETRAINED / "takeoff-ultra_stick"
MISSION = {"version": 1, "title": "mine", "weather": "calm", "legs": ["take-off"], "pilot": "autopilot"}
PROGRAMME = {"version": 1, "task": "takeoff", "training": {"steps": 4096}, "network": {"hidden": [16]}}
CURVE = (
    "time/iterations,time/total_timesteps,flights/count,flights/success_rate,flights/return,validation/success_rate\n"
    "1,4096,10,0.5,1.0,\n"
    "2,8192,10,0.9,2.0,0.96\n"
)
LONG_WORK = (
    "agents.commands.train._train",
    "agents.training.train.train",
    "agents.training.learning.learn",
    "agents.tuning.supervisor.Supervisor.run",
    "agents.evaluation.flight_test.FlightTest.fly",
    "agents.training.benchmark.measure_groups",
    "agents.tuning.gain_search.mean_costs",
    "agents.eye.study.look",
    "agents.eye.reading.take",
    "envs.performance.solver.performance_sheet",
    "agents.commands.performance.performance_sheet",
    "agents.commands.validate.compare",
    "agents.report.zoo.write_page",
    "agents.schemas.schema.write_schemas",
    "envs.rendering.sheets.hangar_picture.draw_hangar",
    "envs.rendering.figures.picture.draw_figures",
    "agents.commands.ship.write_folder",
    "agents.commands.tune.make_folder",
    "agents.commands.fly.write_atomically",
    "envs.rendering.film.video.write_video",
    "envs.rendering.film.side_by_side.write_side_by_side",
    "envs.rendering.film.window.play",
    "agents.adaptation.adapt.write_atomically",
    "agents.adaptation.study.experiment._fly_all",
)
"""What a command does once it has taken its input."""


class BeganError(BaseException):
    """The input was taken, the long work would begin."""


class Done(NamedTuple):
    """How a command ended: its status, None where its long work began; what it printed."""

    status: int | None
    out: str
    err: str


def build(folder: Path) -> Path:
    """Fill `folder`: aircraft, weather, figure, eye, mission and mine, each .yaml, flight.csv, bundle/, run/."""
    shutil.copyfile(CONFIGS / "eyes" / "neuron.yaml", folder / "eye.yaml")
    shutil.copyfile(CONFIGS / "aircraft" / "ultra_stick.yaml", folder / "aircraft.yaml")
    shutil.copyfile(CONFIGS / "weather" / "gusty.yaml", folder / "weather.yaml")
    shutil.copyfile(CONFIGS / "figures" / "stall_turn.yaml", folder / "figure.yaml")
    (folder / "mission.yaml").write_text(yaml.safe_dump(MISSION), encoding="utf-8")
    (folder / "mine.yaml").write_text(yaml.safe_dump(PROGRAMME), encoding="utf-8")
    takeoff_log(seconds=2.0).save(folder / "flight")
    bundle, run = folder / "bundle", folder / "run"
    shutil.copytree(SHIPPED, bundle, ignore=shutil.ignore_patterns("*.png", "*.csv"))
    shutil.copytree(bundle, run / "bundle")
    shutil.copyfile(bundle / "config.yaml", run / "config.yaml")
    card = json.loads((bundle / "card.json").read_text(encoding="utf-8"))
    (run / "evaluation.json").write_text(json.dumps(card["evaluation"]), encoding="utf-8")
    (run / "progress.csv").write_text(CURVE, encoding="utf-8")
    takeoff_log(seconds=2.0).save(run / "flights" / "flight_001000")
    policies = run / "checkpoints" / "policies"
    policies.mkdir(parents=True)
    with zipfile.ZipFile(bundle / "policy.zip") as archive:
        for step in (0, 8192):
            (policies / f"step_{step:09d}.pth").write_bytes(archive.read("policy.pth"))
    return folder


def contents(folder: Path) -> dict[str, tuple[int, int] | None]:
    """{file or folder: (size, time of its last change), None for a folder}."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
    return {
        name: None if path.is_dir() else (path.lstat().st_size, path.lstat().st_mtime_ns)
        for name, path in found.items()
    }


@contextlib.contextmanager
def no_long_work() -> Iterator[None]:
    """Commands raise BeganError where their long work would begin."""
    with contextlib.ExitStack() as stack:
        for place in LONG_WORK:
            stack.enter_context(mock.patch(place, side_effect=BeganError(place)))
        yield


def run(words: list[str]) -> Done:
    """Run a command, `words` as typed after scripts/, in this process; whatever it raises by mistake is raised."""
    main = importlib.import_module(f"scripts.{words[0]}").main
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run_command(lambda: main(words[1:]))
        except SystemExit as ended:
            status: Any = ended.code
        except BeganError:
            status = None
    return Done(status, out.getvalue(), err.getvalue())


def loaded() -> None:
    """Import what LONG_WORK names and compile the kernels, once: the first flight on a machine says that it does."""
    FlightEnv("takeoff").close()
    for place in LONG_WORK:
        parts = place.split(".")
        while parts and ".".join(parts) not in sys.modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(".".join(parts))
            parts.pop()
