"""What test flights say of an aircraft: right within what is promised, and from nothing but what its sensors showed."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.adaptation import estimate as estimate_module
from agents.adaptation.airfield import LEARN_AFTER_S, Airfield, SensorRecorder
from agents.adaptation.compensation import compensate
from agents.adaptation.estimate import Identification, nothing_known
from agents.adaptation.learner import Learner
from agents.adaptation.parameters import NAMES, PARAMETERS, PRIOR
from agents.adaptation.prediction import OUTPUTS, predicted
from agents.adaptation.sensor_log import READ, SensorLog, load_readings, save_readings
from agents.environments.flights import EnvFunction, flight_env_function
from agents.pilots.compensated import CompensatedPilot, Compensation
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from envs.base.errors import InputError
from envs.base.quantities import AT
from envs.flight_env import FlightEnv
from envs.flights.flight_log import FlightLog
from envs.physics.assembly.calibration import drawn_parameters
from envs.physics.assembly.fitting import Setting, fit
from tests.test_floors import imports

PILOT = "landing-ultra_stick"
FEW = 240  # control steps: 8 s


@functools.cache
def flown(faults: str, count: int) -> tuple[FlightEnv, list[SensorLog], list[str]]:
    """An environment with faults, the logs of `count` flights of a pilot that knows nothing of them, and outcomes."""
    make_env = flying_with(faults)
    logs, outcomes = [], []
    with Airfield(make_env) as airfield:
        for number in range(count):
            flight, log = airfield.fly(load_pilot(PILOT, airfield.env), 900 + number)
            logs.append(log)
            outcomes.append(flight.outcome)
        return airfield.env, logs, outcomes


@functools.cache
def first_seconds(faults: str) -> tuple[FlightEnv, list[SensorLog]]:
    """As `flown`, but for the first FEW rows of two flights: what a look at these needs no more of."""
    env, logs = flying_with(faults)().unwrapped, []
    assert isinstance(env, FlightEnv)
    for seed in (900, 901):
        pilot, recorder, (observation, _) = load_pilot(PILOT, env), SensorRecorder(env), env.reset(seed=seed)
        recorder.start()
        state, first = None, np.array([True])
        while len(recorder.log(seed).rows) < FEW:
            actions, state = pilot.predict(observation[None], state=state, episode_start=first, deterministic=True)
            observation, _, terminated, truncated, _ = env.step(actions[0])
            assert not terminated
            assert not truncated
            first = np.array([False])
            recorder.step()
        logs.append(recorder.log(seed))
    return env, logs


def flying_with(faults: str) -> EnvFunction:
    return flight_env_function(pilot_config(PILOT, [f"discrepancies=[{faults}]"], weather="breeze"))


def begun(logs: list[SensorLog], rows: int) -> list[SensorLog]:
    """The first `rows` of each log: 30 a second."""
    return [dataclasses.replace(log, rows=log.rows[:rows]) for log in logs]


@pytest.fixture
def short_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rounds of an estimate: where it matters what is made of a belief, not how good it is."""
    monkeypatch.setattr(estimate_module, "ROUNDS", 2)


@pytest.mark.parametrize(
    ("faults", "name", "truth"),
    [
        ("heavy=1", "mass", 0.30),
        ("pitot_scale=0.8", "pressure_reading", 0.24),
        ("late_controls=0.5", "delay", 0.05),
        ("sloppy_linkage=1", "play", 3.0),
        ("late_fixes=1", "fix_delay", 0.20),
    ],
)
def test_what_is_wrong_is_found_in_two_flights_as_surely_as_it_says(faults: str, name: str, truth: float) -> None:
    env, logs = first_seconds(faults)
    estimate = Identification(env.drawing).learn(logs)
    k = NAMES.index(name)
    assert estimate.mean[k] == pytest.approx(truth, abs=max(4.0 * estimate.std[k], 0.25 * abs(truth)))
    assert abs(estimate.mean[k]) > 2.0 * estimate.std[k]


