"""The policy's network: that of stable-baselines3, taught to be steady, and one with sticks within their travel."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3.common.distributions import DiagGaussianDistribution, Distribution
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.torch_layers import MlpExtractor
from stable_baselines3.common.type_aliases import PyTorchObs

LOG_TWO_PI = math.log(2 * math.pi)


class ApartExtractor(torch.nn.Module):
    """The hidden layers of a policy that sees the first `seen` readings, and of a value function that sees all.

    An "asymmetric" actor and critic (Pinto et al. 2017, https://arxiv.org/abs/1710.06542): the critic is thrown away
    after training, so it may know what no sensor tells.
    """

    def __init__(self, own: MlpExtractor, whole: MlpExtractor, seen: int) -> None:
        super().__init__()
        self.seen, self.latent_dim_pi, self.latent_dim_vf = seen, own.latent_dim_pi, whole.latent_dim_vf
        self.policy_net, self.value_net = own.policy_net, whole.value_net

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What the last layers of policy and value function are given."""
        return self.forward_actor(features), self.forward_critic(features)

    def forward_actor(self, features: torch.Tensor) -> torch.Tensor:
        """Of the policy alone."""
        return self.policy_net(features[:, : self.seen])

    def forward_critic(self, features: torch.Tensor) -> torch.Tensor:
        """Of the value function alone."""
        return self.value_net(features)


class SteadyPolicy(ActorCriticPolicy):
    """A policy that training may ask to answer like observations with like sticks.

    The spatial term of CAPS (Mysore et al. 2021, "Regularizing action policies for smooth control with reinforcement
    learning", https://arxiv.org/abs/2012.06644): L_S = |mean(o + e) - mean(o)|^2, e normal with `steady_spread`. It is
    worked on as a loss of the mean sticks, as flown (cut to their travel); a price on changes of command in the reward
    pays for the noise of exploring, too, and so for flying as little as possible.
    """

    steady_weight, steady_spread, entropy_weight = 0.0, 0.0, 0.0
    is_steady = False
    truth_size = 0
    """Readings at the end of an observation that the value function alone is shown: of training only, the truth."""

    def __init__(self, *arguments: Any, truth_size: int = 0, **keywords: Any) -> None:
        self.truth_size = truth_size  # before the networks are built
        super().__init__(*arguments, **keywords)

    def _build_mlp_extractor(self) -> None:
        super()._build_mlp_extractor()
        if self.truth_size:
            whole, seen = self.mlp_extractor, self.features_dim - self.truth_size
            own = MlpExtractor(seen, self.net_arch, self.activation_fn, self.device)
            self.mlp_extractor = ApartExtractor(own, whole, seen)

    def _get_constructor_parameters(self) -> dict[str, Any]:
        return super()._get_constructor_parameters() | ({"truth_size": self.truth_size} if self.truth_size else {})

    def obs_to_tensor(self, observation: Any) -> tuple[PyTorchObs, bool]:
        """Observations as a tensor, and whether there are several; the truth may be left out: the pilot needs none."""
        size = int(np.prod(self.observation_space.shape or ()))
        if self.truth_size and isinstance(observation, np.ndarray) and observation.shape[-1] == size - self.truth_size:
            unknown = np.zeros((*observation.shape[:-1], self.truth_size), observation.dtype)
            observation = np.concatenate([observation, unknown], axis=-1)
        return super().obs_to_tensor(observation)

    def predict(
        self,
        observation: Any,
        state: tuple[np.ndarray, ...] | None = None,
        episode_start: np.ndarray | None = None,
        deterministic: bool = False,
    ) -> tuple[np.ndarray, tuple[np.ndarray, ...] | None]:
        """Actions (n, 4) or (4,) for observations (n, k) or (k,), as of every policy of stable-baselines3.

        Without noise no distribution is made, which takes most of the time of so small a network: the same bits,
        two to three times as fast.
        """
        if not deterministic or not isinstance(observation, np.ndarray):
            return super().predict(observation, state, episode_start, deterministic)
        with torch.no_grad():
            seen, several = self.obs_to_tensor(observation)
            features = self.extract_features(seen, self.pi_features_extractor)
            assert isinstance(features, torch.Tensor)
            mean = self._mean(self.mlp_extractor.forward_actor(features)).cpu().numpy()
        actions = np.clip(mean, self._lowest, self._highest)
        return (actions if several else actions[0]), state

    @functools.cached_property
    def _lowest(self) -> np.ndarray:
        assert isinstance(self.action_space, gymnasium.spaces.Box)
        return self.action_space.low

    @functools.cached_property
    def _highest(self) -> np.ndarray:
        assert isinstance(self.action_space, gymnasium.spaces.Box)
        return self.action_space.high

    def _mean(self, latent: torch.Tensor) -> torch.Tensor:
        """Mean sticks of the last hidden layer."""
        return self.action_net(latent)

    def forward(
        self, obs: torch.Tensor, deterministic: bool = False
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Actions (n, 4), values (n, 1) and log-likelihoods (n,) for observations (n, k).

        While flights are collected (no gradients) in NumPy: so small a network takes PyTorch four times as long, most
        of it for looking after its tensors.
        """
        if torch.is_grad_enabled() or deterministic or self.device.type != "cpu":
            return super().forward(obs, deterministic)
        seen: np.ndarray = obs.numpy()
        latent, latent_value = self._latents(seen)
        mean = self._bounded(through([self.action_net], latent))
        if not np.isfinite(mean).all():
            return super().forward(obs, deterministic)  # which says so
        noise: np.ndarray = torch.randn(mean.shape).numpy()
        log_spread = self.log_std.detach().numpy()
        likelihood = (-0.5 * noise**2 - (log_spread + 0.5 * LOG_TWO_PI)).sum(1)
        values = through([self.value_net], latent_value)
        actions = torch.from_numpy(mean + noise * np.exp(log_spread))
        return actions, torch.from_numpy(values), torch.from_numpy(likelihood)

    def _latents(self, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the last layers of policy and value function are given, of observations (n, k)."""
        layers = self.mlp_extractor
        own = seen[:, : seen.shape[1] - self.truth_size]
        return through(layers.policy_net, own), through(layers.value_net, seen)

    def _bounded(self, mean: np.ndarray) -> np.ndarray:
        """Mean sticks as `_mean` makes them of what the last layer gives."""
        return mean

    def be_steady(self, weight: float, spread: float, entropy_weight: float) -> None:
        """Let `evaluate_actions` give, in place of the entropy, what PPO has to raise with its `ent_coef` at 1."""
        self.steady_weight, self.steady_spread, self.entropy_weight = weight, spread, entropy_weight
        self.is_steady = True

    def evaluate_actions(
        self, obs: PyTorchObs, actions: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
        """Values (n, 1), log-likelihoods (n,), entropies (n,), for observations (n, k) and actions (n, 4)."""
        assert isinstance(obs, torch.Tensor)
        latent, latent_value = self.mlp_extractor(obs.float())
        mean, spread = self._mean(latent), self.log_std.exp()
        values, likelihood = self.value_net(latent_value), _likelihood(actions, mean, spread)
        entropy = (0.5 + 0.5 * LOG_TWO_PI + self.log_std).sum().expand(len(mean))
        if not self.is_steady:
            return values, likelihood, entropy
        return values, likelihood, self.entropy_weight * entropy - self.steady_weight * self.unsteadiness(obs)

    def unsteadiness(self, obs: torch.Tensor) -> torch.Tensor:
        """L_S (n,), summed over the sticks, at observations (n, k) and one drawn close to each."""
        near = obs + self.steady_spread * torch.randn_like(obs)
        return (self._mean_sticks(near) - self._mean_sticks(obs)).square().sum(1)

    def _mean_sticks(self, obs: torch.Tensor) -> torch.Tensor:
        return self.get_distribution(obs).mode().clamp(-1, 1)


def through(layers: Iterable[torch.nn.Module], numbers: np.ndarray) -> np.ndarray:
    """What layers make of numbers (n, k), in NumPy."""
    for layer in layers:
        if isinstance(layer, torch.nn.Linear):
            numbers = numbers @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
        elif isinstance(layer, torch.nn.Tanh):
            numbers = np.tanh(numbers)
        else:
            numbers = layer(torch.from_numpy(numbers)).numpy()
    return numbers


def _likelihood(actions: torch.Tensor, mean: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
    """Logarithm (n,) of the density at `actions` (n, 4) of normal distributions about `mean` (n, 4)."""
    off = -((actions - mean) ** 2) / (2 * spread**2)
    return (off - spread.log() - 0.5 * LOG_TWO_PI).sum(1)


class BoundedPolicy(SteadyPolicy):
    """Mean actions through tanh, so within -1 to 1, where plain ones may lie far outside.

    What lies outside is cut to the stop before it is flown. A mean far beyond the stop then leaves every action that
    exploring tries at the stop, and learning no way to find out what moving the stick there would do: a throttle that
    is closed for the roll-out may stay so in a ground loop, which a burst of propeller wash over the rudder would end.
    """

    def _mean(self, latent: torch.Tensor) -> torch.Tensor:
        return torch.tanh(super()._mean(latent))

    def _bounded(self, mean: np.ndarray) -> np.ndarray:
        return np.tanh(mean)

    def _get_action_dist_from_latent(self, latent_pi: torch.Tensor) -> Distribution:
        assert isinstance(self.action_dist, DiagGaussianDistribution)
        return self.action_dist.proba_distribution(self._mean(latent_pi), self.log_std)


def policy_class(bounded: bool) -> type[SteadyPolicy]:
    """The class for `network.bounded` of a config."""
    return BoundedPolicy if bounded else SteadyPolicy


def first_bias(action: Any, bounded: bool) -> torch.Tensor:
    """Bias (4,) of the last layer with which the policy's mean actions begin at `action` (4,), -1 to 1.

    A bounded policy begins within -0.95 to 0.95: the stops themselves are infinitely far.
    """
    wanted = torch.as_tensor(action, dtype=torch.float32)
    return torch.atanh(wanted.clamp(-0.95, 0.95)) if bounded else wanted
