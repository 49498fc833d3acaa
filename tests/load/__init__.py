"""Speed and size, measured against two yardsticks in the same run: `python3 -m app load`."""
