"""Meetings and training (MTG-1, TRN-1)."""
