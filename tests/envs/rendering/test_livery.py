"""Each aircraft has one livery, in every picture; the shipped ones can be told apart by it."""

from __future__ import annotations

import numpy as np

from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.rendering.scene.paint_schemes import SCHEMES, livery
from envs.rendering.sheets.hangar_picture import park


def test_shipped_aircraft_have_different_liveries_and_the_same_one_everywhere() -> None:
    names = names_of("aircraft")
    assert len({livery(name) for name in names}) == len(names)
    for name in names:
        aircraft = load_aircraft(name)
        wing, *_ = SCHEMES[livery(name)]
        colours = AirframeMesh(aircraft).colours  # of video, card, sheet, window and recording
        assert (np.abs(colours - np.array(wing)).max(axis=1) < 1e-6).any(), name
        assert np.array_equal(park(aircraft).colours, colours), name  # of the hangar


def test_a_path_and_the_name_of_its_file_have_one_livery() -> None:
    assert livery("somewhere/my_trainer.yaml") == livery("my_trainer")
