"""Figures, as F3A and IAC pilots say for stunts: what a figure file holds, its path in space, and who can fly it."""
