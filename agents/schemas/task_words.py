"""What a task's reward terms and options mean, in the words of its docstring, which is its specification.

Nothing is written twice: a paragraph beginning "Reward terms" names each term in backquotes before its meaning, clauses
ended by semicolons, under headings such as "Costs per second:"; an option stands in backquotes in the clause that says
what it does, or before a colon.
"""

from __future__ import annotations

import inspect
import re
from typing import NamedTuple

from envs.tasks import TASKS

UNITS = {"m": "m", "mps": "m/s", "deg": "deg", "s": "s", "share": "-"}
NAMES = re.compile(r"((?:`\w+`(?:, | and )?)+),? ?(.*)")


class Word(NamedTuple):
    """A term or option: what it is by default, in what unit, and what it means ('' if the docstring does not say)."""

    default: float
    unit: str
    meaning: str


def reward_words(task: str) -> dict[str, Word]:
    """{term: its scale and meaning}; scales are reward per unit of the term."""
    meanings: dict[str, str] = {}
    paragraph = next((p for p in _paragraphs(task) if p.startswith("Reward terms")), "")
    kind = ""
    for clause in re.split(r"[.;](?: |$)", paragraph):
        heading = re.match(r"([^`]+): ", clause)
        if heading:
            kind = heading[1].partition(",")[0].lower().replace("costs", "cost").replace("potentials", "potential")
            kind = "" if kind.startswith("reward terms") else kind
        found = NAMES.match(clause[heading.end() if heading else 0 :])
        if not found:
            continue
        for name in re.findall(r"`(\w+)`", found[1]):
            meanings[name] = f"{found[2]} ({kind})" if found[2] and kind else found[2] or kind
    return {term: Word(scale, "-", meanings.get(term, "")) for term, scale in TASKS[task].default_reward.items()}


def option_words(task: str) -> dict[str, Word]:
    """{option: its default and meaning}; the unit is that of the key's end, or the one named after it in the text."""
    text = " ".join(p for p in _paragraphs(task) if not p.startswith("Reward terms"))
    words = {}
    for key, default in TASKS[task].default_options.items():
        clause = _clause(text, key)
        after = re.search(rf"`{key}`(?: to `\w+`)? (spans|Vs)\b", text)
        unit = UNITS.get(key.rpartition("_")[2]) or (after[1] if after else "-")
        words[key] = Word(default, unit, clause)
    return words


def _paragraphs(task: str) -> list[str]:
    text = inspect.getdoc(TASKS[task]) or ""
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n|\n(?=\* )", text)]


def _clause(text: str, key: str) -> str:
    """The part of a sentence that names an option; all that follows it where it is explained after a colon."""
    explained = re.search(rf"`{key}`: (.+?)(?=[;]|\.(?: |$))", text)
    if explained:
        return explained[1]
    for sentence in re.split(r"[;:] |\. ", text):
        clauses = [sentence] if sentence.startswith(f"`{key}`") else sentence.split(", ")
        for clause in clauses:
            if f"`{key}`" in clause:
                return re.sub(r"^(and|or) ", "", clause.strip(" *.")).replace("`", "")
    return ""
