"""Responses of key periods (EMR-1)."""
