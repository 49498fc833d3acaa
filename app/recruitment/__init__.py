"""From a vacant grid to a worker at the post (HIRE-1, HIRE-2)."""
