"""Drives the procedures: one step after the other, each by its own tier (HIRE-1, CON-5)."""
