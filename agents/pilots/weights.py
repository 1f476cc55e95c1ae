"""A policy's weights out of a file that a stranger may have made: numbers alone, and no more than the policy holds.

torch's `weights_only` lets a file hold tensors and nothing that runs. The sizes are looked at first, because a few kB
of a packed file may unpack to more than the machine has.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import torch
from stable_baselines3.common.policies import ActorCriticPolicy

from envs.base.files import replacing

SPARE_BYTES = 1_000_000
"""Room for the names of the tensors and the alignment of their values."""


def load_weights(policy: ActorCriticPolicy, file: Path, member: str | None = None) -> None:
    """Put the weights of a torch file, or of one that is the `member` of a zip file, into the policy.

    Raises FileNotFoundError, and whatever a broken or foreign file makes zipfile, pickle and torch raise.
    """
    most = 2 * sum(tensor.nbytes for tensor in policy.state_dict().values()) + SPARE_BYTES
    if member is None:
        _check_size(file.stat().st_size, most)
        content = file.read_bytes()
    else:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive.getinfo(member).file_size, most)
            content = archive.read(member)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        _check_size(sum(part.file_size for part in parts.infolist()), most)
    weights = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    policy.load_state_dict(weights)
    for name, tensor in policy.state_dict().items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{name} holds a weight that is no finite number")


def save_weights(policy: ActorCriticPolicy, file: Path, member: str) -> None:
    """Put the policy's weights in the place of those in the `member` of a zip file, all else of it as it is."""
    content = io.BytesIO()
    torch.save(policy.state_dict(), content)
    with zipfile.ZipFile(file) as archive:
        parts = [(part, archive.read(part)) for part in archive.infolist()]
    with replacing(file) as beside, zipfile.ZipFile(beside, "w") as archive:
        for part, old in parts:
            archive.writestr(part, content.getvalue() if part.filename == member else old)


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise ValueError(f"unpacks to {size / 1e6:,.1f} MB where the policy's weights need {most / 1e6:,.1f} at most")
