"""The training, top to bottom: config -> environments -> PPO -> run folder."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Any

import torch
from rich.console import Console
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import CallbackList
from stable_baselines3.common.logger import KVWriter, Logger
from stable_baselines3.common.utils import LinearSchedule, set_random_seed
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from agents.config.blocks import FIRST_TEST_SEED
from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvFunction, EnvMaker, flight_env_function, flight_name
from agents.environments.memory import Memory, with_memory
from agents.environments.remembering_env import memory_in, remembering
from agents.environments.truth import training_env_function, truth_names
from agents.environments.vec_env import SharedMemoryVecEnv
from agents.evaluation.flight_test import FlightTest, summary
from agents.pilot import Pilot
from agents.pilots.bundle import write_bundle
from agents.pilots.learned import policy_keywords
from agents.policy import SteadyPolicy, first_bias, policy_class
from agents.runs.run_folder import RunFolder, write_json
from agents.training.callbacks import FlightStatistics, OnValidation, RunKeeper
from agents.training.checkpoint import Restored, newest_step, restore_checkpoint
from agents.training.divergence import divergence_told
from agents.training.first_weights import first_pilot, take_weights
from agents.training.mirror import learn_mirrored, seen_signs
from agents.training.progress import ProgressCsv, ProgressDisplay
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.base.files import write_atomically


def train(
    config: TrainingConfig,
    run: RunFolder,
    *,
    resume: bool = False,
    console: Console | None = None,
    make_env: EnvMaker = flight_env_function,
    on_validation: OnValidation | None = None,
) -> dict[str, Any]:
    """Train to the end, evaluate on unseen seeds, fill the run folder; the content of evaluation.json.

    A run killed at any time can be continued with `resume`; what comes out is the same, bit for bit. Ctrl-C leaves a
    checkpoint of the last whole update, from which `resume` goes on. `on_validation` is told each validation's
    (steps, success rate, mean reward); an exception of its ends the training. Raises InputError, one line, where the
    policy's weights become no numbers.
    """
    console = console or plain_console()
    block, settings = config.training, config.algorithm
    total_steps = config.updates(block.steps) * settings.steps_per_update
    torch.set_num_threads(block.torch_threads)
    env_function = make_env(config)
    with (
        begun(run, None if resume else config),
        contextlib.closing(make_training_env(env_function, config)) as training_env,
        FlightTest(env_function, block.processes) as flight_test,
    ):
        model, memory = make_model(config, training_env), memory_in(training_env)
        resume = resume and not nothing_learned(run)
        if block.start_from and not resume:
            with contextlib.closing(env_function()) as env:
                take_weights(model, first_pilot(config, env))
        before = restore_checkpoint(run.checkpoints, model) if resume else Restored()
        done_steps = model.num_timesteps
        model.set_logger(make_logger(run, settings.steps_per_update, done_steps if resume else None))
        for name, value in before.unlogged.items():
            model.logger.record(name, value)
        validation_seeds = range(block.eval_flights)
        with ProgressDisplay(console, total_steps, done_steps) as display:
            statistics = FlightStatistics(display)
            keeper = RunKeeper(
                config,
                run.checkpoints,
                statistics,
                display,
                validate=lambda pilot: flight_test.fly(with_memory(pilot, memory), validation_seeds),
                before=before,
                resumed_at=done_steps if resume else None,
                on_validation=on_validation,
            )
            if done_steps < total_steps:
                callbacks = CallbackList([keeper, statistics])
                try:
                    with divergence_told(model, settings, run.checkpoints):
                        model.learn(total_steps - done_steps, callbacks, reset_num_timesteps=False)
                except (KeyboardInterrupt, BrokenPipeError):  # of `| head`, whose reader has gone
                    keeper.save_interrupted()
                    raise
        assert keeper.best is not None
        model.policy.load_state_dict(keeper.best.weights)
        console.print(
            f"trained {total_steps:,} steps in {keeper.elapsed_s:.0f} s ({keeper.validation_seconds:.0f} s of it "
            f"validating); best policy from step {keeper.best.steps:,}",
            highlight=False,
            soft_wrap=True,
        )
        return report(config, run, model, env_function, flight_test, keeper.best.steps, memory)


@contextlib.contextmanager
def begun(run: RunFolder, config: TrainingConfig | None) -> Generator[None]:
    """Keep other processes out of the run while it trains; `config`: what a new one learns.

    Raises InputError where another process trains in it, or has begun one there since the folder was made.
    """
    with run.alone():
        if config is not None:
            if run.progress.is_file():
                raise InputError(f"{run.path}: already exists; name a new folder, or continue with --resume {run.path}")
            run.clear()
            write_atomically(run.config, config.complete_yaml())
        yield


def nothing_learned(run: RunFolder) -> bool:
    """Whether a run was stopped before its first checkpoint, which is that of the untrained policy."""
    rows = len(run.progress.read_text(encoding="utf-8").splitlines()) - 1 if run.progress.is_file() else 0
    return rows <= 0 and newest_step(run.checkpoints) is None


def make_training_env(env_function: EnvFunction, config: TrainingConfig) -> VecEnv:
    """The config's environments side by side."""
    functions = [training_env_function(env_function, config)] * config.algorithm.n_envs
    if config.training.vec_env == "dummy":
        return remembering(DummyVecEnv(functions), config)
    return remembering(SharedMemoryVecEnv(functions, config.training.processes or None), config)


