"""Rerun recordings: what is in them, read back by Rerun's own reader, and what its viewer shows in a browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from envs.base.errors import InputError
from envs.exports.rerun.recording import write_rerun
from envs.flights.flight_log import FlightLog
from envs.rendering.eye.looking import eye_of
from envs.rendering.scene.airframe_mesh import AirframeMesh
from tests.envs.exports.test_exports import flown_log
from tests.envs.rendering.card.test_card_figure import flown_log as figure_log
from tests.support.browser import Page, chromium
from tests.support.flight_samples import takeoff_log
from tests.support.round_flight import round_log

pytest.importorskip("rerun", reason="pip install -e '.[replay]'")


@pytest.fixture(scope="module")
def flights() -> list[FlightLog]:
    log = flown_log()
    other = log.data.copy()
    other[:, log.columns.index("y_m")] += 2.0
    half = len(log) // 2
    return [
        FlightLog(log.columns, log.data, {**log.header, "label": "learned"}),
        FlightLog(log.columns, other[:half], {**log.header, "label": "hand-tuned"}),
    ]


@pytest.fixture(scope="module")
def recording(flights: list[FlightLog], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rerun(flights, tmp_path_factory.mktemp("rerun") / "both.rrd")


def columns_of(path: Path) -> dict[str, dict[str, int]]:
    """{entity: {component: rows}} of a recording, static rows counted too."""
    from rerun.chunk import RrdReader

    found: dict[str, dict[str, int]] = {}
    for chunk in RrdReader(path).stream().to_chunks():
        batch = chunk.to_record_batch()
        for name in batch.schema.names:
            entity = found.setdefault(str(chunk.entity_path), {})
            entity[name] = entity.get(name, 0) + batch.num_rows - batch.column(name).null_count
    return found


def test_a_recording_holds_scene_and_curves_of_all_flights(recording: Path, flights: list[FlightLog]) -> None:
    from rerun.chunk import RrdReader

    found = columns_of(recording)
    moving = {part.name for part in AirframeMesh(flights[0].aircraft()).parts if part.turning is not None}
    assert len(moving) >= 4
    for label, log in zip(("learned", "hand-tuned"), flights, strict=True):
        root = f"/flights/{label}"
        assert found[f"{root}/aircraft"]["Transform3D:translation"] == len(log)
        for part in moving:
            assert found[f"{root}/aircraft/{part}"]["Transform3D:quaternion"] == len(log), part
            assert "Mesh3D:vertex_positions" in found[f"{root}/aircraft/{part}/surface"]
        for arrow in ("wind", "forces/weight", "forces/thrust", "forces/lift", "forces/drag", "forces/air_and_wheels"):
            assert found[f"{root}/arrows/{arrow}"]["Arrows3D:vectors"] == len(log), arrow
        assert found[f"{root}/trace"]["LineStrips3D:strips"] > 10
        assert found[f"{root}/chase_camera"]["Transform3D:translation"] == len(log)
        for curve in ("speeds/airspeed", "attitude/pitch", "commands/throttle", "rewards/progress", "height/height"):
            assert found[f"/plots/{curve}/{label}"]["Scalars:scalars"] == len(log), curve
            assert found[f"/plots/{curve}/{label}"]["flight_time"] >= len(log), "one timeline for all"
    for entity in ("/world/runway/surface", "/world/ideal_path", "/summary", "/events/learned"):
        assert entity in found
    reader = RrdReader(recording)
    assert (len(reader.recordings()), len(reader.blueprints())) == (1, 1)
    assert [item.name for item in recording.parent.iterdir()] == ["both.rrd"]


def test_arrows_of_a_single_flight_bear_their_names(flights: list[FlightLog], tmp_path: Path) -> None:
    found = columns_of(write_rerun(flights[:1], tmp_path / "one.rrd"))
    for arrow in ("wind", "forces/weight", "forces/lift"):
        assert found[f"/flights/learned/arrows/{arrow}/name"]["Points3D:positions"] == len(flights[0]), arrow
        assert found[f"/flights/learned/arrows/{arrow}/name"]["Points3D:labels"] == 1


def test_the_layout_follows_the_best_trained_flight_and_has_room_for_every_legend(flights: list[FlightLog]) -> None:
    from envs.exports.rerun.layout import LEGEND_SHARE, chased, tabs_of

    assert chased(flights) == 0
    trained = [FlightLog(log.columns, log.data, {**log.header, "trained_steps": k}) for k, log in enumerate(flights)]
    assert chased(trained) == 1
    assert LEGEND_SHARE > 0.25
    one, both = tabs_of(flights[:1]), tabs_of(flights)
    assert [title for title, _ in one["Reward"]] == ["Reward terms, sum so far"]  # many lines: a tab of their own
    assert ("Speeds, m/s", "plots/speeds") in one["Curves"]
    # of several flights a plot holds one quantity, so that its legend names the flights
    assert ("Airspeed, m/s", "plots/speeds/airspeed") in both["Speeds"]
    assert {origin.count("/") for plots in both.values() for _, origin in plots} == {2}


def test_forces_add_up_to_the_motion(flights: list[FlightLog]) -> None:
    """In the air weight, thrust, lift and drag are all there is: their sum is mass times the felt load less g."""
    from envs.exports.rerun.arrows import forces
    from envs.rendering.scene.pose import rotation_matrix

    log = flights[0]
    mesh = AirframeMesh(log.aircraft())
    rotations = np.array([rotation_matrix(row) for row in log.block("qx", "qy", "qz", "qw")])
    found = forces(log, mesh, rotations)
    flying = log.column("wheels_on_ground") < 0.5
    assert np.isfinite(found["lift"][flying]).all()
    assert np.isnan(found["lift"][~flying]).all(), "on its wheels nobody can tell"
    assert np.isnan(found["air_and_wheels"][flying]).all()
    mass = log.aircraft().mass.mass_kg
    total = sum(found[name][flying] for name in ("thrust", "lift", "drag"))
    forward, right, up = (log.column(name) for name in ("accel_x_mps2", "accel_y_mps2", "load_factor"))
    felt = np.column_stack([forward, -right, 9.80665 * up])
    assert total == pytest.approx(mass * np.einsum("nij,nj->ni", rotations, felt)[flying], abs=1e-9)
    airflow = (log.block("wind_x_mps", "wind_y_mps", "wind_z_mps") - log.block("vx_mps", "vy_mps", "vz_mps"))[flying]
    assert np.sum(found["lift"][flying] * airflow, axis=1) == pytest.approx(0.0, abs=1e-9)
    bare = FlightLog(log.columns[:35], log.data[:, :35], log.header)
    assert set(forces(bare, mesh, rotations)) == {"weight"}


def test_the_ideal_path_is_the_leg_of_the_task(flights: list[FlightLog]) -> None:
    from envs.exports.rerun.scene import ideal_path

    log = flights[0]
    leg = {"x_m": 80.0, "y_m": 0.0, "course": 0.0, "height_m": 0.0, "slope": -0.1}
    path = ideal_path([FlightLog(log.columns, log.data, {**log.header, "leg": leg})])
    before = path[:, 0] < 80.0
    assert path[before, 2] == pytest.approx(np.maximum(0.05, 0.1 * (80.0 - path[before, 0])))
    assert path[~before, 2] == pytest.approx(0.05), "never below the ground"
    assert ideal_path([log])[:, 1] == pytest.approx(0.0)


def test_a_flight_of_figures_holds_the_path_asked_for_smoke_and_ribbon(tmp_path: Path) -> None:
    loop = figure_log("loop", off_m=4.0)
    eight = figure_log("cuban_eight")
    found = columns_of(write_rerun([loop, eight, loop], tmp_path / "figures.rrd"))
    assert {"/world/figures/loop", "/world/figures/cuban_eight", "/world/figures/loop/entry"} <= found.keys()
    assert "/world/ideal_path" not in found, "it is the entry's track only"
    roots = {"/".join(name.split("/")[:3]) for name in found if name.startswith("/flights/")}
    assert len(roots) == 3
    seconds = float(loop.column("time_s")[-1])
    for root in roots:
        assert found[f"{root}/ribbon"]["Mesh3D:vertex_positions"] > 8 * min(seconds, 5.0)
        assert found[f"{root}/ribbon"]["Mesh3D:vertex_colors"] == found[f"{root}/ribbon"]["Mesh3D:vertex_positions"]
        assert found[f"{root}/smoke"]["Points3D:positions"] > 8 * min(seconds, 5.0)
    plain = columns_of(write_rerun([flown_log()], tmp_path / "plain.rrd"))
    assert not any(name.endswith(("/ribbon", "/smoke")) for name in plain)


def test_a_recording_holds_what_the_camera_saw_and_the_neuron_said(tmp_path: Path) -> None:
    from rerun.chunk import RrdReader

    log = FlightLog((log := round_log(0)).columns, log.data, {**log.header, "label": "lands"})
    eye = eye_of(log)
    path = write_rerun([log], tmp_path / "lands.rrd", [eye])
    glances, told = eye.look_at(log, range(len(log))), dict[str, list[Any]]()
    for chunk in RrdReader(path).stream().to_chunks():
        batch = chunk.to_record_batch()
        for name in batch.schema.names:
            if ":" in name and not chunk.is_static:
                told.setdefault(f"{chunk.entity_path} {name}", []).extend(batch.column(name).to_pylist())
    buffers = np.array([buffer[0] for buffer in told["/eyes/lands/picture Image:buffer"]], np.uint8)
    assert np.array_equal(buffers, np.array([one.shown.ravel() for one in glances]))
    words = [line[0] for line in told["/eyes/lands/answer Boxes2D:labels"]]
    assert [f"runway in sight: {one.answer}, " in line for one, line in zip(glances, words, strict=True)] == [
        True
    ] * len(log)
    sums = np.ravel(told["/plots/eye/sums/sum/lands Scalars:scalars"])
    assert sums == pytest.approx([one.sum for one in glances])
    assert np.ravel(told["/plots/eye/answer/answer/lands Scalars:scalars"]).tolist() == [one.answer for one in glances]
    assert set(np.ravel(told["/plots/eye/sums/threshold/lands Scalars:scalars"])) == {glances[0].threshold}
    assert len({one.answer for one in glances}) == 2
    both = columns_of(write_rerun([log, takeoff_log()], tmp_path / "both.rrd", [eye, None]))
    assert len({name for name in both if name.startswith("/eyes/")}) == 3
    plain = columns_of(write_rerun([log], tmp_path / "plain.rrd"))
    assert not any(name.startswith(("/eyes/", "/plots/eye")) for name in plain)


@pytest.fixture
def web_viewer(recording: Path) -> Iterator[str]:
    """The address of Rerun's web viewer, showing the recording."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        data, page = one.getsockname()[1], two.getsockname()[1]
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "rerun",
            "--serve-web",
            "--bind",
            "127.0.0.1",
            "--port",
            str(data),
            "--web-viewer-port",
            str(page),
            str(recording),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", page)) == 0:
                break
        time.sleep(0.2)
    yield f"http://127.0.0.1:{page}/?url=rerun%2Bhttp://127.0.0.1:{data}/proxy&renderer=webgl"
    os.killpg(server.pid, signal.SIGTERM)  # the program it starts does not end with it
    server.wait(20)


