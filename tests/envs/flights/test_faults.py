"""A log says what was wrong with the aircraft, and from which second on; a replay shows it from then on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from envs.base.errors import InputError
from envs.exports.rerun.recording import write_rerun
from envs.flight_env import FlightEnv
from envs.flights.events import FAULT, events_of
from envs.flights.faults import FRESH_S, fault_words, faults_of
from envs.flights.flight_log import FlightLog, FlightRecorder
from envs.flights.story import sentences, summary, timeline
from envs.rendering.card.card import draw_card
from envs.rendering.film import live_view
from envs.rendering.film.flight_view import FlightView
from envs.rendering.film.hud import Readings
from envs.rendering.film.video import FPS
from envs.rendering.film.window import play
from tests.support.flight_samples import takeoff_log

STRUCK_S = 0.5


@pytest.fixture(scope="module")
def struck(tmp_path_factory: pytest.TempPathFactory) -> FlightLog:
    env = FlightEnv("landing", weather="calm", discrepancies=["weak_battery=0.5", f"heavy=1@{STRUCK_S}"])
    recorder = FlightRecorder(env, "hands off")
    env.reset(seed=1)
    recorder.start()
    for _ in range(30):
        env.step(np.zeros(4))
        recorder.step()
    log = recorder.finish({})
    env.close()
    return FlightLog.load(log.save(tmp_path_factory.mktemp("log") / "struck"))


def test_the_log_holds_the_aircraft_before_and_after_a_fault_strikes(struck: FlightLog) -> None:
    (first_s, before), (then_s, after) = struck.stages()
    assert (first_s, then_s) == (0.0, STRUCK_S)
    assert after.mass.mass_kg > 1.1 * before.mass.mass_kg
    assert before.propulsion == after.propulsion  # the battery was weak from the start
    assert before == struck.aircraft()
    names = [(fault.name, fault.at_s) for fault in faults_of(struck.header)]
    assert names == [("weak_battery=0.5", 0.0), (f"heavy=1@{STRUCK_S}", STRUCK_S)]
    assert "(from 0.5 s)" in fault_words(struck.header)


def test_without_an_onset_there_are_no_stages_and_old_logs_are_told_by_their_names() -> None:
    old = takeoff_log(seconds=1.0, discrepancies=["heavy=0.5", "somebody_elses=1@3"])
    assert len(old.stages()) == 1
    heavy, other = faults_of(old.header)
    assert heavy.words.startswith("Heavier than drawn")
    assert other == ("somebody_elses=1@3", 3.0, "")
    assert other.line == "somebody_elses=1"
    assert faults_of(takeoff_log(seconds=0.1).header) == []


def test_the_moment_it_strikes_is_an_event_with_its_words_in_every_telling(struck: FlightLog) -> None:
    (event,) = [event for event in events_of(struck) if event.name == FAULT]
    assert struck.column("time_s")[event.row] == pytest.approx(STRUCK_S)
    line = faults_of(struck.header)[1].line
    assert event.label(struck) == line
    for told in (timeline(struck), sentences(struck), summary(struck)):
        assert line in told
        assert "weak_battery=0.5: " in told


class _Kept:
    readings: Readings | None = None

    def draw(self, frame: np.ndarray, readings: Readings, ending: object = None) -> None:
        self.readings = readings


def test_a_replay_says_and_draws_a_fault_from_its_moment_on_and_points_at_it_while_it_is_new(
    struck: FlightLog,
) -> None:
    kept = _Kept()
    torn = json.loads(json.dumps(struck.header))
    torn["stages"][0]["aircraft_config"]["built"]["halves"] = [{"surface": "wing", "side": "right", "lost_span": 0.3}]
    view = FlightView(torn, struck.columns, width=160, height=90, overlay=kept)
    spans = []
    for row in struck.data:
        view.frame(row)
        assert kept.readings is not None
        lines = [line.partition("=")[0] for line, _ in kept.readings.faults]
        assert lines == (["weak_battery", "heavy"] if row[0] >= STRUCK_S else ["weak_battery"])
        assert [fresh for _, fresh in kept.readings.faults] == [False, True][: len(lines)]
        spans.append(float(np.ptp(view._main.mesh.points({})[:, 1])))
    assert max(spans[:14]) == min(spans[:14]) > 1.1 * max(spans[16:])
    heavy = faults_of(struck.header)[1]
    assert not heavy.is_fresh(STRUCK_S + FRESH_S)


def test_the_card_has_a_strip_for_faults_and_none_without(struck: FlightLog, tmp_path: Path) -> None:
    from PIL import Image

    sound = FlightLog(struck.columns, struck.data, {**struck.header, "faults": [], "stages": [], "discrepancies": []})
    strips = []
    for log in (struck, sound):
        with Image.open(draw_card(log, tmp_path / "card.png")) as picture:
            strips.append(np.asarray(picture.convert("RGB"))[60:72, 5:15].reshape(-1, 3))
    assert (strips[0] == (0xFF, 0xC4, 0x6B)).all()
    assert not (strips[1] == (0xFF, 0xC4, 0x6B)).all(axis=1).any()


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("faults", [{"name": "heavy", "at_s": -1, "words": ""}], "faults.0.at_s"),
        ("stages", [{"at_s": 0, "aircraft_config": {}}], "stages.0.at_s"),
        ("stages", [{"at_s": 2.0}], "stages.0.aircraft_config"),
    ],
)
def test_a_broken_key_is_named(struck: FlightLog, tmp_path: Path, key: str, value: object, where: str) -> None:
    path = FlightLog(struck.columns, struck.data, {**struck.header, key: value}).save(tmp_path / "broken")
    with pytest.raises(InputError, match=where) as refused:
        FlightLog.load(path)
    assert "\n" not in str(refused.value)


def test_a_stage_that_is_no_aircraft_is_named(struck: FlightLog) -> None:
    log = FlightLog(struck.columns, struck.data, {**struck.header, "stages": [{"at_s": 1.0, "aircraft_config": {}}]})
    with pytest.raises(InputError, match="stages: keys 'title'"):
        log.stages()


def _loses_an_aileron(struck: FlightLog) -> FlightLog:
    header = json.loads(json.dumps(struck.header))
    header["stages"][0]["aircraft_config"]["built"]["halves"] = [{"surface": "wing", "side": "left", "lost_span": 0.7}]
    return FlightLog(struck.columns, struck.data, header)


def test_the_window_loses_what_is_torn_off_from_its_moment_on(
    struck: FlightLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans: list[float] = []

    class Window:
        def show(self, picture: np.ndarray) -> None:
            spans.append(float(np.ptp(views[-1]._main.mesh.points({})[:, 1])))

        def pressed(self) -> list[str]:
            return []

        def close(self) -> None: ...

    views: list[FlightView] = []

    def remembered(*parts: Any, **named: Any) -> FlightView:
        views.append(FlightView(*parts, **named))
        return views[-1]

    monkeypatch.setattr(live_view, "FlightView", remembered)
    monkeypatch.setattr(live_view, "PICTURES", ((160, 90), (128, 72), (112, 63), (96, 54)))
    now = [0.0]
    play(
        _loses_an_aileron(struck),
        window=Window(),
        now=lambda: now[0],
        sleep=lambda seconds: now.__setitem__(0, now[0] + seconds),
    )
    before, after = spans[: round(STRUCK_S * FPS)], spans[round(STRUCK_S * FPS) + 1 :]
    assert len(set(before)) == len(set(after)) == 1
    assert after
    assert before[0] > 1.1 * after[0]


def test_a_recording_shows_the_lost_aileron_until_it_is_lost(struck: FlightLog, tmp_path: Path) -> None:
    pytest.importorskip("rerun")
    from tests.envs.exports.test_rerun import columns_of

    found = columns_of(write_rerun([_loses_an_aileron(struck)], tmp_path / "torn.rrd"))
    (root,) = {name.rpartition("/")[0] for name in found if name.endswith("/aircraft/airframe")}
    left, right = (found[f"{root}/aileron_{side}"] for side in ("left", "right"))
    steps = round(STRUCK_S * 30)
    assert left["Transform3D:quaternion"] == steps
    assert right["Transform3D:quaternion"] == len(struck)
    assert any("Clear" in component for component in left)
    assert not any("Clear" in component for component in right)
    assert found[f"{root}/airframe"]["Mesh3D:vertex_positions"] == 2


def test_a_rendered_environment_draws_the_aircraft_that_it_flies() -> None:
    env = FlightEnv("landing", weather="calm", discrepancies=["torn_tip=1@0.1"], render_mode="rgb_array")
    env.reset(seed=1)
    spans = []
    for _ in range(5):
        env.render()
        spans.append(float(np.ptp(env._scene.mesh.points({})[:, 1])))
        env.step(np.zeros(4))
    env.reset(seed=1)
    env.render()
    assert spans[0] > 1.05 * spans[-1]
    assert float(np.ptp(env._scene.mesh.points({})[:, 1])) == pytest.approx(spans[0], abs=1e-6)
    env.close()
