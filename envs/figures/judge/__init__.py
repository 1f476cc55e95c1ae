"""The judge: marks a flown figure by the downgrades of F3A (JUDGE.md)."""

from envs.figures.judge.fitting import fitted
from envs.figures.judge.judging import judge
from envs.figures.judge.place import Box
from envs.figures.judge.sheet import Downgrade, ScoreSheet
from envs.figures.judge.track import FlownTrack

__all__ = ["Box", "Downgrade", "FlownTrack", "ScoreSheet", "fitted", "judge"]
