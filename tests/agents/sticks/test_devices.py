"""Devices as pygame reports them, with a joystick that SDL itself makes (SDL_JoystickAttachVirtual)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.sticks.controls import load_controls
from agents.sticks.devices import Devices, joystick_names
from agents.sticks.stick_positions import JoystickSticks, KeyboardSticks
from envs.base.config_file import CONFIGS
from envs.base.errors import InputError
from envs.rendering.film.picture_window import PictureWindow
from tests.support.hand_flying import post_key


class VirtualJoystick:
    """A joystick with axes that a test moves."""

    def __init__(self, axes: int = 4, buttons: int = 8) -> None:
        pygame = pytest.importorskip("pygame")
        libraries = list((Path(pygame.__file__).parents[1] / "pygame.libs").glob("libSDL2-2*"))
        if not libraries:
            pytest.skip("pygame brings no SDL of its own here")
        self._sdl: Any = ctypes.CDLL(str(libraries[0]))
        self._number = self._sdl.SDL_JoystickAttachVirtual(1, axes, buttons, 0)
        assert self._number >= 0
        self._opened = pygame.joystick.Joystick(self._number)  # SDL's handle lives as long
        instance = self._opened.get_instance_id()
        find = self._sdl.SDL_JoystickFromInstanceID
        find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_int32]
        self._handle = ctypes.c_void_p(find(instance))

    def move(self, axis: int, to: float) -> None:
        self._sdl.SDL_JoystickSetVirtualAxis(self._handle, axis, ctypes.c_int16(round(32767 * to)))

    def press(self, button: int, down: bool = True) -> None:
        self._sdl.SDL_JoystickSetVirtualButton(self._handle, button, ctypes.c_uint8(down))

    def unplug(self) -> None:
        self._sdl.SDL_JoystickDetachVirtual(self._number)


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Iterator[PictureWindow]:
    pygame = pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS", "1")  # the dummy screen never has the focus
    made = PictureWindow("test", 64, 36)
    pygame.joystick.init()
    yield made
    made.close()
    pygame.quit()


def test_sticks_of_a_joystick_reach_the_commands(window: PictureWindow) -> None:
    joystick = VirtualJoystick()
    devices = Devices(load_controls("transmitter"))
    sticks = devices.sticks()
    assert isinstance(sticks, JoystickSticks)
    for axis, to in ((0, 1.0), (1, -1.0), (2, 1.0), (3, -1.0)):  # aileron, elevator, throttle, rudder
        joystick.move(axis, to)
    devices.commands()
    assert sticks.advance(1 / 30) == pytest.approx(
        {"aileron": 1.0, "elevator": 1.0, "throttle": 1.0, "rudder": -1.0}, abs=1e-3
    )
    joystick.move(2, -1.0)
    joystick.move(0, 0.5)
    devices.commands()
    now = sticks.advance(1 / 30)
    assert now["throttle"] == pytest.approx(0.0, abs=1e-3)
    assert now["aileron"] == pytest.approx(0.7 * 0.5 + 0.3 * 0.125, abs=1e-3), "the file's expo"
    assert devices.axes()[0] == pytest.approx(0.5, abs=1e-3)
    assert "4 axes, 8 buttons" in joystick_names()[0]


def test_buttons_ask_for_commands_and_unplugging_for_a_pause(window: PictureWindow, tmp_path: Path) -> None:
    joystick = VirtualJoystick()
    data = yaml.safe_load((CONFIGS / "controls" / "transmitter.yaml").read_text(encoding="utf-8"))
    data["joystick"]["buttons"] = {"pause": 3, "view": 0}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    devices = Devices(load_controls(str(tmp_path / "mine.yaml")))
    devices.commands()
    joystick.press(3)
    joystick.press(5)  # means nothing
    assert devices.commands() == ["pause"]
    joystick.unplug()
    assert devices.commands() == ["lost"]
    assert "unplugged" in devices.note
    assert devices.sticks().advance(1 / 30)["aileron"] == 0.0
    VirtualJoystick().move(0, -1.0)
    assert devices.commands() == []
    assert devices.note == ""
    devices.commands()
    assert devices.sticks().advance(1 / 30)["aileron"] == pytest.approx(-1.0, abs=1e-3), "it flies again"


def test_a_joystick_with_too_few_axes_is_left_alone_unless_it_is_asked_for(window: PictureWindow) -> None:
    joystick = VirtualJoystick(axes=2)
    assert isinstance(Devices(load_controls()).sticks(), KeyboardSticks)
    with pytest.raises(InputError, match=r"has 2 axes, mine\.yaml names axis 3: give a file of your own"):
        Devices(load_controls(), "0", "mine.yaml")
    assert isinstance(Devices(load_controls(), "keyboard").sticks(), KeyboardSticks)
    joystick.unplug()


def test_keys_are_held_until_they_are_let_go(window: PictureWindow) -> None:
    devices = Devices(load_controls(), "keyboard")
    post_key("left", down=True)
    post_key("v", down=True)
    assert devices.commands() == ["view"]
    assert devices.is_down("left")
    assert not devices.is_down("right")
    post_key("left", down=False)
    devices.commands()
    assert not devices.is_down("left")


def test_a_key_that_no_keyboard_has_is_named_with_its_place(window: PictureWindow, tmp_path: Path) -> None:
    data = yaml.safe_load((CONFIGS / "controls" / "gamepad.yaml").read_text(encoding="utf-8"))
    data["keys"] = {"quit": "escpae"}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.yaml: keys\.quit: no key is called 'escpae', did you mean 'escape'"):
        Devices(load_controls(str(tmp_path / "mine.yaml")), source="mine.yaml")
