"""The shipped net reads how far aside the runway is; a broken file of it is one line."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from agents.eye.reading import Readings, take
from agents.eye.reading_errors import reading_errors
from envs.base.errors import InputError
from envs.camera.runway_reader import INPUTS, OUTPUTS, load_layers, save_layers, shipped_layers, sighting


@pytest.fixture(scope="module")
def unseen() -> Readings:
    """Pictures by aircraft that the shipped net never learned from."""
    return take(("sport", "x8"), 3000, np.random.default_rng(1000))


def test_it_reads_aircraft_that_it_never_saw_and_knows_how_well(unseen: Readings) -> None:
    rows, false_alarms, misses = reading_errors(shipped_layers(), unseen)
    clear = next(row for row in rows if row.visibility_m[0] == 1500.0 and row.way_b == (15.0, 30.0))
    fog = next(row for row in rows if row.visibility_m[0] == 15.0 and row.way_b == (15.0, 30.0))
    assert clear.error_m < 0.4
    assert clear.told > 0.9
    assert fog.sigma_m > 1.5 * clear.sigma_m  # in fog it says so
    assert all(0.7 < row.error_over_sigma < 1.8 for row in rows if row.pictures > 50)
    assert false_alarms < 0.1
    assert misses < 0.15


def test_a_picture_that_says_nothing_is_not_believed() -> None:
    nothing = sighting(np.array([0.3, 0.1, 0.0, -0.01, 0.0]), 20.0)
    assert math.isinf(nothing.aside.sigma)
    assert math.isinf(nothing.yaw.sigma)
    assert nothing.in_sight == 0.5
    some = sighting(np.array([0.5, 0.0, math.log(0.5), 0.0, 3.0]), 0.0)
    # what it learned to expect (1.7 m) and what the picture says add up to half of that: the picture alone is wider
    assert some.aside.value == pytest.approx(1.7 * 0.5 / 0.75)
    assert some.aside.sigma == pytest.approx(1.7 * math.sqrt(0.25 / 0.75))


def net(inputs: int = INPUTS, outputs: int = OUTPUTS, value: float = 0.0) -> list[tuple[np.ndarray, np.ndarray]]:
    sizes = (inputs, 4, 3, outputs)
    return [
        (np.full((one, other), value, np.float32), np.zeros(other, np.float32))
        for one, other in itertools.pairwise(sizes)
    ]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "net.npz"
    save_layers(file, net(value=0.25), {"pictures": "10"})
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(load_layers(file), net(value=0.25), strict=True))


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (net(inputs=7), "weights0 must be"),
        (net(outputs=2), "weights2 must be"),
        (net(value=math.nan), "not finite"),
        (None, "not a net that reads the runway"),
    ],
)
def test_a_broken_file_is_one_line(
    tmp_path: Path, layers: list[tuple[np.ndarray, np.ndarray]] | None, words: str
) -> None:
    file = tmp_path / "net.npz"
    if layers is None:
        file.write_bytes(b"no zip")
    else:
        save_layers(file, layers, {})
    with pytest.raises(InputError, match=words) as raised:
        load_layers(file)
    assert str(file) in str(raised.value)
    assert "\n" not in str(raised.value)
    with pytest.raises(InputError, match="missing"):
        load_layers(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"offsets0": np.float32(1.0)}, "weights0 must be .* and one number"),
        ({"weights1": np.ones((1, INPUTS, 4))}, "weights1 must be"),
        ({"weights2": np.array([["a"]])}, "not a net that reads the runway"),
        ({"weights2": np.array([object()], dtype=object)}, "not a net that reads the runway .no .npz file of numbers"),
    ],
)
def test_one_spoilt_array_is_one_line_too(tmp_path: Path, spoilt: dict[str, np.ndarray], words: str) -> None:
    file = tmp_path / "net.npz"
    save_layers(file, net(), {})
    with np.load(file) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(file, **{**arrays, **spoilt})  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match=words) as raised:
        load_layers(file)
    assert "\n" not in str(raised.value)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not a net that reads the runway"):
        load_layers(file)
