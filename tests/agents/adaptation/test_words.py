"""What an estimate means, in a pilot's words."""

from __future__ import annotations

import numpy as np
import pytest

from agents.adaptation.estimate import Estimate
from agents.adaptation.parameters import NAMES, PARAMETERS
from agents.adaptation.words import beliefs, sticks_words
from agents.pilots.compensated import Compensation
from tests.support.physics_tools import ultra_stick


def believed(name: str, mean: float, std: float) -> list[str]:
    """The words for one parameter, all others as drawn."""
    means, variances = np.zeros(len(NAMES)), np.full(len(NAMES), 1e-4)
    means[NAMES.index(name)], variances[NAMES.index(name)] = mean, std**2
    return beliefs(Estimate(means, np.diag(variances), np.zeros((0, 2))), ultra_stick())


@pytest.mark.parametrize("name", NAMES)
def test_each_parameter_has_words_of_its_own_for_either_side(name: str) -> None:
    more, less = (believed(name, mean, 0.05) for mean in (0.9, -0.9))
    assert len(more) == len(less) == 1
    assert not more[0].startswith(PARAMETERS[name].meaning)
    assert more != less or name in ("delay", "play")  # which are never less than none


def test_nothing_is_told_to_be_known_to_0_percent() -> None:
    assert believed("motor", 0.09, 0.004) == ["motor has more voltage by 9.0 +- 0.4 %"]
    assert believed("motor", 0.09, 0.0001) == ["motor has more voltage by 9.0 +- 0.1 %"]
    assert believed("motor", 0.09, 0.03) == ["motor has more voltage by 9 +- 3 %"]


def test_what_is_taken_off_the_readings_is_told() -> None:
    drawing = ultra_stick()
    assert sticks_words(Compensation(), drawing) == []
    assert sticks_words(Compensation(heading_rad=-0.033), drawing) == ["adds 1.9 deg to the heading it is shown"]
    assert sticks_words(Compensation(pitch_rad=0.026), drawing) == ["takes 1.5 deg off the pitch it is shown"]
    assert sticks_words(Compensation(pressure=1.21), drawing) == ["takes the airspeed for 0.91 times what it is shown"]


def test_a_control_that_does_the_opposite_is_told_so() -> None:
    assert believed("aileron_effect", -0.4, 0.05) == ["ailerons do less by 40 +- 5 %"]
    assert believed("aileron_effect", -1.9, 0.05) == [
        "ailerons work the wrong way round, with 90 +- 5 % of the effect drawn"
    ]
    assert sticks_words(Compensation(rudder_gain=-1.2), ultra_stick()) == [
        "moves the rudder the other way round, 1.20 times as far"
    ]
