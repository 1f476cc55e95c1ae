# ruff: noqa: E501  (tables of nasty values)
"""Random bad inputs to every command, by hand: `python -m tests.support.fuzz_inputs SECONDS [SEED]`.

Each input is a command with some of its words, and some values of the files it reads, replaced by nasty ones. Printed
are the counts of inputs taken and refused, and every input that ended in anything but one line and status 2.
"""

from __future__ import annotations

import collections
import copy
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

import yaml

from tests.support.workshop import build, contents, loaded, no_long_work, run

NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 10**12, 10**30, -(10**30), 1e300, -1e300, 1e-300, 1e308, float("nan"), float("inf"),
    float("-inf"), 0.5, "", " ", "x", "1e300", "1e1", "nan", "left", "$\\frac", "[red]", "[/]", "a\nb", "é\u202e", "a" * 300,
    "x" * 5000, "../..", "/dev/null", "/proc/self/mem", "con.yaml", [], [1], [None], ["x"] * 3, [[[]]], {}, {"a": 1},
    {"": ""}, {1: 2}, [1e300] * 3, "1:59", "2024-01-01", "${HOME}", "%s%n", "\u0000", "True", "~", "-", "--", "=", "1e", "1_0",
)  # fmt: skip
WORDS = [v for v in NASTY if isinstance(v, str)] + [
    "-1", "0", "1e30", "nan", "inf", "-inf", "1.5", "9" * 40, "run", "bundle", "flight.csv", "aircraft.yaml", "mission.yaml",
    "run/config.yaml", "a/b/c", "takeoff", "landing", "circuit", "pattern", "autopilot", "x.png", "no/x.png", "run.json", ".",
    "training.steps=1e30", "network.hidden=[10000000]", "discrepancies=heavy=nan", "discrepancies=[heavy=-10]", "task=landing",
    "reward.time=1e308", "task_options={}", "task_options=[1]", "effects.swirl=2", "skills.landing.x=1", "a=b", "tune=1",
    "skills={takeoff: 1}", "control_hz=7", "physics_hz=1", "air_density=1e-9", "algorithm.n_steps=1", "training={}", "=", "a.b.c.d=1",
    "tune.space={}", "tune.space.algorithm.gamma={low: 1, high: 0}", "tune.space.x=1", "udp:a:b", "udp:::", "sqlite:///x",
    "redis://x", "http://x", "a:b:c",
]  # fmt: skip
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("train", "mine.yaml", "--run", "new", "--aircraft", "aircraft.yaml", "--weather", "weather.yaml", "--seed", "1"),
    ("train", "takeoff", "--show-config", "--steps", "1e6"),
    ("train", "--resume", "run"),
    ("evaluate", "bundle", "--flights", "2", "--json", "x.json", "--weather", "weather.yaml", "--seed", "7"),
    ("evaluate", "run", "--task", "takeoff", "--processes", "1", "discrepancies=[heavy=1]"),
    ("evaluate", "autopilot", "--aircraft", "aircraft.yaml", "--task", "landing", "--log-flights", "logs"),
    ("evaluate", "autopilot", "--telemetry", "udp:127.0.0.1:14550"),
    (
        "compare",
        "bundle",
        "autopilot",
        "--weather",
        "calm,breeze",
        "--flights",
        "2",
        "--picture",
        "x.png",
        "--seed",
        "1",
    ),
    (
        "fly",
        "mission.yaml",
        "--run",
        "new",
        "--aircraft",
        "aircraft.yaml",
        "--card",
        "x.png",
        "--no-video",
        "--seed",
        "3",
    ),
    ("fly", "first_circuit", "--pilot", "bundle", "--weather", "weather.yaml", "--video", "x.mp4"),
    (
        "film",
        "run",
        "--scenario",
        "1000",
        "--flights",
        "2",
        "--video",
        "x.mp4",
        "--view",
        "chase",
        "--then",
        "flight.csv",
    ),
    ("film", "run", "--steps", "0,8192", "--picture", "x.webp", "--rerun", "x.rrd"),
    ("figures", "figure.yaml", "--aircraft", "aircraft.yaml", "--picture", "x.png"),
    ("hangar", "aircraft.yaml", "--picture", "x.png"),
    ("performance", "aircraft.yaml", "--density", "1.2", "--speed", "15", "--json", "x.json"),
    ("performance", "aircraft.yaml", "--height", "100", "--temperature", "15", "--picture", "x.png"),
    ("replay", "flight.csv"),
    ("replay", "flight", "--acmi", "x.acmi", "--bin", "x.bin"),
    ("replay", "run", "--card", "x.png"),
    ("report", "run", "--output", "x.html", "--flights", "3"),
    ("ship", "run"),
    ("ship", "--pack", "bundle", "packed"),
    ("study", "mine.yaml", "--aircraft", "aircraft.yaml,sport", "--seeds", "2", "--run", "new", "--json", "x.json"),
    ("tune", "takeoff", "--trials", "2", "--workers", "1", "--storage", "x.journal", "--study", "s", "--run", "new"),
    ("tune_autopilot", "takeoff", "--generations", "1", "--members", "2", "--flights", "1", "--seed", "1"),
    ("validate", "ultra_stick", "--json", "x.json", "--markdown", "x.md", "--picture", "x.png"),
    ("benchmark", "--json", "x.json"),
)
READ = {
    "train": ("mine.yaml", "aircraft.yaml", "weather.yaml", "run/config.yaml"),
    "evaluate": ("bundle/card.json", "bundle/config.yaml", "aircraft.yaml", "weather.yaml", "run/bundle/config.yaml"),
    "compare": ("bundle/card.json", "bundle/config.yaml"),
    "fly": ("mission.yaml", "aircraft.yaml", "weather.yaml", "bundle/card.json"),
    "film": ("run/config.yaml", "flight.json", "flight.csv"),
    "figures": ("figure.yaml", "aircraft.yaml"),
    "hangar": ("aircraft.yaml",),
    "performance": ("aircraft.yaml",),
    "replay": ("flight.json", "flight.csv", "run/flights/flight_001000.json"),
    "report": ("run/evaluation.json", "run/config.yaml", "run/bundle/card.json", "run/progress.csv"),
    "ship": ("run/evaluation.json", "run/config.yaml", "run/bundle/card.json", "run/progress.csv"),
    "study": ("mine.yaml", "aircraft.yaml"),
}


