"""A training whose policy is no longer made of numbers ends in one line, and nothing of that policy is kept."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path

import torch
from stable_baselines3 import PPO

from agents.config.blocks import PPOConfig
from agents.training.checkpoint import newest_step
from envs.base.errors import InputError


class DivergedError(InputError):
    """A step of the optimiser went so far that a weight of the policy is no number (NaN), or endless."""


def require_numbers(model: PPO, settings: PPOConfig, checkpoints: Path) -> None:
    """Raise DivergedError unless every weight of the model's policy is a finite number; takes a tenth of a ms."""
    if not all(bool(torch.isfinite(weights).all()) for weights in model.policy.parameters()):
        raise _diverged(model, settings, checkpoints)


@contextlib.contextmanager
def divergence_told(model: PPO, settings: PPOConfig, checkpoints: Path) -> Generator[None]:
    """Raise DivergedError where the block, a training of the model, ends in an action that cannot be drawn.

    So it does in the middle of an update: torch's normal distribution, of which actions are drawn, takes no NaN for its
    mean, and no spread of 0, which is what a log_std below -103 comes to in single precision.
    """
    try:
        yield
    except InputError:
        raise
    except ValueError as error:
        if "of distribution" in str(error):  # torch.distributions.Distribution, which has no class of its own for it
            raise _diverged(model, settings, checkpoints) from None
        raise


def _diverged(model: PPO, settings: PPOConfig, checkpoints: Path) -> DivergedError:
    usual = type(settings)().max_grad_norm
    cures = [f"a lower algorithm.learning_rate (it is {settings.learning_rate:g})"]
    if settings.max_grad_norm > usual:
        cures.append(f"a lower algorithm.max_grad_norm (it is {settings.max_grad_norm:g}, usual is {usual:g})")
    return DivergedError(
        f"{checkpoints.parent}: the policy became not-a-number in the update at step {model.num_timesteps:,}; train "
        f"anew with {' and '.join(cures)}; the run keeps its checkpoint of step {newest_step(checkpoints) or 0:,}"
    )
