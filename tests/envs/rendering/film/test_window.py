"""A recorded flight in a window: its pace, its keys and its end, by pygame's own events on SDL's dummy screen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from envs.base.errors import run_command
from envs.flights.flight_log import FlightLog
from envs.rendering.film import live_view, window
from envs.rendering.film.picture_window import PictureWindow
from scripts.replay import main as replay
from tests.support.flight_samples import takeoff_log
from tests.support.hand_flying import post_key

Acts = Callable[[float], list[str]]


class Seen:
    """What was drawn and shown, and when, on a watch that goes on only while it is slept."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.rows: list[float] = []
        self.at_s: list[float] = []
        self.views = ["chase"]
        self.notes: list[tuple[str, ...]] = []
        self.endings: list[bool] = []
        self.pictures: list[np.ndarray] = []


@pytest.fixture
def dummy_screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pygame = pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr(live_view, "PICTURES", ((160, 90), (128, 72), (112, 63), (96, 54)))  # quick to paint
    yield
    pygame.quit()


@pytest.fixture
def watch(dummy_screen: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Seen]:
    """Plays a flight; `acts` says which keys are pressed at a time of the watch, `slow_s` how long a picture takes."""

    def played(log: FlightLog, acts: Acts = lambda _: [], slow_s: float = 0.0, view: str = "chase") -> Seen:
        seen = Seen()

        class View(live_view.LiveView):
            def choose_size(self, row: object) -> None:
                """The smallest."""

            def look(self, view: str) -> None:
                seen.views.append(view)
                super().look(view)

            def frame(self, row, *, notes=(), ending=None, **more):  # type: ignore[no-untyped-def]
                seen.rows.append(float(row[0]))
                seen.at_s.append(seen.now_s)
                seen.notes.append(tuple(notes))
                seen.endings.append(ending is not None)
                seen.now_s += slow_s
                seen.pictures.append(super().frame(row, notes=notes, ending=ending, **more))
                return seen.pictures[-1]

        def sleep(seconds: float) -> None:
            seen.now_s += max(seconds, 1e-4)
            for key in acts(seen.now_s):
                if key == "close":
                    import pygame

                    pygame.event.post(pygame.event.Event(pygame.QUIT))
                else:
                    post_key(key, down=True)

        monkeypatch.setattr(window, "LiveView", View)
        window.play(log, view, now=lambda: seen.now_s, sleep=sleep)
        return seen

    return played


def once(at_s: float, key: str) -> Acts:
    """Presses a key once, when that time has come."""
    left = [key]
    return lambda now_s: [left.pop()] if now_s >= at_s and left else []


def test_a_flight_is_shown_at_its_own_pace_to_its_last_row_and_its_outcome_stays(watch: Callable[..., Seen]) -> None:
    log = takeoff_log(seconds=2.0)
    seen = watch(log)
    assert seen.rows[0] == log.data[0, 0]
    assert seen.rows[-1] == log.data[-1, 0]
    assert len(seen.rows) == 61, "30 pictures a second, and none twice"
    assert np.array(seen.at_s) == pytest.approx(np.array(seen.rows) - seen.rows[0], abs=2e-3)
    assert seen.endings == [False] * 60 + [True]
    assert seen.now_s == pytest.approx(2.0 + window.HOLD_S, abs=0.1)
    assert seen.notes[0] == (window.NOTE,)
    assert seen.pictures[0].shape == (window.HEIGHT, window.WIDTH, 3)


def test_a_machine_that_is_too_slow_leaves_pictures_out(watch: Callable[..., Seen]) -> None:
    log = takeoff_log(seconds=2.0)
    seen = watch(log, slow_s=0.21)
    assert 8 <= len(seen.rows) <= 12
    assert seen.rows[-1] == log.data[-1, 0]
    assert np.array(seen.at_s[:-1]) == pytest.approx(np.array(seen.rows[:-1]) - seen.rows[0], abs=0.05)


@pytest.mark.parametrize("key", ["escape", "q", "close"])
def test_it_can_be_closed_at_any_time(watch: Callable[..., Seen], key: str) -> None:
    import pygame

    seen = watch(takeoff_log(seconds=5.0), once(1.0, key))
    assert seen.now_s == pytest.approx(1.0, abs=0.1)
    assert not pygame.display.get_init(), "the window is gone"


def test_space_pauses_and_v_changes_the_view(watch: Callable[..., Seen]) -> None:
    acts = (once(0.5, "space"), once(0.8, "v"), once(1.5, "space"), once(1.7, "v"))
    log = takeoff_log(seconds=1.0)
    seen = watch(log, lambda now_s: [key for act in acts for key in act(now_s)], view="chase")
    assert seen.views[1:] == ["chase", "tower", "chase"]
    waiting = [row for row, notes in zip(seen.rows, seen.notes, strict=True) if "paused" in notes[0]]
    assert len(waiting) == 2, "once as it stops, once in the other view"
    assert len(set(waiting)) == 1
    assert seen.rows[-1] == log.data[-1, 0]
    assert seen.now_s == pytest.approx(1.0 + 1.0 + window.HOLD_S, abs=0.2)
    first, other = (p.astype(int) for p, w in zip(seen.pictures, seen.notes, strict=True) if "paused" in w[0])
    assert np.abs(first - other).mean() > 5, "seen from elsewhere"


def test_the_command_opens_it_and_ends_well(
    dummy_screen: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[np.ndarray] = []
    monkeypatch.setattr(window, "HOLD_S", 0.1)
    monkeypatch.setattr(PictureWindow, "show", lambda _, picture: shown.append(picture))
    flight = takeoff_log(seconds=0.5).save(tmp_path / "flight")
    assert replay([str(flight), "--window", "--view", "tower"]) == 0
    assert len(shown) >= 1
    assert "success" in capsys.readouterr().out


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        run_command(lambda: replay(words))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    return said


@pytest.mark.parametrize("display", ["", ":987"])
def test_without_a_screen_it_is_one_line_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], display: str
) -> None:
    pytest.importorskip("pygame")
    for name in ("SDL_VIDEODRIVER", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("DISPLAY", display)
    flight = takeoff_log(seconds=0.5).save(tmp_path / "flight")
    assert "needs a screen" in refused([str(flight), "--window", "--card", str(tmp_path / "x.png")], capsys)
    assert not (tmp_path / "x.png").exists()


def test_without_pygame_it_is_one_line_that_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pygame", None)
    flight = takeoff_log(seconds=0.5).save(tmp_path / "flight")
    assert 'pip install -e ".[window]"' in refused([str(flight), "--window"], capsys)
