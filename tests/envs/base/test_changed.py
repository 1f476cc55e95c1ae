"""A changed copy of a config model is checked like one that is read, but only where it changed."""

from __future__ import annotations

import pytest

from envs.aircraft.aircraft import Aircraft
from envs.base.config_file import validate, validate_changed
from envs.base.errors import InputError
from tests.support.physics_tools import ultra_stick


def _with_unit(aircraft: Aircraft, **changes: object) -> Aircraft:
    unit = aircraft.propulsion[0].model_copy(update=changes)
    return aircraft.model_copy(update={"propulsion": (unit,)})


def test_what_did_not_change_stays_the_very_object_and_what_did_is_as_if_read() -> None:
    drawn = ultra_stick()
    changed = validate_changed(_with_unit(drawn, right_thrust_deg=2), drawn, "test")
    assert changed.surfaces is drawn.surfaces
    assert changed.propulsion[0].propeller is drawn.propulsion[0].propeller
    assert changed == validate(Aircraft, changed.model_dump(), "test")
    assert isinstance(changed.propulsion[0].right_thrust_deg, float)


@pytest.mark.parametrize(
    "change",
    [{"right_thrust_deg": 1e9}, {"right_thrust_deg": "much"}, {"nonsense": 1}, {"propeller": None}, {"turns": "left"}],
)
def test_every_fault_is_refused_in_the_words_of_a_file(change: dict[str, object]) -> None:
    drawn = ultra_stick()
    wrong = _with_unit(drawn, **change)
    with pytest.raises(InputError) as quick:
        validate_changed(wrong, drawn, "test")
    if "nonsense" not in change:  # which model_dump leaves out
        with pytest.raises(InputError) as whole:
            validate(Aircraft, wrong.model_dump(warnings=False), "test")
        assert str(quick.value) == str(whole.value)


def test_the_fit_of_the_parts_is_checked_too() -> None:
    drawn = ultra_stick()
    far = drawn.mass.model_copy(update={"center_of_gravity_m": (9.0, 0.0, 0.0)})
    with pytest.raises(InputError, match="ahead of the whole"):
        validate_changed(drawn.model_copy(update={"mass": far}), drawn, "test")
