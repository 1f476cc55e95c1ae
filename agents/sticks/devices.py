"""Keyboard and joystick as pygame reports them: keys held, axes, and what the user asks for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from agents.sticks.controls import Controls
from agents.sticks.stick_positions import JoystickSticks, KeyboardSticks, Sticks
from envs.base.errors import InputError, did_you_mean
from envs.rendering.film.picture_window import pygame_module

KEYBOARD = "keyboard"


def joystick_names() -> list[str]:
    """What is plugged in, in the order of its numbers: 'Xbox 360 Controller, 6 axes, 11 buttons'."""
    pygame = pygame_module()
    pygame.joystick.init()
    found = [pygame.joystick.Joystick(number) for number in range(pygame.joystick.get_count())]
    return [f"{one.get_name()}, {one.get_numaxes()} axes, {one.get_numbuttons()} buttons" for one in found]


class Devices:
    """The keys and the joystick of one window.

    `wanted`: "keyboard", a joystick's number or a part of its name; None: as the controls say, and the keyboard where
    no joystick fits. Needs a window (PictureWindow). Raises InputError, one line, for a joystick that is not there or
    lacks an axis, and for a key that pygame does not know (`source`, key and the nearest name).
    """

    def __init__(self, controls: Controls, wanted: str | None = None, source: str = "controls") -> None:
        self._pygame = pygame = pygame_module()
        self._controls, self._source = controls, source
        self._codes = {name: self._code(name, place) for name, place in controls.key_names().items()}
        self._commands = {self._codes[key]: command for key, command in controls.keys.by_key().items()}
        self._buttons = {number: command for command, number in controls.joystick.buttons.items()}
        self._held: set[int] = set()
        pygame.joystick.init()
        self._wanted = wanted if wanted is not None else controls.joystick.device
        self._joystick: Any = None if self._wanted == KEYBOARD else self._find()
        self._name = "" if self._joystick is None else str(self._joystick.get_name())
        self.note = ""
        """What went wrong with a device on the way, or ""."""

    def sticks(self) -> Sticks:
        """The sticks that these devices move."""
        if self._joystick is None:
            return KeyboardSticks(self._controls, self.is_down)
        return JoystickSticks(self._controls, self._axis, self._name)

    def is_down(self, key: str) -> bool:
        """Whether the key of a name is held."""
        return self._codes[key] in self._held

    def axes(self) -> list[float]:
        """All axes of the joystick, -1..1, or []."""
        return [self._axis(number) for number in range(self._joystick.get_numaxes())] if self._joystick else []

    def commands(self) -> list[str]:
        """What the user has asked for since the last call, "quit" and "lost" (the focus, the joystick) among it."""
        pygame, asked = self._pygame, []
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                asked.append("quit")
            elif event.type == pygame.KEYDOWN:
                self._held.add(event.key)
                if event.key in self._commands:
                    asked.append(self._commands[event.key])
            elif event.type == pygame.KEYUP:
                self._held.discard(event.key)
            elif event.type == pygame.JOYBUTTONDOWN and event.button in self._buttons:
                asked.append(self._buttons[event.button])
            elif event.type == pygame.WINDOWFOCUSLOST:
                self._held.clear()  # the release of a key would go to another window
                asked.append("lost")
            elif event.type in (pygame.JOYDEVICEREMOVED, pygame.JOYDEVICEADDED):
                asked += self._replugged(event.type == pygame.JOYDEVICEREMOVED)
        return asked

    def _replugged(self, removed: bool) -> list[str]:
        if self._joystick is None:
            return []
        if removed:
            if self._joystick.get_init() and self._joystick.get_instance_id() in self._plugged():
                return []  # another one
            self.note = f"{self._name} is unplugged: plug it in again"
            return ["lost"]
        with contextlib.suppress(InputError):  # another device: go on waiting for ours
            if (found := self._find()) is not None:
                self._joystick, self.note = found, ""
        return []

    def _plugged(self) -> list[int]:
        """Instance numbers of the joysticks that are there."""
        count = self._pygame.joystick.get_count()
        return [self._pygame.joystick.Joystick(number).get_instance_id() for number in range(count)]

    def _axis(self, number: int) -> float:
        try:
            return float(self._joystick.get_axis(number))
        except self._pygame.error:  # unplugged: as if let go, until it is back
            return 0.0

    def _find(self) -> Any:
        """The joystick that is wanted; None where none is wanted by name and none fits."""
        joysticks = [self._pygame.joystick.Joystick(n) for n in range(self._pygame.joystick.get_count())]
        names = [str(one.get_name()) for one in joysticks]
        wanted = self._wanted
        if wanted is None:
            return next((one for one in joysticks if not self._missing(one)), None)
        if isinstance(wanted, int) or wanted.isdecimal():
            chosen = joysticks[int(wanted)] if int(wanted) < len(joysticks) else None
        else:
            fitting = [n for n, name in enumerate(names) if wanted.lower() in name.lower()]
            chosen = joysticks[fitting[0]] if fitting else None
        if chosen is None:
            there = ", ".join(f"{number}: {name}" for number, name in enumerate(names)) or "none is plugged in"
            raise InputError(f"no joystick {wanted!r} ({there}); the keyboard flies with --device keyboard")
        if lacking := self._missing(chosen):
            raise InputError(
                f"joystick {chosen.get_name()!r} has {chosen.get_numaxes()} axes, {self._source} names axis "
                f"{lacking[0]}: give a file of your own with --controls"
            )
        return chosen

    def _missing(self, joystick: Any) -> list[int]:
        return [a.axis for a in self._controls.joystick.axes().values() if a.axis >= joystick.get_numaxes()]

    def _code(self, name: str, place: str) -> int:
        key_code: Callable[[str], int] = self._pygame.key.key_code
        try:
            return key_code(name)
        except ValueError:
            constants = [getattr(self._pygame, word) for word in dir(self._pygame) if word.startswith("K_")]
            known = [known for code in constants if (known := self._pygame.key.name(code))]
            hint = did_you_mean(name, known) or ", see pygame.key.name"
            raise InputError(f"{self._source}: {place}: no key is called {name!r}{hint}") from None
