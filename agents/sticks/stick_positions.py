"""Where the sticks are: moved by keys as long as they are held, or read from a joystick through a transmitter's curves.

Commands have the pilot's signs (envs/base/frames.py), -1..1, throttle 0..1.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from agents.sticks.controls import STICK_CHANNELS, Controls, Curve, KeyPair

TRIM_STEP, MOST_TRIM = 0.02, 0.5  # of the elevator's command, a press of a trim key; about a transmitter's click
SPRING_DEAD_ZONE = 0.15  # a game controller's stick does not come back to its very middle


class Sticks(ABC):
    """Four commands that a pilot moves, and the two settings he changes in flight: rates and elevator trim."""

    device: str = ""
    """What moves them, for the log."""

    def __init__(self, controls: Controls) -> None:
        self.controls = controls
        self.low_rates = False
        self.elevator_trim = controls.elevator.trim
        self.commands: dict[str, float] = dict.fromkeys(STICK_CHANNELS, 0.0)

    def reset(self, throttle: float) -> None:
        """A flight begins with its throttle (0..1) at this; a throttle stick without a spring keeps its own."""
        self.commands = {**dict.fromkeys(STICK_CHANNELS, 0.0), "throttle": throttle}

    def trim(self, clicks: int) -> None:
        """Move the elevator's trim, + nose up."""
        wanted = self.elevator_trim + clicks * TRIM_STEP
        self.elevator_trim = min(MOST_TRIM, max(-MOST_TRIM, round(wanted, 6)))

    def trim_of(self, channel: str) -> float:
        """The command of aileron, elevator or rudder with its stick in the middle."""
        return self.elevator_trim if channel == "elevator" else self.controls.curve_of(channel).trim

    @abstractmethod
    def advance(self, seconds: float) -> dict[str, float]:
        """The commands after `seconds` more, {channel: command}, trims included."""


class KeyboardSticks(Sticks):
    """Sticks that keys push: `is_down` says whether the key of a name is held."""

    device = "keyboard"

    def __init__(self, controls: Controls, is_down: Callable[[str], bool]) -> None:
        super().__init__(controls)
        self._is_down = is_down

    def advance(self, seconds: float) -> dict[str, float]:
        """Move what is held towards its end and what is let go back to the middle."""
        out: dict[str, float] = {}
        for channel, pair in self.controls.keyboard.pairs().items():
            push = self._is_down(pair.plus) - self._is_down(pair.minus)
            lowest, highest = (0.0, 1.0) if channel == "throttle" else (-pair.travel, pair.travel)
            now = pushed(self.commands[channel], push, pair, seconds)
            self.commands[channel] = now = min(highest, max(lowest, now))
            out[channel] = now
            if channel != "throttle":
                curve = self.controls.curve_of(channel)
                share = curve.low_rate / curve.high_rate if self.low_rates else 1.0
                out[channel] = _within(now * share + self.trim_of(channel))
        return out


def pushed(command: float, push: int, pair: KeyPair, seconds: float) -> float:
    """A command after `seconds` of pushing it up (+1), down (-1) or not (0)."""
    back = pair.centring_per_s * seconds
    if push == 0:
        return max(0.0, command - back) if command > 0.0 else min(0.0, command + back)
    if command * push < 0.0:  # the spring helps as far as the middle
        home = max(0.0, abs(command) - back)
        command = home if command > 0.0 else -home
    return command + push * pair.rate_per_s * seconds


class JoystickSticks(Sticks):
    """Sticks of a joystick: `axis` gives the position -1..1 of the axis with a number."""

    def __init__(self, controls: Controls, axis: Callable[[int], float], device: str = "joystick") -> None:
        super().__init__(controls)
        self._axis, self.device = axis, device

    def advance(self, seconds: float) -> dict[str, float]:
        """Read the axes."""
        joystick = self.controls.joystick
        for way, axis in joystick.axes().items():
            position = _within(self._axis(axis.axis)) * (-1.0 if axis.inverted else 1.0)
            channel = self.controls.channel_of(way)
            if channel == "throttle":
                self.commands[channel] = self._throttle(position, seconds)
            else:
                # the stick forward, away from the pilot, is up on its gimbal and lets the nose down
                self.commands[channel] = curved(
                    -position if channel == "elevator" else position,
                    self.controls.curve_of(channel),
                    self.low_rates,
                )
        return {
            channel: command if channel == "throttle" else _within(command + self.trim_of(channel))
            for channel, command in self.commands.items()
        }

    def _throttle(self, position: float, seconds: float) -> float:
        if not self.controls.joystick.throttle_springs_back:
            return 0.5 * (position + 1.0)
        if abs(position) < SPRING_DEAD_ZONE:
            position = 0.0
        rate = self.controls.keyboard.throttle.rate_per_s
        return min(1.0, max(0.0, self.commands["throttle"] + position * rate * seconds))


def curved(position: float, curve: Curve, low_rates: bool = False) -> float:
    """The command of a stick's position, both -1..1, without trim.

    Outside the dead zone the way left is stretched over the whole; expo e makes (1 - e) x + e x^3 of it, as
    transmitters do (EdgeTX manual, "Inputs"), and the rate is the command at full stick.
    """
    beyond = max(0.0, abs(position) - curve.dead_zone) / (1.0 - curve.dead_zone)
    command = (1.0 - curve.expo) * beyond + curve.expo * beyond**3
    command *= curve.low_rate if low_rates else curve.high_rate
    return command if (position > 0.0) != curve.reversed else -command


def _within(command: float) -> float:
    return min(1.0, max(-1.0, command))
