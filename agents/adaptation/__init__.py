"""Test flights: an aircraft that is not the one on the drawing, and a pilot that adjusts itself from their logs.

As a flight-test engineer would: fly, ask what the readings of the flights say about the aircraft (estimate.py, by a
handful of generic parameters: parameters.py), carry over what is known (compensation.py), fly again (adapt.py). Of a
test flight nothing is read but what the sensors showed and the sticks did (sensor_log.py).
"""
