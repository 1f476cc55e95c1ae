"""The tutorial's neuron as the aircraft's eye, and what more layers buy."""
