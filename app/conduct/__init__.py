"""Proposals by evidence, answers, penalties, appeals: a person decides (CON)."""
