"""The report of a run: one page that needs nothing but itself, says what evaluation.json says, and is drawn whole."""

from __future__ import annotations

import base64
import html.parser
import io
import re
import shlex
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from agents.commands.report import report_run
from agents.config.programme import load_config, read_config
from agents.evaluation.flight_test import Flight
from agents.report.charts import Frame, short, span_of
from agents.report.flights import Airfield, Place, ShownFlight, pick
from agents.report.pictures import contact_scatter, flight_paths, number_text, outcome_shares
from agents.report.words import retrain_command
from agents.runs.learning_curve import read_curve
from agents.runs.run_folder import RunFolder, read_json, write_json
from agents.training.train import train
from envs.base.errors import InputError, run_command
from envs.base.runway import Runway
from envs.flights.flight_log import FlightLog
from envs.flights.story import sentences
from scripts.report import main as report_script
from tests.support.browser import Page, chromium
from tests.support.flight_samples import takeoff_log

# Of all that is shown, in px on the screen: the height of the smallest text in a picture, the narrowest note below one.
SMALLEST_TEXT = """Math.min(...[...document.querySelectorAll('svg text')].filter(text => text.getClientRects().length)
    .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""
NARROWEST_CAPTION = """Math.min(...[...document.querySelectorAll('.under span:first-child')]
    .filter(note => note.getClientRects().length && note.textContent.length > 40)
    .map(note => note.getBoundingClientRect().width))"""
FIGURES = r"(?<!\S)[−-]?\d+(?:\.\d+)?(?!\S)"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A training of a few seconds with real flights; none of them succeeds."""
    folder = RunFolder.create(tmp_path_factory.mktemp("report") / "first & <b>last", "test")
    config = load_config(
        "takeoff",
        [
            "algorithm.n_envs=2",
            "algorithm.n_steps=128",
            "algorithm.batch_size=64",
            "algorithm.n_epochs=1",
            "network.hidden=[8]",
            "training.steps=1024",
            "training.eval_every=512",
            "training.checkpoint_every=512",
            "training.eval_flights=2",
            "training.test_flights=5",
            "training.vec_env=dummy",
            "training.processes=1",
        ],
    )
    train(config, folder, console=Console(file=io.StringIO()))
    return folder


@pytest.fixture(scope="module")
def page(run: RunFolder) -> str:
    """Its page, written by the script."""
    assert report_script([str(run.path), "--flights", "4"]) == 0
    return (run.path / "report.html").read_text(encoding="utf-8")