class TooLongError(BaseException):
    """A command takes more than its time."""


def _too_long(*_: Any) -> None:
    raise TooLongError


def broken(data: Any, rng: random.Random) -> Any:
    """A copy of plain data with one value, somewhere, replaced, removed, added or wrapped."""
    data = copy.deepcopy(data)
    place: Any = data
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys or rng.random() < 0.03:
            if isinstance(place, dict):
                place[rng.choice(["x", "", 1, "name", "y" * 300])] = rng.choice(NASTY)
            else:
                place.append(rng.choice(NASTY))
            return data
        key = rng.choice(keys)
        if isinstance(place[key], dict | list) and rng.random() < 0.85:
            place = place[key]
            continue
        if rng.random() < 0.1 and isinstance(place, dict):
            del place[key]
        elif rng.random() < 0.1:
            place[key] = [place[key]]
        elif rng.random() < 0.3 and isinstance(place[key], int | float):
            place[key] = place[key] * rng.choice([-1, 0, 1e3, 1e6, 1e12, 1e-6])
        else:
            place[key] = rng.choice(NASTY)
        return data


def break_file(path: Path, rng: random.Random) -> str:
    """Spoil a file; what was done."""
    kind = rng.random()
    text = path.read_text(encoding="utf-8")
    if kind < 0.05:
        path.write_bytes(
            rng.choice(
                [b"", b"\xff\xfe", b"[" * 5000, b"{a: " * 3000, b"null", b"1", b'"x"', b"[]", b"\x00", b"{" * 9000]
            )
        )
    elif kind < 0.1:
        path.write_text(text[: rng.randrange(len(text) + 1)], encoding="utf-8")
    elif path.suffix == ".csv":
        lines = [line.split(",") for line in text.splitlines()]
        row, value = rng.randrange(len(lines)), str(rng.choice(NASTY))
        lines[row][rng.randrange(len(lines[row]))] = value
        path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8", errors="replace")
    else:
        data = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            data = broken(data, rng)
        dumped = json.dumps(data, skipkeys=True) if path.suffix == ".json" else yaml.safe_dump(data)
        path.write_text(dumped, encoding="utf-8", errors="replace")
        return (
            f"{path.name}: "
            + next(
                (
                    f"{a} -> {b}"
                    for a, b in zip(
                        yaml.safe_dump(yaml.safe_load(text)).splitlines(),
                        yaml.safe_dump(data).splitlines(),
                        strict=False,
                    )
                    if a != b
                ),
                "?",
            )[:120]
        )
    return f"{path.name} spoilt"


