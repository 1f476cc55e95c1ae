"""The rules of landing: the one file from which judge, learned pilots, autopilot and gain search take their numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.autopilot.gains import LandingGains
from agents.skills.go_around import GoAround
from agents.tuning.gain_objectives import LIMITS, landing_errors
from envs.base.config_file import read_yaml
from envs.base.errors import InputError
from envs.tasks.parts.landing_rules import RULES_FILE, landing_rules, read_landing_rules
from envs.tasks.parts.touchdown import Touchdown, first_violation, is_gold, touchdown_penalty

SPAN, STALL = 2.0, 8.0  # m, m/s
RULES = landing_rules()
SILVER, GOLD = RULES.silver, RULES.gold
PERFECT = Touchdown(
    x_m=SILVER.middle_spans * SPAN,
    y_m=0.0,
    sink_mps=0.0,
    bank=0.0,
    heading=0.0,
    airspeed_mps=SILVER.middle_speed_vs * STALL,
    ground_x_m=0.0,
    ground_speed_mps=8.0,
)
# Silver's limits in the fields of a touchdown: {word: (field, limit, +1 if more is too much, else -1)}.
ENDS: dict[str, tuple[str, float, int]] = {
    "short": ("x_m", SILVER.short_spans * SPAN, -1),
    "long": ("x_m", SILVER.long_spans * SPAN, 1),
    "wide": ("y_m", SILVER.across_spans * SPAN, 1),
    "hard": ("sink_mps", SILVER.sink_mps, 1),
    "banked": ("bank", SILVER.bank, 1),
    "crabbed": ("heading", SILVER.heading, 1),
    "slow": ("airspeed_mps", SILVER.slowest_vs * STALL, -1),
    "fast": ("airspeed_mps", SILVER.fastest_vs * STALL, 1),
    "bounced": ("bounce_height_m", SILVER.bounce_height_m, 1),
}


@pytest.mark.parametrize("word", ENDS)
def test_silver_ends_where_the_rules_say(word: str) -> None:
    name, limit, sign = ENDS[word]
    assert first_violation(replace(PERFECT, **{name: limit}), SPAN, STALL) == ""
    assert first_violation(replace(PERFECT, **{name: limit + sign * 1e-9}), SPAN, STALL) == word


def test_the_penalty_is_one_for_each_error_at_the_end_of_silver() -> None:
    gold_or_not = 2.0  # added to a touchdown at any of silver's ends
    for name, limit, _ in ENDS.values():
        ended = touchdown_penalty(replace(PERFECT, **{name: limit}), SPAN, STALL)
        assert ended == pytest.approx(12 * (1 - math.exp(-(1 + gold_or_not * (name != "bounce_height_m")) / 12)))
    assert touchdown_penalty(PERFECT, SPAN, STALL) == 0.0


def test_gold_lies_within_silver() -> None:
    assert is_gold(PERFECT, SPAN, STALL)
    corner = replace(
        PERFECT,
        x_m=PERFECT.x_m + GOLD.along_spans * SPAN,
        y_m=GOLD.across_spans * SPAN,
        sink_mps=GOLD.sink_mps,
        bank=GOLD.bank,
        heading=GOLD.heading,
        airspeed_mps=GOLD.fastest_vs * STALL,
    )
    assert is_gold(corner, SPAN, STALL)
    assert first_violation(corner, SPAN, STALL) == ""
    assert not is_gold(replace(corner, bounces=GOLD.bounces + 1), SPAN, STALL)


def test_the_learned_pilots_rule_is_silver_less_the_sensors_errors() -> None:
    rule = GoAround()
    # Exactly these thresholds were flown with when the shipped pilots were trained and tested.
    assert (rule.touch_short_spans, rule.touch_long_spans, rule.touch_across_spans) == (-4.8, 11.8, 0.95)
    assert (rule.touch_slowest_vs, rule.touch_fastest_vs, rule.touch_sink_mps) == (1.05, 1.25, 0.95)
    assert (rule.touch_bank, rule.touch_heading) == (0.08, 0.165)
    assert SILVER.bank - rule.touch_bank == pytest.approx(math.radians(0.4), abs=math.radians(0.1))
    assert SILVER.heading - math.asin(rule.touch_heading) == pytest.approx(math.radians(0.5), abs=math.radians(0.1))


def test_the_autopilot_gives_up_around_the_middle_of_silver() -> None:
    gains, balk = LandingGains(), RULES.autopilot.balk
    assert (gains.balk_speed, gains.balk_along) == (SILVER.middle_speed_vs, SILVER.middle_spans) == (1.15, 3.5)
    assert (gains.balk_speed_error, gains.balk_cross, gains.balk_along_error) == (
        balk.speed_error_vs,
        balk.across_spans,
        balk.along_error_spans,
    )


def test_the_search_for_gains_counts_a_touchdown_at_silvers_end_as_the_whole_margin() -> None:
    metrics = {
        "sink_mps": SILVER.sink_mps,
        "touchdown_x_m": SILVER.long_spans * SPAN,
        "touchdown_y_m": SILVER.across_spans * SPAN,
        "bank_deg": SILVER.bank_deg,
        "heading_deg": SILVER.heading_deg,
        "touchdown_speed_vs": SILVER.middle_speed_vs,
        "bounce_height_m": SILVER.bounce_height_m,
        "centreline_m": 2.5 * SPAN,
    }
    errors, limits = landing_errors(metrics, SPAN), dict(LIMITS)
    for name in ("x", "y", "bank", "heading", "bounce", "centreline"):
        assert errors[name] == pytest.approx(limits[name]), name
    assert limits["speed"] == 0.15  # without the last bits of 1.3 - 1.0


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("silver.sink_mps", "soft", "silver.sink_mps: "),
        ("silver.slowest_vs", 1.4, "slowest_vs 1.4 is not below fastest_vs 1.3"),
        ("silver.short_spans", 13.0, "short_spans 13.0 is not before long_spans 12.0"),
        ("gold.bank_deg", 6.0, "gold.bank_deg allows more than silver does"),
        ("autopilot.balk.across_spans", 1.1, "autopilot.balk.across_spans allows more than silver does"),
        (
            "decision.autopilot.by_place.decided_spans",
            0.3,
            "decision.autopilot.by_place.decided_spans 0.3 is below autopilot.approach.lands_below_spans 0.4",
        ),
        ("decision.autopilot.by_sight.height_spans", 0.9, "decided_spans 1.15 is not below height_spans 0.9"),
        ("learned.balk.heading_sine", 0.2, "learned.balk.heading_sine allows more than silver does"),
        ("judge.climb_away_m", 1.0, "climb_away_m 1.0 is not above low_pass_m 1.5"),
        ("judge.climb_awy_m", 3.0, "unknown key 'judge.climb_awy_m', did you mean 'climb_away_m'?"),
    ],
)
def test_a_wrong_rule_is_one_clear_line(tmp_path: Path, key: str, value: Any, told: str) -> None:
    rules = read_yaml(RULES_FILE)
    *path, last = key.split(".")
    place = rules
    for part in path:
        place = place[part]
    place[last] = value
    mine = tmp_path / "landing.yaml"
    mine.write_text(yaml.safe_dump(rules), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_landing_rules(mine)
    assert str(mine) in str(caught.value)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_number_of_the_rules_has_a_unit_and_a_meaning() -> None:
    def walk(model: Any) -> None:
        for name, field in type(model).model_fields.items():
            value = getattr(model, name)
            if isinstance(value, int | float):
                assert field.description, name
                assert name == "version" or field.description.endswith("]"), f"{name}: unit in brackets"
            else:
                walk(value)

    walk(RULES)
