"""Test flights: an aircraft that is not the one on the drawing, and a pilot that adjusts itself from their logs.

As a flight-test engineer would: fly, ask what the readings of the flights say about the aircraft (estimate.py, by a
handful of generic parameters: parameters.py), carry over what is known (compensation.py), fly the simulator as what is
believed and practise where that goes badly (practice.py), fly again (adapt.py). The first flight of all is a careful
one: it learns on the way, and lands with what it has learned. Before anything has flown, runs on the wheels are learned
from; after two crashes in a row no more flights are made (airfield.py). A pilot that does worse for what it believes
goes back to what it was (learner.py). Of a test flight nothing is read but what the sensors showed and the sticks did
(sensor_log.py).
"""