def test_a_sound_aircraft_is_flown_as_before() -> None:
    env, logs, _ = flown("", 1)
    learner = Learner(load_pilot(PILOT, env), env.drawing, env.observation_names)
    learner.learn(logs[0], is_success=True)
    for stick in ("aileron", "elevator", "rudder"):
        assert getattr(learner.compensation, f"{stick}_offset") == pytest.approx(0.0, abs=0.06)
        assert getattr(learner.compensation, f"{stick}_gain") == pytest.approx(1.0, abs=0.15)


def test_the_first_flight_lands_with_what_it_learned_on_the_way() -> None:
    make_env = flight_env_function(pilot_config(PILOT, ["discrepancies=[side_heavy=-1]"], weather="breeze"))
    with Airfield(make_env) as airfield:
        env = airfield.env
        learner = Learner(load_pilot(PILOT, env), env.drawing, env.observation_names, env.air_density)
        bold, _ = airfield.fly(learner.pilot, 900)
        careful, log = airfield.fly(learner.pilot, 900, relearn=learner.pilot_in_flight)
    assert (bold.crashed, bold.relearned, bold.result) == (True, False, False)
    assert (careful.is_success, careful.relearned, careful.result) == (True, True, None)
    assert len(log.rows) > 300
    assert learner.logs == []


def test_a_take_off_that_is_marked_at_once_flies_on_for_as_long_as_learning_needs(tmp_path: Path) -> None:
    pilot = "takeoff-ultra_stick"
    make_env = flight_env_function(pilot_config(pilot, ["discrepancies=[aileron_rigging=1]"], weather="breeze"))
    with Airfield(make_env, logs=tmp_path) as airfield:
        env = airfield.env
        learner = Learner(load_pilot(pilot, env), env.drawing, env.observation_names, env.air_density)
        flight, log = airfield.fly(learner.pilot, 900)
        learner.learn(log, flight.result)
        landed = [airfield.fly(learner.pilot, 1000 + number)[0].outcome for number in range(4)]
    assert (flight.outcome, flight.crashed, flight.result) == ("banked", False, False)
    airborne = np.count_nonzero(log.column("wheels_on_ground") == 0.0) / log.control_hz
    assert airborne == pytest.approx(LEARN_AFTER_S, abs=0.1)
    assert len(FlightLog.load(tmp_path / "flight_000900.csv")) < len(log.rows) - 3 * log.control_hz
    assert landed == ["climbing"] * 4


@functools.cache
def run_on_the_ground(fault: str) -> tuple[Airfield, Any, SensorLog]:
    """The airfield of a fault, and a take-off that never left the ground."""
    pilot = "takeoff-ultra_stick"
    airfield = Airfield(flight_env_function(pilot_config(pilot, [f"discrepancies=[{fault}]"], weather="breeze")))
    flight, log = airfield.fly(load_pilot(pilot, airfield.env), 900)
    assert not np.any(log.column("height") > 0.4)
    return airfield, flight, log


@pytest.mark.parametrize(
    ("fault", "ending", "stick", "held"),
    [("rudder_rigging=-1", "turned", "rudder", 0.35), ("elevator_rigging=-1", "strike", "elevator", 0.3)],
)
def test_a_take_off_that_failed_on_its_wheels_is_mended_by_what_the_run_showed(
    fault: str, ending: str, stick: str, held: float
) -> None:
    airfield, flight, log = run_on_the_ground(fault)
    env = airfield.env
    learner = Learner(load_pilot("takeoff-ultra_stick", env), env.drawing, env.observation_names, env.air_density)
    learner.learn(log, flight.result)
    assert flight.outcome == ending
    assert getattr(learner.compensation, f"{stick}_offset") == pytest.approx(held, abs=0.1)
    flown = [airfield.fly(learner.pilot, 1000 + number)[0].outcome for number in range(3)]
    assert flown == ["climbing"] * 3


