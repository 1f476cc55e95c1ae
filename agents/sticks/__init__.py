"""A flight by hand: keyboard or joystick, a window in real time, and the flight of another pilot to measure it by."""
