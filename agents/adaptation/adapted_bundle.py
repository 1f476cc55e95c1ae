"""The adapted pilot as a bundle: the pilot's own, whole, with what was practised and the compensation in its card."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agents.adaptation.practice import parts
from agents.config.programme import ROLL_OUT, TrainingConfig, skills_of
from agents.pilots.autopilot_bundle import fill_autopilot
from agents.pilots.bundle import AUTOPILOT, CARD, POLICY, find_bundle, read_card
from agents.pilots.compensated import Compensation
from agents.pilots.named_skills import copy_in
from agents.pilots.weights import save_weights
from agents.runs.run_folder import write_folder, write_json


def write_adapted(
    folder: Path,
    pilot_name: str,
    pilot: Any,
    config: TrainingConfig,
    names: Sequence[str],
    compensation: Compensation,
    told: Mapping[str, Any],
) -> None:
    """Write the bundle at `folder`, whole or not at all. Raises InputError.

    `pilot`: what `pilot_name` has become by practice; `told`: how it came about, for its card.
    """
    with write_folder(folder) as beside:
        if pilot_name == AUTOPILOT:
            card = fill_autopilot(beside, config, names)
        else:
            source = find_bundle(pilot_name)
            shutil.copytree(source, beside, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.png", "*.webp"))
            copy_in(beside, source)
            for place, part in parts(pilot).items():
                where = beside / skills_of([ROLL_OUT])[place] if "skills" in read_card(beside) else beside
                save_weights(part.policy, where / POLICY, "policy.pth")
            card = read_card(beside)
        card |= {"compensation": compensation.as_dict(), "adapted": dict(told)}
        write_json(beside / CARD, card)
