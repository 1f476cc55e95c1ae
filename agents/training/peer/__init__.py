"""The closest peer, PyFlyt's fixed wing, installed apart from this project and measured beside it."""
