"""A file of configs/controls: which key and which axis of a joystick moves what, and how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, model_validator

from envs.base.config_file import Strict, named_file, read_yaml, validate
from envs.base.errors import InputError

STICK_CHANNELS = ("aileron", "elevator", "rudder", "throttle")
Command = Literal[
    "pause", "restart", "next_seed", "view", "ghost", "rates", "instructor", "trim_down", "trim_up", "quit"
]
COMMANDS: tuple[Command, ...] = get_args(Command)
MODES: dict[int, dict[str, str]] = {
    1: {"left_x": "rudder", "left_y": "elevator", "right_x": "aileron", "right_y": "throttle"},
    2: {"left_x": "rudder", "left_y": "throttle", "right_x": "aileron", "right_y": "elevator"},
    3: {"left_x": "aileron", "left_y": "elevator", "right_x": "rudder", "right_y": "throttle"},
    4: {"left_x": "aileron", "left_y": "throttle", "right_x": "rudder", "right_y": "elevator"},
}
"""{mode: {way a stick moves: channel}}: who sits where on a transmitter, as its makers number the modes."""
USUAL = "gamepad"

Key = Annotated[str, StringConstraints(min_length=1, max_length=30, pattern=r"^\S(.*\S)?$")]


class Axis(Strict):
    """One way one stick moves. Right and up are +; SDL, which reads the joystick, counts most sticks + downwards."""

    axis: int = Field(ge=0, le=63, description="number of the joystick's axis, counted from 0 [-]")
    inverted: bool = Field(default=False, description="the axis grows to the left or downwards")


class Joystick(Strict):
    """Two sticks, as on a transmitter or a game controller."""

    device: Annotated[int, Field(ge=0, le=63)] | str | None = Field(
        default=None,
        description="which one: its number, or a part of its name; null: the first that has all the axes [-]",
    )
    left_x: Axis = Field(description="left stick, to the right")
    left_y: Axis = Field(description="left stick, upwards")
    right_x: Axis = Field(description="right stick, to the right")
    right_y: Axis = Field(description="right stick, upwards")
    throttle_springs_back: bool = Field(
        default=False,
        description="the throttle's stick has a spring, as on a game controller: held up or down it moves the throttle "
        "as the keys do, let go it leaves it",
    )
    buttons: dict[Command, Annotated[int, Field(ge=0, le=127)]] = Field(
        default={}, description="{command: number of a button} [-]"
    )

    def axes(self) -> dict[str, Axis]:
        """{way a stick moves: axis}."""
        return {"left_x": self.left_x, "left_y": self.left_y, "right_x": self.right_x, "right_y": self.right_y}


class Curve(Strict):
    """From a joystick's stick to the command of a channel, as a transmitter sets it."""

    dead_zone: float = Field(default=0.03, ge=0, le=0.5, description="around the middle, share of the stick's way [-]")
    expo: float = Field(
        default=0.0, ge=0, le=1, description="share of the cube of the stick's way: softer around the middle [-]"
    )
    high_rate: float = Field(default=1.0, gt=0, le=1, description="command at full stick [-]")
    low_rate: float = Field(default=0.6, gt=0, le=1, description="command at full stick on low rates [-]")
    trim: float = Field(default=0.0, ge=-0.5, le=0.5, description="command in the middle [-]")
    reversed: bool = Field(default=False, description="moves the other way, for a transmitter that reverses it")


class KeyPair(Strict):
    """Two keys that move a channel as long as they are held. Keys are named as pygame names them: a, left, page up."""

    minus: Key = Field(description="key: left, nose down, less throttle")
    plus: Key = Field(description="key: right, nose up, more throttle")
    rate_per_s: float = Field(gt=0, le=50, description="how fast a held key moves the command [1/s]")
    centring_per_s: float = Field(
        default=0.0, ge=0, le=50, description="how fast it returns to the middle when let go; 0: it stays [1/s]"
    )
    travel: float = Field(default=1.0, gt=0, le=1, description="farthest command that the keys reach, high rates [-]")


