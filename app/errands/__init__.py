"""Errands for residents (SVC-1)."""
