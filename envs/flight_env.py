"""FlightEnv: aircraft + sky + task -> a Gymnasium environment. Wiring only."""

from __future__ import annotations

import importlib.metadata
import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.envs.registration import load_env_creator

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.config_file import validate
from envs.base.errors import InputError, unknown_name
from envs.base.quantities import LOG_FACTORS, LOG_NAMES, QUANTITIES, Quantities
from envs.base.runway import Runway
from envs.base.units import SEA_LEVEL_DENSITY
from envs.camera.eye_file import PLACE, read_lookout
from envs.camera.onboard import LandingEye, OnboardCamera
from envs.camera.runway_reader import RunwayReader
from envs.discrepancies import Discrepancy, parse_discrepancy
from envs.discrepancies._drawn import DrawnDiscrepancies
from envs.discrepancies._words import faults
from envs.flight_config import FlightConfig, check_reward_names, with_settings
from envs.observation import (
    ALL_QUANTITIES,
    LIMIT,
    fill,
    observation_rows,
    observation_table,
    observe,
    observe_path,
)
from envs.performance.plausibility import check_flyable
from envs.physics.assembly.fitting import Setting
from envs.physics.assembly.known_faults import known_faults
from envs.physics.compiling import compile_kernels
from envs.physics.density import field_density
from envs.physics.kernels.records import GUST_NORMALS
from envs.physics.sensors import SENSOR_NORMALS, fit_sensors, has_eye, new_sensors, start_sensors
from envs.physics.standing import Rest, place_in_air, place_on_wheels, rest_on_wheels
from envs.physics.steady.airframe import up_axis
from envs.physics.steady.steady_start import SteadyStart, steady_start
from envs.physics.world import World
from envs.tasks import TASKS
from envs.tasks.parts.landing_starts import AIM_SHARE
from envs.tasks.parts.task import Start
from envs.truth import built_names, built_readings, truth_rows
from envs.weather import draw_weather, load_weather

RENDERER = "envs.rendering.scene.scene:Scene"
BLOCK = 64  # control steps for which random numbers are drawn at once
NORMALS = GUST_NORMALS + SENSOR_NORMALS


