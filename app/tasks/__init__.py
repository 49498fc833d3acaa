"""The four basic tasks and the day's sheet (TSK-1 to TSK-3)."""
