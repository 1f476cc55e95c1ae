"""The flight world: aircraft, air, ground, sensors. It knows no task."""
