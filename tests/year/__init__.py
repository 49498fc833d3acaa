"""A simulated year of fifty workers, paid by the service and by an independent calculation."""
