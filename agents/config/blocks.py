"""The blocks of a learning programme: network, PPO, how long and with what of the machine; which seeds are whose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from envs.base.config_file import Strict
from envs.flight_config import Scale

FIRST_TEST_SEED = 1000
"""Flights on seeds below this one choose checkpoints and configs (validation); flights from it up report (test)."""

MOST_FLIGHTS, MOST_PROCESSES = 1_000_000, 256
"""Of one test, and to fly it."""

FIRST_TRAINING_SEED = 2**62
"""Training flights have seeds from here up (environments.flights.training_seed), so none of validation or test."""


def _whole(value: Any) -> Any:
    """The whole number that 1e6 or "1e6" stands for (YAML reads 1e6 as text); anything else as it is."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return value
    return int(value) if isinstance(value, float) and value.is_integer() else value


Count = Annotated[int, Field(ge=1), BeforeValidator(_whole)]
Steps = Annotated[int, Field(ge=1, le=10**10), BeforeValidator(_whole)]
"""Of a whole training: ten thousand million of them take six days at 20,000 a second."""
Neurons = Annotated[int, Field(ge=1, le=4096), BeforeValidator(_whole)]
"""Of a layer. Four layers of so many have 50 million weights; the shipped pilots have 64 neurons a layer."""
MOST_AT_ONCE = 4_194_304
"""Control steps between two updates: what is kept of each takes 200 to 300 bytes, so 1 GB in all."""
Fraction = Annotated[float, Field(ge=0, le=1)]
Stick = Annotated[float, Field(ge=-1, le=1)]


Past = Annotated[float, Field(gt=0, le=10)]
"""Seconds that a pilot may look back: what was flown longer ago tells little of now, and all of it is kept."""

ALL = "all"


class NetworkConfig(Strict):
    """The policy's and the value function's network: two separate stacks of the same shape."""

    hidden: tuple[Neurons, ...] = Field(
        default=(64, 64), min_length=1, max_length=4, description="neurons of each hidden layer [neurons]"
    )
    activation: Literal["tanh", "relu", "elu"] = Field(
        default="tanh", description="function that a hidden neuron applies to its weighted sum"
    )
    bounded: bool = Field(
        default=False,
        description="true: a tanh keeps the mean action within the travel of the sticks (agents/policy.py)",
    )
    critic: Literal["sensors", "truth"] = Field(
        default="sensors",
        description="what the value function sees in training; sensors: what the pilot sees; truth: besides, the true "
        "state, the wind and how the aircraft differs from its drawing",
    )
    history_s: tuple[Past, ...] = Field(
        default=(),
        max_length=8,
        description="the pilot sees, besides the readings of now, those of so many seconds before, each in its own "
        "memory; []: none [s]",
    )
    integrals_s: dict[str, Past] = Field(
        default={},
        description="{reading: s}: of these readings, cut to +-1, the pilot sees the integral over time that forgets "
        "with this time constant, too; the word all stands for all that are not named [s]",
    )

    def integrals_of(self, readings: Iterable[str]) -> dict[str, float]:
        """{reading: time constant in s} of what is integrated of these readings, and of names that are none of them."""
        named = {name: time_s for name, time_s in self.integrals_s.items() if name != ALL}
        if ALL not in self.integrals_s:
            return named
        return {**dict.fromkeys(readings, self.integrals_s[ALL]), **named}

    @property
    def remembers(self) -> bool:
        """Whether the pilot is given more than the readings of now."""
        return bool(self.history_s or self.integrals_s)


