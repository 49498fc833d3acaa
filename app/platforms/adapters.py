"""The two platforms' languages (INT-1)."""

from collections.abc import Mapping
from types import MappingProxyType

from app.platforms.chengdu import adapter as chengdu
from app.platforms.language import Language
from app.platforms.sichuan import adapter as sichuan
from app.rules.tasks import Platform

ADAPTERS: Mapping[Platform, Language] = MappingProxyType(
    {Platform.CHENGDU: chengdu.LANGUAGE, Platform.SICHUAN: sichuan.LANGUAGE}
)
