"""Drawn faults that were met before cost no check and no fit again, and are bit for bit what they would be anew."""

from __future__ import annotations

import contextlib
import copy
import pickle
from itertools import permutations

import pytest

from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError
from envs.discrepancies import (
    Discrepancy,
    apply_discrepancies,
    discrepancy_names,
    find_discrepancy,
    heavy,
    pitot_scale,
)
from envs.physics.assembly import known_faults as kept
from envs.physics.assembly.calibration import flight_parameters
from envs.physics.assembly.fitting import Setting
from envs.physics.assembly.known_faults import KnownFaults, known_faults
from tests.support.physics_tools import ultra_stick

DRAWING = ultra_stick()
SETTING = Setting.of(30, 240, 1.225, None)
HEAVY, TORN, BENT = Discrepancy("heavy", 0.5), Discrepancy("torn_tip", -0.75), Discrepancy("bent_rigging", 0.25)


@pytest.fixture
def known() -> KnownFaults:
    return KnownFaults(DRAWING.model_dump_json(), SETTING)


@pytest.mark.parametrize(
    "wanted", [[HEAVY], [TORN], [HEAVY, TORN], [TORN, BENT, HEAVY], [BENT, Discrepancy("torn_tip", 0.5, 3.0)]]
)
def test_the_first_time_and_later_it_is_what_it_would_be_anew(known: KnownFaults, wanted: list[Discrepancy]) -> None:
    for _ in range(2):
        stages = known.built(wanted)
        assert [at_s for at_s, _, _ in stages] == sorted({one.at_s for one in wanted})
        names = [f"{one.name}={one.severity}" for one in wanted]
        for number, (_, aircraft, record) in enumerate(stages):
            flown = names if number == len(stages) - 1 else names[:1]
            assert aircraft == apply_discrepancies(DRAWING, flown)
            assert record is not None
            assert record.tobytes() == flight_parameters(aircraft, drawing=DRAWING).tobytes()
            record["mass"] = 0.0  # a flight may write to its own


def test_the_drawing_is_nobodys_copy(known: KnownFaults) -> None:
    for wanted in ([], [Discrepancy("heavy", 0.0)]):
        ((at_s, aircraft, record),) = known.built(wanted)
        assert (at_s, record) == (0.0, None)
        assert aircraft is known.drawing


def test_what_was_drawn_before_is_neither_checked_nor_fitted_again_but_another_discrepancy_of_the_name_is(
    known: KnownFaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    known.built([HEAVY])
    monkeypatch.setattr(kept, "fit", lambda *_: pytest.fail("fitted again"))
    monkeypatch.setattr(Discrepancy, "on", lambda *_: pytest.fail("checked again"))
    known.built([HEAVY])
    monkeypatch.undo()
    change = find_discrepancy("heavy").change
    monkeypatch.setattr(heavy, "change", lambda aircraft, severity: change(aircraft, 0.5 * severity))
    ((_, lighter, record),) = known.built([HEAVY])
    assert record is not None
    assert record[0]["mass"] == lighter.mass.mass_kg == change(DRAWING, 0.25).mass.mass_kg


def test_two_that_have_nothing_to_do_with_each_other_are_put_side_by_side(
    known: KnownFaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    battery, late = Discrepancy("weak_battery", 0.5), Discrepancy("pitot_scale", 0.5)
    known.built([BENT]), known.built([battery]), known.built([late])
    monkeypatch.setattr(kept, "fit", lambda *_: pytest.fail("fitted again"))
    monkeypatch.setattr(Discrepancy, "on", lambda *_: pytest.fail("checked again"))
    ((_, aircraft, record),) = known.built([BENT, battery, late])
    monkeypatch.undo()
    assert record is not None
    assert aircraft == apply_discrepancies(DRAWING, [f"{one.name}={one.severity}" for one in (BENT, battery, late)])
    assert record.tobytes() == flight_parameters(aircraft, drawing=DRAWING).tobytes()


def test_any_two_are_what_they_would_be_anew(known: KnownFaults) -> None:
    ones, side_by_side = [], 0
    for number, name in enumerate(discrepancy_names()):
        low, high = find_discrepancy(name).RANGE
        one = Discrepancy(name, low if number % 2 and low else 0.5 * high)
        with contextlib.suppress(InputError):  # no such part on this aircraft
            ones.append((one, known.built([one])[0][1]))
    for number, ((first, alone), (second, _)) in enumerate(permutations(ones, 2)):
        if number % 5 == 0:
            ((_, aircraft, record),) = known.built([first, second])
            assert aircraft == second.on(alone), (first, second)
            assert record is not None
            assert record.tobytes() == known.fitted(aircraft).tobytes(), (first, second)
            side_by_side += known._both(known._with(first), second) is not None
    assert side_by_side > 0.4 * len(ones) * (len(ones) - 1) / 5


def test_one_that_depends_on_another_is_not_put_beside_it(known: KnownFaults, monkeypatch: pytest.MonkeyPatch) -> None:
    change = find_discrepancy("pitot_scale").change
    battery = Discrepancy("weak_battery", 0.5)

    def with_voltage(aircraft: Aircraft, severity: float) -> Aircraft:
        drawn = aircraft.propulsion == DRAWING.propulsion
        return change(aircraft, severity if drawn else 0.5 * severity)

    monkeypatch.setattr(pitot_scale, "change", with_voltage)
    ((_, aircraft, record),) = known.built([battery, Discrepancy("pitot_scale", 1.0)])
    assert record is not None
    assert aircraft.built.sensors.pitot == change(DRAWING, 0.5).built.sensors.pitot


def test_it_keeps_so_many_and_forgets_the_one_that_was_not_asked_for_longest(
    known: KnownFaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    first = [known.built([one])[0][1] for one in (HEAVY, BENT, HEAVY, Discrepancy("heavy", 1.0))]
    assert first[2] is first[0]
    assert known.built([HEAVY])[0][1] is first[0]
    assert known.built([BENT])[0][1] is not first[1]


def test_all_environments_of_a_process_share_it_and_their_copies_too() -> None:
    known = known_faults(DRAWING.model_dump_json(), SETTING)
    assert known_faults(DRAWING.model_dump_json(), SETTING) is known
    assert copy.deepcopy(known) is known
    assert pickle.loads(pickle.dumps(known)) is known