@with_settings
class FlightEnv(gymnasium.Env):
    """One model aircraft flies one task in one level of weather.

    ## Description
    A rigid body in a Bullet world with a runway, wind and gusts; the physics is computed at 240 Hz, the pilot sees and
    acts at 30 Hz, unless `physics_hz` and `control_hz` say otherwise. What is to be done is told by the task
    (envs/tasks).

    ## Action
    `Box(-1, 1, (4,), float32)`, with a pilot's signs. Values beyond are clipped; NaN and infinity raise ValueError.

    | # | channel | + means | mapped to |
    |---|---|---|---|
    | 0 | aileron | rolls right | full travel |
    | 1 | elevator | pitches up | full travel |
    | 2 | rudder | yaws right, steers right on the ground | full travel |
    | 3 | throttle | more | 0 to 1 |

    ## Observation
    `Box(-5, 5, (n,), float32)`: the readings that the task names (`observation_names`; their scales: READINGS in
    envs/base/readings.py), taken from the flight controller's estimate (`observation="sensors"`) or from the truth
    (`"state"`, which adds angle of attack, sideslip and wind). The airspeed of the sensors is the indicated one:
    divided by the stall speed at sea level, it means the same in any air. In `"state"`, and where the task judges,
    speeds are divided by the stall speed of the day, which grows in thin air with one over the root of its density.

    ## Reward
    Each step: the sum of the task's named terms, each times its scale (`reward_scales`). `info["reward_terms"]` of the
    last step holds the sum of each over the episode.

    ## Starting state
    Drawn by the task, with the flight's wind and gusts, from `np_random`: the same seed gives the same flight, bit for
    bit.

    ## Episode end
    `terminated`: the task ended, well or not (the outcomes are those of the task). `truncated`: its time ran out. The
    last `info` holds `is_success` (bool), `outcome` (one word), `metrics` ({name: float}), `reward_terms`, and
    `ending`: the outcome as a `phrase`, its `rule`, and the `breach` of it ({what, value, limit, unit, words, ...});
    in the task figure also `figure`, the name of the one flown.

    ## Arguments
    `task` is in the Gymnasium id; all others are keywords of `gymnasium.make`, besides `render_mode` (None or
    "rgb_array", the chase view). None leaves a setting at its default. Raises InputError, one line, for a keyword or a
    name that is unknown (with the nearest known one), a value out of range, or an aircraft that cannot fly the task.

    {settings}

    ## Version history
    v0: the first.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 30}  # noqa: RUF012  (as Gymnasium declares it)

    def __init__(self, task: str = "takeoff", *, render_mode: str | None = None, **settings: Any) -> None:
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise unknown_name("render_mode", render_mode, self.metadata["render_modes"])
        compile_kernels()
        # None, as other environments have for "not given", leaves a setting at its default.
        given = {name: value for name, value in settings.items() if value is not None}
        self.config = config = validate(FlightConfig, {"task": task, **given}, "FlightEnv")
        self.discrepancies: list[Discrepancy] = []
        self.weather, self._wind_share = load_weather(config.weather), 1.0
        density = field_density(config.field_elevation_m, config.temperature_C, config.air_density)
        self._air_density = density
        setting = Setting.of(config.control_hz, config.physics_hz, density, config.effects)
        self._known = known_faults(load_aircraft(config.aircraft).model_dump_json(), setting)
        self.drawing = self.aircraft = self._known.drawing
        self.world = World(self.aircraft, config.control_hz, config.physics_hz, density, config.effects)
        self._drawing_parameters = self.world.parameters
        # The drawing's stall speed is that of the standard atmosphere at sea level.
        self.stall_speed_mps = self.aircraft.stall_speed_mps * math.sqrt(SEA_LEVEL_DENSITY / density)
        span = self.drawing.span_m
        self.runway = Runway.of(span, config.runway)
        # Limits of a task and speeds of a weather are those of the drawing: it is all that is known of an aircraft.
        flown = self.drawing.model_copy(update={"stall_speed_mps": self.stall_speed_mps})
        self.task = TASKS[config.task](flown, self.runway, dict(config.task_options), 1.0 / config.control_hz)
        if config.figure:
            self.task.fly_figures(config.figure)
        self.reward_scales = {**self.task.default_reward, **config.reward}
        self._scales = list(self.reward_scales.items())
        by_eye = has_eye(config.sensor_suite)
        self.observation_names = observation_rows(self.task.observations, config.observation, by_eye)
        self._from_sensors = config.observation == "sensors"
        self._table = observation_table(
            self.observation_names, self.aircraft.stall_speed_mps if self._from_sensors else self.stall_speed_mps, span
        )
        baro_scale = density / field_density(config.field_elevation_m)
        self._sensors = new_sensors(config.sensor_suite, config.control_hz, baro_scale)
        seen = ALL_QUANTITIES if self.task.follows_path else QUANTITIES
        self._truth, self._sensed = np.zeros(len(seen)), np.zeros(len(seen))
        self._leg, self._normals = np.zeros(6), np.empty((BLOCK, NORMALS))
        self._step_limit = round(self.task.time_limit_s * config.control_hz)
        check_flyable(self.drawing, self.world.parameters[0], config.task)
        runs = self.drawing.launch.kind == "runway"
        self._rest = rest_on_wheels(self.world, self.runway.grip) if runs else None
        drawn = config.discrepancies if isinstance(config.discrepancies, DrawnDiscrepancies) else None
        self._drawn, self._drawn_limits = drawn, drawn.limits_on(self.drawing) if drawn else {}
        self._draw_aircraft: Callable[[np.random.Generator, Aircraft], Aircraft] | None = None
        self._stages = self._built([] if drawn else [parse_discrepancy(text) for text in config.discrepancy_words])
        self._stage, self._next_stage = 0, -1  # the one that is flown, and the control step at which the next begins
        self._build_in(0)
        self._steady: SteadyStart | None = None
        size = len(self.observation_names)
        self.observation_space = spaces.Box(-LIMIT, LIMIT, (size,), np.float32)
        self.action_space = spaces.Box(-1.0, 1.0, (4,), np.float32)
        self.render_mode = render_mode
        self._scene: Any = None
        self._camera = OnboardCamera(self.drawing, self.runway, self.weather.visibility_m)
        self._landing_eye: LandingEye | None = None
        if by_eye:
            reader = RunwayReader(self._camera.eye, AIM_SHARE * self.runway.length_m, read_lookout(config.lookout))
            seen_by = (self._camera, reader, self._sensors, self._drawing_parameters[0])
            self._landing_eye = LandingEye(*seen_by, config.control_hz, by_place=config.lookout == PLACE)
        self._seed: int | None = None
        self._count = -1  # control steps flown of this flight; -1 before the first
        self.quantities = Quantities(*self._truth[: len(QUANTITIES)].tolist())
        self.log_columns = [*LOG_NAMES, *(f"reward_{name}" for name in self.reward_scales)]

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start a new flight. The same seed gives the same flight, bit for bit."""
        super().reset(seed=seed)
        self._seed = seed if seed is not None else self._seed
        rng = self.np_random
        self._camera.begin(rng)
        if self._draw_aircraft:
            aircraft = self._draw_aircraft(rng, self.drawing)
            self._stages = [(0, aircraft, self._known.fitted(aircraft))]
        elif self._drawn:
            self._stages = self._built(self._drawn.drawn(rng, self._drawn_limits))
        if self._draw_aircraft or self._drawn or self._stage:
            self._build_in(0)
        start = self.task.start(rng)
        self._place(start)
        state = self.world.state
        state[0]["runway_rolling"], state[0]["runway_grip"] = self.runway.rolling_friction, self.runway.grip
        # All speeds of a weather level are fractions of the stall speed.
        draw_weather(self.weather, state, self._wind_share * self.aircraft.stall_speed_mps, self.task.time_limit_s, rng)
        self.world.start_air(start.through_air)
        rng.standard_normal(out=self._normals)
        self._count = 0
        self._ask_leg()
        self.world.measure(self._truth)
        first = rng.standard_normal((2, SENSOR_NORMALS))
        start_sensors(self._sensors, self._truth, first[0], float(self.world.parameters[0]["air_density"]))
        if self._landing_eye:
            self._landing_eye.begin()
        self._terms = dict.fromkeys(self.reward_scales, 0.0)
        self._sums = dict.fromkeys(self.reward_scales, 0.0)
        return self._observe(first[1]), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Fly one control step. Raises ValueError unless the action is 4 finite numbers, ResetNeeded before a reset."""
        try:
            aileron, elevator, rudder, throttle = np.asarray(action, np.float64).tolist()
            finite = math.isfinite(aileron + elevator + rudder + throttle)
        except (TypeError, ValueError):
            raise ValueError(
                f"action must be 4 numbers (aileron, elevator, rudder, throttle), got {action!r:.200}"
            ) from None
        if not finite:
            raise ValueError(f"action must be finite, got {action!r}")
        if self._count < 0:
            raise gymnasium.error.ResetNeeded("call reset() before the first step()")
        row = self._count % BLOCK
        if row == 0 and self._count:
            self.np_random.standard_normal(out=self._normals)
        while self._count == self._next_stage:  # several may strike within one control step
            self._build_in(self._stage + 1)
        normals = self._normals[row]
        self.world.advance(
            1.0 if aileron > 1.0 else -1.0 if aileron < -1.0 else aileron,
            1.0 if elevator > 1.0 else -1.0 if elevator < -1.0 else elevator,
            1.0 if rudder > 1.0 else -1.0 if rudder < -1.0 else rudder,
            1.0 if throttle > 1.0 else 0.0 if throttle < -1.0 else 0.5 * (throttle + 1.0),
            normals=normals,
        )
        self._count += 1
        before = self.quantities
        observation = self._observe(normals[GUST_NORMALS:])
        terms = self._terms
        outcome = self.task.step(before, self.quantities, terms)
        if self.task.new_leg:
            self._ask_leg()
        reward, sums = 0.0, self._sums
        for name, scale in self._scales:
            part = scale * terms[name]
            reward += part
            sums[name] += part
        if outcome or self._count >= self._step_limit:
            return observation, reward, bool(outcome), not outcome, self._last_info(outcome or "timeout")
        return observation, reward, False, False, {}

    def set_training(self, task_options: dict[str, float], reward: dict[str, float], wind_share: float = 1.0) -> None:
        """Change what training may make easier than the task it is for. Raises InputError for an unknown name.

        Options of the task and the share of the weather's wind and gusts that blows (1: all) change from the next
        flight on, scales of the reward terms at once.
        """
        self._wind_share = wind_share
        check_reward_names(self.config.task, reward)
        self.task.options |= self.task.checked_options({**self.task.options, **task_options})
        self.reward_scales |= reward
        self._scales = list(self.reward_scales.items())

    @property
    def air_density(self) -> float:
        """Density of the air at the field, kg/m3."""
        return self._air_density

    @property
    def sensed(self) -> Quantities:
        """What the flight controller believes; quantities that no sensor gives are 0."""
        return Quantities(*self._sensed[: len(QUANTITIES)].tolist())

    @cached_property
    def truth_names(self) -> tuple[str, ...]:
        """What each of `truth_readings` is."""
        built = built_names(self._drawing_parameters, self._sensors)
        return (*(f"true {name}" for name in truth_rows(self.task.observations)), *built)

    @cached_property
    def _truth_table(self) -> np.ndarray:
        return observation_table(truth_rows(self.task.observations), self.stall_speed_mps, self.drawing.span_m)

    def truth_readings(self) -> np.ndarray:
        """(n,) float32 of `truth_names`, for a critic in training: the truth of this moment, wind, and what is wrong.

        No pilot is shown them.
        """
        if self._built_truth is None:
            self._built_truth = built_readings(self.world.parameters, self._drawing_parameters, self._sensors)
        now = np.empty(len(self._truth_table), np.float32)
        fill(self._truth_table, self._truth, now)
        return np.concatenate([now, self._built_truth])

    def picture(self) -> np.ndarray:
        """What the camera in the nose sees now, (n, n) float32 from 0 to 1, rows from the top.

        Light, exposure and how the camera is screwed on are drawn once a flight, from a stream of their own: the flight
        is the same whether anybody looks. Raises InputError for an aircraft without a camera, ResetNeeded before a
        reset.
        """
        return self._camera.look(self.quantities)

    def log_row(self) -> list[float]:
        """This moment as one row of a flight log (`log_columns`)."""
        return [
            *(self._truth[: len(LOG_NAMES)] * LOG_FACTORS).tolist(),
            *(scale * self._terms[name] for name, scale in self._scales),
        ]

    def log_header(self) -> dict[str, Any]:
        """What a replay must know about this flight besides its rows."""
        config = self.config
        versions = {name: importlib.metadata.version(name) for name in ("gymnasium", "numpy", "numba")}
        return {
            "aircraft": config.aircraft,
            "weather": config.weather,
            "task": config.task,
            "discrepancies": [str(one) for one in self.discrepancies],
            "faults": faults(self.drawing, self.discrepancies),
            "stages": [
                {"at_s": step / config.control_hz, "aircraft_config": aircraft.model_dump(mode="json")}
                for step, aircraft, _ in self._stages[1:]
            ],
            "effects_off": sorted(name for name, on in config.effects.items() if not on),
            "field_elevation_m": config.field_elevation_m,
            "temperature_C": config.temperature_C,
            "air_density_kgpm3": self._air_density,
            "aircraft_config": self._stages[0][1].model_dump(mode="json"),
            "seed": self._seed,
            "runway": self.runway.header(),
            "visibility_m": self.weather.visibility_m,
            "sensor_suite": config.sensor_suite,
            "lookout": config.lookout,
            "marks": self.task.marks(),
            "limits": {} if self._count < 0 else {name: list(limit) for name, limit in self.task.limits().items()},
            "leg": self.task.leg()._asdict(),
            "span_m": self.aircraft.span_m,
            "stall_speed_mps": self.stall_speed_mps,
            "versions": versions,
        }

    def render(self) -> np.ndarray | None:
        """The chase view as an image (h, w, 3) uint8 when render_mode is "rgb_array"."""
        if self.render_mode != "rgb_array":
            return None
        if self._scene is None:
            # By name, as Gymnasium finds environments: flying knows no pictures, and does not load them.
            load_renderer: Any = load_env_creator(RENDERER)
            self._scene = load_renderer(self.aircraft, self.runway, visibility_m=self.weather.visibility_m)
        self._scene.become(self.aircraft)
        row = dict(zip(LOG_NAMES, self.log_row(), strict=False))
        return self._scene.frame_of_row(row)

    def __getstate__(self) -> dict[str, Any]:
        """What `copy.deepcopy` and `pickle` carry: all of the flight under way, but not the painted scene."""
        return {**self.__dict__, "_scene": None}

    def close(self) -> None:
        """Disconnect this environment's Bullet world; the environment cannot fly afterwards (RuntimeError)."""
        self.world.close()

    def fly_drawn(self, draw: Callable[[np.random.Generator, Aircraft], Aircraft]) -> None:
        """From the next reset on fly what `draw` makes of the flight's random generator and the drawing.

        For aircraft that no discrepancy describes, such as those that test flights leave possible.
        """
        self._draw_aircraft = draw

    def _built(self, wanted: list[Discrepancy]) -> list[tuple[int, Aircraft, np.ndarray]]:
        """[(control step, the aircraft from then on, its parameters)] of a flight."""
        self.discrepancies = wanted
        return [
            (round(at_s * self.config.control_hz), aircraft, self._drawing_parameters if record is None else record)
            for at_s, aircraft, record in self._known.built(wanted)
        ]

    def _build_in(self, stage: int) -> None:
        """From now on fly the aircraft of a stage."""
        _, self.aircraft, parameters = self._stages[stage]
        self._stage = stage
        self._next_stage = self._stages[stage + 1][0] if stage + 1 < len(self._stages) else -1
        self.world.become(self.aircraft, parameters)
        fit_sensors(self._sensors, self.aircraft.built.sensors)
        self._built_truth: np.ndarray | None = None

    def _observe(self, normals: np.ndarray) -> np.ndarray:
        world = self.world
        out, guide = np.empty(len(self.observation_names), np.float32), self.task.guide
        seen = (
            world.parameters,
            world.state,
            self._sensors,
            self._leg,
            normals,
            self._table,
            self._from_sensors,
            self._truth,
            self._sensed,
            out,
        )
        if guide is None:
            observe(*seen)
            self.quantities = Quantities(*self._truth.tolist())
        else:
            observe_path(*seen, guide.table, guide.step_m, guide.along, guide.carried, guide.measured)
            self.quantities = Quantities(*self._truth[: len(QUANTITIES)].tolist())
        if self._landing_eye:
            self._landing_eye.look(self._count, self.quantities, self._sensed)
        return out

    def _last_info(self, outcome: str) -> dict[str, Any]:
        return {
            "is_success": self.task.is_success(outcome),
            "outcome": outcome,
            "metrics": {k: float(v) for k, v in self.task.metrics().items()},
            "ending": self.task.ending(outcome),
            "reward_terms": dict(self._sums),
            **({"figure": self.task.figure_name} if self.task.figure_name else {}),
        }

    def _ask_leg(self) -> None:
        self._leg[:5], self._leg[5] = self.task.leg(), self.task.phase
        self.task.new_leg = False

    def _rest_as_built(self) -> Rest:
        """How it is put on its wheels: as its drawing stands, though its centre of gravity is elsewhere."""
        assert self._rest is not None
        center, drawn = self.aircraft.mass.center_of_gravity_m, self.drawing.mass.center_of_gravity_m
        if center == drawn:
            return self._rest
        rise = float(np.subtract(center, drawn) @ up_axis(0.0, self._rest.pitch))
        return self._rest._replace(height=self._rest.height + rise)

    def _place(self, start: Start) -> None:
        if start.height_m is None:
            if self._rest is None:
                raise InputError(f"aircraft {self.aircraft.name!r} does not stand on a runway: it starts in the air")
            place_on_wheels(self.world, self._rest_as_built(), start.x_m, start.y_m, start.heading, start.speed_mps)
            return
        pitch, throttle = start.pitch, start.throttle
        if start.through_air:
            self._steady = self._steady or steady_start(self.task.aircraft, self._air_density, self.config.effects)
            alpha, steady_throttle = self._steady.at(start.speed_mps)
            pitch = alpha + math.asin(start.climb_mps / start.speed_mps)
            throttle = start.throttle or steady_throttle
        place_in_air(
            self.world,
            (start.x_m, start.y_m, start.height_m),
            (start.roll, pitch, start.heading),
            start.speed_mps,
            start.climb_mps,
            throttle,
            start.turning,
            start.yawing,
        )
