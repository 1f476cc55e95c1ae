"""To go on or to go round, by what each is worth: what is learned from made-up landings, and who flies by it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from agents.deciding import command
from agents.deciding.command import counted
from agents.deciding.fit import air_data_of, fit, logistic, worth_of
from agents.deciding.flown import Landing, Moment, fly_landings, landing_flyer
from agents.evaluation.flight_test import Flight
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from agents.skills.air_data import HEARD, MOST_ERROR_VS, headwind
from agents.skills.go_around import Approach
from agents.skills.going_on import (
    GoAroundByValue,
    GoingOn,
    LearnedFrom,
    Sizes,
    by_value,
    go_around_of,
    read_going_on,
    silver_shares,
    write_going_on,
)
from envs.aircraft.aircraft import load_aircraft
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.tasks.parts.landing_rules import landing_rules
from tests.agents.skills.test_sequencer import flyer, seen

AIRCRAFT = load_aircraft("ultra_stick")
SIZES = Sizes.of(AIRCRAFT)
LEARNED = LearnedFrom(pilot="made_up", aircraft="ultra_stick", weather=("gusty",), flights=400, seed=1)
SILVER = landing_rules().silver
FIRST = (np.zeros(1, bool), None)
"""Of a first attempt, of whose airspeed nothing else is told."""
RIGHT = Approach(*np.array([[1.15], [0.0], [0.0], [0.0], [3.0], [0.0], [0.0], [2.0], [1.1], [1.0]]))


def one(**changes: float) -> Approach:
    """A contact in the middle of everything, but for `changes`."""
    return RIGHT._replace(**{name: np.array([value]) for name, value in changes.items()})


def landing(sink: float, outcome: str, went: float = 0.0) -> Landing:
    """Down to a first contact with so much sink (m/s), from a height of 1 m at that rate."""
    flight = Flight(0, outcome == "landed", outcome, 100, 0.0, {"go_arounds": went, "gold": 0.0})
    low = [
        Moment(np.ravel(one(height=height, climb=-sink, wheels=0.0, along=3.0 - 8.0 * height)), -sink)
        for height in np.linspace(1.0, 0.1, 20)
    ]
    return Landing(flight, low, Moment(np.ravel(one()), -sink))


@pytest.fixture(scope="module")
def never() -> list[Landing]:
    """400 landings, of which those above 1 m/s of sink fail, every third of them in a crash."""
    sinks = np.random.default_rng(3).uniform(0.2, 1.6, 400)
    failures = ("hard", "hard", "strike")
    return [landing(sink, "landed" if sink <= 1.0 else failures[k % 3]) for k, sink in enumerate(sinks)]


@pytest.fixture(scope="module")
def going_on(never: list[Landing]) -> GoingOn:
    return fit(never, 0.02, SIZES, LEARNED)


def test_at_the_limits_of_silver_the_shares_are_one() -> None:
    middle = silver_shares(one(along=SILVER.middle_spans), np.zeros(1), SIZES.stall_roll_spans, SIZES.runway_spans)
    assert middle[0, :6] == pytest.approx(0.0, abs=1e-9)
    limits = one(
        across=-SILVER.across_spans,
        along=SILVER.long_spans,
        airspeed=SILVER.slowest_vs,
        roll=SILVER.bank,
        sine_of_heading=-np.sin(SILVER.heading),
    )
    at = silver_shares(limits, np.array([-SILVER.sink_mps]), SIZES.stall_roll_spans, SIZES.runway_spans)
    assert at[0, :6] == pytest.approx([-1, 1, -1, 1, 1, -1])
    assert 0.5 < at[0, 6] < 1.0  # 52 b from 1.1 Vs, 12 b in


def test_a_flight_is_worth_its_end() -> None:
    ends = [worth_of(landing(0.5, outcome).flight) for outcome in ("landed", "hard", "timeout", "strike", "broken")]
    assert ends == [1.0, 0.0, 0.0, -1.0, -1.0]


def test_the_regression_finds_the_chances_that_made_its_flights() -> None:
    rng = np.random.default_rng(1)
    features = rng.normal(size=(20_000, 2)) * [3.0, 0.1] + [5.0, 0.0]
    chance = 1.0 / (1.0 + np.exp(-(0.5 + 0.4 * (features[:, 0] - 5.0) - 9.0 * features[:, 1])))
    found = logistic(features, (rng.uniform(size=20_000) < chance).astype(float))
    assert np.abs(found.share(features) - chance).mean() < 0.02


def test_it_learns_which_touchdowns_and_approaches_fail(never: list[Landing], going_on: GoingOn) -> None:
    crashed = sum(landing.flight.outcome == "strike" for landing in never)
    failed = sum(not landing.flight.is_success for landing in never)
    assert going_on.failed == pytest.approx(-crashed / failed)
    chooses = by_value(AIRCRAFT, going_on)
    assert not chooses.balks(one(), np.array([-0.5]), *FIRST)[0]
    assert chooses.balks(one(), np.array([-1.4]), *FIRST)[0]
    worth = [
        going_on.of(going_on.approach, SIZES.on_approach(one(height=0.5, climb=-sink, wheels=0.0, along=-1.0)))[0]
        for sink in (0.5, 1.4)
    ]
    # A hard touchdown ahead is worth what going round from it is: the choice remains.
    assert worth[0] > 0.95 > worth[1]
    assert worth[1] == pytest.approx(going_on.round, abs=0.06)


def test_a_dearer_go_around_is_made_later(never: list[Landing]) -> None:
    steepest = []
    for price in (0.0, 0.3, 0.9):
        chooses = by_value(AIRCRAFT, fit(never, price, SIZES, LEARNED))
        sinks = np.linspace(0.2, 1.6, 141)
        steepest.append(sum(not chooses.balks(one(), np.array([-sink]), *FIRST)[0] for sink in sinks))
    assert steepest[0] < steepest[1] < steepest[2]


def test_who_has_touched_or_gone_round_twice_goes_on(going_on: GoingOn) -> None:
    nothing = going_on.model_copy(update={"fresh": 1.0, "price": 0.0, "failed": -1.0})
    hopeless = nothing.model_copy(update={"approach": going_on.approach.model_copy(update={"bias": -50.0})})
    chooses = by_value(AIRCRAFT, hopeless)
    low = one(height=1.0, wheels=0.0, along=-5.0)
    assert chooses.gives_up(low, np.array([False]))[0]
    assert not chooses.gives_up(low, np.array([True]))[0]
    assert not chooses.gives_up(one(height=3.5, wheels=0.0), np.array([False]))[0]
    pilot, state, rounds = replace(flyer(), go_around=chooses), None, []
    for _ in range(4):
        _, state = pilot.predict(np.stack([seen("pattern")]), state)
        _, state = pilot.predict(np.stack([seen("landing", height=1.0, along_track_near=-5.0)]), state)
        rounds.append(bool(state.going_around[0]))
    assert rounds == [True, True, False, False]


def test_blind_at_the_decision_height_it_goes_round_too(going_on: GoingOn) -> None:
    chooses = by_value(AIRCRAFT, going_on)
    high = one(height=3.5 * AIRCRAFT.span_m, wheels=0.0, along=-40.0, in_sight=0.0)
    assert chooses.gives_up(high, np.array([True]))[0]


def test_too_few_failures_or_go_arounds_to_learn_from_are_refused(never: list[Landing]) -> None:
    with pytest.raises(InputError, match="5 of 5 touchdowns count"):
        fit([landing(0.5, "landed")] * 5, 0.0, SIZES, LEARNED)


def test_going_round_is_worth_another_attempt(never: list[Landing], going_on: GoingOn) -> None:
    """One that must land ends as these did; of one before it, those that fail are told and given up for that."""
    worth = np.mean([worth_of(landing.flight) for landing in never])
    silver = np.mean([landing.flight.is_success for landing in never])
    assert going_on.last == pytest.approx(worth)
    assert going_on.fresh == pytest.approx(silver + (1.0 - silver) * worth, abs=0.03)
    assert going_on.rounds is None  # of the wind nothing was heard


def test_before_the_last_go_around_more_is_kept(going_on: GoingOn) -> None:
    chooses = by_value(AIRCRAFT, going_on)
    given_up = [
        sum(chooses.balks(one(), np.array([-sink]), np.array([before]), None)[0] for sink in np.linspace(0.2, 1.6, 141))
        for before in (False, True)
    ]
    assert given_up[0] > given_up[1] > 0


def heard_landings(count: int = 600) -> list[Landing]:
    """Whose pitot is off by 0.03 Vs times the first thing that was heard, and by a little noise.

    Those with a tail wind of 0.8 or more fail.
    """
    rng = np.random.default_rng(4)
    landings = []
    for _ in range(count):
        heard = rng.normal(size=HEARD)
        made = landing(0.5, "slow" if headwind(heard[None])[0] < -0.8 else "landed")
        assert made.contact is not None
        error = 0.03 * heard[0] + rng.normal(0.0, 0.005)
        made.flight.metrics["touchdown_speed_vs"] = float(made.contact.readings[0] - error)
        made.heard = heard
        landings.append(made)
    return landings


def test_it_learns_what_tells_the_pitots_error(never: list[Landing], going_on: GoingOn, tmp_path: Path) -> None:
    assert air_data_of(never) is None
    assert air_data_of(heard_landings(100)) is None
    known = air_data_of(heard_landings())
    assert known is not None
    assert known.read_to == pytest.approx(0.03, rel=0.1)
    assert known.known_to == pytest.approx(0.005, rel=0.1)
    heard = np.zeros((3, HEARD))
    heard[:, 0] = 0.0, 1.0, -2.0
    assert known.total(heard) == pytest.approx([0.0, 0.03, -0.06], abs=0.002)
    learned = fit(heard_landings(), 0.02, SIZES, LEARNED)
    assert learned.air_data == known
    write_going_on(tmp_path / "mine.yaml", learned)
    assert read_going_on(tmp_path / "mine.yaml") == learned
    data = yaml.safe_load((tmp_path / "mine.yaml").read_text(encoding="utf-8"))
    # One too few of the first, of the first two, of all three.
    as_weights = f"{HEARD}, as weights do"
    for key, must in (("spread", as_weights), ("mean", as_weights), ("weights", str(HEARD))):
        data["air_data"][key].pop()
        (tmp_path / "mine.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
        with pytest.raises(InputError, match=rf"mine.yaml: air_data: {key}: must hold {must} \(got {HEARD - 1}\)"):
            read_going_on(tmp_path / "mine.yaml")


def test_where_a_tail_wind_fails_going_round_is_worth_less(tmp_path: Path) -> None:
    learned = fit(heard_landings(), 0.02, SIZES, LEARNED)
    heard = np.zeros((2, HEARD))
    heard[:, 0] = -2.0, 2.0
    for must_land in (False, True):
        tail, head = learned.round_in(heard, np.full(2, must_land))
        assert head > 0.9
        assert tail < 0.3
    assert learned.round_in(None, np.array([False, True])) == pytest.approx([learned.round, learned.last_round])
    write_going_on(tmp_path / "mine.yaml", learned)
    data = yaml.safe_load((tmp_path / "mine.yaml").read_text(encoding="utf-8"))
    for key in ("weights", "mean", "spread"):
        data["rounds"]["last"][key].append(1.0)
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(InputError, match=r"mine.yaml: rounds.last.weights: must hold 2 \(got 3\)"):
        read_going_on(tmp_path / "mine.yaml")


def test_what_is_heard_of_the_airspeed_counts_at_the_contact(going_on: GoingOn) -> None:
    """One whose pitot reads too little is given up where it reads right at silver's end, and the other way round."""
    slope = going_on.contact.model_copy(
        update={"weights": (0.0,) * 7 + (-8.0, 0.0), "mean": (0.0,) * 7 + (1.0, 0.0), "spread": (1.0,) * 9, "bias": 0.0}
    )
    known = air_data_of(heard_landings())
    chooses = by_value(AIRCRAFT, going_on.model_copy(update={"contact": slope, "air_data": known}))
    at_the_end = one(airspeed=SILVER.fastest_vs - 0.04)
    for knows, given_up in ((1.0, False), (-1.0, True)):
        heard = np.zeros((1, HEARD))
        heard[0, 0] = knows
        assert chooses.balks(at_the_end, np.array([-0.3]), np.zeros(1, bool), heard)[0] == given_up
    # An aircraft that seems to fly 0.09 Vs faster than it reads is not the one that was learned from: the rule decides.
    heard[0, 0] = -3.0
    assert MOST_ERROR_VS < 0.09
    for speed, given_up in ((1.15, False), (SILVER.fastest_vs - 0.04, True)):
        assert chooses.balks(one(airspeed=speed), np.array([-0.3]), np.zeros(1, bool), heard)[0] == given_up


