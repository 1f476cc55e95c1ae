"""Training that does not start from nothing: with the weights of a pilot that has learned something alike.

A figure pilot of one aircraft knows how to roll and to follow a path; another aircraft's has less to find out then.
`training.start_from` of a config names the pilot. The new policy may see more than that pilot did (a memory, a critic
that sees the truth): it starts by looking away from all that is new, and so flies as the pilot does.
"""

from __future__ import annotations

import gymnasium
import torch
from stable_baselines3 import PPO

from agents.config.programme import TrainingConfig
from agents.pilots.learned import LearnedPilot
from agents.pilots.loading import load_pilot
from envs.base.errors import InputError, shown

SAME = ("hidden", "activation", "bounded")
"""Settings of a network that make it what it is; the others say what it sees."""
MORE = ("history_s", "integrals_s")
"""What it sees besides the readings of now, behind them: a pilot that saw none of it has nothing to lose there."""


def first_pilot(config: TrainingConfig, env: gymnasium.Env) -> LearnedPilot:
    """The pilot that `training.start_from` names, whose weights a training starts with.

    Raises InputError, one line, where it is no policy of this network, or sees other readings than `env` shows.
    """
    name = config.training.start_from
    pilot = load_pilot(name, env)
    if not isinstance(pilot, LearnedPilot):
        raise InputError(f"training.start_from: {shown(name)} is not one policy; name a pilot that is")
    own, its = config.network.model_dump(), pilot.config.network.model_dump()
    for key in (*SAME, *MORE):
        if its[key] != own[key] and (key in SAME or its[key]):
            raise InputError(
                f"training.start_from: {shown(name)} has network.{key} {its[key]}, this config {own[key]}; they must "
                "be the same"
            )
    if config.algorithm.mirrored and not pilot.config.algorithm.mirrored:
        raise InputError(
            f"algorithm.mirrored: training.start_from {shown(name)} was trained without it, so its network is not its "
            "own mirror image; 0, or a pilot that was"
        )
    return pilot


def take_weights(model: PPO, pilot: LearnedPilot) -> None:
    """Give the model all weights of the pilot, its critic's too; it explores as much as a new one does.

    Readings that the pilot did not see are given no weight: they come behind those of now, which all see.
    """
    own, its = model.policy.state_dict(), pilot.policy.state_dict()
    taken = {name: _fitted(weights, own[name]) for name, weights in its.items() if name != "log_std"}
    model.policy.load_state_dict(own | taken)


def _fitted(weights: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    """`weights` in the shape of `own`: of a first layer that sees more, or less, the columns that both have."""
    if weights.shape == own.shape:
        return weights
    fitted, both = torch.zeros_like(own), min(weights.shape[1], own.shape[1])
    fitted[:, :both] = weights[:, :both]
    return fitted
