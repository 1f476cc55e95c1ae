"""Flights in the formats of other people's viewers. Axes and signs are converted by envs/base/frames.py."""
