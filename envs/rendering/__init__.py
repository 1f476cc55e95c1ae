"""Looking at flights: meshes, a software renderer, video, flight cards. Reads logs, knows no physics engine."""
