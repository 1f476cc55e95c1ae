"""Discrepancies drawn for each flight: by the flight's seed alone, within their limits, whatever flew before."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

import envs.discrepancies
from agents.config.blocks import FIRST_TEST_SEED, FIRST_TRAINING_SEED
from agents.environments.flights import ScheduledFlights, training_seed
from agents.environments.vec_env import SharedMemoryVecEnv
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.discrepancies import discrepancy_names, find_discrepancy
from envs.discrepancies._drawn import STEPS, DrawnDiscrepancies
from envs.flight_env import FlightEnv
from tests.support.physics_tools import ultra_stick

DRAWN = {"draw": ["all"], "least": 1, "most": 3, "struck_share": 0.3, "struck_by_s": 2.0}
STICKS = np.random.default_rng(1).uniform(-0.4, 0.4, (90, 4)).astype(np.float32)


def flown(env: FlightEnv, seed: int) -> tuple[list[str], bytes]:
    """The discrepancies of a flight on senseless sticks, and all that was seen of it."""
    seen = [env.reset(seed=seed)[0]]
    faults = [str(one) for one in env.discrepancies]
    for sticks in STICKS:
        observation, _, terminated, truncated, _ = env.step(sticks)
        seen.append(observation)
        if terminated or truncated:
            break
    return faults, np.concatenate(seen).tobytes()


def test_the_same_seed_is_the_same_faults_and_the_same_flight_whatever_was_flown_before() -> None:
    env, seeds = FlightEnv("takeoff", discrepancies=DRAWN), (7, 2**62 + 5, 1003)
    first = [flown(env, seed) for seed in seeds]
    for seed in range(100, 140):
        env.reset(seed=seed)
    assert [flown(env, seed) for seed in seeds] == first
    assert [flown(FlightEnv("takeoff", discrepancies=DRAWN), seed) for seed in seeds] == first
    assert len({tuple(faults) for faults, _ in first}) == len(seeds)


def test_the_faults_of_a_seed_fly_the_same_when_they_are_named() -> None:
    faults, _ = flown(FlightEnv("takeoff", discrepancies={**DRAWN, "struck_share": 0.0}), 11)
    named = FlightEnv("takeoff", discrepancies=faults)
    drawn = FlightEnv("takeoff", discrepancies={**DRAWN, "struck_share": 0.0})
    drawn.reset(seed=11)
    assert faults
    assert named.world.parameters.tobytes() == drawn.world.parameters.tobytes()


def test_a_vec_env_flies_what_one_environment_flies() -> None:
    def make() -> ScheduledFlights:
        return ScheduledFlights(FlightEnv("takeoff", discrepancies=DRAWN))

    seeds = [[5, 6], [7, 8], [9, 10]]
    env = SharedMemoryVecEnv([make] * 3, processes=2)
    for row, own in enumerate(seeds):
        env.env_method("schedule", own, indices=row)
    for second in (0, 1):
        starts = env.reset()
        seen = [[starts[row]] for row in range(3)]
        faults = [[str(one) for one in own] for own in env.get_attr("discrepancies")]
        for sticks in STICKS[:20]:
            observations, _, dones, _ = env.step(np.tile(sticks, (3, 1)))
            assert not dones.any()
            for row in range(3):
                seen[row].append(observations[row])
        for row in range(3):
            alone, alone_seen = flown(FlightEnv("takeoff", discrepancies=DRAWN), seeds[row][second])
            assert alone == faults[row]
            assert alone_seen.startswith(np.concatenate(seen[row]).tobytes())
    env.close()


@pytest.mark.parametrize("run_seed", [0, 1, 2**31 - 1])
def test_flights_of_training_never_draw_from_the_seeds_of_validation_and_test(run_seed: int) -> None:
    firsts = [training_seed(run_seed, update) for update in range(200)]
    assert min(firsts) >= FIRST_TRAINING_SEED > FIRST_TEST_SEED + 10**6
    assert len({first + row for first in firsts for row in range(16)}) == 16 * len(firsts)


def test_severities_are_evenly_spread_values_of_the_range_and_names_left_out_never_come() -> None:
    drawn = DrawnDiscrepancies(draw=("all",), leave_out=("torn_tip", "thrust_line"), most=2)
    rng = np.random.default_rng(0)
    limits = drawn.limits()  # once: it reads a folder
    flights = [drawn.drawn(rng, limits) for _ in range(2000)]
    ranges = {name: find_discrepancy(name).RANGE for name in discrepancy_names()}
    assert {len(faults) for faults in flights} == {0, 1, 2}
    assert {one.name for faults in flights for one in faults} == set(discrepancy_names()) - {"torn_tip", "thrust_line"}
    for one in (one for faults in flights for one in faults):
        low, high = ranges[one.name]
        assert low <= one.severity <= high
        assert (one.severity - low) / (high - low) * STEPS == pytest.approx(
            round((one.severity - low) / (high - low) * STEPS)
        )


def test_of_all_an_aircraft_is_spared_what_it_cannot_have_and_a_name_that_it_cannot_have_is_refused() -> None:
    x8 = load_aircraft("x8")
    possible = DrawnDiscrepancies(draw=("all",)).limits_on(x8)
    assert "stuck_rudder" not in possible
    assert {"heavy", "aileron_rigging"} <= set(possible)
    env = FlightEnv("landing", aircraft="x8", discrepancies={"draw": ["all"], "least": 3, "most": 3})
    for seed in range(20):
        env.reset(seed=seed)
    with pytest.raises(InputError, match=r"^discrepancy stuck_rudder: aircraft 'x8' has no rudder$"):
        FlightEnv("landing", aircraft="x8", discrepancies={"draw": ["stuck_rudder"]})


@functools.cache
def scratch_fields() -> tuple[str, ...]:
    """Of PARAMETERS, what follows from an aircraft alone: not what its published derivatives add to the drawing's.

    The table of a coefficient aircraft, which this one is not, has a place all the same.
    """
    from envs.physics.kernels.records import PARAMETERS

    return tuple(
        name
        for name in PARAMETERS.names or ()
        if not name.startswith(("residual_", "added_", "bullet", "whole_position"))
    )


@pytest.mark.parametrize("name", discrepancy_names())
def test_what_is_worked_out_anew_is_all_that_a_discrepancy_changes(name: str) -> None:
    from envs.discrepancies import apply_discrepancies
    from envs.physics.assembly.calibration import flight_parameters
    from envs.physics.assembly.parameters import build_parameters

    drawing = ultra_stick()
    aircraft = apply_discrepancies(drawing, [f"{name}={find_discrepancy(name).RANGE[1]}", "heavy=0.5"])
    quick, whole = flight_parameters(aircraft, drawing=drawing)[0], build_parameters(aircraft)[0]
    for field in scratch_fields():
        np.testing.assert_allclose(quick[field], whole[field], rtol=1e-9, atol=1e-12, err_msg=field)


@pytest.mark.parametrize("fault", ["warped_wing=0.7", "warped_wing=-0.4", "lost_lift=-0.6", "lost_lift=0.3"])
def test_a_wing_whose_outline_is_as_drawn_is_not_cut_into_strips_again_and_comes_out_the_same_bit_for_bit(
    fault: str,
) -> None:
    from envs.discrepancies import apply_discrepancies
    from envs.physics.assembly.calibration import flight_parameters
    from envs.physics.assembly.parameters import build_parameters

    aircraft = apply_discrepancies(ultra_stick(), [fault])
    quick, whole = flight_parameters(aircraft, drawing=ultra_stick())[0], build_parameters(aircraft)[0]
    for field in scratch_fields():
        np.testing.assert_array_equal(quick[field], whole[field], err_msg=field)


def test_pinned_draws_stay_the_same_when_files_are_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = ultra_stick()
    open_ended = DrawnDiscrepancies(draw=("all", "heavy=0.5"), leave_out=("torn_tip",), most=3, severity=0.3)
    pinned = open_ended.pinned(drawing)
    before = open_ended.limits_on(drawing)
    assert list(pinned.limits_on(drawing).items()) == list(before.items())
    (tmp_path / "another_fault.py").write_text(
        '"""Another."""\nRANGE = (0.0, 1.0)\n\n\ndef change(aircraft, severity):\n    return aircraft\n'
    )
    monkeypatch.setattr(envs.discrepancies, "__path__", [*envs.discrepancies.__path__, str(tmp_path)])
    assert "another_fault" in open_ended.limits_on(drawing)
    assert pinned.limits_on(drawing) == before
    for seed in range(20):
        draws = (open_ended.drawn(np.random.default_rng(seed), before), pinned.drawn(np.random.default_rng(seed)))
        assert draws[0] == draws[1]
