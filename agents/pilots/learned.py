"""A learned pilot: the policy of a bundle, and nothing else of it.

`load_learned` reads only its weights, and no pickle is opened: a bundle from elsewhere cannot run code.
stable-baselines3's own `PPO.load("policy.zip")` opens the policy too, like any other, but unpickles what the file says:
it is for bundles of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3.common.policies import ActorCriticPolicy

from agents.config.programme import TrainingConfig
from agents.environments.memory import Memory, memory_of, with_memory
from agents.pilots.bundle import POLICY, bundle_config, bundle_name, read_card
from agents.pilots.weights import load_weights
from agents.policy import policy_class
from envs.base.errors import InputError

ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "elu": torch.nn.ELU}


def policy_keywords(config: TrainingConfig, truth_size: int = 0) -> dict[str, Any]:
    """The config's network as keywords of agents.policy's classes; `truth_size`: true readings its critic sees."""
    return {
        "net_arch": list(config.network.hidden),
        "activation_fn": ACTIVATIONS[config.network.activation],
        "log_std_init": config.algorithm.log_std_init,
        # One call a gradient for all layers, in place of a hundred; eps as stable-baselines3 has it.
        "optimizer_kwargs": {"eps": 1e-5, "fused": True},
        **({"truth_size": truth_size} if truth_size else {}),
    }


@dataclass(frozen=True)
class LearnedPilot:
    """A policy from a bundle, flying without noise unless asked otherwise."""

    name: str
    config: TrainingConfig
    card: Mapping[str, Any]
    policy: ActorCriticPolicy
    memory: Memory | None = None

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[np.ndarray, Any]:
        """Actions (n, 4) or (4,) in -1..1 for observations (n, k) or (k,), and the pilot's state for the next call.

        That is its memory, where the config gives it one (network.history_s, network.integrals_s); else `state` as it
        came.
        """
        flying = with_memory(self.policy, self.memory)
        try:
            actions, state = flying.predict(observation, state, episode_start, deterministic)
        except ValueError as error:
            if "invalid values" not in str(error):  # of torch's normal distribution, with a page of numbers
                raise
            actions = np.array(np.nan)
        if not np.isfinite(actions).all():
            raise InputError(f"pilot {self.name}: its policy gives no finite numbers, its weights are broken")
        return actions, state

    def check_fits(self, env: gymnasium.Env) -> None:
        """Raise InputError unless the env shows and takes what the policy was trained with."""
        for what, size, space in (
            ("observations", self.card["observation_size"], env.observation_space),
            ("actions", self.card["action_size"], env.action_space),
        ):
            if space.shape != (size,):
                raise InputError(
                    f"pilot {self.name}: trained on {size} {what}, this environment has "
                    f"{space.shape[0] if space.shape else 0}; fly the task it was trained for "
                    f"({self.config.task}, observation {self.config.observation})"
                )
        self.check_rate(env)
        names, trained_names = (
            getattr(env.unwrapped, "observation_names", None),
            self.card["observation_names"],
        )
        if names and trained_names and list(names) != trained_names:
            old, new = next(pair for pair in zip(trained_names, names, strict=True) if pair[0] != pair[1])
            raise InputError(
                f"pilot {self.name}: trained with observation {old!r} where this environment "
                f"has {new!r}; it was trained on another version"
            )

    def check_rate(self, env: gymnasium.Env) -> None:
        """Raise InputError where a memory would be of other moments: the env gives more or fewer readings a second."""
        flown = getattr(getattr(env.unwrapped, "config", None), "control_hz", self.config.control_hz)
        if self.memory and flown != self.config.control_hz:
            raise InputError(
                f"pilot {self.name}: remembers readings at {self.config.control_hz} a second, this environment gives "
                f"{flown}; fly it with control_hz={self.config.control_hz}"
            )


def load_learned(folder: Path, card: Mapping[str, Any] | None = None) -> LearnedPilot:
    """The pilot of a bundle with a policy; `card`: its content, if read before.

    Sets torch to one thread, in the whole process: networks this small fly faster so, and more threads take the cores
    from the flying. Raises InputError, one line.
    """
    card = read_card(folder) if card is None else card
    config = bundle_config(folder)
    torch.set_num_threads(1)
    truth_size = len(card.get("truth_names") or ())
    memory = memory_of(config, card["observation_names"], card["observation_size"])
    size = memory.size if memory else card["observation_size"]
    policy = new_policy(config, size, card["action_size"], truth_size)
    try:
        load_weights(policy, folder / POLICY, "policy.pth")
    except FileNotFoundError:
        raise InputError(f"{folder}: {POLICY} is missing") from None
    except Exception as error:  # whatever a broken or foreign zip makes zipfile, pickle and torch raise
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(f"{folder}/{POLICY}: broken, or not of this config ({reason})") from None
    policy.set_training_mode(False)
    return LearnedPilot(bundle_name(folder), config, card, policy, memory)


def new_policy(
    config: TrainingConfig, observation_size: int, action_size: int, truth_size: int = 0
) -> ActorCriticPolicy:
    """A policy of the config's shape, its weights still to be loaded.

    It flies on `observation_size` readings, of which some may be remembered.
    """
    return policy_class(config.network.bounded)(
        gymnasium.spaces.Box(-np.inf, np.inf, (observation_size + truth_size,), np.float32),
        gymnasium.spaces.Box(-1.0, 1.0, (action_size,), np.float32),
        lambda _: 0.0,
        optimizer_class=_no_optimizer,
        **policy_keywords(config, truth_size),
    )


def _no_optimizer(*parameters: Any, **settings: Any) -> None:
    """A pilot that only flies needs none, and torch's first one takes a second to import its compiler."""
