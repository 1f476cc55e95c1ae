"""Flights by hand, one after the other, in a window and in real time, each kept as a log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.environments.flights import flight_name
from agents.sticks.devices import Devices
from agents.sticks.human_pilot import HumanPilot
from agents.sticks.real_time import RealTime
from agents.sticks.rival import Ghost, Rivals
from agents.sticks.side_by_side import side_by_side
from agents.sticks.words import notes_in_flight, over_panel, paused_panel, ready_panel
from envs.flights.flight_log import FlightLog, FlightRecorder
from envs.rendering.film.live_view import LiveView

SHORTEST_S = 1.0  # a flight broken off before is not kept
THROTTLE_NOTE = "throttle down first: it starts with the motor idle"
VIEWS = ("chase", "tower")


class Window(Protocol):
    """What shows the pictures."""

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Put a picture (height, width, 3) on the screen."""
        ...


class Phase(Enum):
    """Where a flight is at."""

    READY, FLYING, PAUSED, OVER = auto(), auto(), auto(), auto()


@dataclass(frozen=True)
class Flown:
    """A flight by hand, its file, and the other pilot's with the same seed."""

    log: FlightLog
    path: Path
    other: FlightLog | None


class Session:
    """Lets a human fly until he leaves: `run()`. Call it with parts that belong together (agents/sticks/play.py).

    `folder` gets a log of every flight; `view` is the first of VIEWS to look from.
    """

    def __init__(
        self,
        env: Any,
        human: HumanPilot,
        devices: Devices,
        window: Window,
        clock: RealTime,
        rivals: Rivals,
        folder: Path,
        seed: int,
        view: str = "chase",
    ) -> None:
        self._env, self._human, self._devices, self._window = env, human, devices, window
        self._clock, self._rivals, self._folder, self._seed = clock, rivals, folder, seed
        self._recorder = FlightRecorder(env, pilot=human.name)
        self._step_s, self._task = env.task.step_s, env.config.task
        self._flown: list[Flown] = []
        self._left, self._view_name, self._ghost_choice, self._note = False, view, 0, ""
        self._begin()
        self._view = LiveView(env.log_header(), env.log_columns, 1.0 / self._step_s)
        self._view.choose_size(env.log_row())
        self._view.look(view)

    @property
    def picture(self) -> tuple[int, int]:
        """Size in which the world is painted, pixels."""
        return self._view.picture

    def run(self) -> list[Flown]:
        """Fly until the user quits; the flights."""
        self._clock.go_on()
        while not self._left:
            for command in self._devices.commands():
                self._obey(command)
            self._clock.counts = self._phase is Phase.FLYING
            for _ in range(self._clock.due()):
                if self._phase is Phase.FLYING:
                    self._fly_step()
                elif self._phase is not Phase.OVER and not self._human.instructor_flies:
                    self._human.sticks.advance(self._step_s)
            self._show()
            self._clock.wait()
        self._break_off()
        return self._flown

    def _begin(self) -> None:
        """Reset to the flight of the seed, and wait for the start."""
        self._observation, _ = self._env.reset(seed=self._seed)
        self._state: Any = None
        self._starts = np.ones(1, bool)
        self._recorder.start()
        self._phase, self._steps, self._note = Phase.READY, 0, ""
        self._handed: list[list[float]] = []
        self._human.instructor_flies = False
        self._human.sticks.reset(float(self._env.quantities.throttle))
        self._on_ground = self._env.quantities.wheels_on_ground > 0
        self._row = self._env.log_row()
        self._table: list[tuple[str, ...]] = []
        rival = self._rivals.flight(self._seed)
        own = next((one.log for one in reversed(self._flown) if one.log.header.get("seed") == self._seed), None)
        self._ghosts = [Ghost(name, log) for name, log in ((self._rivals.name, rival), ("your last", own)) if log]
        self._rival = rival
        self._clock.reset()

    def _obey(self, command: str) -> None:
        """Do what a key or button asks for."""
        deeds: dict[str, Callable[[], None]] = {
            "pause": self._pause,
            "restart": lambda: self._again(0),
            "next_seed": lambda: self._again(1),
            "view": self._change_view,
            "ghost": self._change_ghost,
            "rates": self._change_rates,
            "instructor": self._hand_over,
            "trim_up": lambda: self._human.sticks.trim(1),
            "trim_down": lambda: self._human.sticks.trim(-1),
            "lost": lambda: self._pause() if self._phase is Phase.FLYING else None,
            "quit": self._leave,
        }
        deeds[command]()

    def _pause(self) -> None:
        if self._phase is Phase.OVER:
            self._again(0)
        elif self._phase is Phase.FLYING:
            self._phase = Phase.PAUSED
        elif self._phase is Phase.READY and self._on_ground and self._throttle_up():
            self._note = THROTTLE_NOTE
        else:
            if self._phase is Phase.READY:
                self._clock.reset()
            self._phase, self._note = Phase.FLYING, ""
            self._clock.go_on()

    def _throttle_up(self) -> bool:
        return self._human.sticks.commands["throttle"] > self._human.sticks.controls.throttle_idle

    def _again(self, seeds_on: int) -> None:
        self._break_off()
        self._seed += seeds_on
        self._begin()
        self._view.reset(self._env.log_header())

    def _leave(self) -> None:
        self._left = True

    def _change_view(self) -> None:
        self._view_name = VIEWS[1 - VIEWS.index(self._view_name)]
        self._view.look(self._view_name)

    def _change_ghost(self) -> None:
        self._ghost_choice = (self._ghost_choice + 1) % (len(self._ghosts) + 1)

    def _change_rates(self) -> None:
        self._human.sticks.low_rates = not self._human.sticks.low_rates

    def _hand_over(self) -> None:
        """Let the instructor fly, or take over with the throttle where it is."""
        human, now = self._human, self._steps * self._step_s
        if human.instructor is None or self._phase not in (Phase.FLYING, Phase.PAUSED):
            return
        human.instructor_flies = not human.instructor_flies
        if human.instructor_flies:
            self._handed.append([now, now])
        else:
            human.sticks.reset(float(self._env.quantities.throttle_cmd))

    def _fly_step(self) -> None:
        """One control step, and the end of the flight where it ends."""
        action, self._state = self._human.predict(self._observation, self._state, self._starts)
        self._starts = np.zeros(1, bool)
        self._observation, _, terminated, truncated, info = self._env.step(action)
        self._recorder.step()
        self._steps += 1
        self._row = self._env.log_row()
        if self._human.instructor_flies:
            self._handed[-1][1] = self._steps * self._step_s
        if terminated or truncated:
            self._keep(info)
            self._phase = Phase.OVER

    def _break_off(self) -> None:
        """Keep a flight that its pilot ended, without an outcome."""
        if self._phase in (Phase.FLYING, Phase.PAUSED) and self._steps * self._step_s >= SHORTEST_S:
            self._keep({})

    def _keep(self, info: dict[str, Any]) -> None:
        log = self._recorder.finish(info)
        log.header.update(
            control_device=self._human.sticks.device,
            real_time_pace=round(self._clock.pace, 4),
            pictures_per_s=round(self._clock.pictures_per_s, 1),
        )
        if self._handed:
            log.header["pilot"] = f"{self._human.name} with {self._rivals.name}"
            log.header["handed_over_s"] = self._handed
        tries = sum(one.log.header.get("seed") == self._seed for one in self._flown)
        name = flight_name(self._seed) + (f"_try{tries + 1}" if tries else "")
        path = log.save(self._folder / name)
        self._flown.append(Flown(log, path, self._rival))
        self._table = side_by_side(log, self._rival, self._rivals.name)

    def _show(self) -> None:
        """The picture of this moment."""
        row, panel, human = self._row, None, self._human
        if self._phase is Phase.READY:
            note = self._devices.note or self._note
            row = self._with_sticks(row)
            panel = ready_panel(self._task, self._seed, human, self._devices.axes(), note)
        elif self._phase is Phase.PAUSED:
            panel = paused_panel(human.sticks.controls, self._devices.note)
        elif self._phase is Phase.OVER:
            panel = over_panel(self._table, human.sticks.controls)
        choices = [*self._ghosts, None]
        chosen = choices[min(self._ghost_choice, len(self._ghosts))]
        notes = notes_in_flight(
            human, self._env.quantities, self._phase is not Phase.READY, self._clock.pace, self._rivals.name
        )
        self._window.show(
            self._view.frame(
                row,
                ghost=chosen.at(self._steps * self._step_s) if chosen else None,
                ghost_name=chosen.name if chosen else "",
                notes=notes,
                panel=panel,
            )
        )

    def _with_sticks(self, row: list[float]) -> list[float]:
        """The row with the sticks as they are now: before the start the pilot sees that they move, and which way."""
        shown, columns = list(row), self._env.log_columns
        for channel, command in self._human.sticks.commands.items():
            shown[columns.index(f"{channel}_cmd")] = command
        return shown
