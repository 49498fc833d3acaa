"""Information about people, places, matters, things and organisations (INF)."""
