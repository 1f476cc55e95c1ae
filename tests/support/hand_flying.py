"""A person at the keyboard, for tests: looks at the flight and presses keys, through pygame's own events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agents.sticks.real_time import RealTime

Player = Callable[[float, Any], set[str]]  # (seconds on the watch, the session or None) -> keys held


class Watch:
    """Time that passes only when it is slept through, in pieces of `piece_s`; at each the player may press keys."""

    def __init__(self, player: Player, piece_s: float = 0.1) -> None:
        self.now_s, self._player, self._piece_s = 0.0, player, piece_s
        self._held: set[str] = set()
        self.session: Any = None

    def clock(self, step_s: float) -> RealTime:
        return RealTime(step_s, now=lambda: self.now_s, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.now_s += max(seconds, self._piece_s)
        held = self._player(self.now_s, self.session)
        for key in self._held - held:
            post_key(key, down=False)
        for key in held - self._held:
            post_key(key, down=True)
        self._held = held


def post_key(name: str, down: bool) -> None:
    """A key goes down or up, as the window reports it."""
    import pygame

    kind = pygame.KEYDOWN if down else pygame.KEYUP
    pygame.event.post(pygame.event.Event(kind, key=pygame.key.key_code(name)))


def keys_for_takeoff(now: Any, stall_mps: float) -> set[str]:
    """Keys held in a moment of a take-off: full throttle, towards the centreline, wings level, nose up when fast."""
    held, towards = {"w"}, max(-0.15, min(0.15, 0.12 * now.y))
    yaw = towards - now.heading - 0.35 * now.r
    if now.height < 1.0 and abs(yaw) > 0.02:
        held.add("d" if yaw > 0 else "a")
    roll = -now.roll - 0.15 * now.p + (0.8 * (towards - now.heading) if now.height > 2.0 else 0.0)
    if abs(roll) > 0.03:
        held.add("right" if roll > 0 else "left")
    nose = 0.2 - now.pitch - 0.25 * now.q
    if now.airspeed > 1.2 * stall_mps and abs(nose) > 0.03:
        held.add("down" if nose > 0 else "up")
    return held