class Elements(html.parser.HTMLParser):
    """Every tag of a page with its attributes, and the text under each id."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str | None] = []
        self.feed(text)
        self.close()
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(dict(attrs).get("id"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert tag not in self.VOID
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in self._open:
            if name:
                self.texts[name] = f"{self.texts.get(name, '')} {data}".strip()


def test_the_page_asks_for_nothing_from_outside(page: str) -> None:
    elements = Elements(page)
    for tag, attributes in elements.tags:
        for name in ("src", "href", "srcset", "action", "data", "poster", "xlink:href"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:", "#")), (tag, value)
    assert "@import" not in page
    assert not re.search(r"https?://", page), "not even a name space"
    assert not re.search(r"url\((?!#)", page)
    assert "script" not in {tag for tag, _ in elements.tags}
    assert len(page.encode()) < 3e6


def test_the_page_says_what_the_evaluation_says(page: str, run: RunFolder) -> None:
    result, texts = read_json(run.evaluation), Elements(page).texts
    assert texts["success-rate"] == f"{100 * result['success_rate']:.1f} %"
    assert texts["bounds"] == f"{100 * result['success_low']:.1f} % to {100 * result['success_high']:.1f} %"
    for word, count in result["outcomes"].items():
        seeds = result["failed_seeds"].get(word, [])
        named = rf"\s*\(seeds? {', '.join(map(str, seeds[:6]))}(, …)?\)" if seeds else ""
        share = rf"{count}\s*{100 * count / result['flights']:.1f} %"
        assert re.search(rf"{result['phrases'][word]}{named}\s*{share}", texts["outcomes"]), word
    figures = re.findall(FIGURES, texts["metrics"].partition("max")[2])
    found = [float(number.replace("−", "-")) for number in figures]
    expected = [
        values[name]
        for values in result["metrics"].values()
        for name in ("mean", "std", "p50", "p95", "p99", "min", "max")
    ]
    assert len(found) == len(expected)
    assert found == pytest.approx(expected, rel=0.01, abs=0.006), "three digits"
    assert (result["successes"], "None of 5 test flights succeeded" in page) == (0, True)


def test_the_film_of_the_training_is_on_the_page(page: str) -> None:
    (film,) = re.findall(r'<figure class="film">.*?src="data:image/webp;base64,([^"]+)"', page, re.S)
    with Image.open(io.BytesIO(base64.b64decode(film))) as picture:
        assert getattr(picture, "n_frames", 1) > 5


def test_names_cannot_become_markup(page: str) -> None:
    assert "first &amp; &lt;b&gt;last" in page
    assert "<b>last" not in page


def test_the_command_on_the_page_trains_the_same_programme(page: str, run: RunFolder) -> None:
    words = shlex.split(Elements(page).texts["command"])
    assert words[:3] == ["python", "scripts/train.py", "takeoff"]
    steps = words[words.index("--steps") + 1]
    again = load_config("takeoff", [f"training.steps={steps}", *[word for word in words if "=" in word]])
    assert again.complete_yaml() == read_config(run.config).complete_yaml()


def test_the_command_quotes_and_falls_back_on_the_config_file(monkeypatch: pytest.MonkeyPatch) -> None:
    sport = load_config("takeoff", ["aircraft=sport", "effects.swirl=false", "network.hidden=[32, 32]"])
    assert retrain_command(sport, "c.yaml") == (
        "python scripts/train.py takeoff --aircraft sport effects.swirl=false 'network.hidden=[32, 32]'"
    )
    shipped = lambda task, overrides=(): load_config(task, ["effects.p_factor=false", *overrides])  # noqa: E731
    monkeypatch.setattr("agents.report.words.load_config", shipped)
    assert "effects={}" in retrain_command(load_config("takeoff"), "c.yaml")
    # one effect of the shipped programme cannot be unset beside another
    assert retrain_command(sport, "my run/c.yaml") == "python scripts/train.py 'my run/c.yaml'"


def test_the_same_run_gives_the_same_page(page: str, run: RunFolder, tmp_path: Path) -> None:
    other = tmp_path / "other.html"
    assert report_run(str(run.path), str(other), 4, Console(file=io.StringIO())) == 0
    assert other.read_text(encoding="utf-8") == page
    assert [item.name for item in tmp_path.iterdir()] == ["other.html"]


def test_every_picture_lies_inside_its_frame(page: str) -> None:
    charts = re.findall(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)" role.*?</svg>', page, re.S)
    assert len(charts) > 20
    for match in re.finditer(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)" role(.*?)</svg>', page, re.S):
        width, height = float(match[1]), float(match[2])
        for path in re.findall(r'class="(?:line|area)[^"]*" d="([^"]*)"', match[3]):
            numbers = np.array([float(number) for number in re.findall(r"-?\d+\.?\d*", path)]).reshape(-1, 2)
            assert (numbers >= -0.1).all()
            assert (numbers <= (width + 0.1, height + 0.1)).all()
    assert not re.search(r"\bnan\b", re.sub(r"base64,[^\"]*", "", page), re.I)


@pytest.mark.skipif(sys.platform != "linux" or chromium() is None, reason="no Chromium is installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("page")
def test_a_browser_draws_it_without_complaint(run: RunFolder, tmp_path: Path, scheme: str) -> None:
    pytest.importorskip("websockets", reason="speaks the DevTools protocol")
    copy = tmp_path / "report.html"
    shutil.copyfile(run.path / "report.html", copy)
    with Page("about:blank?", tmp_path, 1100, 900) as browser:
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        for domain in ("Log", "Runtime", "Network"):
            browser.call(f"{domain}.enable")
        browser.call("Page.navigate", url=copy.as_uri())
        loaded = (
            "document.readyState == 'complete' && location.protocol == 'file:' "
            "&& [...document.images].every(image => image.complete "
            "&& image.naturalWidth > (image.closest('.film') ? 300 : 1000))"
        )
        assert browser.wait_for(loaded, 60)
        picture = browser.screenshot()
        assert browser.value("document.documentElement.scrollWidth") <= 1100, "nothing is wider than the window"
        browser.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
        assert browser.value("document.documentElement.scrollWidth") <= 390, "nor on a telephone"
        assert browser.value(SMALLEST_TEXT) >= 10.0, "numbers of pictures large enough to be read"
        assert browser.value(NARROWEST_CAPTION) >= 150, "no caption squeezed into a narrow column"
        printed = browser.call("Page.printToPDF", preferCSSPageSize=True)["data"]
    complaints = [
        event
        for event in browser.events
        if event["method"] in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
    ]
    assert complaints == []
    asked = {
        event["params"]["request"]["url"].partition(":")[0]
        for event in browser.events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert asked <= {"file", "data"}
    assert "file" in asked
    ground = np.median(picture.reshape(-1, 3), axis=0).mean()
    assert ground > 230 if scheme == "light" else ground < 50
    assert (np.ptp(picture.astype(int), axis=2) > 70).sum() > 300, "something in colour"
    assert base64.b64decode(printed)[:5] == b"%PDF-"


def shown(seed: int, success: bool, **metrics: float) -> ShownFlight:
    """A flight of 3 s down the runway at 1 m off the centreline."""
    flight = Flight(seed, success, "landed" if success else "hard", 90, 2.0, metrics)
    return ShownFlight(flight, np.linspace(0, 30, 10), np.ones(10), np.linspace(0, 5, 10), Place(12.0, 0.4))


FIELD = Airfield(
    Runway(127.0, 6.35, "grass"),
    1.27,
    25.4,
    {"aim_x_m": 25.4, "box_from_x_m": 19.0, "box_to_x_m": 40.6, "box_half_width_m": 1.27},
)


def test_touchdowns_stand_where_they_were_on_the_runway() -> None:
    flights = [
        shown(1000, True, touchdown_x_m=4.0, touchdown_y_m=0.5),
        shown(1001, True, touchdown_x_m=6.0, touchdown_y_m=-0.5),
        shown(1002, False, touchdown_x_m=-8.0, touchdown_y_m=3.0),
        shown(1003, False),
    ]
    chart = contact_scatter(flights, FIELD)
    assert chart is not None
    assert chart.title == "Touchdowns on the runway"
    places = {mark.note.split(":")[0]: (mark.x, mark.y, mark.style) for mark in chart.marks}
    assert places["seed 1000"] == (chart.frame.x(29.4), chart.frame.y(0.5), "good")
    assert places["seed 1002"] == (chart.frame.x(17.4), chart.frame.y(3.0), "bad")
    assert "seed 1003" not in places, "it never touched"
    grass, box = chart.boxes
    assert box.x == pytest.approx(chart.frame.x(19.0))
    assert box.width == pytest.approx(chart.frame.x(40.6) - chart.frame.x(19.0))
    assert box.height == pytest.approx(chart.frame.y(-1.27) - chart.frame.y(1.27))
    assert grass.x <= box.x
    assert grass.height > box.height
    assert "3 of 4 flights have a touchdown; in the mean 0.7 m from the aim point" in chart.note
    assert "1.00 m left of the centreline" in chart.note


def test_a_flight_without_touchdown_shows_its_lift_off() -> None:
    chart = contact_scatter([shown(1000, True)], FIELD)
    assert chart is not None
    assert chart.title == "Lift-offs on the runway"
    assert [(mark.x, mark.y) for mark in chart.marks] == [(chart.frame.x(12.0), chart.frame.y(0.4))]
    assert contact_scatter([ShownFlight(shown(1000, False).flight, *np.zeros((3, 3)))], FIELD) is None


def test_paths_from_above_and_from_the_side_mark_where_failures_ended() -> None:
    above, side = flight_paths([shown(1000, False), shown(1001, True)], FIELD)
    assert [(mark.x, mark.y) for mark in above.marks] == [(above.frame.x(30), above.frame.y(1))]
    assert [(mark.x, mark.y) for mark in side.marks] == [(side.frame.x(30), side.frame.y(5))]
    paths = [line.style for line in above.lines if line.style != "centreline"]
    assert paths == ["good", "bad"], "failures in front"


def test_best_median_and_worst_follow_the_rule() -> None:
    def flight(seed: int, success: bool, reward: float) -> Flight:
        return Flight(seed, success, "", 1, reward)

    flights = [
        flight(1, False, 9.0),
        flight(2, True, 5.0),
        flight(3, True, 7.0),
        flight(4, False, -2.0),
        flight(5, True, 7.0),
    ]
    assert [(why, one.seed) for why, one in pick(flights)] == [("best", 3), ("median", 2), ("worst", 4)]
    assert [(why, one.seed) for why, one in pick(flights[1:3])] == [("best and median", 3), ("worst", 2)]
    assert [(why, one.seed) for why, one in pick(flights[:1])] == [("best and median and worst", 1)]


def test_the_story_of_a_flight_names_its_moments() -> None:
    told = sentences(takeoff_log())
    assert "Mean wind 2.2 m/s: 1.0 m/s from ahead and 2.0 m/s from the right" in told
    assert re.search(r"Lift-off after 2\.\d s at 1\d\.\d m/s, \d+ m down the runway", told)
    assert told.endswith(": success, a success.")
    crashed = sentences(takeoff_log(crashes=True))
    assert "Strike after 8.0 s" in crashed
    assert crashed.endswith(": crashed.")
    log = takeoff_log()
    still = log.data.copy()
    still[:, [log.columns.index(name) for name in ("wind_x_mps", "wind_y_mps")]] = 0.0
    assert sentences(FlightLog(log.columns, still, log.header)).startswith("Still air.")


CURVE = """time/total_timesteps,flights/count,flights/success_rate,flights/return,outcome/turned,time/iterations,\
outcome/climbing,validation/success_rate,validation/return
100,10,0,-3,1,1,,,
200,30,0.5,1,0.5,2,0.5,,
300,0,,,,3,,0.4,2
400,20,1,5,,4,1,,
400,,,,,,,0.9,6
"""


def test_a_curve_is_the_mean_over_flights_and_an_outcome_unheard_of_is_a_zero(tmp_path: Path) -> None:
    path = tmp_path / "progress.csv"
    path.write_text(CURVE)
    curve = read_curve(path, 100, points=2)
    assert curve.steps.tolist() == [200, 400]
    assert curve.columns["flights/success_rate"].tolist() == [0.375, 1.0]
    assert curve.columns["flights/return"].tolist() == [0.0, 5.0]
    assert curve.group("outcome")["turned"].tolist() == [0.625, 0.0]
    assert curve.group("outcome")["climbing"].tolist() == [0.375, 1.0]
    assert (curve.validated.tolist(), curve.success.tolist()) == ([200, 400], [0.4, 0.9])
    assert (curve.flights, curve.total_steps, curve.updates_per_point) == (60, 400, 2)
    chart = outcome_shares(curve, lambda word: word == "climbing")
    assert chart is not None
    assert [(key.label, key.style) for key in chart.keys] == [("climbing", "good"), ("turned", "bad0")]
    assert chart.areas[-1].path.startswith(f"M{chart.frame.x(200):.1f} {chart.frame.y(1.0):.1f}"), "they add up"


def test_frames_have_round_ticks_and_break_lines_at_gaps() -> None:
    frame = Frame((0.0, 200_000.0), (-1.0, 1.0), 460.0, 240.0).with_ticks(4, 4)
    assert [tick.label for tick in frame.x_ticks] == ["0", "50k", "100k", "150k", "200k"]
    assert [tick.label for tick in frame.y_ticks] == ["−1", "−0.5", "0", "0.5", "1"]
    assert frame.path([0, 1, 2, 3], [0, float("nan"), 0, 0]).count("M") == 2
    assert (short(1_250_000.0), short(0.0003)) == ("1.25M", "0.0003")
    assert (number_text(-0.001), number_text(-12.34), number_text(0.5)) == ("0.00", "−12.3", "0.50")
    low, high = span_of([3.0, 3.0], least=2.0)
    assert (low, high) == pytest.approx((2.0, 4.0))


def test_what_is_no_finished_run_is_one_line_and_no_page(
    run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(words: list[str], said: str) -> None:
        with pytest.raises(SystemExit) as exit_code:
            run_command(lambda: report_script(words))
        printed = capsys.readouterr().err
        assert exit_code.value.code == 2
        assert said in printed
        assert printed.count("\n") == 1

    copy, target = tmp_path / "copy", tmp_path / "page.html"

    def broken(name: str, text: str | None) -> None:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(run.path, copy)
        if text is None:
            (copy / name).unlink()
        else:
            (copy / name).write_text(text)

    words = [str(copy), "--output", str(target)]
    refused([str(tmp_path / "nowhere")], "no such run folder")
    refused([str(tmp_path)], "not a run folder")
    refused([str(run.bundle)], "a bundle, which has no learning curve")
    refused([str(run.path), "--flights", "0"], "--flights 0")
    refused([str(run.path), "--output", str(tmp_path / "no" / "page.html")], "its folder does not exist")
    refused([str(run.path), "--output", str(tmp_path / "page.pdf")], "must end in .html")
    for name, text, said in (
        ("evaluation.json", None, "not finished; go on with: python scripts/train.py --resume"),
        ("evaluation.json", "{", "cannot be read as JSON"),
        ("evaluation.json", '{"flights": 5}', "are missing"),
        ("progress.csv", None, "no such file"),
        ("progress.csv", "", "cannot be read as a learning curve"),
        ("progress.csv", "a,b\n1,2\n", "is missing"),
        ("progress.csv", "time/total_timesteps,flights/count,time/iterations\n1,x,1\n", "cannot be read"),
        ("progress.csv", "time/total_timesteps,flights/count,time/iterations\n", "no update"),
        ("config.yaml", "task: takeof\n", "did you mean 'takeoff'"),
        ("bundle/policy.zip", "none", "policy.zip: broken"),
        ("bundle/card.json", "[]", "must hold a JSON object"),
        ("bundle/config.yaml", "version: 2\n", "bundle/config.yaml"),
    ):
        broken(name, text)
        refused(words, said)
        assert not target.exists(), name
    assert sorted(item.name for item in tmp_path.iterdir()) == ["copy"]


def test_flights_that_came_out_otherwise_are_admitted(run: RunFolder, page: str, tmp_path: Path) -> None:
    copy, target = tmp_path / "copy", tmp_path / "page.html"
    shutil.copytree(run.path, copy)
    claimed = read_json(copy / "evaluation.json")
    quiet = Console(file=io.StringIO())
    assert "Results may differ" not in page, "as they were flown"
    write_json(copy / "evaluation.json", {**claimed, "successes": 2, "success_rate": 0.4})
    assert report_run(str(copy), str(target), 5, quiet) == 0
    assert "After the training 2 of these same flights succeeded" in target.read_text()


def test_a_broken_word_in_the_middle_of_a_curve_is_named(tmp_path: Path) -> None:
    path = tmp_path / "progress.csv"
    path.write_text(CURVE.replace("200,30", "200,many"))
    with pytest.raises(InputError, match="many"):
        read_curve(path, 100)
