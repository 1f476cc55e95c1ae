"""An aircraft is drawn as it was built: torn tips are gone, linkages and bent wheels stand where they stand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.aircraft.as_built import AsBuilt
from envs.rendering.scene.airframe_mesh import DRAGGING, AirframeMesh
from envs.rendering.scene.solids import X, Y, Z
from envs.rendering.scene.surface_skin import STRIPE, TORN
from tests.envs.aircraft.test_layouts import layout


def _built(built: AsBuilt, name: str = "ultra_stick") -> Aircraft:
    return load_aircraft(name).model_copy(update={"built": built})


SOUND = AirframeMesh(_built(AsBuilt()))


@pytest.mark.parametrize(("side", "sign"), [("left", 1.0), ("right", -1.0)])
def test_a_torn_tip_is_gone_on_that_half_alone_and_leaves_bare_wood(side: str, sign: float) -> None:
    lost = AsBuilt().with_half("wing", side, lost_span=0.2)  # type: ignore[arg-type]
    torn, half = AirframeMesh(_built(lost)), 0.5 * load_aircraft("ultra_stick").span_m
    reach = sign * torn.points({})[:, Y]
    assert reach.max() == pytest.approx(0.8 * half, abs=0.03 * half)
    assert -reach.min() == pytest.approx(half, abs=1e-6)
    bare = (torn.colours == np.array(TORN)).all(axis=1)
    places = sign * torn.points({})[torn.triangles[bare]][..., Y]
    assert bare.any()
    assert places.min() > 0.7 * half
    assert not (SOUND.colours == np.array(TORN)).all(axis=1).any()


def test_a_control_beyond_the_tear_goes_with_the_tip_and_one_across_it_is_cut() -> None:
    outer = AirframeMesh(_built(AsBuilt().with_half("wing", "left", lost_span=0.7)))
    names = {part.name for part in outer.parts}
    assert "aileron_right" in names
    assert "aileron_left" not in names
    cut = AirframeMesh(_built(AsBuilt().with_half("wing", "left", lost_span=0.3)))
    wide = [float(np.ptp(cut.part(f"aileron_{side}").points[:, Y])) for side in ("left", "right")]
    assert 0.2 * wide[1] < wide[0] < 0.8 * wide[1]


def test_a_warp_turns_the_nose_up_towards_the_tip_of_its_half() -> None:
    warped = AirframeMesh(_built(AsBuilt().with_half("wing", "right", twist_deg=10.0)))
    for side, twist in (("left", 0.0), ("right", math.radians(10.0))):
        tips = []
        for mesh in (SOUND, warped):
            points = mesh.part(f"wing_{side}").points
            outermost = points[np.abs(points[:, Y]) > np.abs(points[:, Y]).max() - 1e-6]
            front, back = outermost[outermost[:, X].argmax()], outermost[outermost[:, X].argmin()]
            tips.append(math.atan2(front[Z] - back[Z], front[X] - back[X]))
        assert tips[1] - tips[0] == pytest.approx(twist, abs=0.002)


def test_a_half_that_lost_lift_is_striped_and_the_more_the_wider() -> None:
    def striped(lift: float, sign: float) -> float:
        mesh = AirframeMesh(_built(AsBuilt().with_half("wing", "left", lift=lift)))
        corners = mesh.points({})[mesh.triangles[(mesh.colours == np.array(STRIPE)).all(axis=1)]]
        corners = corners[(sign * corners[..., Y]).min(axis=1) > -0.01]
        return float(np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])).sum())

    assert striped(0.7, 1.0) > 1.2 * striped(0.85, 1.0) > 0.0
    assert striped(0.7, -1.0) == striped(1.0, 1.0) == 0.0


def test_controls_stand_where_their_linkages_hold_them() -> None:
    built = AsBuilt().with_control("aileron", "left", stuck_deg=8.0).with_control("elevator", offset_deg=-6.0)
    mesh = AirframeMesh(_built(built))

    def angle(part: str, **deflections: float) -> float:
        turning = mesh.part(part).turning
        assert turning is not None
        return math.degrees(turning.angle(deflections))

    assert angle("aileron_left") == pytest.approx(8.0)
    assert angle("aileron_right") == pytest.approx(0.0)
    assert angle("elevator_left") == pytest.approx(-6.0)
    # A log has the mean of both halves, left one down and right one up +: 10 deg of 8 down and 12 up.
    assert angle("aileron_left", aileron=10.0) == pytest.approx(8.0)
    assert angle("aileron_right", aileron=10.0) == pytest.approx(-12.0)
    # The log's elevator is + trailing edge up: 6 deg of it with the stick centred.
    assert angle("elevator_left", elevator=6.0) == pytest.approx(-6.0)
    assert angle("elevator_right", elevator=10.0) == pytest.approx(-10.0)


def test_a_mixed_control_with_one_weak_half_still_has_the_mean_that_the_log_tells() -> None:
    aircraft = layout("flying_wing")
    (name,) = {c.name for s in aircraft.surfaces for c in s.controls if "elevator" in c.mix}
    mesh = AirframeMesh(aircraft.model_copy(update={"built": AsBuilt().with_control(name, "left", gain=0.5)}))
    sound = AirframeMesh(aircraft)
    for deflections in ({"aileron": 4.0, "elevator": 0.0}, {"aileron": -1.0, "elevator": 3.0}):
        wanted = {channel: 0.0 for channel in deflections}
        for side in ("left", "right"):
            turning, drawn = mesh.part(f"{name}_{side}").turning, sound.part(f"{name}_{side}").turning
            assert turning is not None
            assert drawn is not None
            for channel in wanted:
                wanted[channel] += 0.5 * drawn.gains[channel] * math.degrees(turning.angle(deflections))
        assert wanted == pytest.approx(deflections)


def test_a_bent_wheel_is_turned_and_one_that_drags_is_red() -> None:
    built = AsBuilt().with_wheel("main", "left", toe_deg=20.0, rolling=6.0)
    mesh = AirframeMesh(_built(built))
    tyre = mesh.part("main_left_tyre")
    (right, ahead) = (tyre.rotation({}) @ [1.0, 0.0, 0.0])[[Y, X]] * [-1.0, 1.0]
    assert math.degrees(math.atan2(right, ahead)) == pytest.approx(20.0)
    assert (tyre.colours == np.array(DRAGGING)).all()
    other = mesh.part("main_right_tyre")
    assert other.turning is None
    assert not (other.colours == np.array(DRAGGING)).all()
