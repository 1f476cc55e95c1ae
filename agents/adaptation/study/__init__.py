"""What test flights win back over many faults, pilots and tasks: flown, counted, and told as a page."""
