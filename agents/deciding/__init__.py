"""Learns what going on with a landing is worth against going round, and compares those who decide by it."""
