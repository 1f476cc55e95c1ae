"""Citations of PHYSICS.md lead to a section that exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "envs" / "physics" / "PHYSICS.md"


def test_every_cited_section_is_a_heading_of_the_page() -> None:
    sections = set(re.findall(r"^#{2,3} (\d+(?:\.\d+)?) ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    cited: dict[str, str] = {}
    for folder in ("envs", "agents", "configs", "tests"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".yaml", ".json") and path.is_file():
                found = re.findall(r"PHYSICS\.md (\d+(?:\.\d+)?)", path.read_text(encoding="utf-8"))
                cited |= dict.fromkeys(found, str(path))
    assert len(cited) > 8
    assert {section: where for section, where in cited.items() if section not in sections} == {}
