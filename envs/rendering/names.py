"""Names of the files that pictures are written to, checked before the work of making them; loads no drawing."""

from __future__ import annotations

from pathlib import Path

from envs.base.errors import InputError

ENDINGS = (".png", ".pdf", ".svg", ".jpg")


def check_ending(path: Path, what: str = "picture") -> None:
    """Raise InputError unless the name of a picture to write has one of ENDINGS; `what` is the word for it."""
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"{path}: a {what}'s name must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")


def check_video(path: Path) -> None:
    """Raise InputError unless the name of a video to write ends in .mp4."""
    if path.suffix.lower() != ".mp4":
        raise InputError(f"{path}: a video's name must end in .mp4")


def check_pictures(card: Path | None, video: Path | None) -> None:
    """Both, where they are given."""
    if card:
        check_ending(card, "card")
    if video:
        check_video(video)