def one_input(base: Path, rng: random.Random) -> tuple[list[str], str]:
    """Words to type in the folder `base`, and what was done to its files."""
    words, done = list(rng.choice(COMMANDS)), []
    if rng.random() < 0.55 and words[0] in READ:
        done = [break_file(base / rng.choice(READ[words[0]]), rng)]
    if not done or rng.random() < 0.2:
        for _ in range(rng.choice([1, 1, 2])):
            place = rng.randrange(1, len(words) + 1)
            word = rng.choice(WORDS)
            words[place : place + (rng.random() < 0.8)] = [word]
    return [w.replace("\x00", "") for w in words], "; ".join(done)


def main(seconds: float, seed: int) -> None:
    """Try inputs for so long."""
    rng, count, kinds = random.Random(seed), collections.Counter[str](), collections.Counter[str]()
    loaded()
    resource.setrlimit(resource.RLIMIT_AS, (12 * 10**9, 12 * 10**9))
    signal.signal(signal.SIGALRM, _too_long)
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, no_long_work():
        clean = Path(scratch) / "clean"
        clean.mkdir()
        build(clean)
        work = Path(scratch) / "work"
        while time.monotonic() - start < seconds:
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(clean, work)
            os.chdir(work)
            words, done = one_input(work, rng)
            before = contents(work)
            signal.alarm(60)
            try:
                result = run(words)
                signal.alarm(0)
            except TooLongError:
                kinds[f"too long {words[0]}"] += 1
                count["too long"] += 1
                print(f"TOO LONG {words} | {done}", flush=True)
                continue
            except BaseException as error:
                signal.alarm(0)
                last = traceback.extract_tb(error.__traceback__)
                ours = [f for f in last if "/site-packages/" not in f.filename and "/lib/python" not in f.filename]
                where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
                kinds[f"{type(error).__name__} at {where}"] += 1
                count["traceback"] += 1
                if kinds[f"{type(error).__name__} at {where}"] <= 3:
                    print(
                        f"TRACEBACK {type(error).__name__}: {str(error)[:100]!r} at {where} | {words} | {done}"[:900],
                        flush=True,
                    )
                continue
            if result.status == 2:
                count["refused"] += 1
                if result.err.count("\n") != 1 or not result.err.startswith("error: ") or contents(work) != before:
                    count["refused badly"] += 1
                    lost = [k for k in {**before, **contents(work)} if before.get(k) != contents(work).get(k)]
                    print(f"BADLY {result.err[:200]!r} {lost[:3]} | {words} | {done}"[:900], flush=True)
            else:
                count["taken"] += 1
            os.chdir(scratch)
    print(
        sum(count.values()) - count["refused badly"],
        "inputs in",
        round(time.monotonic() - start),
        "s:",
        dict(count),
        dict(kinds),
    )


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
