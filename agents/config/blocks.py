"""The blocks of a learning programme: network, PPO, how long and with what of the machine; which seeds are whose."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from envs.base.config_file import Strict

FIRST_TEST_SEED = 1000
"""Seeds below choose (validation: checkpoints, tuning), seeds from here on report (test)."""

FIRST_TRAINING_SEED = 2**62
"""Training flights draw their seeds from here up (environments.flights.training_seed), never one of the above."""


def _whole(value: Any) -> Any:
    """1e6, "1e6" and 1_000_000 are the same count; YAML reads the second as text."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return value
    return int(value) if isinstance(value, float) and value.is_integer() else value


Count = Annotated[int, Field(ge=1), BeforeValidator(_whole)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Stick = Annotated[float, Field(ge=-1, le=1)]


class NetworkConfig(Strict):
    """The policy's and the value function's network: two separate stacks of the same shape."""

    hidden: tuple[Count, ...] = Field(
        default=(64, 64), min_length=1, max_length=4, description="neurons of each hidden layer [neurons]"
    )
    activation: Literal["tanh", "relu", "elu"] = Field(default="tanh", description="function between the layers")
    bounded: bool = Field(default=False, description="mean sticks within their travel, by a tanh: agents/policy.py")


class PPOConfig(Strict):
    """Proximal policy optimisation, as in stable-baselines3."""

    name: Literal["ppo"] = Field(default="ppo", description="the algorithm")
    n_envs: Count = Field(default=16, le=1024, description="flown side by side [aircraft]")
    n_steps: Count = Field(default=256, description="of each aircraft between two updates [steps]")
    batch_size: Count = Field(default=512, description="in one gradient; must divide n_envs x n_steps [steps]")
    n_epochs: Count = Field(default=10, le=100, description="over the steps of one update [passes]")
    learning_rate: float = Field(default=3e-4, gt=0, le=1, description="of Adam, at the start [-]")
    schedule: Literal["constant", "linear"] = Field(
        default="linear", description="linear: the rate falls to 0 at the end"
    )
    gamma: Fraction = Field(default=0.99, description="discount of the reward one step later [-]")
    gae_lambda: Fraction = Field(default=0.95, description="0: advantage from one step, 1: from the rollout [-]")
    clip_range: float = Field(default=0.2, gt=0, le=1, description="furthest move of the action's odds an update [-]")
    ent_coef: float = Field(default=0.0, ge=0, le=1, description="weight of the entropy bonus, keeps exploring [-]")
    steady_weight: float = Field(
        default=0.0, ge=0, le=1e3, description="weight of the sticks' unrest, CAPS's spatial term: agents/policy.py [-]"
    )
    steady_spread: float = Field(
        default=0.05, gt=0, le=1, description="how far the like observations lie apart that it compares [observation]"
    )
    vf_coef: float = Field(default=0.5, ge=0, le=10, description="weight of the value loss [-]")
    max_grad_norm: float = Field(default=0.5, gt=0, description="longest gradient, longer ones are cut [-]")
    log_std_init: float = Field(default=-0.7, ge=-5, le=2, description="log of the first spread of the sticks [-]")
    log_std_last: float | None = Field(
        default=None, ge=-7, le=2, description="most of it at the end, falling evenly from log_std_init; null: free [-]"
    )
    first_action: tuple[Stick, Stick, Stick, Stick] = Field(
        default=(0.0, 0.0, 0.0, 0.0), description="where exploring starts: aileron, elevator, rudder, throttle [stick]"
    )
    target_kl: float | None = Field(
        default=None, gt=0, description="an update stops beyond 1.5 times this, null: never [nat]"
    )

    @property
    def steps_per_update(self) -> int:
        return self.n_envs * self.n_steps

    @model_validator(mode="after")
    def _batches_fit(self) -> PPOConfig:
        if self.steps_per_update % self.batch_size:
            raise ValueError(f"batch_size {self.batch_size} does not divide n_envs x n_steps = {self.steps_per_update}")
        return self


class TrainingBlock(Strict):
    """How long, how often and with what of the machine."""

    steps: Count = Field(default=700_000, description="in all, of all aircraft, rounded up to updates [steps]")
    seed: int = Field(default=0, ge=0, lt=2**31, description="of everything random in the run [-]")
    eval_every: Count = Field(default=98_304, description="between two validations, rounded up to updates [steps]")
    eval_flights: Count = Field(
        default=32, le=FIRST_TEST_SEED, description="of a validation, on seeds 0, 1, ... (below 1000) [flights]"
    )
    test_flights: Count = Field(default=300, description="of the final report, on seeds 1000, 1001, ... [flights]")
    checkpoint_every: Count = Field(default=131_072, description="between two checkpoints, rounded up likewise [steps]")
    vec_env: Literal["shared", "dummy"] = Field(default="shared", description="dummy: everything in this process")
    processes: int = Field(default=0, ge=0, le=256, description="flying ones, this one included; 0: one a core [-]")
    torch_threads: Count = Field(default=1, le=64, description="more fight with the flying for the cores [threads]")
    task_options: dict[str, float] = Field(
        default={}, description="{key: number} that training starts with, changing linearly to the programme's [key's]"
    )
    last_task_options: dict[str, float] = Field(
        default={}, description="{key: number} that it changes to instead, where exercises go on to the end [key's]"
    )
    first_reward: dict[str, float] = Field(
        default={}, description="{term: scale} that training starts with, changing linearly to `reward` [-]"
    )
    first_wind: float = Field(
        default=1.0, ge=0, le=2, description="share of the weather's wind and gusts that training starts with [-]"
    )
    last_wind: float = Field(
        default=1.0, ge=0, le=2, description="and that it comes to; validation and test fly in the weather's own [-]"
    )
    ramp: float = Field(default=0.6, gt=0, le=1, description="share of the steps in which these changes are done [-]")
