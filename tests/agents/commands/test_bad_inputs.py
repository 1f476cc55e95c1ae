"""Every bad input, on every command: one line that says what is wrong, status 2, nothing written and nothing lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.commands.bad_inputs import BAD_INPUTS, BadInput
from tests.support.workshop import build, contents, loaded, no_long_work, run

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    loaded()
    return build(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(autouse=True)
def at_work(monkeypatch: pytest.MonkeyPatch, clean: Path) -> Iterator[None]:
    monkeypatch.chdir(clean)
    with no_long_work():
        yield


def refusal(bad: BadInput, folder: Path, scratch: Path) -> str:
    """What is wrong with the way in which a bad input is refused, "" where nothing is."""
    if bad.spoil:
        shutil.copytree(folder, scratch, dirs_exist_ok=True)
        folder = scratch
        bad.spoil(folder)
    before = contents(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        try:
            done = run(list(bad.words))
        except BaseException as error:
            return f"ends in {type(error).__name__}: {str(error)[:200]}"
    faults = [f"ends with {done.status}, not 2"] if done.status != 2 else []
    if not done.err.startswith("error: ") or done.err.count("\n") != 1 or len(done.err) > 1500:
        faults.append(f"says {done.err[:300]!r}, not one line")
    elif bad.said not in done.err:
        faults.append(f"says {done.err[:300]!r}, not {bad.said!r}")
    after = contents(folder)
    if after != before:
        faults.append(f"changes {sorted(k for k in {**before, **after} if before.get(k) != after.get(k))[:3]}")
    return ", ".join(faults)


def short(bad: BadInput) -> str:
    return " ".join(word if len(word) < 40 else f"{word[:20]}...{word[-10:]}" for word in bad.words) + f" ({bad.said})"


def test_more_than_300_bad_inputs_to_all_commands_are_refused_in_one_line(clean: Path, tmp_path: Path) -> None:
    found = {number: refusal(bad, clean, tmp_path / "spoilt") for number, bad in enumerate(BAD_INPUTS)}
    faults = [f"{short(BAD_INPUTS[number])}: {fault}" for number, fault in found.items() if fault]
    assert not faults, f"{len(faults)} of {len(found)}:\n" + "\n".join(faults)
    assert len(found) >= 300
    typed = {bad.words[0] for bad in BAD_INPUTS}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.py") if path.stem[0] != "_"}
    commands = {name for name, text in texts.items() if "def main(arguments" in text}
    assert typed == commands


VALID = (
    ("train", "takeoff", "task_options.start_across=1e-1", "training.steps=1e4", "network.hidden=[32, 16]"),
    ("train", "mine.yaml", "--aircraft", "aircraft.yaml", "--weather", "weather.yaml", "--seed", "3", "--steps", "1e6"),
    ("train", "pattern", "task_options={circuit_side: -1, laps: 2}", "reward.time=-1e3", "discrepancies=heavy"),
    ("train", "circuit", "discrepancies=[heavy=0.5]", "skills.landing.training.steps=1e4"),
    ("train", "takeoff", "--show-config"),
    ("evaluate", "bundle", "--flights", "3", "--seed", "2e9", "effects.swirl=false"),
    ("evaluate", "autopilot", "--task", "landing", "task_options.start_speed_high=2", "--processes", "1"),
    ("compare", "bundle", "--weather", "calm,weather.yaml"),
    ("compare", "autopilot", "--flights", "1"),
    ("fly", "mission.yaml", "--no-video"),
    ("film", "run", "--steps", "0,8192"),
    ("figures", "figure.yaml", "loop", "--aircraft", "aircraft.yaml", "--picture", "x.png"),
    ("eye", "--pictures", "1e3", "--aircraft", "aircraft.yaml", "--picture", "x.png"),
    ("eye", "--save", "x.yaml", "--weights", "w.png"),
    ("go_around", "--flights", "20", "--price", "0.1", "--save", "new.yaml"),
    ("go_around", "landing-sport", "--compare", "rule,never", "--weather", "calm,weather.yaml", "--flights", "2"),
    ("fog", "autopilot", "--visibility", "60,1e3", "--flights", "2", "--weather", "weather.yaml"),
    ("runway_reader", "--pictures", "2e3", "--rounds", "1", "--aircraft", "aircraft.yaml", "--save", "x.npz"),
    ("hangar", "aircraft.yaml", "sport"),
    ("judge", "flight", "--figure", "figure.yaml", "--span", "1.27"),
    ("performance", "aircraft.yaml", "--height", "1.5e3"),
    ("replay", "flight.csv"),
    ("replay", "flight", "--card", "x.png", "--eye", "eye.yaml"),
    ("replay", "flight", "--no-eye"),
    ("replay", "flight", "--acmi", "x.acmi", "--bin", "x.bin"),
    ("report", "run", "--flights", "2"),
    ("ship", "run"),
    ("ship", "--pack", "bundle", "packed"),
    ("study", "mine.yaml", "--aircraft", "aircraft.yaml,sport", "--seeds", "1e0"),
    ("tune", "takeoff", "--trials", "3", "--workers", "1", "--storage", "x.journal"),
    ("tune_autopilot", "takeoff", "discrepancies={draw: [all], most: 2}", "--members", "2", "--bundle", "new"),
    ("validate", "ultra_stick"),
    ("benchmark", "--json", "x.json"),
    ("benchmark", "--peer", "--only", "peer"),
    ("schema",),
    ("adapt", "bundle", "--discrepancy", "heavy=0.5", "late_controls=1@3", "--flights", "2", "--run", "new"),
    ("adapt_study", "bundle", "--discrepancies", "heavy", "--after", "1", "--flights", "2", "--run", "new"),
    ("draft", "new.yaml", "--span", "1.4", "--mass", "1.8", "--motor", "900"),
)


def test_valid_inputs_of_every_kind_are_taken(clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(clean, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    refused = {words: done.err for words in VALID if (done := run(list(words))).status not in (0, None)}
    assert refused == {}
    with_a_screen = {"play"}  # tests/agents/sticks
    assert {words[0] for words in VALID} | with_a_screen == {bad.words[0] for bad in BAD_INPUTS}
