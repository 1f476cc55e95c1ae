"""Pictures of an adaptation: one flight before and after, and many flights of several pilots side by side."""
