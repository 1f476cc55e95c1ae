"""What the window says: before a flight, in it, and after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.sticks.controls import Controls
from agents.sticks.human_pilot import HumanPilot
from agents.sticks.stick_positions import KeyboardSticks
from envs.rendering.film.live_view import Panel

SLOW = 0.97  # of real time: below it, the window and the terminal say that the machine is too slow
MOST_CELL = 34  # characters of a cell of the table: longer ones would leave the window


def ready_panel(task: str, seed: int, human: HumanPilot, axes: Sequence[float], note: str) -> Panel:
    """What is to be done, and which key does what."""
    controls = human.sticks.controls
    rows: list[tuple[str, ...]] = [(_aim(task),)]
    if note:
        rows.append((note,))
    rows += _stick_rows(human, axes)
    rows += [(controls_key(controls, name), words) for name, words in _commands(human)]
    return Panel(f"{task.capitalize()}, seed {seed}: {controls_key(controls, 'pause')} starts", tuple(rows))


def paused_panel(controls: Controls, note: str) -> Panel:
    """How to go on."""
    words = (
        f"{controls_key(controls, 'pause')} goes on, {controls_key(controls, 'restart')} starts again, "
        f"{controls_key(controls, 'quit')} ends"
    )
    return Panel("Paused", ((note,), (words,)) if note else ((words,),))


def over_panel(rows: Sequence[tuple[str, ...]], controls: Controls) -> Panel:
    """The flight's figures beside those of the other."""
    words = (
        f"{controls_key(controls, 'restart')} the same again, {controls_key(controls, 'next_seed')} another start and "
        f"wind, {controls_key(controls, 'quit')} ends"
    )
    short = [tuple(cell if len(cell) <= MOST_CELL else f"{cell[: MOST_CELL - 1]}…" for cell in row) for row in rows]
    return Panel(rows[1][1].capitalize() if len(rows) > 1 else "Over", (*short, (words,)))


def notes_in_flight(human: HumanPilot, quantities: Any, phase_known: bool, pace: float, rival: str) -> list[str]:
    """Short lines beside the picture: what is set, who flies, the line to fly, a machine that is too slow."""
    said = [f"{rival} flies: you watch"] if human.instructor_flies else []
    if human.sticks.low_rates:
        said.append("low rates")
    if human.sticks.elevator_trim:
        said.append(f"elevator trim {human.sticks.elevator_trim:+.2f}")
    if phase_known and quantities.wheels_on_ground < 1:
        said.append(f"line to fly: {_off(quantities.cross_track, 'right', 'left')}, {_off(quantities.height_error)}")
    if pace < SLOW:
        said.append(f"this machine is too slow: {pace:.2f} times real time")
    return said


def controls_key(controls: Controls, command: str) -> str:
    """The key of a command, as it is written on it."""
    return str(getattr(controls.keys, command)).upper()


def _off(value: float, plus: str = "above", minus: str = "below") -> str:
    """'3 m right of it': the pilot is to its right."""
    of = " of it" if plus == "right" else " it"
    return f"{abs(value):.0f} m {plus if value > 0 else minus}{of}" if abs(value) >= 0.5 else "on it"


def _aim(task: str) -> str:
    from envs.tasks import TASKS

    first = (TASKS[task].__doc__ or task).strip().splitlines()[0]
    return first.partition(": ")[2] or first


def _stick_rows(human: HumanPilot, axes: Sequence[float]) -> list[tuple[str, ...]]:
    controls, sticks = human.sticks.controls, human.sticks
    if isinstance(sticks, KeyboardSticks):
        names = {"aileron": "roll", "elevator": "nose down / up", "rudder": "yaw, steer", "throttle": "throttle"}
        pairs = controls.keyboard.pairs()
        return [(f"{pairs[name].minus} / {pairs[name].plus}".upper(), words) for name, words in names.items()]
    shown = "  ".join(f"{number}:{value:+.1f}" for number, value in enumerate(axes))
    return [(sticks.device, f"mode {controls.mode}; axes {shown}"[:80])]


def _commands(human: HumanPilot) -> list[tuple[str, str]]:
    words = [("view", "view: chase, or pilot beside the runway"), ("ghost", "ghost: the other pilot, your last, none")]
    if isinstance(human.sticks, KeyboardSticks):
        words.append(("trim_up", f"elevator trim up, {controls_key(human.sticks.controls, 'trim_down')} down"))
    words += [("rates", "low or high rates"), ("restart", "again"), ("next_seed", "another start and wind")]
    if human.instructor is not None:
        words.append(("instructor", "hand over to the other pilot, and take over again"))
    return [*words, ("quit", "end")]
