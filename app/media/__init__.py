"""Photos, kept once by content."""
