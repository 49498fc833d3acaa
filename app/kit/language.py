"""Chinese unless the caller prefers English."""

from collections.abc import Mapping
from typing import Literal, TypeVar

Language = Literal["zh", "en"]
Text = tuple[str, str]
"""In Chinese and in English."""
Name = TypeVar("Name")


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


class Voice:
    """Says things in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, zh: str, en: str) -> str:
        """The text of the language, of two."""
        return zh if self.language == "zh" else en

    def of(self, words: Mapping[Name, Text], name: Name | None) -> str:
        """What a word of a table is called; a dash for none, itself where the table lacks it."""
        if name is None:
            return "—"
        return self(*words.get(name, (str(name), str(name))))
