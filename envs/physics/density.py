"""Air density over a field: the standard atmosphere, or what a user gives instead. SI."""

from __future__ import annotations

from envs.base.errors import InputError
from envs.base.units import SEA_LEVEL_DENSITY


def isa_density(height_m: float, temperature_C: float | None = None) -> float:
    """Air density (kg/m3) at a height in the standard atmosphere (ISO 2533), at its or another temperature (deg C)."""
    pressure = 101325.0 * (1.0 - 2.25577e-5 * height_m) ** 5.25588
    kelvin = 273.15 + (15.0 - 0.0065 * height_m if temperature_C is None else temperature_C)
    return pressure / (287.053 * kelvin)


def field_density(elevation_m: float = 0.0, temperature_C: float | None = None, density: float | None = None) -> float:
    """Air density (kg/m3) over a field at its elevation (m above the sea) and air temperature (deg C; None: standard).

    1.225 exactly at sea level in the standard atmosphere. `density`, given instead of these, is only checked. Raises
    InputError for values no model flies at.
    """
    for name, value, low, high in (
        ("field_elevation_m", elevation_m, -500.0, 6000.0),
        ("temperature_C", temperature_C, -60.0, 60.0),
        ("air_density", density, 0.1, 5.0),
    ):
        if value is not None and not low <= value <= high:
            raise InputError(f"{name}: must be {low:g} to {high:g} (got {value:g})")
    if density is not None:
        if elevation_m != 0.0 or temperature_C is not None:
            raise InputError(
                "air_density already says what field_elevation_m and temperature_C would: give one or the other"
            )
        return density
    if elevation_m == 0.0 and temperature_C is None:
        return SEA_LEVEL_DENSITY
    return isa_density(elevation_m, temperature_C)