def test_it_is_written_and_read_again_and_a_spoilt_file_is_refused(going_on: GoingOn, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    write_going_on(file, going_on)
    again = read_going_on(file)
    assert again == going_on
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    data["contact"]["weights"].append(0.5)
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(InputError, match=r"mine.yaml: contact: mean: must hold 10, as weights do \(got 9\)"):
        read_going_on(file)
    for key in ("mean", "spread"):
        data["contact"][key].append(1.0)
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(InputError, match=r"contact.weights: must hold 9 \(got 10\)"):
        read_going_on(file)


def test_the_flight_says_how_its_pilot_decides(going_on: GoingOn, tmp_path: Path) -> None:
    write_going_on(tmp_path / "mine.yaml", going_on)
    kinds: list[Any] = []
    for choice in ("rule", "never", str(tmp_path / "mine.yaml")):
        env = FlightEnv("landing", go_around=choice)
        kinds.append(load_pilot("landing-ultra_stick", env).sequence.go_around)
        env.close()
    assert kinds[0] == go_around_of(AIRCRAFT, "ultra_stick")
    assert kinds[1] is None
    assert isinstance(kinds[2], GoAroundByValue)
    assert kinds[2].going_on == going_on
    with pytest.raises(InputError, match="unknown go_around 'valeu', did you mean 'value'"):
        FlightEnv("landing", go_around="valeu")
    env = FlightEnv("landing", go_around="never")
    for name in ("autopilot", "robust_landing-ultra_stick"):
        with pytest.raises(InputError, match=f"{name} is not made of learned skills"):
            load_pilot(name, env)
    env.close()
    with pytest.raises(InputError, match="learned from flights of ultra_stick, not sport"):
        go_around_of(load_aircraft("sport"), "sport", str(tmp_path / "mine.yaml"))


def test_the_shipped_file_is_for_the_shipped_pilot() -> None:
    env = FlightEnv("landing", go_around="value")
    chooses = load_pilot("landing-ultra_stick", env).sequence.go_around
    env.close()
    assert chooses.going_on.learned.pilot == "landing-ultra_stick"
    assert not chooses.balks(one(), np.array([-0.3]), *FIRST)[0]
    assert chooses.balks(one(), np.array([-1.3]), *FIRST)[0]


def test_what_a_pilot_read_at_each_moment_is_noted() -> None:
    config = pilot_config("landing-ultra_stick", ["go_around=never"], weather="breeze")
    flown = fly_landings(*landing_flyer("landing-ultra_stick", config), range(500, 502), 1)
    assert counted(flown) == {
        "flights": 2,
        "landed": 2,
        "gold": sum(bool(landing.flight.metrics["gold"]) for landing in flown),
        "touched_and_went": 0,
        "went_round": 0,
        "crashed": 0,
    }
    for landed in flown:
        assert landed.contact is not None
        heights = [moment.readings[1] for moment in landed.approach]
        assert len(heights) > 20
        assert max(heights) < landing_rules().learned.approach.below_m
        assert heights[-1] < 0.3
        assert -landed.contact.climb_before == pytest.approx(landed.flight.metrics["sink_mps"], abs=0.15)
        assert landed.contact.readings[3] * AIRCRAFT.span_m == pytest.approx(
            -landed.flight.metrics["touchdown_y_m"], abs=0.3
        )


def test_the_command_learns_writes_and_compares(
    never: list[Landing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seeds: list[int] = []

    def fly(make_env: Any, pilot: Any, flown: range, processes: Any, on_landed: Any) -> list[Landing]:
        seeds.extend(flown)
        if pilot.sequence.go_around is not None:
            return [landing(0.5, "landed", 1.0)] * len(flown)
        return never[: len(flown)]

    monkeypatch.setattr(command, "fly_landings", fly)
    file, console = tmp_path / "mine.yaml", plain_console()
    command.learn_going_on(
        "landing-ultra_stick", ["gusty"], flights=300, seed=18, price=0.1, save=file, processes=1, console=console
    )
    assert min(seeds) >= 2**62  # neither validation nor test
    assert read_going_on(file).price == pytest.approx(0.1)
    assert read_going_on(file).round == pytest.approx(read_going_on(file).fresh - 0.1)
    told = " ".join(capsys.readouterr().out.split())
    assert f"written to {file}" in told
    hard = [one for one in never[:300] if one.contact is not None and one.contact.climb_before < -0.95]
    counts = sum(one.flight.is_success for one in hard)
    assert 0 < counts < len(hard)
    assert f"touchdowns that the rule would give up: {len(hard)}, of which {counts} count" in told
    command.compare_choices(
        "landing-ultra_stick",
        ["breeze"],
        ["rule", "never"],
        flights=4,
        seed=1000,
        processes=1,
        console=console,
        json_file=tmp_path / "table.json",
    )
    rule, none = (line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("breeze"))
    assert "4/4" in rule
    assert "100.0 %" in rule
    assert "4/4" not in none
