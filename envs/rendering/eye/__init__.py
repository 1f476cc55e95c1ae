"""What the camera in the nose saw along a recorded flight, and what the neuron said to it."""
