"""The camera in an aircraft's nose: a small grey picture of the field ahead."""
