"""Shows a recorded flight in a window, at the log's own pace; nothing is flown again. Needs the extra `window`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from envs.flights.flight_log import FlightLog
from envs.flights.judging import judged_ending
from envs.rendering.eye.looking import FlightEye
from envs.rendering.film.live_view import LiveView
from envs.rendering.film.picture_window import PictureWindow
from envs.rendering.film.video import FPS, HOLD_S, resampled

WIDTH, HEIGHT = 960, 540
NOTE = "replay: space pauses, V the other view, Esc ends"
NOTE_S = 5.0  # so long the keys are told
OTHER = {"chase": "tower", "tower": "chase"}
PAUSE_LOOK_S = 0.05  # how often keys are read while the flight is paused


class Window(Protocol):
    """What shows the pictures, and says which keys were pressed."""

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Put a picture (height, width, 3) on the screen."""
        ...

    def pressed(self) -> list[str]:
        """The names of the keys pressed since the last call; "quit" where the window was closed."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def play(
    log: FlightLog,
    view: str = "chase",
    window: Window | None = None,
    now: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
    eye: FlightEye | None = None,
) -> None:
    """Show the flight until it ends or the window is closed, from chase or tower; its outcome stays for HOLD_S.

    `eye`: that of the flight, to show what its camera sees.
    A machine that is too slow leaves pictures out: the pace is always that of the log. `window` replaces a new one,
    `now` and `sleep` those of `time`. Raises InputError, one line, without pygame or a screen, and for a broken header.
    """
    if window is None:
        window = PictureWindow(log.source or "replay", WIDTH, HEIGHT)
    try:
        print("preparing the picture (half a minute, the first time here)", flush=True)
        drawing = LiveView(log.header, log.columns, FPS, WIDTH, HEIGHT, eye)
        drawing.choose_size(log.data[0])
        drawing.look(view)
        _show(log, drawing, window, view, now, sleep)
    finally:
        window.close()


def _show(
    log: FlightLog,
    drawing: LiveView,
    window: Window,
    view: str,
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    """Each picture when it is due, by the watch `now`, until the last has been held or the user has left."""
    rows, ending = resampled(log), judged_ending(log)
    last, hold = len(rows) - 1, round(HOLD_S * FPS) if ending else 0
    begun, paused, shown = now(), False, -1
    while shown < last + hold:
        changed = shown < 0
        for key in window.pressed():
            if key in ("quit", "escape", "q"):
                return
            if key == "v":
                view, changed = OTHER[view], True
                drawing.look(view)
            elif key == "space":
                paused, changed = not paused, True
                begun = now() - max(shown, 0) / FPS
        due = shown if paused else min(last + hold, int((now() - begun) * FPS + 1e-6))
        if changed or min(due, last) > min(shown, last):
            row = min(max(due, 0), last)
            notes = ("paused: space goes on",) if paused else (NOTE,) if row < NOTE_S * FPS else ()
            window.show(drawing.frame(rows[row], notes=notes, ending=ending if row == last else None))
        shown = max(due, shown, 0)
        sleep(PAUSE_LOOK_S if paused else max(0.0, begun + (shown + 1) / FPS - now()))
