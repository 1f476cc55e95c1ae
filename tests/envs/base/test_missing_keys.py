"""A file that lacks keys is told all of them in one line."""

from __future__ import annotations

import pytest

from envs.aircraft.aircraft import Aircraft
from envs.base.config_file import validate
from envs.base.errors import InputError


def test_all_missing_keys_are_named_at_once_and_those_of_a_missing_block() -> None:
    with pytest.raises(InputError) as error:
        validate(Aircraft, {"title": "x", "mass": {"mass_kg": 1}, "surfaces": [{"name": "wing"}]}, "own.yaml")
    assert str(error.value) == (
        "own.yaml: keys 'stall_speed_mps', 'mass.Ixx', 'mass.Iyy', 'mass.Izz', 'surfaces.0.mirrored', "
        "'surfaces.0.strips', 'surfaces.0.sections', 'servos.bandwidth_radps', 'servos.rate_limit_dps' are missing"
    )


def test_one_missing_key_reads_as_one_and_other_faults_are_counted() -> None:
    servos = {"bandwidth_radps": 50, "rate_limit_dps": 300}
    whole = {"title": "x", "stall_speed_mps": 9, "servos": servos, "mass": {"mass_kg": 1, "Iyy": 1, "Izz": 1}}
    with pytest.raises(InputError) as error:
        validate(Aircraft, whole, "own.yaml")
    assert str(error.value) == "own.yaml: key 'mass.Ixx' is missing"
    whole["mass"] = {"Iyy": 1, "Izz": "heavy"}
    with pytest.raises(InputError) as error:
        validate(Aircraft, whole, "own.yaml")
    assert str(error.value) == "own.yaml: keys 'mass.mass_kg', 'mass.Ixx' are missing (and 1 more)"
