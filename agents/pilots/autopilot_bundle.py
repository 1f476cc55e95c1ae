"""The hand-tuned pilot as a bundle: config.yaml and card.json, with gains of its own or a compensation in the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agents.config.programme import TrainingConfig
from agents.pilots.bundle import AUTOPILOT, CARD, CONFIG, card_head, with_own_files
from agents.runs.run_folder import write_folder, write_json


def fill_autopilot(folder: Path, config: TrainingConfig, names: Sequence[str]) -> dict[str, Any]:
    """Put the config of such a bundle into the new folder; the card that belongs with it, for the caller to write."""
    (folder / CONFIG).write_text(with_own_files(config, folder).complete_yaml(), encoding="utf-8")
    return {**card_head(config, len(names), names), "pilot": AUTOPILOT}


def write_autopilot(
    folder: Path,
    config: TrainingConfig,
    names: Sequence[str],
    gains: Mapping[str, Mapping[str, float]],
    told: Mapping[str, Any],
) -> None:
    """Write the bundle at `folder`, whole or not at all. Raises InputError.

    Args:
        folder: takes the place of what was there.
        config: in which it was tuned, and which it flies in unless told otherwise.
        names: of the observation's rows.
        gains: {task: {gain: value}}, where they differ from the shipped ones.
        told: how it came about, for its card.
    """
    with write_folder(folder) as beside:
        card = fill_autopilot(beside, config, names)
        write_json(beside / CARD, {**card, "gains": {task: dict(own) for task, own in gains.items()}, **told})
