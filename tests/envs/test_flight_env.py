"""FlightEnv: Gymnasium's contract, determinism, inputs, the log's columns."""

from __future__ import annotations

import timeit

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as sb3_check_env

import envs
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.physics.steady.steady_start import SteadyStart
from envs.tasks import TASK_NAMES

# In the order that design and other programs count on; more may follow.
CONTRACT_COLUMNS = [
    "time_s",
    "x_m",
    "y_m",
    "z_m",
    "vx_mps",
    "vy_mps",
    "vz_mps",
    "roll_deg",
    "pitch_deg",
    "heading_deg",
    "qx",
    "qy",
    "qz",
    "qw",
    "p_dps",
    "q_dps",
    "r_dps",
    "airspeed_mps",
    "alpha_deg",
    "beta_deg",
    "load_factor",
    "wind_x_mps",
    "wind_y_mps",
    "wind_z_mps",
    "aileron_cmd",
    "elevator_cmd",
    "rudder_cmd",
    "throttle_cmd",
    "aileron_deg",
    "elevator_deg",
    "rudder_deg",
    "throttle",
    "height_m",
    "wheels_on_ground",
    "strike",
]


@pytest.fixture(scope="module")
def env() -> FlightEnv:
    return FlightEnv(weather="gusty")


def fly(env: FlightEnv, seed: int, steps: int = 200) -> np.ndarray:
    """Observations, rewards and truth of a flight on fixed pseudo-random sticks."""
    rng = np.random.default_rng(7)
    observation, _ = env.reset(seed=seed)
    rows = []
    for _ in range(steps):
        action = np.array([*rng.uniform(-0.3, 0.3, 3), 1.0], np.float32)
        observation, reward, terminated, truncated, _ = env.step(action)
        rows.append([*observation, reward, *env.log_row()])
        if terminated or truncated:
            break
    return np.array(rows)


@pytest.mark.parametrize("observation", ["sensors", "state"])
def test_checkers_of_gymnasium_and_sb3_pass(observation: str) -> None:
    made = gymnasium.make(
        "ModelAircraft/Takeoff-v0",
        aircraft="ultra_stick",
        weather="breeze",
        discrepancies=[],
        observation=observation,
        render_mode=None,
    )
    check_env(made.unwrapped, skip_render_check=True)
    sb3_check_env(made.unwrapped)


def test_every_task_has_its_id() -> None:
    assert envs.__doc__
    registered = {spec.id for spec in gymnasium.registry.values() if spec.id.startswith("ModelAircraft/")}
    assert registered == {envs.gymnasium_id(name) for name in TASK_NAMES}  # each shipped figure has its own
    assert envs.gymnasium_id("slow_roll") == "ModelAircraft/SlowRoll-v0"


def test_same_seed_same_flight_first_or_hundredth(env: FlightEnv) -> None:
    first = fly(FlightEnv(weather="gusty"), seed=5)
    for seed in range(20, 30):
        fly(env, seed, steps=40)
    again = fly(env, seed=5)
    assert first.shape == again.shape
    assert np.array_equal(first, again)
    assert not np.array_equal(first[:20], fly(env, seed=6)[:20])


def test_the_wind_blows_from_the_first_reading() -> None:
    env = FlightEnv(weather="storm")
    jumps = []
    for seed in range(20):
        env.reset(seed=seed)
        first = np.array([env.quantities.wind_x, env.quantities.wind_y, env.quantities.airspeed])
        assert first[2] == pytest.approx(np.hypot(*first[:2]), abs=1.0)  # parked: it feels the wind
        env.step(np.array([0.0, 0.0, 0.0, -1.0]))
        now = np.array([env.quantities.wind_x, env.quantities.wind_y, env.quantities.airspeed])
        jumps.append(np.abs(now - first).max())
        assert first[2] > 0
    assert max(jumps) < 2.5  # Dryden at W20 = Vs changes by less within 1/30 s


def test_flights_without_a_seed_differ(env: FlightEnv) -> None:
    starts = []
    env.reset(seed=3)
    for _ in range(5):
        env.reset()
        starts.append(env.quantities.y)
    assert len(set(starts)) == 5


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_action_that_is_not_finite_is_refused(env: FlightEnv, bad: float) -> None:
    env.reset(seed=1)
    with pytest.raises(ValueError, match="finite"):
        env.step(np.array([0.0, bad, 0.0, 0.0], np.float32))


def test_actions_out_of_range_are_clipped(env: FlightEnv) -> None:
    flights = []
    for size in (1.0, 50.0):
        env.reset(seed=2)
        for _ in range(30):
            env.step(np.array([-0.1, size, 0.1, size]))
        flights.append(env.log_row())
    assert flights[0] == flights[1]


@pytest.mark.parametrize("weather", ["calm", "storm"])
def test_no_stick_banging_gives_a_state_that_is_not_finite(weather: str) -> None:
    env = FlightEnv(weather=weather)
    for seed in range(25):
        rng = np.random.default_rng(seed)
        observation, _ = env.reset(seed=seed)
        held = rng.uniform(-1, 1, 4)
        ended = False
        # Fly on after the task has ended: a wreck that tumbles over the ground must stay finite too.
        for step in range(150):
            if step % rng.integers(1, 12) == 0:
                held = rng.choice([-1.0, 0.0, 1.0], 4)
            observation, reward, terminated, truncated, _ = env.step(held)
            assert np.all(np.isfinite(observation))
            assert np.all(np.isfinite(env.log_row()))
            assert np.isfinite(reward)
            assert np.all(np.abs(observation) <= 5.0)
            ended = ended or terminated or truncated
        speed = np.linalg.norm(env.world.velocity)
        assert speed < 100


