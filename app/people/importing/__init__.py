"""A city's own units, boundaries, stations and workers from its files, all of them or nothing."""