def test_the_run_on_the_wheels_is_simulated_as_it_was_flown() -> None:
    airfield, _, log = run_on_the_ground("rudder_rigging=-1")
    drawing, aircraft = airfield.env.drawing, airfield.env.aircraft
    setting = Setting.of(30, 240, airfield.env.air_density, None)
    drawn = drawn_parameters(drawing.model_dump_json(), setting)
    level = np.array([0.0, 0.0, 0.0, 1.0])
    yaw, seen = OUTPUTS.index("r"), log.column("r")

    def missed(record: np.ndarray, on_wheels: bool = True) -> tuple[float, int]:
        out, valid = predicted(record, log, np.zeros(2), level, 1.0, on_wheels=on_wheels)
        return float(np.sqrt(np.mean((out[:, yaw] - seen)[valid > 0] ** 2))), int(valid.sum())

    known, rows = missed(fit(drawn, drawing, aircraft, setting))
    assert rows > 15
    assert known < 0.1  # rad/s, of a swing of 0.7
    assert missed(drawn)[0] > 2.0 * known
    assert predicted(drawn, log, np.zeros(2), level, 1.0)[1].sum() == 0  # without its wheels there is nothing


def test_once_it_has_flown_the_air_alone_counts() -> None:
    airfield, _, log = run_on_the_ground("rudder_rigging=-1")
    env, flights = airfield.env, first_seconds("pitot_scale=0.8")[1]
    both = Identification(env.drawing, env.air_density).learn([log, *begun(flights[:1], 100)])
    assert both.std[NAMES.index("rudder_offset")] > 0.02
    alone = Identification(env.drawing, env.air_density)
    alone.learn([log])
    again = alone.learn([log, *begun(flights[:1], 100)])
    assert again.std == pytest.approx(both.std, rel=0.5)


def test_the_autopilot_takes_over_where_the_take_off_pilot_has_done_its_task() -> None:
    pilot = "takeoff-ultra_stick"
    make_env = flight_env_function(pilot_config(pilot, ["discrepancies=[torn_tip=1]"], weather="breeze"))
    with Airfield(make_env) as airfield:
        env = airfield.env
        known = compensate(env.drawing, env.aircraft, env.air_density)
        flown = [
            airfield.fly(CompensatedPilot(load_pilot(pilot, env), known, env.observation_names), seed)
            for seed in (901, 902, 904)
        ]
    assert [flight.outcome for flight, _ in flown] == ["climbing"] * 3
    assert not any(flight.crashed for flight, _ in flown)  # by itself it dives into the ground in all of them
    for _, log in flown:
        assert abs(log.column("roll")[-1]) < np.radians(15)
        assert log.column("height")[-1] > 20.0


def test_a_belief_that_makes_it_worse_is_not_flown_again(short_work: None) -> None:
    env, logs = first_seconds("pitot_scale=0.8")
    logs = begun(logs, 150)
    first = load_pilot(PILOT, env)
    learner = Learner(first, env.drawing, env.observation_names)
    learner.learn(logs[0], is_success=True)
    assert learner.allows
    learner.learn(logs[1], is_success=False)
    assert learner.pilot is first
    assert learner.flown == (first, Compensation())  # so the bundle is what flies
    learner.learn(logs[0], is_success=False)  # that was bad luck, then
    assert isinstance(learner.pilot, CompensatedPilot)


def test_what_has_flown_well_twice_is_left_alone_until_it_fails(short_work: None) -> None:
    env, logs = first_seconds("pitot_scale=0.8")
    logs = begun(logs, 150)
    learner = Learner(load_pilot(PILOT, env), env.drawing, env.observation_names)
    learner.learn(logs[0], is_success=None)  # a careful first flight, which another pilot ended
    learner.learn(logs[1], is_success=True)
    assert not learner.is_proven
    second, believed, steps = learner.compensation, learner.estimate, learner.simulated_steps
    assert learner.learn(logs[0], is_success=True) is believed  # nothing would come of working it out
    assert learner.is_proven
    assert learner.compensation == second
    assert learner.simulated_steps == steps
    learner.learn(logs[1], is_success=False)
    assert not learner.is_proven
    assert learner.compensation != second


