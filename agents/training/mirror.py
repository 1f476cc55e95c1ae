"""Each flight teaches its mirror image too: left and right swapped, in the update's gradients, at no cost.

Of a flight's mirror image the sideways readings (envs/base/readings.py) and aileron and rudder have the other sign. To
learn from both is usually done by doubling the steps of an update ("data duplication" of Abdolhosseini et al. 2019, "On
learning symmetric locomotion", https://doi.org/10.1145/3359566.3360070). Here nothing is doubled. The network begins as
its own mirror image: neurons come in pairs, of which one answers to a state as the other to its mirror image. The
gradient that the mirrored steps would give such a network is the mirror image of the gradient of the steps themselves:
the same numbers in other places, some with the other sign.

An aircraft is not quite symmetric: its propeller turns one way. With a weight w below 1 of the mirrored gradient, what
is the same on both sides is learned in full, and what differs more slowly, (1 - w) / (1 + w) of it. The network stays
that of stable-baselines3, in the file too.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from agents.environments.memory import Memory
from agents.policy import SteadyPolicy
from envs.base.errors import InputError
from envs.base.readings import READINGS

STICK_SIGNS = (-1.0, 1.0, -1.0, 1.0)
"""Of aileron, elevator, rudder and throttle in the mirror image of a flight."""


def seen_signs(names: Sequence[str], memory: Memory | None = None) -> torch.Tensor:
    """What the readings that a policy is given are multiplied with in the mirror image of a flight: (k,), 1 or -1.

    names: those of the readings of now; `memory`: what is given besides, behind them. Raises InputError, one line, for
    none, or one that is not in the table of readings.
    """
    unknown = next((name for name in names if name not in READINGS), None)
    if unknown or not names:
        what = f"the reading {unknown!r} changes its sign" if unknown else "a reading of this environment does"
        raise InputError(f"algorithm.mirrored: whether {what} in a mirrored flight is not known; set the key to 0")
    signs = np.array([-1.0 if READINGS[name].sideways else 1.0 for name in names], np.float32)
    return torch.from_numpy(memory.look(signs[None])[0][0] if memory else signs)


@dataclass(frozen=True)
class Image:
    """How weights (n, k) or biases (n,) become their mirror image: turned round along `turned`, times `signs`.

    Hidden neurons change places: the first with the last, the second with the last but one. Readings and sticks stay
    in place, some with the other sign.
    """

    turned: tuple[int, ...]
    signs: torch.Tensor | None

    @classmethod
    def of(cls, rows: torch.Tensor | None, columns: torch.Tensor | None) -> Image:
        """Of weights, from the signs (n,) of what the layer gives and (k,) is given; None: hidden neurons."""
        signs = None if rows is None else rows[:, None]
        if columns is not None:
            signs = columns if signs is None else signs * columns
        return cls(tuple(axis for axis, known in enumerate((rows, columns)) if known is None), signs)

    def __call__(self, tensor: torch.Tensor) -> torch.Tensor:
        """The mirror image."""
        image = tensor.flip(self.turned) if self.turned else tensor
        return image if self.signs is None else image * self.signs


def learn_mirrored(policy: SteadyPolicy, seen: torch.Tensor, weight: float) -> None:
    """Make the policy its own mirror image, and let its gradients from now on count mirrored steps with `weight`.

    seen: `seen_signs` of what the policy is given. Where the value function sees the truth, too, it learns as before:
    which parts of the truth change sides is not known.
    """
    sticks, one = torch.tensor(STICK_SIGNS), torch.ones(1)
    stacks = [(policy.mlp_extractor.policy_net, policy.action_net, sticks)]
    if not policy.truth_size:
        stacks.append((policy.mlp_extractor.value_net, policy.value_net, one))
    for hidden, last, given in stacks:
        layers = [layer for layer in (*hidden, last) if isinstance(layer, torch.nn.Linear)]
        signs: list[torch.Tensor | None] = [seen, *[None] * (len(layers) - 1), given]
        for layer, (columns, rows) in zip(layers, itertools.pairwise(signs), strict=True):
            _mirror(layer.weight, Image.of(rows, columns), weight)
            if layer is not last:  # the last biases are free: the trim that a propeller asks for
                _mirror(layer.bias, Image((0,), None), weight)


def _mirror(parameter: torch.Tensor, image: Image, weight: float) -> None:
    with torch.no_grad():
        both = parameter + image(parameter)
        # As long as it was: half of what is drawn at random is not its own mirror image.
        parameter.copy_(both * (parameter.norm() / both.norm().clamp_min(1e-12)))
    share = weight / (1.0 + weight)
    parameter.register_hook(lambda gradient: torch.lerp(gradient, image(gradient), share))
