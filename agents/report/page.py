"""A run on one self-contained HTML page: its success, its flights, its learning curves, and how to train it again."""

from __future__ import annotations

import base64
import inspect
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape
from PIL import Image

from agents.command_line import command
from agents.config.programme import TrainingConfig, read_config
from agents.pilots.bundle import commit, find_bundle, read_card, versions
from agents.report.charts import Chart
from agents.report.flights import PickedFlight, ShownFlights
from agents.report.pictures import (
    NARROW,
    WIDE,
    Columns,
    contact_scatter,
    flight_paths,
    number_text,
    outcome_shares,
    small_curves,
    success_and_return,
)
from agents.report.words import retrain_command, verdict
from agents.runs.evaluation_file import Evaluation, read_evaluation
from agents.runs.learning_curve import LearningCurve, read_curve
from agents.runs.run_folder import RunFolder
from envs.base.errors import InputError
from envs.flights.metric_text import metric_label
from envs.tasks.parts.task import Task

TEMPLATES = Path(__file__).resolve().parent / "templates"
STATISTICS = {"mean": "mean", "std": "std", "p50": "median", "p95": "95 %", "p99": "99 %", "min": "min", "max": "max"}
MOST_SEEDS = 6  # named of each way to fail
CARD_COLOURS = 200  # a third of the size of a card in all its colours, and no difference to be seen


@dataclass(frozen=True)
class FinishedRun:
    """The files of a finished run, read and checked."""

    folder: RunFolder
    config: TrainingConfig
    evaluation: Evaluation
    card: dict[str, Any]
    curve: LearningCurve

    @property
    def kept_step(self) -> int | None:
        """The training step of the policy in the bundle, None if its card does not say."""
        step = self.card.get("policy_from_step")
        return step if isinstance(step, int) else None


def read_finished_run(path: Path) -> FinishedRun:
    """The run in the folder `path`. Raises InputError, one line, if it is none, unfinished or broken."""
    run = RunFolder(path)
    if not path.is_dir():
        raise InputError(f"{path}: no such run folder")
    if (path / "card.json").is_file():
        raise InputError(f"{path}: a bundle, which has no learning curve; name the run folder it comes from")
    if not run.config.is_file():
        raise InputError(f"{path}: not a run folder (no config.yaml)")
    if not run.evaluation.is_file():
        raise InputError(f"{path}: this run is not finished; go on with: {command('train', '--resume', path)}")
    config = read_config(run.config)
    evaluation = read_evaluation(run.evaluation)
    card = read_card(find_bundle(str(path)))
    return FinishedRun(run, config, evaluation, card, read_curve(run.progress, config.algorithm.steps_per_update))


def render_report(run: FinishedRun, shown: ShownFlights, task: Task, film: bytes | None = None) -> str:
    """The HTML page of a run. It loads nothing from elsewhere, and the same run gives the same page.

    `film`: a moving picture (WebP) of how it learned, to be shown on the page.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["label"] = _metric_words
    environment.filters["value"] = number_text
    environment.filters["percent"] = lambda value: f"{100 * value:.1f} %"
    config, curve, evaluation = run.config, run.curve, run.evaluation
    name = run.folder.path.resolve().name
    phrases = {word: evaluation.phrases.get(word) or task.phrase(word, {}) for word in evaluation.outcomes}
    return environment.get_template("report.html.j2").render(
        title=f"{config.task.replace('_', ' ').capitalize()} with the {shown.aircraft}",
        weather=Path(config.weather).stem,
        run=name,
        config=config,
        evaluation=evaluation,
        verdict=verdict({**evaluation.model_dump(), "phrases": phrases}, curve, run.kept_step, task.is_success),
        curve=curve,
        kept_step=run.kept_step,
        flown_hours=curve.total_steps * task.step_s / 3600,
        outcomes=[
            (phrases[word], count, task.is_success(word), evaluation.failed_seeds.get(word, [])[:MOST_SEEDS])
            for word, count in evaluation.outcomes.items()
        ],
        statistics=STATISTICS,
        shown=shown,
        reflown_differs=_differs(evaluation, shown),
        charts=[_charts(run, shown, task, columns) for columns in (WIDE, NARROW)],
        film=None if film is None else "data:image/webp;base64," + base64.b64encode(film).decode(),
        cards=[_inline_png(picked) for picked in shown.picked],
        reward_terms=small_curves(curve, "reward"),
        metric_curves=small_curves(curve, "metric"),
        command=retrain_command(config, str(run.folder.config)),
        rules=_rules(task),
        config_text=run.folder.config.read_text(encoding="utf-8"),
        card=run.card,
        here={"commit": commit(), "versions": versions()},
    )


def _charts(run: FinishedRun, shown: ShownFlights, task: Task, columns: Columns) -> dict[str, list[Chart]]:
    """The large pictures at one width of the page, by their place on it."""
    scatter = contact_scatter(shown.flights, shown.airfield, columns)
    shares = outcome_shares(run.curve, task.is_success, columns, lambda word: task.phrase(word, {}))
    return {
        "air": [*([scatter] if scatter else []), *flight_paths(shown.flights, shown.airfield, columns)],
        "learning": success_and_return(run.curve, run.kept_step, columns),
        "shares": [shares] if shares else [],
    }


def _differs(evaluation: Evaluation, shown: ShownFlights) -> bool:
    """Whether the flights flown again succeeded more or less often than the same seeds did after the training.

    That may happen with other versions of the packages. It is False where the flights are not the same ones.
    """
    same = len(shown.flights) == evaluation.flights and shown.flights[0].flight.seed == evaluation.seed
    return same and shown.successes != evaluation.successes


def _metric_words(name: str) -> str:
    label, unit = metric_label(name)
    return f"{label}, {unit}" if unit else label


def _inline_png(picked: PickedFlight) -> str:
    """The card as a data URL."""
    small = io.BytesIO()
    Image.open(io.BytesIO(picked.card)).convert("RGB").quantize(CARD_COLOURS).save(small, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(small.getvalue()).decode()


def _rules(task: Task) -> list[Markup]:
    """The task's specification, its docstring, as paragraphs of HTML: `words` and * lists."""
    paragraphs = []
    for block in inspect.cleandoc(type(task).__doc__ or "").split("\n\n"):
        if block.startswith("* "):
            items = [escape(" ".join(item.split())) for item in re.split(r"(?m)^\* ", block)[1:]]
            html = "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
        else:
            html = f"<p>{escape(' '.join(block.split()))}</p>"
        # both are escaped before: only the backticks become markup
        paragraphs.append(Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", html)))
    return paragraphs