def test_a_pilot_that_could_not_land_lands_after_one_test_flight() -> None:
    env, logs, outcomes = flown("elevator_rigging=-1", 1)
    assert outcomes != ["landed"]
    learner = Learner(load_pilot(PILOT, env), env.drawing, env.observation_names)
    learner.learn(logs[0], is_success=False)
    make_env = flight_env_function(pilot_config(PILOT, ["discrepancies=[elevator_rigging=-1]"], weather="breeze"))
    with Airfield(make_env) as airfield:
        landed = [airfield.fly(learner.pilot, 1000 + number)[0].outcome for number in range(4)]
    assert landed.count("landed") >= 3


# ---- nothing but readings -----------------------------------------------------------------------------------------


def reached(name: str, found: set[str] | None = None) -> set[str]:
    """All modules of the project that a module imports, themselves or by others."""
    found = set() if found is None else found
    for module in imports().get(name, set()):
        if module in imports() and module not in found:
            found.add(module)
            reached(module, found)
    return found


def test_the_learner_cannot_reach_the_environment_or_a_discrepancy() -> None:
    modules = reached("agents.adaptation.learner")
    assert "envs.physics.kernels.dynamics" in modules  # the walk works: it does simulate
    forbidden = ("envs.flight_env", "envs.discrepancies", "envs.tasks", "envs.flights", "agents.adaptation.airfield")
    assert not {name for name in modules if name.startswith(forbidden)}


def test_a_log_holds_what_sensors_read_and_no_truth() -> None:
    assert not {"alpha", "beta", "wind_x", "wind_y", "wind_z", "thrust", "attached", "aileron", "elevator"} & set(READ)
    env, logs = first_seconds("pitot_scale=1, tilted_unit=1")
    rows = logs[0].rows
    env.reset(seed=900)
    first = [env.sensed[AT._asdict()[name]] for name in READ]
    assert rows[0] == pytest.approx(first, abs=1e-12)
    # The readings lie as the sensors do: by the root of 1.3 and by 4 deg.
    assert rows[0][READ.index("airspeed")] == pytest.approx(env.quantities.airspeed * 1.3**0.5, rel=0.05)
    assert rows[0][READ.index("roll")] - env.quantities.roll == pytest.approx(np.radians(4), abs=np.radians(1.5))
    known = {"roughness_m", "control_hz", "surface"}
    assert {field.name for field in dataclasses.fields(SensorLog)} == {"seed", "rows", *known}


def test_equal_readings_give_equal_estimates() -> None:
    env, logs = first_seconds("heavy=1")
    one, two = (Identification(env.drawing).learn(begun(logs[:1], 100)) for _ in range(2))
    assert np.array_equal(one.mean, two.mean)
    assert np.array_equal(one.covariance, two.covariance)


def test_a_log_is_kept_and_a_broken_one_refused(tmp_path: Path) -> None:
    folder = tmp_path
    log = SensorLog(900, np.arange(3.0 * len(READ)).reshape(3, -1), 0.02, 30, "asphalt")
    save_readings(log, folder / "a.npz")
    again = load_readings(folder / "a.npz")
    assert np.array_equal(again.rows, log.rows)
    assert (again.seed, again.roughness_m, again.control_hz, again.surface) == (900, 0.02, 30, "asphalt")
    for content in (b"", b"no numbers", (folder / "a.npz").read_bytes()[:200]):
        (folder / "b.npz").write_bytes(content)
        with pytest.raises(InputError, match="cannot be read"):
            load_readings(folder / "b.npz")
    with pytest.raises(InputError, match="no such file"):
        load_readings(folder / "c.npz")
    save_readings(dataclasses.replace(log, rows=log.rows * np.nan), folder / "d.npz")
    with pytest.raises(InputError, match="finite readings"):
        load_readings(folder / "d.npz")


# ---- candidates and compensation ----------------------------------------------------------------------------------


def test_before_any_flight_the_prior_is_all_that_is_known() -> None:
    estimate = nothing_known()
    assert np.array_equal(estimate.mean, np.zeros(len(NAMES)))
    assert estimate.std == pytest.approx(PRIOR)
    assert list(estimate.told()) == list(PARAMETERS)
