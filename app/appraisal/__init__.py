"""Appraisal of months and years from what was measured (APR)."""
