"""Properties are tried with the same examples every time, and leave nothing behind."""

from hypothesis import settings

settings.register_profile(
    "regulation", max_examples=60, deadline=None, derandomize=True, database=None
)
settings.load_profile("regulation")
