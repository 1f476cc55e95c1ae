"""Published answers against ours, line by line: met, an explained miss, a MISS, or an explanation gone stale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.config_file import named_file, read_yaml, validate
from envs.base.errors import InputError, did_you_mean
from envs.validation.answers import Answer, AnswerFile, reference_of
from envs.validation.quantities import QUANTITIES, Quantity
from envs.validation.subject import NotFoundError, Subject

Verdict = Literal["met", "explained", "MISS", "stale"]


@dataclass(frozen=True)
class Line:
    """One answer beside ours (None where the aircraft has no such value; `remark` says why)."""

    answer: Answer
    ours: float | None
    remark: str = ""

    @property
    def quantity(self) -> Quantity:
        """What the line is about."""
        return QUANTITIES[self.answer.quantity]

    @property
    def difference(self) -> float | None:
        """Ours less published, in the answer's unit."""
        return None if self.ours is None else self.ours - self.answer.published

    @property
    def in_bands(self) -> float | None:
        """The difference in units of the tolerance: met from -1 to 1."""
        if self.difference is None:
            return None
        return self.difference / max(self.answer.tolerance.band(self.answer.published), 1e-12)

    @property
    def verdict(self) -> Verdict:
        """met; explained: outside, with a cause in the file; MISS: outside without; stale: a cause, yet met."""
        met = self.in_bands is not None and abs(self.in_bands) <= 1.0
        if met:
            return "stale" if self.answer.miss else "met"
        return "explained" if self.answer.miss else "MISS"


@dataclass(frozen=True)
class Validation:
    """All lines of one file of answers."""

    file: AnswerFile
    lines: tuple[Line, ...]

    def count(self, verdict: Verdict) -> int:
        """How many lines have a verdict."""
        return sum(line.verdict == verdict for line in self.lines)

    def as_json(self) -> dict[str, Any]:
        """A mapping for JSON."""
        return {
            "name": self.file.name,
            "title": self.file.title,
            "aircraft": self.file.aircraft,
            "counts": {v: self.count(v) for v in ("met", "explained", "MISS", "stale")},
            "lines": [_line_json(line) for line in self.lines],
        }


def load_answers(name: str) -> AnswerFile:
    """The answers of a name in configs/validation or of a path to a YAML file. Raises InputError, one line."""
    path = named_file("validation", name)
    data = read_yaml(path)
    file = validate(AnswerFile, {**data, "name": data.get("name") or path.stem}, str(path))
    for number, answer in enumerate(file.answers, 1):
        fault = _fault(answer, file.aircraft is not None)
        if fault:
            raise InputError(f"{path}: answer {number} ({answer.quantity}): {fault}")
    if file.aircraft and file.aircraft.endswith((".yaml", ".yml")):
        beside = path.parent / Path(file.aircraft)
        if beside.is_file():
            return file.model_copy(update={"aircraft": str(beside)})
    return file


def compare(file: AnswerFile, aircraft: Aircraft | None = None) -> Validation:
    """Solve every answer of a file; `aircraft` replaces the one it names. Raises InputError."""
    subject = None
    if file.aircraft is not None:
        aircraft = aircraft or load_aircraft(file.aircraft)
        subject = Subject(aircraft, file.air.density_kgpm3, file.air.gravity_mps2, reference_of(file, aircraft))
    return Validation(file, tuple(_lines(file, subject)))


def _lines(file: AnswerFile, subject: Subject | None) -> Iterable[Line]:
    for answer in file.answers:
        try:
            # what needs no aircraft never looks at its subject (`_fault` has seen to that)
            yield Line(answer, QUANTITIES[answer.quantity].solve(subject, answer.at))  # pyright: ignore[reportArgumentType]
        except NotFoundError as reason:
            yield Line(answer, None, str(reason))
        except InputError as error:
            raise InputError(f"{file.name}: {answer.quantity}: {error}") from None


def _fault(answer: Answer, has_aircraft: bool) -> str:
    """What is wrong with an answer that its types do not show, '' if nothing."""
    quantity = QUANTITIES.get(answer.quantity)
    if quantity is None:
        return f"unknown quantity{did_you_mean(answer.quantity, QUANTITIES) or ', see validation_quantities.py'}"
    if answer.unit != quantity.unit:
        return f"unit must be {quantity.unit!r} (got {answer.unit!r})"
    if not has_aircraft and quantity.section != "atmosphere":
        return "belongs to an aircraft, but the file names none"
    given = answer.at.given()
    if quantity.needs - given:
        return f"needs 'at' to give {', '.join(sorted(quantity.needs - given))}"
    if given - quantity.needs - quantity.may:
        return f"takes no {', '.join(sorted(given - quantity.needs - quantity.may))}"
    if answer.published == 0.0 and answer.tolerance.relative is not None:
        return "a published 0 needs an absolute tolerance"
    return ""


def _line_json(line: Line) -> dict[str, Any]:
    answer = line.answer
    data = {
        "quantity": answer.quantity,
        "section": line.quantity.section,
        "at": answer.at.model_dump(mode="json", include=answer.at.given()),
        "unit": answer.unit,
        "published": answer.published,
        "ours": line.ours,
        "difference": line.difference,
        "tolerance": answer.tolerance.band(answer.published),
        "tolerance_reason": answer.tolerance.reason,
        "source": answer.source,
        "verdict": line.verdict,
    }
    if answer.miss:
        data["miss"] = answer.miss
    if line.remark:
        data["remark"] = line.remark
    return data
