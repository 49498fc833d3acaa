"""Work clothes and equipment (EQP-1)."""
