"""Flight logs before the judge: this project's, other people's, and those that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from envs.base.errors import InputError
from envs.figures.figure import figure_names, find_figure
from envs.figures.judge import FlownTrack, fitted, judge
from envs.figures.path import figure_path, placed
from envs.figures.placing import Placing
from envs.flights.judging import judge_log
from scripts import judge as script
from tests.support.flown_figures import fly_path, noisy

SPAN = 2.0
PLACE = Placing(60.0, 0.0, 45.0, np.pi)
CUBAN = find_figure("cuban_eight")


def write(stem: Path, track: FlownTrack, header: dict[str, Any] | None, drop: tuple[str, ...] = ()) -> Path:
    columns = {"time_s": track.time_s, "alpha_deg": np.degrees(track.alpha), "strike": track.strike}
    for i, axis in enumerate("xyz"):
        columns |= {f"{axis}_m": track.position[:, i], f"v{axis}_mps": track.velocity[:, i]}
    columns |= {f"q{axis}": track.attitude[:, i] for i, axis in enumerate("xyzw")}
    pd.DataFrame(columns).drop(columns=list(drop)).to_csv(stem.with_suffix(".csv"), index=False)
    if header is not None:
        stem.with_suffix(".json").write_text(json.dumps(header), encoding="utf-8")
    return stem.with_suffix(".csv")


def header(*marks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"span_m": SPAN, "marks": {"figures": list(marks)}, **more}


@pytest.fixture
def flight() -> FlownTrack:
    return fly_path(PLACE.path(CUBAN, SPAN))


def test_the_log_says_what_was_to_be_flown_and_where(tmp_path: Path, flight: FlownTrack) -> None:
    (one,) = judge_log(write(tmp_path / "f", flight, header(PLACE.mark("cuban_eight", CUBAN))))
    assert (one.name, one.title, one.is_fitted) == ("cuban_eight", CUBAN.title, False)
    assert one.sheet == judge(flight, PLACE.path(CUBAN, SPAN))
    assert one.sheet.score > 9.9
    assert np.allclose(one.path.position, PLACE.path(CUBAN, SPAN).position, atol=1e-6)


def test_a_sequence_is_marked_figure_by_figure(tmp_path: Path) -> None:
    loop = find_figure("loop")
    first, second = Placing(0.0, 0.0, 40.0, 0.0), Placing(60.0, 0.0, 40.0, 0.0)
    one, two = fly_path(first.path(loop, SPAN), lead_b=2.0), fly_path(second.path(loop, SPAN), lead_b=2.0)
    later = one.time_s[-1] + 1.0
    whole = FlownTrack(
        np.concatenate([one.time_s, later + two.time_s]),
        *(np.concatenate([getattr(one, n), getattr(two, n)]) for n in ("position", "velocity", "attitude")),
        *(np.zeros(len(one.time_s) + len(two.time_s)) for _ in range(2)),
    )
    marks = [
        {**first.mark("loop", loop), "from_s": 0.0, "to_s": later - 0.5},
        {**second.mark("loop", loop), "from_s": later - 0.5},
    ]
    sheets = [judged.sheet for judged in judge_log(write(tmp_path / "f", whole, header(*marks)))]
    assert [sheet.score > 9.9 for sheet in sheets] == [True, True]
    assert sheets[0].end_s < sheets[1].start_s


def test_wheels_on_the_ground_are_contact(tmp_path: Path, flight: FlownTrack) -> None:
    path = write(tmp_path / "f", flight, header(PLACE.mark("cuban_eight", CUBAN)))
    table = pd.read_csv(path)
    table["wheels_on_ground"] = np.where(np.abs(table["time_s"] - 6.0) < 0.2, 2.0, 0.0)
    table.to_csv(path, index=False)
    assert judge_log(path)[0].sheet.zero == "touches the ground"


def test_box_over_the_runway(tmp_path: Path, flight: FlownTrack) -> None:
    far = {"length_m": 500.0, "width_m": 10.0, "surface": "grass"}
    path = write(tmp_path / "f", flight, header(PLACE.mark("cuban_eight", CUBAN), runway=far))
    assert "beside" in str(judge_log(path)[0].sheet.zero)


@pytest.mark.parametrize("name", figure_names())
@pytest.mark.parametrize(("course", "mirrored"), [(0.7, False), (-2.5, True)])
def test_where_no_one_says_where_it_is_found(name: str, course: float, mirrored: bool) -> None:
    path = placed(figure_path(find_figure(name), SPAN), 13.0, -40.0, 120.0, course, mirrored)
    laid = fitted(noisy(fly_path(path), 1), find_figure(name), SPAN)
    assert laid.tangent[0] @ path.tangent[0] > np.cos(np.radians(1.0))
    assert laid.figure == path.figure
    sheet = judge(fly_path(path), laid)
    assert sheet.zero is None
    assert sheet.score >= 9.6  # of a level roll no one can see where its first line began


def test_other_peoples_flights_need_the_csv_alone(tmp_path: Path, flight: FlownTrack) -> None:
    path = write(tmp_path / "f", flight, None, drop=("alpha_deg", "strike"))
    (one,) = judge_log(path, "cuban_eight", SPAN)
    assert one.is_fitted
    assert one.sheet.score > 9.9


def test_another_figure_than_the_logs_may_be_asked_for(tmp_path: Path, flight: FlownTrack) -> None:
    path = write(tmp_path / "f", flight, header(PLACE.mark("cuban_eight", CUBAN)))
    (one,) = judge_log(path, "loop")
    assert one.is_fitted
    assert "another figure" in str(one.sheet.zero)
    assert not judge_log(path, "cuban_eight")[0].is_fitted


def refused(path: Path, *arguments: str) -> str:
    with pytest.raises(InputError) as error:
        script.main([str(path), *arguments])
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_is_refused(tmp_path: Path, flight: FlownTrack) -> None:
    bare = write(tmp_path / "bare", flight, {"span_m": SPAN})
    assert "bare.json: no figure under 'marks.figures'" in refused(bare)
    assert "did you mean 'loop'" in refused(bare, "--figure", "lop")
    assert "--span: must be 0.1 to 20 m" in refused(bare, "--figure", "loop", "--span", "nan")
    assert "bare.csv: column 'qx' is missing" in refused(write(tmp_path / "bare", flight, {}, drop=("qx",)))
    assert "key 'span_m' is missing" in refused(write(tmp_path / "alone", flight, None), "--figure", "loop")
    assert "no such file" in refused(tmp_path / "none.csv")
    (tmp_path / "text.csv").write_text("once upon a time\n", encoding="utf-8")
    assert "column 'time_s' is missing" in refused(tmp_path / "text.csv", "--figure", "loop")
    short = FlownTrack(
        *(getattr(flight, n)[:8] for n in ("time_s", "position", "velocity", "attitude", "alpha", "strike"))
    )
    path = write(tmp_path / "short", short, header(PLACE.mark("cuban_eight", CUBAN)))
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:6]) + "\n", encoding="utf-8")
    assert "too few to judge" in refused(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x_m": "far"}, "x_m"),
        ({"course_deg": float("nan")}, "no number"),
        ({"figure": {"version": 1}}, "title"),
        ({"figure": None}, "figure"),
        ({"from_s": 900.0}, "no flight between"),
    ],
)
def test_broken_headers(tmp_path: Path, flight: FlownTrack, change: dict[str, Any], said: str) -> None:
    path = write(tmp_path / "f", flight, header({**PLACE.mark("cuban_eight", CUBAN), **change}))
    message = refused(path)
    assert said in message
    assert "f.json" in message


def test_command(tmp_path: Path, flight: FlownTrack, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "f", noisy(flight, 1), header(PLACE.mark("cuban_eight", CUBAN)))
    out = tmp_path / "sheet.json"
    assert script.main([str(path), "--json", str(out)]) == 0
    assert "Cuban eight: 10.00 of 10" in capsys.readouterr().out
    (sheet,) = json.loads(out.read_text(encoding="utf-8"))["figures"]
    assert (sheet["figure"], sheet["completed"], sheet["zero"]) == ("cuban_eight", 1.0, None)
    assert sheet["score"] == judge_log(path)[0].sheet.score
