"""Cells kept in one small file: read as written, later ones in place of former ones, damage told in a line."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from agents.adaptation.study.experiment import CELLS as FOLDER
from agents.adaptation.study.kept import keep, read_kept
from agents.adaptation.study.page import study_page
from agents.runs.run_folder import write_json
from envs.base.errors import InputError
from scripts import adapt_study
from tests.support.study_cells import CELLS, cell

ROOT = Path(__file__).resolve().parents[4]
QUALITY = {"0": {"gold": 0.5, "sink_mps": 0.4, "bank_deg": 1.0}}
WHOLE = cell("bent=1", 0, 60, quality=QUALITY, estimate={"mass": {"mean": 1.0}}, adapting={"1": 20.0}, commit="abc")


def folder_of(path: Path, *cells: object) -> Path:
    (path / FOLDER).mkdir(parents=True)
    for number, one in enumerate(cells):
        write_json(path / FOLDER / f"{number}.json", one.as_dict())  # type: ignore[attr-defined]
    return path


def test_what_a_page_tells_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "cells.jsonl"
    keep(file, [*CELLS[1:], WHOLE])
    found = {one.asked.discrepancy: one for one in read_kept(file)}
    told = {"0": {"gold": 0.5, "sink_mps": 0.4}}
    assert found["bent=1"] == replace(WHOLE, quality=told, estimate={})
    assert all(found[one.asked.discrepancy] == one for one in CELLS[1:])
    assert file.stat().st_size < 600 * len(CELLS)


def test_a_page_is_written_again_without_flying(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, file, page = folder_of(tmp_path / "run", *CELLS), tmp_path / "cells.jsonl", tmp_path / "page.md"
    assert adapt_study.main(["--run", str(run), "--keep", str(file), "--markdown", str(page)]) == 0
    first = page.read_text(encoding="utf-8")
    assert "| bent=1 | 0 → 60 → 90 (100), 2 crashes |" in first
    shutil.rmtree(run)
    page.unlink()
    assert adapt_study.main(["--keep", str(file), "--markdown", str(page)]) == 0
    assert page.read_text(encoding="utf-8") == first
    assert "study.json" not in capsys.readouterr().out.splitlines()[-1]


def test_a_later_study_adds_to_them_and_what_is_flown_again_takes_its_place(tmp_path: Path) -> None:
    file = tmp_path / "cells.jsonl"
    keep(file, CELLS)
    again, new = cell("bent=1", 0, 95, 99), cell("bent=1", 5, 6, 7, task="takeoff")
    assert adapt_study.main(["--run", str(folder_of(tmp_path / "later", again, new)), "--keep", str(file)]) == 0
    kept = read_kept(file)
    assert len(kept) == len(CELLS) + 1
    assert again in kept
    assert new in kept
    assert CELLS[0] not in kept


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", r"cells\.jsonl, line 2: no cell of a study: asked: Field required"),
        ('{"asked"', r"cells\.jsonl, line 2: must be a cell of a study, one JSON object"),
        ("[3]", r"cells\.jsonl, line 2: must be a cell of a study, one JSON object"),
        ("", r"cells\.jsonl, line 2: must be a cell"),
        ("\udcff", "cannot be read as lines of JSON"),
    ],
)
def test_a_damaged_file_is_refused_in_a_line_and_left_as_it_is(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "cells.jsonl"
    keep(file, CELLS[:1])
    file.write_bytes(file.read_bytes() + f"{text}\n".encode(errors="surrogateescape"))
    before = file.read_bytes()
    with pytest.raises(InputError, match=words) as refused:
        adapt_study.main(["--keep", str(file)])
    assert "\n" not in str(refused.value)
    assert file.read_bytes() == before


def test_the_shipped_page_is_what_the_kept_cells_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    kept, page = Path("agents/adaptation/study/cells.jsonl"), Path("agents/adaptation/TEST_FLIGHTS.md")
    assert study_page(read_kept(kept), page, kept) == page.read_text(encoding="utf-8")
    assert kept.stat().st_size < 100_000


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: no such file; name pilots"):
        adapt_study.main(["--keep", str(tmp_path / "none.jsonl")])
