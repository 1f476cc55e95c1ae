"""What more layers make of the same pictures: one hidden layer, and a small convolutional net."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from envs.camera.neuron import Answers, Pictures

HIDDEN, FILTERS = 32, (8, 16)
EPOCHS, BATCH, RATE = 12, 256, 2e-3


class Net:
    """Layers of neurons that end in one, whose sum is compared with a threshold as the lone neuron's is."""

    def __init__(self, layers: torch.nn.Module, mean: float, spread: float, threshold: float = 0.0) -> None:
        self.layers, self.mean, self.spread, self.threshold = layers, mean, spread, threshold

    @property
    def weights(self) -> int:
        """How many there are, thresholds included."""
        return sum(part.numel() for part in self.layers.parameters())

    def sums(self, pictures: Pictures) -> NDArray[np.float64]:
        """(n,) of the last neuron."""
        with torch.no_grad():
            inputs = (torch.as_tensor(pictures)[:, None] - self.mean) / self.spread
            return np.concatenate([self.layers(part)[:, 0].numpy() for part in inputs.split(4096)]).astype(np.float64)

    def answers(self, pictures: Pictures) -> Answers:
        """(n,) 1 where the sum is above the threshold."""
        return self.sums(pictures) > self.threshold

    def with_threshold(self, threshold: float) -> Net:
        """The same layers, sooner or later content."""
        return Net(self.layers, self.mean, self.spread, float(threshold))


def hidden_layer(side: int) -> torch.nn.Module:
    """400 intensities, HIDDEN neurons, one."""
    nn = torch.nn
    return nn.Sequential(nn.Flatten(), nn.Linear(side * side, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 1))


def convolutional(side: int) -> torch.nn.Module:
    """Two rounds of filters that look at 3 x 3 pixels, wherever they are, then HIDDEN neurons, then one."""
    nn, (first, second), left = torch.nn, FILTERS, side // 4
    return nn.Sequential(
        nn.Conv2d(1, first, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(second * left * left, HIDDEN),
        nn.ReLU(),
        nn.Linear(HIDDEN, 1),
    )


def learn(build: Callable[[int], torch.nn.Module], pictures: Pictures, right: Answers, seed: int) -> Net:
    """A net that answers `pictures` as `right` says; Adam on the logistic loss."""
    torch.manual_seed(seed)
    net = Net(build(pictures.shape[1]), float(pictures.mean()), float(pictures.std()))
    inputs = (torch.as_tensor(pictures)[:, None] - net.mean) / net.spread
    wanted = torch.as_tensor(right, dtype=torch.float32)
    rounds = EPOCHS * -(-len(inputs) // BATCH)
    optimiser = torch.optim.Adam(net.layers.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.02, rounds)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(inputs)).split(BATCH):
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net.layers(inputs[batch])[:, 0], wanted[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return net
