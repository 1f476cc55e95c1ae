"""Broken rules in words, and figures beside their limits."""

from __future__ import annotations

import pytest

from envs.base.breach import Breach, Limit, decimals_to_tell


@pytest.mark.parametrize(
    ("value", "limit", "figure", "text"),
    [
        (0.64, Limit(most=1.0), "0.64", "≤ 1.00"),
        (10.02, Limit(most=10.0), "10.02", "≤ 10.00"),
        (13.0004, Limit(1.0, 13.0), "13.0004", "≤ 13.0000"),
        (1.0996, Limit(least=1.1), "1.0996", "≥ 1.1000"),
        (0.9, Limit(1.0, 1.3), "0.90", "≥ 1.00"),
        (1.15, Limit(1.0, 1.3), "1.15", "1.00 to 1.30"),
        (-0.21, Limit(-1.27, 1.27), "-0.21", "± 1.27"),
        (0.0, Limit(most=1), "0", "≤ 1"),
        (2.0, Limit(), "2", ""),
        (3.0, Limit(most=3.0), "3", "≤ 3"),
    ],
)
def test_a_figure_and_its_limit_have_digits_enough_to_tell_them(
    value: float, limit: Limit, figure: str, text: str
) -> None:
    assert f"{value:.{decimals_to_tell(value, limit)}f}" == figure
    assert limit.text(value) == text


@pytest.mark.parametrize("excess", [1e-5, 3e-4, 0.004, 0.05, 0.7, 12.0])
@pytest.mark.parametrize("limit", [0.15, 1.0, 10.0, 130.0])
def test_a_breach_never_looks_like_its_limit(limit: float, excess: float) -> None:
    over = Breach.over("sink", 3.21, limit + excess, limit, "m/s").words
    under = Breach.under("speed", 3.21, limit - excess, limit, "m/s").words
    for words, passed in ((over, "over"), (under, "under")):
        value, allowed = words.split(" m/s, at ")[:2]
        assert value.split()[-1] != allowed.split()[1]
        by = float(words.split(f"{passed} by ")[1].split()[0])
        assert by == pytest.approx(excess, rel=0.5)
        assert words.endswith("at 3.2 s")


def test_the_numbers_of_a_breach_add_up() -> None:
    words = Breach.aside("distance from the centreline", 51.06, -3.229, 3.175, "m").words
    assert words == ("distance from the centreline 3.229 m to the right, at most 3.175 m: over by 0.054 m, at 51.1 s")
    assert Breach.aside("bank", 1.0, 12.0, 10.0, "deg").words == (
        "bank 12.0° to the left, at most 10.0°: over by 2.0°, at 1.0 s"
    )


def test_a_breach_goes_through_a_header() -> None:
    for breach in (
        Breach("a wheel touched the ground again", 4.0),
        Breach.under("airspeed at lift-off", 2.5, 10.9, 11.0, "m/s", "1.1 Vs"),
        Breach.aside("bank", 1.0, -12.0, 10.0, "deg"),
    ):
        assert Breach.from_header(breach.header()) == breach


@pytest.mark.parametrize(
    "header",
    [None, 3, [], {}, {"what": "bank"}, {"what": 1, "time_s": 1.0}, {"what": "bank", "time_s": "x"}]
    + [{"what": "bank", "time_s": 1.0, "value": value} for value in ("1", True, [], float("nan"))],
)
def test_a_broken_breach_in_a_header_is_none(header: object) -> None:
    assert Breach.from_header(header) is None
