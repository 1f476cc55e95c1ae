"""Learning curves over seeds and runs: who is one group, what its line and band are, and the picture."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from rich.console import Console

from agents.commands.compare import compare
from agents.config.programme import load_config
from agents.evaluation.curves import Curve, RunCurves, band, draw_curves, grouped, read_curves
from agents.pilots.bundle import PRETRAINED
from envs.base.errors import InputError

STEPS = np.arange(0.0, 11.0)


def run(name: str, seed: int, aircraft: str = "sport", success: float = 1.0, steps: np.ndarray = STEPS) -> RunCurves:
    """A run whose success rises in a straight line to `success` at step 10."""
    config = load_config("takeoff", [f"aircraft={aircraft}", f"training.seed={seed}"])
    curve = Curve(steps, success * steps / 10.0, steps)
    return RunCurves(name, config, curve, curve)


def test_runs_that_differ_in_their_seed_alone_are_one_group() -> None:
    runs = [run("a", 0), run("b", 1), run("c", 0, "ultra_stick"), run("d", 2)]
    assert {label: [one.name for one in members] for label, members in grouped(runs).items()} == {
        "takeoff, sport": ["a", "b", "d"],
        "c": ["c"],
    }


def test_the_line_is_the_interquartile_mean_and_the_band_holds_it() -> None:
    ends = (0.1, 0.6, 0.7, 0.8, 9.0)  # neither the worst nor the best of the seeds moves the line
    found = band([(STEPS, end * STEPS / 10.0) for end in ends])
    assert found.middle[-1] == pytest.approx(0.7)
    assert (found.low <= found.middle + 1e-12).all()
    assert (found.middle <= found.high + 1e-12).all()
    assert found.low[-1] < 0.65
    two = band([(STEPS, STEPS), (STEPS, 3 * STEPS)])
    assert np.array_equal(np.stack([two.low, two.middle, two.high]), np.stack([STEPS, 2 * STEPS, 3 * STEPS]))
    one = band([(STEPS, STEPS)])
    assert np.array_equal(one.low, one.high)


def test_a_run_that_ended_sooner_counts_as_far_as_it_came() -> None:
    found = band([(STEPS, np.zeros(11)), (STEPS[:6], np.ones(6))])
    assert found.middle.tolist() == [0.5] * 6 + [0.0] * 5


def test_the_picture_and_what_is_no_run(tmp_path: Path) -> None:
    out = io.StringIO()
    files = [str(PRETRAINED / name) for name in ("takeoff-sport", "takeoff-ultra_stick")]
    picture = tmp_path / "curves.png"
    assert compare([*files, "autopilot"], curves_file=picture, console=Console(file=out, width=200)) == 0
    assert out.getvalue() == f"written to {picture}\n", "nothing flies"
    with Image.open(picture) as image:
        assert len(image.convert("RGB").getcolors(1 << 20) or ()) > 50
    for names, said in (
        (["autopilot"], "the autopilot has not learned"),
        ([str(tmp_path)], "has no learning curve"),
        (["no_such"], "has no learning curve"),
    ):
        with pytest.raises(InputError, match=said):
            compare(names, curves_file=tmp_path / "none.png")
    with pytest.raises(InputError, match=r"must end in \.png"):
        compare(files, curves_file=tmp_path / "none.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["curves.png"]


def test_a_shipped_curve_is_read_back(tmp_path: Path) -> None:
    shipped = PRETRAINED / "takeoff-sport"
    table = pd.read_csv(shipped / "learning_curve.csv")
    curves = read_curves("takeoff-sport")
    known = table[["steps", "validation_success"]].dropna()
    assert curves.validation.steps.tolist() == known["steps"].tolist()
    assert curves.validation.success.tolist() == known["validation_success"].tolist()
    (tmp_path / "config.yaml").write_text((shipped / "config.yaml").read_text())
    (tmp_path / "learning_curve.csv").write_text("steps\n1\n")
    with pytest.raises(InputError, match="cannot be read as a learning curve"):
        read_curves(str(tmp_path))


def test_too_many_groups_are_refused(tmp_path: Path) -> None:
    curve = Curve(STEPS, STEPS, STEPS)
    configs = [load_config("takeoff", [f"training.steps={100_000 + n}"]) for n in range(9)]
    many = [RunCurves(f"run {n}", config, curve, curve) for n, config in enumerate(configs)]
    with pytest.raises(InputError, match="at most 8 groups"):
        draw_curves(many, "title", tmp_path / "x.png")
