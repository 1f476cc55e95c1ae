"""The policy's network: that of stable-baselines3, and a variant whose mean sticks stay within their travel."""

from __future__ import annotations

from typing import Any

import torch
from stable_baselines3.common.distributions import DiagGaussianDistribution, Distribution
from stable_baselines3.common.policies import ActorCriticPolicy


class BoundedPolicy(ActorCriticPolicy):
    """Mean actions through tanh, so within -1 to 1, where plain ones may lie far outside.

    What lies outside is cut to the stop before it is flown. A mean far beyond the stop then leaves every action that
    exploring tries at the stop, and learning no way to find out what moving the stick there would do: a throttle that
    is closed for the roll-out may stay so in a ground loop, which a burst of propeller wash over the rudder would end.
    """

    def _get_action_dist_from_latent(self, latent_pi: torch.Tensor) -> Distribution:
        assert isinstance(self.action_dist, DiagGaussianDistribution)
        return self.action_dist.proba_distribution(torch.tanh(self.action_net(latent_pi)), self.log_std)


def policy_class(bounded: bool) -> type[ActorCriticPolicy]:
    """The class for `network.bounded` of a config."""
    return BoundedPolicy if bounded else ActorCriticPolicy


def first_bias(action: Any, bounded: bool) -> torch.Tensor:
    """Bias (4,) of the last layer with which the policy's mean actions begin at `action` (4,), -1 to 1.

    A bounded policy begins within -0.95 to 0.95: the stops themselves are infinitely far.
    """
    wanted = torch.as_tensor(action, dtype=torch.float32)
    return torch.atanh(wanted.clamp(-0.95, 0.95)) if bounded else wanted