class PPOConfig(Strict):
    """Proximal policy optimisation, as in stable-baselines3."""

    name: Literal["ppo"] = Field(default="ppo", description="the algorithm")
    n_envs: Count = Field(default=16, le=1024, description="number of aircraft that are flown side by side [aircraft]")
    n_steps: Count = Field(
        default=256,
        le=65_536,
        description="control steps that each aircraft flies between two updates of the policy [steps]",
    )
    batch_size: Annotated[int, Field(ge=2), BeforeValidator(_whole)] = Field(
        default=512, description="control steps in one gradient; must divide n_envs x n_steps [steps]"
    )
    n_epochs: Count = Field(
        default=10, le=100, description="how often an update goes through the steps flown for it [passes]"
    )
    learning_rate: float = Field(
        default=3e-4, gt=0, le=1, description="learning rate of the optimiser (Adam) at the start of training [-]"
    )
    schedule: Literal["constant", "linear"] = Field(
        default="linear",
        description="linear: the learning rate falls evenly to 0 at the end of training; constant: it stays",
    )
    gamma: Fraction = Field(default=0.99, description="discount: what a reward one control step later counts now [-]")
    gae_lambda: Fraction = Field(
        default=0.95,
        description="how far ahead advantages are summed; 0: one step and the value after it, 1: all that was "
        "flown [-]",
    )
    clip_range: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="by how much an update may change the relative probability of an action [-]",
    )
    ent_coef: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="weight of the bonus for the entropy of the actions, which keeps the policy exploring [-]",
    )
    steady_weight: float = Field(
        default=0.0,
        ge=0,
        le=1e3,
        description="weight of the penalty on actions that differ between like observations (the spatial term "
        "of CAPS: agents/policy.py) [-]",
    )
    steady_spread: float = Field(
        default=0.05,
        gt=0,
        le=1,
        description="standard deviation of the noise that makes such like observations [observation]",
    )
    steady_first: float | None = Field(
        default=None,
        ge=0,
        le=1e3,
        description="steady_weight when training starts; it changes to that of `steady_weight` over training.ramp, so "
        "that bold moves are found before they are smoothed; null: the same from the start [-]",
    )
    vf_coef: float = Field(
        default=0.5, ge=0, le=10, description="weight of the value function's loss against the policy's [-]"
    )
    max_grad_norm: float = Field(
        default=0.5, gt=0, le=1e6, description="norm to which a longer gradient is shortened [-]"
    )
    log_std_init: float = Field(
        default=-0.7,
        ge=-5,
        le=2,
        description="natural logarithm of the actions' standard deviation when training starts [-]",
    )
    log_std_last: float | None = Field(
        default=None,
        ge=-7,
        le=2,
        description="upper bound of that logarithm at the end, falling evenly from log_std_init; null: no bound [-]",
    )
    first_action: tuple[Stick, Stick, Stick, Stick] = Field(
        default=(0.0, 0.0, 0.0, 0.0),
        description="mean action before anything is learned: aileron, elevator, rudder, throttle, each -1 to 1 [stick]",
    )
    mirrored: Fraction = Field(
        default=0.0,
        description="weight in an update of each flight's mirror image, left and right swapped, beside 1 for the "
        "flight itself; 0: none (agents/training/mirror.py) [-]",
    )
    target_kl: float | None = Field(
        default=None,
        gt=0,
        description="an update ends early when the policy has moved by 1.5 times this divergence; null: never [nat]",
    )

    @property
    def steps_per_update(self) -> int:
        """Control steps of all aircraft between two updates of the policy."""
        return self.n_envs * self.n_steps

    @model_validator(mode="after")
    def _batches_fit(self) -> PPOConfig:
        if self.steps_per_update > MOST_AT_ONCE:
            raise ValueError(f"n_envs x n_steps = {self.steps_per_update}: at most {MOST_AT_ONCE} fit in memory")
        if self.steps_per_update % self.batch_size:
            raise ValueError(f"batch_size {self.batch_size} does not divide n_envs x n_steps = {self.steps_per_update}")
        return self


