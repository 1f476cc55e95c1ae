"""Training that does not start from nothing: with the weights of a pilot that has learned something alike.

A figure pilot of one aircraft knows how to roll and to follow a path; another aircraft's has less to find out then.
`training.start_from` of a config names the pilot.
"""

from __future__ import annotations

import gymnasium
import torch
from stable_baselines3 import PPO

from agents.config.programme import TrainingConfig
from agents.pilots.learned import LearnedPilot
from agents.pilots.loading import load_pilot
from envs.base.errors import InputError, shown


def first_pilot(config: TrainingConfig, env: gymnasium.Env) -> LearnedPilot:
    """The pilot that `training.start_from` names, whose weights a training starts with.

    Raises InputError, one line, where it is no policy of this network, or sees other readings than `env` shows.
    """
    name = config.training.start_from
    pilot = load_pilot(name, env)
    if not isinstance(pilot, LearnedPilot):
        raise InputError(f"training.start_from: {shown(name)} is not one policy; name a pilot that is")
    own, its = config.network.model_dump(), pilot.config.network.model_dump()
    for key, value in own.items():
        if its[key] != value:
            raise InputError(
                f"training.start_from: {shown(name)} has network.{key} {its[key]}, this config {value}; they must be "
                "the same"
            )
    return pilot


def take_weights(model: PPO, pilot: LearnedPilot) -> None:
    """Give the model all weights of the pilot, its critic's too; it explores as much as a new one does."""
    explored = model.policy.get_parameter("log_std").detach().clone()
    model.policy.load_state_dict(pilot.policy.state_dict())
    with torch.no_grad():
        model.policy.get_parameter("log_std").copy_(explored)