def make_model(config: TrainingConfig, env: VecEnv) -> PPO:
    """PPO with the config's settings and first weights from its seed."""
    settings = config.algorithm
    truth_size = env.get_attr("truth_size", [0])[0] if config.network.critic == "truth" else 0
    set_random_seed(config.training.seed)
    # PPO's own `seed` would seed the environments 0, 1, ...: the validation flights.
    model = PPO(
        policy_class(config.network.bounded),
        env,
        seed=None,
        device="cpu",
        policy_kwargs=policy_keywords(config, truth_size),
        n_steps=settings.n_steps,
        batch_size=settings.batch_size,
        n_epochs=settings.n_epochs,
        learning_rate=(
            LinearSchedule(settings.learning_rate, 0.0, 1.0)
            if settings.schedule == "linear"
            else settings.learning_rate
        ),
        gamma=settings.gamma,
        gae_lambda=settings.gae_lambda,
        clip_range=settings.clip_range,
        ent_coef=1.0 if settings.steady_weight else settings.ent_coef,
        vf_coef=settings.vf_coef,
        max_grad_norm=settings.max_grad_norm,
        target_kl=settings.target_kl,
    )
    if settings.steady_weight:
        assert isinstance(model.policy, SteadyPolicy)
        model.policy.be_steady(settings.steady_weight, settings.steady_spread, settings.ent_coef)
    with torch.no_grad():
        model.policy.get_parameter("action_net.bias").copy_(first_bias(settings.first_action, config.network.bounded))
    if settings.mirrored:
        assert isinstance(model.policy, SteadyPolicy)
        names = env.get_attr("observation_names", [0])[0] if env.has_attr("observation_names") else ()
        learn_mirrored(model.policy, seen_signs(names, memory_in(env)), settings.mirrored)
    return model


def make_logger(run: RunFolder, steps_per_update: int, keep_until_step: int | None = None) -> Logger:
    """progress.csv always, TensorBoard in tensorboard/ if it is installed."""
    progress = ProgressCsv(run.progress, keep_until_step)
    outputs: list[KVWriter] = [progress]
    with contextlib.suppress(ModuleNotFoundError):
        from agents.training.tensorboard_log import TensorBoardScalars

        folder = run.path / "tensorboard"
        outputs.append(TensorBoardScalars(folder, steps_per_update, keep_until_step, progress.columns))
    return Logger(str(run.path), outputs)


def report(
    config: TrainingConfig,
    run: RunFolder,
    model: PPO,
    env_function: EnvFunction,
    flight_test: FlightTest,
    best_step: int,
    memory: Memory | None = None,
) -> dict[str, Any]:
    """Evaluate on unseen seeds, write bundle, flights and cards, and evaluation.json.

    evaluation.json comes last: it marks the run as finished.
    """
    seeds = range(FIRST_TEST_SEED, FIRST_TEST_SEED + config.training.test_flights)
    pilot = with_memory(model, memory)
    flights = flight_test.fly(pilot, seeds)
    result = summary(
        flights,
        task=config.task,
        aircraft=config.aircraft,
        weather=config.weather,
        pilot=str(run.path),
        discrepancies=config.discrepancy_words,
    )
    probe = env_function()
    names, truth = getattr(probe.unwrapped, "observation_names", None), truth_names(config, probe)
    probe.close()
    write_bundle(run.bundle, model, config, result, names, best_step, truth, memory)
    if hasattr(probe.unwrapped, "log_row"):
        first_failure = [flight.seed for flight in flights if not flight.is_success][:1]
        record_flights(run, pilot, env_function, list(dict.fromkeys([seeds[0], *first_failure])))
    write_json(run.evaluation, result)
    return result


def record_flights(run: RunFolder, pilot: Pilot, env_function: EnvFunction, seeds: list[int]) -> None:
    """Fly `seeds` again, now with a flight log and a card of each in flights/; the first is written last."""
    from envs.flights.flight_log import FlightLog
    from envs.rendering.card.card import draw_card

    run.flights.mkdir(exist_ok=True)
    with FlightTest(env_function, processes=1, record_to=run.flights, pilot_name=str(run.path)) as recorded:
        for seed in reversed(seeds):  # replay shows the newest flight of a run
            recorded.fly(pilot, [seed])
            stem = run.flights / flight_name(seed)
            draw_card(FlightLog.load(stem), stem.with_suffix(".png"))
