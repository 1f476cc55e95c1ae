"""Servos: dead time holds at every rate of physics and control, for every aircraft."""

from __future__ import annotations

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.physics.world import World
from tests.support.physics_tools import changed, ultra_stick


def elevator_over_time(name: str, physics_hz: int, control_hz: int = 30) -> np.ndarray:
    """Travel (deg) of the most moved control at 60 Hz for 0.4 s after full elevator."""
    world = World(load_aircraft(name), control_hz, physics_hz)
    world.reset((0.0, 0.0, 100.0), (0.0, 0.0, 0.0, 1.0), (15.0, 0.0, 0.0))
    track = []
    for _ in range(round(0.4 * control_hz)):
        world.advance(0.0, 1.0, 0.0, 0.0)
        track.append(np.degrees(np.abs(world.state[0]["deflection"]).max()))
    world.close()
    return np.array(track[control_hz // 30 - 1 :: control_hz // 30])


@pytest.mark.parametrize("name", names_of("aircraft"))
def test_controls_follow_alike_at_every_rate_of_physics(name: str) -> None:
    fine = elevator_over_time(name, 3840)
    errors = [np.abs(elevator_over_time(name, hz) - fine).max() / fine.max() for hz in (240, 480, 960)]
    assert max(errors) < 0.06
    assert errors[-1] < 0.02


def test_dead_time_is_the_files_however_fast_physics_and_control_run() -> None:
    slow = load_aircraft("x8")  # 0.07 s, the longest of a shipped aircraft
    for control_hz, physics_hz in ((30, 240), (30, 960), (30, 24000), (120, 480), (960, 960)):
        world = World(slow, control_hz, physics_hz)
        world.reset((0.0, 0.0, 100.0), (0.0, 0.0, 0.0, 1.0), (15.0, 0.0, 0.0))
        started = None
        for step in range(control_hz):
            world.advance(0.0, 1.0, 0.0, 0.0)
            if np.abs(world.state[0]["deflection"]).max() > 0:
                started = (step + 1) / control_hz
                break
        assert started is not None
        assert 0.0 <= started - 0.07 <= 1.0 / control_hz + 1e-9, (control_hz, physics_hz)
        world.close()


def test_a_command_holds_from_its_own_step_on_after_dead_time() -> None:
    """With dead time of 10 substeps of 8 a control step, the second command is felt from substep 10 + 8 on."""

    def delayed(data: dict) -> None:
        data["servos"]["delay_s"] = 10 / 240

    world = World(changed(ultra_stick(), delayed))
    world.reset((0.0, 0.0, 100.0), (0.0, 0.0, 0.0, 1.0), (15.0, 0.0, 0.0))
    seen = []
    for command in (0.5, -0.5, 0.25, 0.25):
        world.advance(0.0, command, 0.0, 0.0)
        seen.append(float(world.state[0]["delayed"][1]))
    assert seen == [0.0, 0.5, -0.5, 0.25]  # at the last substep of each step, 7: of 3 substeps before the step
    world.close()


def test_dead_time_longer_than_what_is_kept_is_refused() -> None:
    with pytest.raises(InputError, match=r"servos.delay_s 0.07 is longer .* control_hz must be at most 1814"):
        World(load_aircraft("x8"), control_hz=4800, physics_hz=4800)