class Keyboard(Strict):
    """The keys of the four channels."""

    aileron: KeyPair
    elevator: KeyPair
    rudder: KeyPair
    throttle: KeyPair = Field(description="from 0 to 1; it stays where it is left unless it is told to return to 0")

    def pairs(self) -> dict[str, KeyPair]:
        """{channel: its keys}."""
        return {channel: getattr(self, channel) for channel in STICK_CHANNELS}


class CommandKeys(Strict):
    """The keys of all else."""

    pause: Key = Field(default="space", description="start, pause, go on")
    restart: Key = Field(default="r", description="the same flight again")
    next_seed: Key = Field(default="n", description="a flight with the next seed: another start, another wind")
    view: Key = Field(default="v", description="chase view, or that of a pilot beside the runway")
    ghost: Key = Field(default="g", description="whose flight is shown beside: the other pilot's, your last, none")
    rates: Key = Field(default="l", description="low rates, high rates")
    instructor: Key = Field(default="h", description="hand over to the other pilot, and take over again")
    trim_down: Key = Field(default="page up", description="elevator trim, nose down")
    trim_up: Key = Field(default="page down", description="elevator trim, nose up")
    quit: Key = Field(default="escape", description="end")

    def by_key(self) -> dict[str, str]:
        """{key: command}."""
        return {getattr(self, command): command for command in COMMANDS}


class Controls(Strict):
    """A file of configs/controls. Errors are InputError, one line, naming file and key."""

    version: Literal[1] = Field(description="version of this file's format [-]")
    title: str = Field(default="", max_length=200, description="one line about it")
    mode: Literal[1, 2, 3, 4] = Field(
        default=2,
        description="which stick moves what; 2: throttle and rudder left, elevator and aileron right; 1: elevator and "
        "rudder left, throttle and aileron right; 3: elevator and aileron left; 4: throttle and aileron left [-]",
    )
    joystick: Joystick
    keyboard: Keyboard
    keys: CommandKeys = CommandKeys()
    aileron: Curve = Curve()
    elevator: Curve = Curve()
    rudder: Curve = Curve()
    throttle_idle: float = Field(
        default=0.05, ge=0, le=0.5, description="a flight from the ground begins with less throttle than this [-]"
    )

    @model_validator(mode="after")
    def _each_does_one_thing(self) -> Controls:
        for what, given in (
            ("key", list(self._keys())),
            ("axis", [(str(axis.axis), f"joystick.{way}") for way, axis in self.joystick.axes().items()]),
            ("button", [(str(number), f"joystick.buttons.{name}") for name, number in self.joystick.buttons.items()]),
        ):
            owner: dict[str, str] = {}
            for name, place in given:
                if name in owner:
                    raise InputError(f"{what} {name!r} is both {owner[name]} and {place}: give one of them another")
                owner[name] = place
        return self

    def _keys(self) -> Iterator[tuple[str, str]]:
        """(key, where it is named) of all keys."""
        for channel, pair in self.keyboard.pairs().items():
            yield pair.minus, f"keyboard.{channel}.minus"
            yield pair.plus, f"keyboard.{channel}.plus"
        for key, command in self.keys.by_key().items():
            yield key, f"keys.{command}"

    def key_names(self) -> dict[str, str]:
        """{key: where the file names it}."""
        return dict(self._keys())

    def channel_of(self, way: str) -> str:
        """The channel that a stick's way moves in this mode."""
        return MODES[self.mode][way]

    def curve_of(self, channel: str) -> Curve:
        """The curve of aileron, elevator or rudder."""
        return getattr(self, channel)


def load_controls(name: str = USUAL) -> Controls:
    """The controls of a name in configs/controls or of a path. Raises InputError."""
    path = named_file("controls", name)
    return validate(Controls, read_yaml(path), str(path))
