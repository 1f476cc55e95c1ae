"""Servos: dead time, second-order lag, rate limit, travel (numba kernels). Command channels in pilot's signs."""

from __future__ import annotations

from numba import njit

from envs.physics.kernels.records import COMMANDS, EFFECT, MAX_DELAY, Record


@njit
def delayed_command(p: Record, s: Record) -> None:
    """Set `delayed` to the command of `servo_delay` substeps ago; a control step's first substep queues its command."""
    if s.substep == 0:
        s.queue_head = (s.queue_head + 1) % MAX_DELAY
        for c in range(len(COMMANDS)):
            s.command_queue[s.queue_head, c] = s.command[c]
    tail = _queue_row(p, s, servo_delay(p))
    for c in range(len(COMMANDS)):
        s.delayed[c] = s.command_queue[tail, c]


@njit
def servo_delay(p: Record) -> int:
    """Dead time of all servos, substeps."""
    return p.servo_delay if p.effect[EFFECT.servo_dynamics] != 0.0 else 0


@njit
def _queue_row(p: Record, s: Record, delay: int) -> int:
    """Row of `command_queue` with the command of `delay` substeps ago."""
    ago = (delay - s.substep + p.substeps - 1) // p.substeps if delay > s.substep else 0  # control steps
    return (s.queue_head - ago) % MAX_DELAY


@njit
def hinge_target(p: Record, s: Record, k: int) -> float:
    """Deflection (rad, trailing edge down +) that the delayed command asks of hinge k."""
    asked = 0.0
    if p.hinge_delay[k] > 0:
        row = s.command_queue[_queue_row(p, s, p.hinge_delay[k] + servo_delay(p))]
        for c in range(4):
            asked += p.hinge_gain[k, c] * row[c]
    else:
        for c in range(4):
            asked += p.hinge_gain[k, c] * s.delayed[c]
    asked = max(-1.0, min(1.0, asked))
    return asked * (p.hinge_down[k] if asked > 0.0 else p.hinge_up[k])


@njit
def move_servos(p: Record, s: Record) -> None:
    """Move every servo on by one time step towards its target, x'' = w^2 (target - x) - 2 zeta w x', and its surface.

    Implicit in x and x', so that it is stable at any bandwidth.
    """
    dt, zeta = p.time_step, p.servo_damping
    for k in range(p.hinges):
        target = hinge_target(p, s, k)
        sound = p.hinge_sound[k] != 0.0
        servo = s.deflection[k] if sound else s.servo[k]
        if p.effect[EFFECT.servo_dynamics] == 0.0:
            servo = target
        else:
            w, fastest = p.servo_bandwidth * p.hinge_slow[k], p.servo_rate * p.hinge_slow[k]
            rate = (s.deflection_rate[k] + dt * w * w * (target - servo)) / (
                1.0 + 2.0 * zeta * w * dt + w * w * dt * dt
            )
            rate = max(-fastest, min(fastest, rate))
            s.deflection_rate[k] = rate
            servo += dt * rate
        s.servo[k] = servo
        s.deflection[k] = servo if sound else linked(p, k, servo, s.deflection[k])


@njit
def linked(p: Record, k: int, servo: float, before: float) -> float:
    """Deflection (rad) of the surface of hinge k that its servo holds at `servo` (rad), and which stood at `before`.

    A linkage with play carries the surface along only once it has taken up the slack: half of it to either side.
    """
    if p.hinge_stuck[k] == p.hinge_stuck[k]:  # not nan
        return p.hinge_stuck[k]
    wanted = servo * p.hinge_share[k] + p.hinge_offset[k]
    slack = 0.5 * p.hinge_play[k]
    if slack > 0.0:
        wanted = max(wanted - slack, min(wanted + slack, before))
    return wanted


@njit
def channel_deflection(p: Record, s: Record, channel: int) -> float:
    """Mean deflection (rad) of a channel's hinges in pilot's sign (elevator + = trailing edge up)."""
    total = 0.0
    for k in range(p.hinges):
        total += p.channel_share[channel, k] * s.deflection[k]
    return total
