"""A month of a station, appraised."""