class TrainingBlock(Strict):
    """How long training lasts, how often it is validated, and what it uses of the machine."""

    steps: Steps = Field(
        default=700_000,
        description="control steps of the whole training, all aircraft together, rounded up to whole updates [steps]",
    )
    seed: int = Field(default=0, ge=0, lt=2**31, description="seed of everything random in the run [-]")
    start_from: str = Field(
        default="",
        max_length=500,
        description="the learned pilot whose weights training starts with: a bundle, a run folder, a shipped pilot's "
        "name; '': new weights, drawn from the seed",
    )
    eval_every: Steps = Field(
        default=98_304, description="control steps between two validations, rounded up to whole updates [steps]"
    )
    eval_flights: Count = Field(
        default=32, le=FIRST_TEST_SEED, description="flights of a validation, on seeds 0, 1, ..., below 1000 [flights]"
    )
    best_by: Literal["success", "reward"] = Field(
        default="success",
        description="what chooses the policy that is kept; success: the validations' success rate, where equal their "
        "mean reward; reward: that alone, where every flight succeeds somehow",
    )
    test_flights: Count = Field(
        default=300, le=MOST_FLIGHTS, description="flights of the final report, on seeds 1000, 1001, ... [flights]"
    )
    checkpoint_every: Steps = Field(
        default=131_072, description="control steps between two checkpoints, rounded up to whole updates [steps]"
    )
    vec_env: Literal["shared", "dummy"] = Field(
        default="shared", description="shared: several processes step the aircraft; dummy: this process alone does"
    )
    processes: int = Field(
        default=0,
        ge=0,
        le=MOST_PROCESSES,
        description="processes that step the aircraft, this one included; 0: one for each core [processes]",
    )
    torch_threads: Count = Field(
        default=1,
        le=64,
        description="threads of PyTorch; more of them compete with the simulation for the cores [threads]",
    )
    task_options: dict[str, float] = Field(
        default={},
        description="{key: number}: task options that training starts with; they change linearly to those of "
        "`task_options` [key's]",
    )
    last_task_options: dict[str, float] = Field(
        default={},
        description="{key: number}: task options that training changes to instead, where exercises go on to its "
        "end [key's]",
    )
    first_reward: dict[str, Scale] = Field(
        default={},
        description="{term: scale}: reward scales that training starts with; they change linearly to those of "
        "`reward` [-]",
    )
    first_wind: float = Field(
        default=1.0, ge=0, le=2, description="factor on the weather's wind and gusts when training starts [-]"
    )
    last_wind: float = Field(
        default=1.0,
        ge=0,
        le=2,
        description="factor on the weather's wind and gusts that training comes to; validation and test have 1 [-]",
    )
    ramp: float = Field(
        default=0.6, gt=0, le=1, description="share of the training steps after which these changes are complete [-]"
    )


class PupilBlock(Strict):
    """How one policy learns what several teachers would do: dataset aggregation (agents/training/pupil.py)."""

    steps: Steps = Field(
        default=2_000_000, description="control steps that the pupil flies with all its teachers, rounded up [steps]"
    )
    n_envs: Count = Field(default=16, le=1024, description="aircraft that are flown side by side, of each teacher [-]")
    n_steps: Count = Field(
        default=256, le=65_536, description="control steps that each aircraft flies between two rounds [steps]"
    )
    kept_steps: Count = Field(
        default=1_000_000,
        le=MOST_AT_ONCE,
        description="control steps that are remembered, the newest; a round learns from all of them [steps]",
    )
    batch_size: Count = Field(default=2048, le=MOST_AT_ONCE, description="control steps in one gradient [steps]")
    n_epochs: Count = Field(
        default=8, le=1000, description="control steps learned from in a round, in times of those flown for it [passes]"
    )
    learning_rate: float = Field(
        default=1e-3, gt=0, le=1, description="learning rate of the optimiser (Adam) at first; it falls evenly to 0 [-]"
    )
    taught_share: Fraction = Field(
        default=0.3,
        description="share of the steps after which the pupil flies alone; before, ever fewer aircraft are flown by "
        "the teachers [-]",
    )
