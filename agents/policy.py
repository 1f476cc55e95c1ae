"""The policy's network: that of stable-baselines3, taught to be steady, and one with sticks within their travel."""

from __future__ import annotations

from typing import Any

import torch
from stable_baselines3.common.distributions import DiagGaussianDistribution, Distribution
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.type_aliases import PyTorchObs


class SteadyPolicy(ActorCriticPolicy):
    """A policy that training may ask to answer like observations with like sticks.

    The spatial term of CAPS (Mysore et al. 2021, "Regularizing action policies for smooth control with reinforcement
    learning", https://arxiv.org/abs/2012.06644): L_S = |mean(o + e) - mean(o)|^2, e normal with `steady_spread`. It is
    worked on as a loss of the mean sticks, as flown (cut to their travel); a price on changes of command in the reward
    pays for the noise of exploring, too, and so for flying as little as possible.
    """

    steady_weight, steady_spread, entropy_weight = 0.0, 0.0, 0.0

    def be_steady(self, weight: float, spread: float, entropy_weight: float) -> None:
        """Let `evaluate_actions` give, in place of the entropy, what PPO has to raise with its `ent_coef` at 1."""
        self.steady_weight, self.steady_spread, self.entropy_weight = weight, spread, entropy_weight

    def evaluate_actions(
        self, obs: PyTorchObs, actions: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
        """Values (n, 1), log-likelihoods (n,), entropies (n,), for observations (n, k) and actions (n, 4)."""
        values, likelihood, entropy = super().evaluate_actions(obs, actions)
        if self.steady_weight == 0.0:
            return values, likelihood, entropy
        assert entropy is not None
        assert isinstance(obs, torch.Tensor)
        return values, likelihood, self.entropy_weight * entropy - self.steady_weight * self.unsteadiness(obs)

    def unsteadiness(self, obs: torch.Tensor) -> torch.Tensor:
        """L_S (n,), summed over the sticks, at observations (n, k) and one drawn close to each."""
        near = obs + self.steady_spread * torch.randn_like(obs)
        return (self._mean_sticks(near) - self._mean_sticks(obs)).square().sum(1)

    def _mean_sticks(self, obs: torch.Tensor) -> torch.Tensor:
        return self.get_distribution(obs).mode().clamp(-1, 1)


class BoundedPolicy(SteadyPolicy):
    """Mean actions through tanh, so within -1 to 1, where plain ones may lie far outside.

    What lies outside is cut to the stop before it is flown. A mean far beyond the stop then leaves every action that
    exploring tries at the stop, and learning no way to find out what moving the stick there would do: a throttle that
    is closed for the roll-out may stay so in a ground loop, which a burst of propeller wash over the rudder would end.
    """

    def _get_action_dist_from_latent(self, latent_pi: torch.Tensor) -> Distribution:
        assert isinstance(self.action_dist, DiagGaussianDistribution)
        return self.action_dist.proba_distribution(torch.tanh(self.action_net(latent_pi)), self.log_std)


def policy_class(bounded: bool) -> type[SteadyPolicy]:
    """The class for `network.bounded` of a config."""
    return BoundedPolicy if bounded else SteadyPolicy


def first_bias(action: Any, bounded: bool) -> torch.Tensor:
    """Bias (4,) of the last layer with which the policy's mean actions begin at `action` (4,), -1 to 1.

    A bounded policy begins within -0.95 to 0.95: the stops themselves are infinitely far.
    """
    wanted = torch.as_tensor(action, dtype=torch.float32)
    return torch.atanh(wanted.clamp(-0.95, 0.95)) if bounded else wanted
