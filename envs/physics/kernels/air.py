"""Wind: mean profile, Dryden turbulence, 1-cosine gusts (numba kernels). World axes, SI.

Turbulence follows the low-altitude model of MIL-F-8785C (PHYSICS.md 8), scaled to a model's speeds by the
weather's W20. Each first-order stage is discretised exactly, so that its variance is right at any step.
"""

from __future__ import annotations

import math

from numba import njit

from envs.physics.kernels.records import EFFECT, GUST, GUST_FILTER, GUSTS, Record

FOOT = 0.3048
REFERENCE_HEIGHT = 20 * FOOT  # where the mean wind of a weather level is given, m (the W20 height)


@njit
def dryden_scales(height: float) -> tuple[float, float, float]:
    """(L_w m, L_u = L_v m, sigma_u / sigma_w) at a height (m), clipped to 10..1000 ft (MIL-F-8785C)."""
    feet = max(10.0, min(1000.0, height / FOOT))
    shape = 0.177 + 0.000823 * feet
    return feet * FOOT, feet / shape**1.2 * FOOT, 1.0 / shape**0.4


@njit
def _two_stage(first: float, second: float, a: float, n1: float, n2: float) -> tuple[float, float]:
    """One exact step of x1' = -x1 + noise, x2' = -x2 + x1 over `a` time constants; n1, n2 unit normals."""
    decay = math.exp(-a)
    q11 = 0.5 * (1.0 - decay * decay)
    q12 = 0.25 * (1.0 - (1.0 + 2.0 * a) * decay * decay)
    q22 = 0.25 * (1.0 - (1.0 + 2.0 * a + 2.0 * a * a) * decay * decay)
    l11 = math.sqrt(max(q11, 1e-300))
    l21 = q12 / l11
    l22 = math.sqrt(max(0.0, q22 - l21 * l21))
    return decay * first + l11 * n1, decay * (second + a * first) + l21 * n1 + l22 * n2


@njit
def _lead(lead: float, rise: float, a: float) -> float:
    """How far a signal is ahead of its first-order lag after it rose evenly by `rise` in `a` time constants: exact."""
    return math.exp(-a) * lead + rise * ((1.0 - math.exp(-a)) / a if a > 1e-9 else 1.0)


@njit
def advance_turbulence(
    p: Record, s: Record, height: float, airspeed: float, heading: float, dt: float, normals: Record
) -> None:
    """Move the gusts on by dt (s): gust_now <- gust_next <- new values.

    gust: world velocity (3) and body-axis rotation of the air (3, rad/s). `normals`: GUST_NORMALS unit normals.
    The filters' states are dimensionless with stationary variance, so height and speed may change in flight.
    """
    for k in range(len(GUSTS)):
        s.gust_now[k] = s.gust_next[k]
        s.gust_next[k] = 0.0
    sigma_w = 0.1 * s.turbulence
    if sigma_w > 0.0:
        speed = max(3.0, airspeed)  # a filter's memory is length / speed: bounded for a parked aircraft
        length_w, length_u, ratio = dryden_scales(height)
        sigma_u = sigma_w * ratio
        sigma_w *= max(0.1, min(1.0, height / (10.0 * FOOT)))  # no vertical gusts through the ground
        g, at = s.gust_filter, GUST_FILTER
        decay = math.exp(-speed * dt / length_u)
        g[at.along] = decay * g[at.along] + math.sqrt(1.0 - decay * decay) * normals[at.along]
        g[at.across_first], g[at.across] = _two_stage(
            g[at.across_first], g[at.across], speed * dt / length_u, normals[at.across_first], normals[at.across]
        )
        g[at.upward_first], g[at.upward] = _two_stage(
            g[at.upward_first], g[at.upward], speed * dt / length_w, normals[at.upward_first], normals[at.upward]
        )
        root3 = math.sqrt(3.0)
        along = sigma_u * g[at.along]
        across = sigma_u * (root3 * g[at.across_first] + (1.0 - root3) * g[at.across])
        upward = sigma_w * (root3 * g[at.upward_first] + (1.0 - root3) * g[at.upward])
        cosine, sine = math.cos(heading), -math.sin(heading)
        s.gust_next[GUST.x] = along * cosine - across * sine
        s.gust_next[GUST.y] = along * sine + across * cosine
        s.gust_next[GUST.z] = upward
        if p.effect[EFFECT.rotational_gusts] != 0.0:
            scale = math.sqrt(length_w * p.span)
            sigma_p = 1.9 * sigma_w / scale
            decay = math.exp(-2.6 * speed * dt / scale)
            g[at.turn_x] = decay * g[at.turn_x] + math.sqrt(1.0 - decay * decay) * normals[at.turn_x]
            s.gust_next[GUST.turn_x] = sigma_p * g[at.turn_x]
            # Pitch and yaw: gradient of the vertical and side gust along the way, smoothed over the span. Air that
            # rises faster ahead turns nose-up, about -y; air that goes left faster ahead turns about +z.
            tau_q, tau_r = 4.0 * p.span / (math.pi * speed), 3.0 * p.span / (math.pi * speed)
            upward_lead, across_lead = s.gust_lead[0], s.gust_lead[1]
            upward_lead = _lead(upward_lead, upward - g[at.last_upward], dt / tau_q)
            across_lead = _lead(across_lead, across - g[at.last_across], dt / tau_r)
            s.gust_lead[0], s.gust_lead[1] = upward_lead, across_lead
            g[at.last_upward], g[at.last_across] = upward, across
            s.gust_next[GUST.turn_y] = -upward_lead / (speed * tau_q)
            s.gust_next[GUST.turn_z] = across_lead / (speed * tau_r)
    for k in range(s.gust_events):
        age = s.time - s.gust_start[k]
        if 0.0 < age < s.gust_length[k]:
            size = 0.5 * (1.0 - math.cos(2.0 * math.pi * age / s.gust_length[k]))
            for c in range(3):
                s.gust_next[c] += size * s.gust_peak[k, c]


@njit
def wind_at(p: Record, s: Record, height: float) -> tuple[float, float, float]:
    """Wind (m/s, world) at a height (m) in this substep: log profile plus gusts, linear within a control step."""
    roughness = s.wind_roughness
    t = s.substep / p.substeps
    wx, wy, wz = (
        s.gust_now[GUST.x] + t * (s.gust_next[GUST.x] - s.gust_now[GUST.x]),
        s.gust_now[GUST.y] + t * (s.gust_next[GUST.y] - s.gust_now[GUST.y]),
        s.gust_now[GUST.z] + t * (s.gust_next[GUST.z] - s.gust_now[GUST.z]),
    )
    mean = s.wind_reference
    if mean[0] == 0.0 and mean[1] == 0.0 and mean[2] == 0.0:
        return wx, wy, wz
    share = 1.0  # without a roughness the wind is the same at every height
    if roughness > 0.0 and p.effect[EFFECT.wind_profile] != 0.0:
        share = max(0.0, math.log(max(height, roughness) / roughness) / math.log(REFERENCE_HEIGHT / roughness))
    return share * mean[0] + wx, share * mean[1] + wy, share * mean[2] + wz