def test_the_clock_alone_truncates(env: FlightEnv) -> None:
    env.reset(seed=4)
    steps = 0
    while True:
        _, _, terminated, truncated, info = env.step(np.array([0.0, 0.0, 0.0, -1.0], np.float32))
        steps += 1
        if terminated or truncated:
            break
    assert truncated
    assert not terminated
    assert steps == round(env.task.time_limit_s * 30)
    assert info["outcome"] == "timeout"
    assert info["is_success"] is False


def test_the_last_info_and_the_reward_terms_add_up(env: FlightEnv) -> None:
    env.reset(seed=9)
    total = 0.0
    for _ in range(1000):
        _, reward, terminated, truncated, info = env.step(np.array([0.0, 0.0, 1.0, 1.0], np.float32))
        total += reward
        if terminated or truncated:
            break
        assert info == {}
    assert info["outcome"] in ("veered", "banked", "turned", "strike")
    assert set(info["reward_terms"]) == set(env.task.default_reward)
    assert sum(info["reward_terms"].values()) == pytest.approx(total)
    assert all(isinstance(v, float) for v in info["metrics"].values())


def test_log_columns_are_the_contract(env: FlightEnv) -> None:
    assert env.log_columns[: len(CONTRACT_COLUMNS)] == CONTRACT_COLUMNS
    env.reset(seed=1)
    env.step(np.array([0.5, -0.5, 0.25, 0.0], np.float32))
    row = dict(zip(env.log_columns, env.log_row(), strict=True))
    assert row["time_s"] == pytest.approx(1 / 30)
    assert (row["aileron_cmd"], row["elevator_cmd"], row["rudder_cmd"], row["throttle_cmd"]) == (0.5, -0.5, 0.25, 0.5)
    assert row["wheels_on_ground"] == 3
    assert row["pitch_deg"] == pytest.approx(11.4, abs=0.5)  # it sits on its tail


@pytest.mark.parametrize(
    ("keyword", "value", "message"),
    [
        ("task", "takeof", "did you mean 'takeoff'"),
        ("aircraft", "ultra_stik", "did you mean 'ultra_stick'"),
        ("weather", "breez", "did you mean 'breeze'"),
        ("observation", "sensor", "did you mean 'sensors'"),
        ("runway", "gras", "did you mean 'grass'"),
        ("sensor_suite", "hoby", "did you mean 'hobby'"),
        ("discrepancies", ["heavi"], "did you mean 'heavy'"),
        ("discrepancies", ["heavy=much"], "severity must be a number from -1 to 1"),
        ("reward", {"centerline": 1.0}, "did you mean 'centreline'"),
        ("effects", {"swirll": False}, "did you mean 'swirl'"),
        ("task_options", {"start_across_m": 1.0}, "did you mean 'start_across'"),
        ("physics_hz", 250, "multiple of control_hz"),
        ("control_hz", 0, "control_hz: input should be greater than or equal to 1"),
        ("air_density", 9.0, "air_density: input should be less than or equal to 5"),
    ],
)
def test_wrong_keywords_name_what_would_be_right(keyword: str, value: object, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        FlightEnv(**{keyword: value})  # pyright: ignore[reportArgumentType]
    assert "\n" not in str(caught.value)


def test_discrepancies_change_the_flight() -> None:
    heavy = FlightEnv(discrepancies=["heavy=1"])
    assert heavy.aircraft.mass.mass_kg == pytest.approx(1.959 * 1.30)
    weak, drawn = FlightEnv(discrepancies=["weak_battery"]), FlightEnv()
    speeds = []
    for env in (weak, drawn):
        env.reset(seed=1)
        for _ in range(40):
            env.step(np.array([0.0, 0.0, 0.0, 1.0], np.float32))
        speeds.append(env.quantities.vx)
    assert speeds[0] < speeds[1] - 0.3


def test_a_reset_costs_little_more_than_steps() -> None:
    # One episode of a bad pilot is 30 steps. Least of many, for the machine may be busy; measured: 3 steps.
    env = FlightEnv(weather="gusty")
    action = np.array([0, 0, 0, -1], np.float32)
    env.reset(seed=0)
    reset = min(timeit.repeat(lambda: env.reset(seed=1), number=1, repeat=200))
    step = min(timeit.repeat(lambda: env.step(action), number=1, repeat=200))
    env.close()
    assert reset < 5 * step


def test_steady_starts_are_interpolated_between_the_trims() -> None:
    env = FlightEnv(task="landing")
    steady = SteadyStart(env.aircraft, 1.225)
    for speed in np.linspace(0.9, 1.8, 40) * env.stall_speed_mps:
        expected = [np.interp(speed, steady._speeds, v) for v in (steady._alpha, steady._throttle)]
        assert steady.at(float(speed)) == pytest.approx(expected, abs=1e-12)
    env.close()