@pytest.mark.skipif(sys.platform != "linux" or chromium() is None, reason="no Chromium is installed")
def test_the_viewer_shows_the_scene_in_a_browser(web_viewer: str, tmp_path: Path) -> None:
    pytest.importorskip("websockets", reason="speaks the DevTools protocol")
    sky, until = np.array([150, 186, 222]), time.monotonic() + 150
    with Page(web_viewer, tmp_path, 1200, 800) as page:
        while True:
            picture = page.screenshot().astype(int)
            left = picture[60:740, :700]
            of_sky = (np.abs(left - sky).max(axis=2) < 8).mean()
            green = ((left[..., 1] > left[..., 0] + 10) & (left[..., 1] > left[..., 2] + 20)).mean()
            colours = len(np.unique(left.reshape(-1, 3), axis=0))
            right = picture[100:700, 750:]
            coloured = (np.ptp(right, axis=2) > 60).sum()
            if (of_sky > 0.05 and green > 0.2 and colours > 200 and coloured > 300) or time.monotonic() > until:
                break
            time.sleep(2.0)
    assert of_sky > 0.05, "sky above"
    assert green > 0.2, "grass below"
    assert colours > 200, "an aircraft, lines and text between"
    assert coloured > 300, "curves on the right"


def test_without_the_package_one_line_says_what_to_install(
    flights: list[FlightLog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install -e '\.\[replay\]'") as error:
        write_rerun(flights, tmp_path / "flight.rrd")
    assert "\n" not in str(error.value)
    with pytest.raises(InputError, match=r"must end in \.rrd"):
        write_rerun(flights, tmp_path / "flight.csv")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_file_the_recording_lies_beside_the_flight_and_the_viewer_opens(
    flights: list[FlightLog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from scripts.replay import main as replay

    flight, started = str(flights[0].save(tmp_path / "flight")), []
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("envs.exports.rerun.recording._taken", lambda port: False)
    monkeypatch.setattr(subprocess, "run", lambda words, **_: started.append(words))
    monkeypatch.setattr(subprocess, "Popen", lambda words, **_: started.append(words))
    assert replay([flight, "--rerun"]) == 0
    assert "--serve-web" in started[0], "a browser where there is no screen"
    assert "http://127.0.0.1:9090" in capsys.readouterr().out
    monkeypatch.setenv("DISPLAY", ":0")
    assert replay([flight, "--rerun"]) == 0
    assert "--serve-web" not in started[1], "a window where there is one"
    assert started[1][-1] == str(tmp_path / "flight.rrd")
    assert (tmp_path / "flight.rrd").stat().st_size > 10_000
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setattr("envs.exports.rerun.recording._taken", lambda port: True)
    with pytest.raises(InputError, match="port 9090"):
        replay([flight, "--rerun"])
