"""Each sensor fed with a motion made up on paper: lag, cut-off, drift, rate, delay, attitude filter, and no leak."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.base.frames import quaternion_from_pilot_angles
from envs.base.quantities import QUANTITIES
from envs.flight_env import FlightEnv
from envs.physics.assembly.calibration import flight_parameters
from envs.physics.kernels.records import new_state
from envs.physics.sensors import SENSOR_NORMALS, new_sensors, sense, start_sensors
from tests.support.physics_tools import ultra_stick

AT = {name: k for k, name in enumerate(QUANTITIES)}
HZ, GRAVITY = 30, 9.81
QUIET = np.zeros(SENSOR_NORMALS)


class Bench:
    """The sensors of an Ultra Stick that flies a steady turn: `bank` (rad, right +), speed (m/s), height (m)."""

    def __init__(
        self,
        bank: float = 0.0,
        speed: float = 15.0,
        height: float = 30.0,
        density: float = 1.225,
        suite: str = "precise",
        baro_scale: float = 1.0,
    ) -> None:
        self.p = flight_parameters(ultra_stick(), air_density=density)[0]
        self.state, self.sensors = new_state(), new_sensors(suite, HZ, baro_scale)
        self.s, self.z = self.state[0], self.sensors[0]
        self.bank, self.speed, self.height, self.step = bank, speed, height, 0
        self.turn = GRAVITY * math.tan(bank) / speed if speed else 0.0  # rad/s, + to the right
        self.truth, self.out = self.at(0), np.zeros(len(QUANTITIES))
        start_sensors(self.sensors, self.truth, QUIET, density)

    def at(self, step: int) -> np.ndarray:
        """The truth of a step (len(QUANTITIES))."""
        truth, heading = np.zeros(len(QUANTITIES)), self.turn * step / HZ
        radius = self.speed / self.turn if self.turn else math.inf
        truth[0] = step / HZ
        truth[1:4] = (
            (radius * math.sin(heading), -radius * (1 - math.cos(heading)), self.height)
            if self.turn
            else (self.speed * step / HZ, 0.0, self.height)
        )
        truth[4:7] = self.speed * math.cos(heading), -self.speed * math.sin(heading), 0.0
        truth[7:10] = self.bank, 0.0, math.remainder(heading, math.tau)
        truth[10:14] = quaternion_from_pilot_angles(self.bank, 0.0, heading)
        truth[AT["airspeed"]], truth[AT["height"]] = self.speed, self.height - 0.2
        return truth

    def run(self, seconds: float, rng: np.random.Generator | None = None) -> np.ndarray:
        """Estimates (n, len(QUANTITIES)) of so many seconds; without a generator the sensors are free of noise."""
        seen = []
        for _ in range(round(seconds * HZ)):
            self.step += 1
            self.truth = self.at(self.step)
            self.sense(QUIET if rng is None else rng.standard_normal(SENSOR_NORMALS))
            seen.append(self.out.copy())
        return np.array(seen)

    def sense(self, normals: np.ndarray = QUIET) -> None:
        """One reading of `truth`; rates and felt force are those of the steady turn."""
        sine, cosine = math.sin(self.bank), math.cos(self.bank)
        self.s["substep"] = 8
        # Turning right is about -z of the world; right wing down, body y (left) points up by sin(bank).
        self.s["rates_sum"] = 8 * -self.turn * np.array([0.0, sine, cosine])
        self.s["specific_force_sum"] = 0.0, 0.0, 8 * GRAVITY / cosine
        sense(self.p, self.s, self.z, self.truth, normals, self.out)


def tilt_error_deg(bench: Bench, seen: np.ndarray) -> np.ndarray:
    """Error of roll and pitch together (n,), degrees."""
    return np.degrees(np.hypot(seen[:, AT["roll"]] - bench.bank, seen[:, AT["pitch"]]))


def test_attitude_stays_bounded_with_a_biased_gyro() -> None:
    # 0.5 deg/s about each axis, ten times the suite's bias: by integration alone 52 deg in a minute.
    bench = Bench()
    bench.z["gyro_error"] = math.radians(0.5)
    error = tilt_error_deg(bench, bench.run(60))
    assert 0.5 < error.max() < 5.0
    assert error[-300:].max() == pytest.approx(error[-900:-600].max(), rel=0.1)  # it has settled
    # The same size in a turn, where an accelerometer alone would call the wing level.
    bench = Bench(bank=math.radians(45))
    bench.z["gyro_error"] = math.radians(0.5)
    assert tilt_error_deg(bench, bench.run(60)).max() < 5.0


@pytest.mark.parametrize("bank_deg", [-45, 30, 60])
def test_a_sustained_turn_does_not_tilt_the_estimate(bank_deg: float) -> None:
    bench = Bench(bank=math.radians(bank_deg))
    assert tilt_error_deg(bench, bench.run(60)).max() < 0.8
    bench = Bench(bank=math.radians(bank_deg))
    noisy = bench.run(60, np.random.default_rng(5))
    assert tilt_error_deg(bench, noisy).max() < 1.5


@pytest.mark.parametrize(("suite", "every", "age"), [("precise", 3, 3), ("hobby", 6, 3)])
def test_fixes_come_at_their_rate_and_late(suite: str, every: int, age: int) -> None:
    # 10 Hz RTK or 5 Hz plain receiver, 0.1 s old: an aircraft at rest that is moved 5 m learns of it so late, in steps.
    bench = Bench(speed=0.0, suite=suite)
    bench.run(2)
    bench.truth = bench.at(0)
    bench.truth[AT["y"]] = 5.0
    moved, speeds, places = int(bench.z["count"]), [bench.out[AT["vy"]]], [bench.out[AT["y"]]]
    for _ in range(24):
        bench.sense()
        speeds.append(bench.out[AT["vy"]])
        places.append(bench.out[AT["y"]])
    steps = np.flatnonzero(np.abs(np.diff(speeds)) > 0.01)[:3]  # a fix corrects the speed as well
    assert np.all((moved + steps) % every == 0)
    assert np.all(np.diff(steps) == every)
    assert age <= steps[0] < age + every
    assert np.all(np.abs(places[: steps[0] + 1]) < 1e-9)
    between = np.delete(np.diff(places), steps)[: steps[2] - 2]
    assert np.abs(between).max() < 0.2 * (places[steps[0] + 1] - places[steps[0]])  # there it only coasts


def test_the_pitot_lags_cuts_off_and_shows_indicated_airspeed() -> None:
    bench = Bench(speed=15.0, density=0.96)  # Denver on a hot day
    assert bench.run(1)[-1, AT["airspeed"]] == pytest.approx(15.0 * math.sqrt(0.96 / 1.225), rel=1e-6)
    bench.truth[AT["airspeed"]] = 20.0
    pressures = []
    for _ in range(6):
        bench.sense()
        pressures.append(0.5 * 1.225 * bench.out[AT["airspeed"]] ** 2)
    share = (np.array(pressures) - 0.48 * 225) / (0.48 * 175)
    assert share == pytest.approx(1 - np.exp(-np.arange(1, 7) / HZ / 0.05), abs=1e-3)
    for pascal, shown in ((9.9, 0.0), (10.1, math.sqrt(20.2 / 1.225))):
        bench.truth[AT["airspeed"]] = math.sqrt(2 * pascal / 0.96)
        for _ in range(60):
            bench.sense()
        assert bench.out[AT["airspeed"]] == pytest.approx(shown, rel=1e-6)
    bench.truth[AT["airspeed"]] = 15.0
    for _ in range(60):
        bench.sense()
    noise = []
    rng = np.random.default_rng(0)
    for _ in range(4000):
        bench.sense(rng.standard_normal(SENSOR_NORMALS))
        noise.append(0.5 * 1.225 * bench.out[AT["airspeed"]] ** 2)
    a = 1 - math.exp(-1 / HZ / 0.05)
    assert np.std(noise) == pytest.approx(2.0 * math.sqrt(a / (2 - a)), rel=0.1)  # 2 Pa, smoothed by the lag


def test_the_barometer_drifts_and_shows_too_little_in_warm_air() -> None:
    bench = Bench(height=100.2, baro_scale=0.916, suite="hobby")
    bench.z["baro_weight"] = HZ  # shown as it is
    assert bench.run(0.2)[-1, AT["height"]] == pytest.approx(91.6)
    drifts = []
    for seed in range(60):
        bench = Bench(height=100.2, suite="hobby")
        bench.z["baro_weight"], bench.z["baro_noise"] = HZ, 0.0
        drifts.append(bench.run(30, np.random.default_rng(seed))[-1, AT["height"]] - 100.0)
    assert np.std(drifts) == pytest.approx(0.02 * math.sqrt(30), rel=0.3)
    assert abs(np.mean(drifts)) < 4 * 0.02 * math.sqrt(30 / 60)


def test_the_lidar_reads_the_height_below_twenty_metres() -> None:
    for height, reaches in ((10.2, True), (25.2, False)):
        bench = Bench(height=height, speed=0.0)
        bench.z["baro_weight"] = 0.0
        bench.run(1)
        bench.truth[AT["height"]] += 2.0  # the ground falls away; the satellites cannot know
        for _ in range(60):
            bench.sense()
        assert (bench.out[AT["height"]] == pytest.approx(height + 1.8, abs=0.01)) == reaches
    bench = Bench(height=5.2, speed=0.0)
    bench.z["baro_weight"] = 0.0
    readings = bench.run(200, np.random.default_rng(3))[30:, AT["height"]]
    velocity_noise = np.std(readings - 5.0)
    assert 0.05 * math.sqrt(0.25 / 1.75) < velocity_noise < 0.05  # 0.05 m a reading, smoothed over four


def test_inertial_errors_have_the_stated_size() -> None:
    shown = []
    for seed in range(40):
        bench, rng = Bench(), np.random.default_rng(seed)
        start_sensors(bench.sensors, bench.at(0), rng.standard_normal(SENSOR_NORMALS), 1.225)
        shown.append(bench.run(3, rng)[:, [AT["accel_x"], AT["q"]]])
    felt = np.array(shown)
    assert felt.mean(axis=1).std(axis=0) == pytest.approx([0.05, math.radians(0.05)], rel=0.35)  # bias, drawn a flight
    assert felt.std(axis=1).mean(axis=0) == pytest.approx([0.0785, math.radians(0.13)], rel=0.05)  # noise, a reading


# What a sensor reads of the truth, and every estimate that may follow from it; all else must reach no estimate.
PLACE = {"x", "y", "z", "vx", "vy", "vz", "height"}
ATTITUDE = {"roll", "pitch", "heading", "qx", "qy", "qz", "qw"}
MAY_FOLLOW = {
    **{name: PLACE | ATTITUDE for name in ("x", "y", "z", "vx", "vy", "vz", "heading")},  # fixes, compass
    **{name: {"airspeed"} for name in ("airspeed", "alpha", "beta")},  # pitot
    **{
        name: {name}
        for name in (
            "height",
            "time",
            "rotor_speed",
            "wheels_on_ground",
            "throttle",
            "aileron_cmd",
            "elevator_cmd",
            "rudder_cmd",
            "throttle_cmd",
        )
    },
}


@pytest.mark.parametrize("suite", ["precise", "hobby"])
@pytest.mark.parametrize("name", [n for n in QUANTITIES if AT[n] <= AT["attached"]])
def test_nothing_of_the_truth_reaches_the_estimate_but_through_a_sensor(name: str, suite: str) -> None:
    estimates = []
    for change in (0.0, 0.3):
        bench = Bench(height=12.0, suite=suite)
        bench.truth[AT[name]] += change
        for _ in range(20):
            bench.sense()
        estimates.append(bench.out.copy())
    followed = {n for n in QUANTITIES if estimates[0][AT[n]] != estimates[1][AT[n]]}
    assert followed <= MAY_FOLLOW.get(name, set())
    if name in MAY_FOLLOW:
        assert name in followed or name in ("alpha", "beta")


def test_every_row_that_sensors_show_differs_from_the_truth() -> None:
    known = {"aileron_command", "elevator_command", "rudder_command", "throttle_command", "wheels_on_ground"}
    shown = {}
    for observation in ("sensors", "state"):
        env = FlightEnv(observation=observation, weather="breeze")
        rows = [env.reset(seed=4)[0]]
        for _ in range(60):
            rows.append(env.step(np.array([0.0, 0.1, 0.1, 0.8]))[0])
        shown[observation] = {n: np.array(rows)[:, k] for k, n in enumerate(env.observation_names)}
    assert not set(shown["sensors"]) & {"alpha", "beta", "wind_along", "wind_across", "wind_up"}
    for name, values in shown["sensors"].items():
        if name not in known:
            same = values == shown["state"][name]
            assert not same[1:][np.abs(values[1:]) < 5.0].any(), name  # at the start the rotor rests, and is known to
