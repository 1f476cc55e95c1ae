"""What lies around the runway, seen by replays and by an aircraft's own camera alike."""
