"""Flights by hand in a window, flown by keys that are pressed through pygame's own events, on SDL's dummy screen."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.sticks import play as command
from agents.sticks.session import Phase, Session
from envs.base.errors import InputError
from envs.flights.flight_log import FlightLog
from envs.rendering.film import live_view
from scripts import play as script
from tests.support.hand_flying import Watch, keys_for_takeoff

Acts = Callable[[float, Session], set[str]]


@pytest.fixture(autouse=True)
def dummy_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    pygame = pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    # SDL makes of a signal that ends this process (a time limit's, a Ctrl-C) the wish to close the window: the test
    # that flies just then would fail for no reason of its own, and the tests go on.
    monkeypatch.setenv("SDL_NO_SIGNAL_HANDLERS", "1")
    monkeypatch.setattr(live_view, "PICTURES", ((160, 90), (128, 72), (112, 63), (96, 54), (80, 45)))  # quick to paint
    monkeypatch.chdir(tmp_path)
    yield
    pygame.quit()


@pytest.fixture
def fly(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Session]:
    """Runs the command with a player in the place of the person; the session as it was left."""

    def flown(player: Acts, *what: str, piece_s: float = 0.1, **given: Any) -> Session:
        watch = Watch(lambda now, session: player(now, session) if session else set(), piece_s)
        made = Session.__init__

        def remembered(session: Session, *parts: Any, **named: Any) -> None:
            made(session, *parts, **named)
            watch.session = session

        monkeypatch.setattr(Session, "__init__", remembered)
        monkeypatch.setattr(command, "Session", Session)
        assert command.play(*what, clock=watch.clock, **given) == 0
        return watch.session

    return flown


def taking_off(now: float, session: Session) -> set[str]:
    """Starts, takes off, looks at the result and leaves."""
    if session._phase is Phase.READY:
        return {"space"} if int(now * 10) % 2 else set()
    if session._phase is Phase.OVER:
        return {"escape"}
    return keys_for_takeoff(session._env.quantities, session._env.stall_speed_mps)


def test_a_takeoff_by_keyboard_succeeds_and_is_kept_like_any_flight(
    fly: Callable[..., Session], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fly(taking_off, "takeoff", aircraft="sport", weather="calm", seed=1000)
    (csv,) = (tmp_path / "runs" / "play-takeoff-1" / "flights").glob("*.csv")
    log = FlightLog.load(csv)
    header = log.header
    assert (header["pilot"], header["outcome"], header["is_success"]) == ("human", "climbing", True)
    assert (header["control_device"], header["seed"], header["weather"]) == ("keyboard", 1000, "calm")
    assert header["real_time_pace"] == 1.0
    assert log.column("height_m")[-1] > 15.0
    assert log.column("throttle_cmd").max() == 1.0
    assert np.ptp(log.column("time_s")) == pytest.approx(header["metrics"]["time_s"])
    assert csv.with_suffix(".png").stat().st_size > 20_000, "its card"
    other = FlightLog.load(tmp_path / "runs" / "play-takeoff-1" / "against" / csv.stem)
    assert (other.header["pilot"], other.header["outcome"]) == ("takeoff-sport", "climbing")
    for column in ("x_m", "y_m", "heading_deg", "wind_x_mps"):
        assert log.column(column)[0] == other.column(column)[0], "the same start in the same air"
    printed = capsys.readouterr().out
    assert "flown by human" in printed
    row = next(line for line in printed.splitlines() if line.startswith("flight time"))
    assert row.split()[2::2][:2] == [f"{np.ptp(one.column('time_s')):.1f}" for one in (log, other)]


def test_the_same_keys_fly_the_same_flight_however_often_it_is_drawn(fly: Callable[..., Session]) -> None:
    def full_throttle(now: float, session: Session) -> set[str]:
        if session._phase is Phase.READY:
            return {"space"}
        return {"escape"} if session._phase is Phase.OVER else {"w"}

    logs = [
        fly(full_throttle, "takeoff", aircraft="sport", weather="calm", against="nobody", piece_s=piece)._flown[0].log
        for piece in (0.05, 0.2)
    ]
    assert len({log.header["outcome"] for log in logs}) == 1
    paces = [log.header["pictures_per_s"] for log in logs]
    assert paces[0] > 2 * paces[1], "a slow machine draws less"
    assert abs(len(logs[0]) - len(logs[1])) < 12, "and flies as fast"


def test_pause_view_ghost_trim_and_restart(fly: Callable[..., Session], tmp_path: Path) -> None:
    seen: list[tuple[float, str, Any]] = []
    done: list[str] = []

    def once(key: str, when: bool) -> set[str]:
        if when and key not in done:
            done.append(key)
            return {key}
        return set()

    def tour(now: float, session: Session) -> set[str]:
        seen.append((session._steps * session._step_s, session._phase.name, session._view_name))
        if session._phase is Phase.READY:
            return {"space"} if int(now * 10) % 2 else set()
        for key, at in (("v", 0.5), ("page down", 0.7), ("g", 0.8), ("l", 0.9), ("space", 1.2)):
            if held := once(key, session._steps * session._step_s > at):
                return held
        if session._phase is Phase.PAUSED:
            return {"r"} if len([s for s in seen if s[1] == "PAUSED"]) > 8 else set()
        if len(session._flown) == 1 and session._steps * session._step_s > 1.5:
            return {"escape"}
        return set()

    session = fly(tour, "takeoff", aircraft="sport", weather="calm", against="autopilot")
    paused = [at for at, phase, _ in seen if phase == "PAUSED"]
    assert len(paused) > 5
    assert max(paused) == min(paused), "no time passes in a pause"
    assert {view for *_, view in seen} == {"chase", "tower"}
    assert session._human.sticks.elevator_trim == pytest.approx(0.02)
    assert session._human.sticks.low_rates
    assert session._ghost_choice == 1
    names = sorted(path.name for path in (tmp_path / "runs" / "play-takeoff-1" / "flights").glob("*.json"))
    assert names == ["flight_001000.json", "flight_001000_try2.json"]
    first = json.loads((tmp_path / "runs" / "play-takeoff-1" / "flights" / names[0]).read_text(encoding="utf-8"))
    assert "outcome" not in first, "broken off: nothing is judged"


def test_the_instructor_flies_when_asked_and_knows_the_flight(fly: Callable[..., Session]) -> None:
    def hands_over(now: float, session: Session) -> set[str]:
        if session._phase is Phase.READY:
            return {"space"} if int(now * 10) % 2 else set()
        if session._phase is Phase.OVER:
            return {"escape"}
        return {"h"} if session._steps < 6 else set()

    session = fly(hands_over, "landing", aircraft="sport", weather="breeze", seed=1001, piece_s=0.2)
    header = session._flown[0].log.header
    told = {key: header.get(key) for key in ("pilot", "outcome", "metrics", "handed_over_s")}
    assert header["pilot"] == "human with landing-sport", told
    assert header.get("is_success"), f"the learned pilot lands what it took over a moment after the start: {told}"
    ((begun, ended),) = header["handed_over_s"]
    assert begun < 0.3
    assert ended == pytest.approx(session._flown[0].log.column("time_s")[-1], abs=0.05)


def test_the_motor_must_be_idle_before_a_start_from_the_ground(fly: Callable[..., Session]) -> None:
    notes: list[str] = []

    def impatient(now: float, session: Session) -> set[str]:
        notes.append(session._note)
        assert session._phase is Phase.READY
        return {"w"} if now < 0.6 else {"space"} if now < 0.9 else {"escape"}

    fly(impatient, "takeoff", aircraft="sport", weather="calm", against="nobody")
    assert "throttle down first" in notes[-1]


def test_a_log_is_flown_against_only_in_its_own_air(fly: Callable[..., Session], tmp_path: Path) -> None:
    session = fly(taking_off, "takeoff", aircraft="sport", weather="calm", seed=1003, against="nobody")
    path = str(session._flown[0].path)
    watched: list[Any] = []

    def looks(now: float, session: Session) -> set[str]:
        watched.append((session._seed, [ghost.name for ghost in session._ghosts]))
        return {"escape"}

    fly(looks, "takeoff", against=path)
    assert watched[-1] == (1003, ["human"])
    with pytest.raises(InputError, match="its seed is 1003, this flight's 7"):
        command.play("takeoff", against=path, seed=7)
    with pytest.raises(InputError, match="its task is 'takeoff', this flight's 'landing'"):
        command.play("landing", against=path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "which task or mission"),
        (["takeof"], "unknown task or mission 'takeof', did you mean 'takeoff'"),
        (["takeoff", "--aircraft", "sprot"], "did you mean 'sport'"),
        (["takeoff", "--weather", "clam"], "did you mean 'calm'"),
        (["takeoff", "--against", "autopilto"], "did you mean 'autopilot'"),
        (["takeoff", "--controls", "gamepd"], "did you mean 'gamepad'"),
        (["takeoff", "--against", "nobody", "--device", "Taranis"], "no joystick 'Taranis' (none is plugged in)"),
        (["takeoff", "--against", "nobody", "--device", "7"], "no joystick '7'"),
        (["takeoff", "--view", "cockpit"], "invalid choice: 'cockpit'"),
    ],
)
def test_a_wrong_word_is_one_line(words: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        script.main(words)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "runs").exists()


def test_without_pygame_or_a_screen_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "no_such_driver")
    with pytest.raises(InputError, match="a window needs a screen: no_such_driver not available"):
        script.main(["takeoff", "--against", "nobody"])
    monkeypatch.delenv("SDL_VIDEODRIVER")
    if sys.platform == "linux":
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(InputError, match="a window needs a screen"):
            script.main(["takeoff", "--against", "nobody"])
    monkeypatch.setitem(sys.modules, "pygame", None)
    with pytest.raises(InputError, match=r'pip install -e "\.\[window\]"'):
        script.main(["takeoff", "--against", "nobody"])
    assert os.listdir(tmp_path) == []


def test_closing_the_window_ends_it_and_leaves_nothing(fly: Callable[..., Session], tmp_path: Path) -> None:
    import pygame

    def closes(now: float, session: Session) -> set[str]:
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        return set()

    fly(closes, "takeoff", against="nobody")
    assert not any((tmp_path / "runs").iterdir())


def test_keys_are_let_go_when_the_window_loses_the_focus(fly: Callable[..., Session]) -> None:
    import pygame

    told: list[tuple[str, bool]] = []

    def switches(now: float, session: Session) -> set[str]:
        if session._phase is Phase.READY:
            return {"space"}
        told.append((session._phase.name, session._devices.is_down("w")))
        if session._steps == 0:
            return {"space"}
        if session._phase is Phase.PAUSED:
            return {"escape"}
        if session._devices.is_down("w"):
            pygame.event.post(pygame.event.Event(pygame.WINDOWFOCUSLOST))
        return {"w"}

    fly(switches, "takeoff", aircraft="sport", weather="calm", against="nobody")
    assert ("FLYING", True) in told
    assert told[-1] == ("PAUSED", False)
