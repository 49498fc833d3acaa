"""Chinese unless the caller prefers English."""

from typing import Literal

Language = Literal["zh", "en"]


def preferred(accept_language: str | None) -> Language:
    """The better liked of the two languages in an Accept-Language header; Chinese without one."""
    best: tuple[float, Language] = (0.0, "zh")
    for part in (accept_language or "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        language: Language | None = {"zh": "zh", "en": "en"}.get(tag[:2].lower())  # type: ignore[assignment]
        try:
            liked = float(weight or 1)
        except ValueError:
            continue
        if language and liked > best[0]:
            best = (liked, language)
    return best[1]
