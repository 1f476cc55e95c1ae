"""The study's page and table: several pilots and tasks side by side, and commands that fly them again."""

from __future__ import annotations

import io
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from agents.adaptation.study.figures import SOUND, sums
from agents.adaptation.study.page import study_page
from agents.adaptation.study.terminal import print_study
from envs.base.errors import InputError
from scripts import adapt_study
from tests.support.study_cells import CELLS, cell

QUALITY = {key: {"gold": 0.5, "sink_mps": 0.4, "bank_deg": 1.0} for key in ("0", "1", "3", "knowing")}
PAGE = Path("page.md")
BESIDE = [
    *CELLS,
    cell("bent=1", 30, 31, 32, pilot="autopilot", quality=QUALITY),
    cell("heavy=1", 10, 80, 90, pilot="q", task="takeoff"),
]


def test_the_page_begins_with_a_row_for_each_pilot_and_task() -> None:
    lines = study_page(BESIDE, PAGE).splitlines()
    start = lines.index("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines[start + 1 : start + 4]]
    assert [row[:3] for row in rows] == [
        ["`p`", "landing, sport", "3 of 4"],
        ["`autopilot`", "landing, sport", "1 of 1"],
        ["`q`", "takeoff, sport", "1 of 1"],
    ]
    # After 0, 1, 3 test flights, knowing, won back, change elsewhere, crashes, seconds, without a fault.
    assert rows[0][3:] == ["49.3 %", "72.0 %", "76.7 %", "99.3 %", "95 %", "−58.0", "0.67", "30", "100 % → 99 %"]
    text = "\n".join(lines)
    assert "loses most with `late=1`, which costs it little before the test flights: 98 % → 40 %" in text


def test_the_page_holds_every_fault_with_the_pilots_side_by_side() -> None:
    page = study_page(BESIDE, PAGE)
    assert "## landing, sport, breeze" in page
    assert "## takeoff, sport, breeze" in page
    assert "| bent=1 | 0 → 60 → 90 (100), 2 crashes | 30 → 31 → 32 (100) |" in page
    assert "| stuck=1 (flown by none) | 0 → 0 → 0 (49), 3 crashes |  |" in page
    assert "| odd=1 | cannot have it |  |" in page
    assert "| none | 100 → 100 → 99 (100) |  |" in page
    assert "| `autopilot` | sink at touchdown | 0.40 m/s | 0.40 m/s | 0.40 m/s | 0.40 m/s |" in page
    assert "| `autopilot` | up to gold standard | 50 % |" in page
    assert "bank" not in page


def test_faults_kept_out_of_all_design_are_told_by_themselves() -> None:
    (row,) = sums([*CELLS, cell("iced_wing=1", 20, 60, 100, knowing=100)])
    assert {n: at.success for n, at in row.kept_out.items()} == {0: 0.2, 1: 0.6, 3: 1.0}
    assert row.kept_out[1].won_back == pytest.approx(0.5)
    text = study_page([*CELLS, cell("iced_wing=1", 20, 60, 100, knowing=100)], PAGE)
    assert "20.0 % after 0, 60.0 % after 1, 100.0 % after 3, 100 % won back." in text
    assert "kept out" not in study_page(CELLS, PAGE)


def test_cells_counted_after_more_test_flights_have_a_table_of_their_own() -> None:
    more = cell("torn=1", 0, 50, 60, knowing=90)
    more = replace(
        more, successes={**more.successes, "20": 80}, asked=replace(more.asked, after=(*more.asked.after, 20))
    )
    page = study_page([*CELLS, more], PAGE)
    assert "| torn=1 | 0 → 50 → 60 (90)" in page
    assert "| `p` | torn=1 | 0 % | 50 % | 60 % | 80 % | 90 % |" in page
    assert "After more" not in study_page(CELLS, PAGE)
    marked = replace(CELLS[0], commit="0123456789abcdef")
    assert f"flew them: not known (of the first study, their counts alone) {len(CELLS)}, `0123456` 1." in study_page(
        [*CELLS, marked], PAGE
    )


def test_the_page_says_how_to_fly_it_again() -> None:
    lines = study_page(BESIDE, PAGE).splitlines()
    commands = [line for line in lines if line.startswith("python scripts/adapt_study.py")]
    assert len(commands) == 4
    assert "autopilot --task landing --aircraft sport --weather breeze" in commands[1]
    assert shlex.split(commands[0])[-5:] == ["bent=1", "heavy=1", "late=1", "stuck=1", "odd=1"]
    alone = study_page([*BESIDE, cell(SOUND, 9, 9, 9, pilot="r")], PAGE)
    assert (
        "adapt_study.py r --weather breeze --after 1 3 --flights 100 --run runs/adapt-study --discrepancies \n" in alone
    )
    assert commands[-1] == "python scripts/adapt_study.py --run runs/adapt-study --markdown page.md"
    kept = study_page(BESIDE, PAGE, Path("cells.jsonl"))
    assert "\npython scripts/adapt_study.py --keep cells.jsonl --markdown page.md\n" in kept
    assert [line for line in kept.splitlines() if line in commands] == commands[:-1]


def test_a_page_names_the_earlier_one_beside_it(tmp_path: Path) -> None:
    page, earlier = tmp_path / "more.md", tmp_path / "ADAPTATION.md"
    assert "first study, with" not in study_page(BESIDE, page)
    earlier.write_text("before", encoding="utf-8")
    assert "The first study, with how well its flights were flown: [ADAPTATION.md](ADAPTATION.md)." in study_page(
        BESIDE, page
    )
    assert "first study, with" not in study_page(BESIDE, earlier)


def test_the_table_on_the_terminal() -> None:
    out = io.StringIO()
    print_study(BESIDE, Console(file=out, width=200))
    text = " ".join(out.getvalue().split())
    assert "p landing stuck=1 (flown by none) 0 % 0 % 0 % 49 % 3" in text
    assert (
        "p, landing: 3 of 4 faults can be flown; after 0: 49.3 %; after 1: 72.0 % (55 % won back)" in text
        or "80 % won" in text
    )
    assert "−58.0 points where a fault cost less than 10% (worst: late=1, 98 to 40 %)" in text
    assert "without a fault 100 %, 100 %, 99 %" in text


def test_a_folder_without_cells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no cells of a study; name pilots"):
        adapt_study.main(["--run", str(tmp_path / "nothing")])
    assert not (tmp_path / "nothing").exists()
