"""Sets up what the application needs, with the standard library only."""
