"""What holds for every test: the longest modules go first, and the programs that tests start hear a Ctrl-C.

Before the first one the kernels are compiled, once for all workers: each would compile them anew.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

LONGEST = (
    "agents/adaptation/test_estimate.py",
    "agents/adaptation/test_adapt.py",
    "agents/autopilot/test_autopilot.py",
    "agents/sticks/test_session.py",
    "agents/test_pretrained.py",
    "agents/tuning/test_tune.py",
    "agents/report/test_report.py",
    "agents/commands/test_film.py",
    "agents/commands/test_bad_inputs.py",
    "envs/rendering/sheets/test_sheet_layout.py",
    "envs/aircraft/test_hangar.py",
    "envs/rendering/sheets/test_hangar_picture.py",
    "envs/rendering/card/test_card_layout.py",
    "agents/commands/test_replay.py",
    "scripts/test_output.py",
    "agents/pilots/test_hostile_bundles.py",
)
"""Modules of 25 s of one core and more. A module stays with one worker: begun last, it would be waited for."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # So does a shell start what it runs in the background, and a program that is to be stopped by it inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile what flies, unless that has been done, before there are workers."""
    if not hasattr(session.config, "workerinput") and not session.config.option.collectonly:
        from envs.physics.compiling import compile_kernels  # not by every worker that collects

        compile_kernels()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, all others in their order."""
    here = Path(__file__).parent
    rank = {here / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))
