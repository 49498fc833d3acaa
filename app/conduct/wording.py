"""What was owed and what was found, in a line or a few: from the facts of the evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.conduct.words import FINDINGS, PLATFORMS
from app.kit.language import Voice
from app.rules.conduct import Ground

Facts: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Measured:
    """Of one thing: what was owed, what was found, and whether it falls short."""

    what: str
    owed: str
    found: str
    short: bool = True


Wording: TypeAlias = Callable[[Facts, Voice], Sequence[Measured]]


def in_words(ground: Ground, because: Facts, say: Voice) -> Sequence[Measured]:
    """The facts of a ground in words; as they are where they are not those that it measures."""
    try:
        return WORDINGS[ground](because, say)
    except (KeyError, TypeError, ZeroDivisionError):
        return _as_they_are(because)


def _as_they_are(because: Facts) -> Sequence[Measured]:
    plain = {name: value for name, value in because.items() if not isinstance(value, dict | list)}
    return [Measured(str(name), "—", str(value), short=False) for name, value in plain.items()]


def _clothes(because: Facts, say: Voice) -> Sequence[Measured]:
    found = say(
        f"{because['day']} 社区检查 {because['checks']} 次未着工作装",
        f"{because['checks']} check(s) on {because['day']} found none",
    )
    return [Measured(say("着装", "Clothes"), say("穿工作装", "Work clothes"), found)]


def _events(because: Facts, say: Voice) -> Sequence[Measured]:
    if "kind" in because:
        return _recorded(because, say)
    owed = say(f"{because['owed']} 件", f"{because['owed']} events") + _share(because, say)
    filed, counted = because["filed"], because["counted"]
    found = say(f"上报 {filed} 件，计 {counted} 件", f"{filed} filed, {counted} count")
    return [Measured(say("当月事件上报量", "Events filed in the month"), owed, found)]


def _logins(because: Facts, say: Voice) -> Sequence[Measured]:
    owed = say(f"{because['owed']} 天", f"{because['owed']} days") + _share(because, say)
    return [
        Measured(
            say.of(PLATFORMS, name),
            owed,
            say(f"活跃 {days} 天", f"{days} active days"),
            name in because["short"],
        )
        for name, days in because["active"].items()
    ]


def _share(because: Facts, say: Voice) -> str:
    """How much of the month's duty the worker had."""
    return say(
        f"（应出勤 {because['employed']} 天，准假 {because['on_leave']} 天）",
        f" ({because['employed']} duty dates, {because['on_leave']} on leave)",
    )


def _cards(because: Facts, say: Voice) -> Sequence[Measured]:
    found = say(
        f"{because['day']} 亮牌 {because['cards']} 张，其中可避免 {because['avoidable']} 张",
        f"{because['cards']} card(s) on {because['day']}, {because['avoidable']} avoidable",
    )
    owed = say("及时处理或上报，不亮牌", "Handled or escalated in time")
    return [Measured(say("本层级事件", "Events held"), owed, found)]


def _information(because: Facts, say: Voice) -> Sequence[Measured]:
    short, entry, accuracy = because["parts"], because["entry"], because["accuracy"]
    coverage, changes = because["coverage"], because["changes"]
    percent = f"{accuracy['asked_percent']}%"
    return [
        Measured(
            say("按期录入", "Entry in time"),
            say(f"{entry['owed']} 条", f"{entry['owed']} records"),
            say(f"逾期 {entry['late']} 条", f"{entry['late']} late"),
            "entry" in short,
        ),
        Measured(
            say("信息准确率", "Accuracy"),
            say(f"不低于 {percent}", f"At least {percent}"),
            f"{accuracy['correct']} / {accuracy['checked']}"
            + ("" if accuracy["enough"] else say("（核查数不足）", " (too few)")),
            "accuracy" in short,
        ),
        Measured(
            say("重点信息掌握率", "Coverage"),
            say(f"{coverage['known']} 条全部录入", f"All {coverage['known']} recorded"),
            say(f"已录 {coverage['recorded']} 条", f"{coverage['recorded']} recorded"),
            "coverage" in short,
        ),
        Measured(
            say("变化 3 个月内更新", "Changes within 3 months"),
            say(f"{changes['owed']} 条", f"{changes['owed']} changes"),
            say(f"未更新 {changes['stale']} 条", f"{changes['stale']} not recorded"),
            "changes" in short,
        ),
    ]


def _awareness(because: Facts, say: Voice) -> Sequence[Measured]:
    asked, aware = because["asked"], because["aware"]
    low, high = (f"{because[end] * 100:.1f}%" for end in ("low", "high"))
    wanted = f"{because['asked_percent']}%"
    found = f"{aware} / {asked} = {aware * 100 / asked:.1f}%"
    interval = say(f"（95%置信区间 {low} 至 {high}）", f" (95% interval {low} to {high})")
    return [
        Measured(
            say("群众知晓率", "Awareness"),
            say(f"不低于 {wanted}", f"At least {wanted}"),
            found + interval,
        )
    ]


def _failures(because: Facts, say: Voice) -> Sequence[Measured]:
    months = "、".join(because["failed_months"]) or "—"
    year = because["year"]
    return [
        Measured(
            say("月度考核", "Monthly appraisals"),
            say("一年内不合格不足两个月", "Fewer than two failed in a year"),
            say(f"不合格：{months}", f"Failed: {months}"),
            len(because["failed_months"]) > 1,
        ),
        Measured(
            say("年度考核", "Annual appraisal"),
            say("合格以上", "Qualified"),
            say(f"{year}年不合格", f"{year} unqualified") if because["failed_year"] else "—",
            bool(because["failed_year"]),
        ),
    ]


def _recorded(because: Facts, say: Voice) -> Sequence[Measured]:
    found = say.of(FINDINGS, because["kind"])
    return [Measured(say("登记的事实", "Finding recorded"), "—", found)]


WORDINGS: Mapping[Ground, Wording] = {
    **dict.fromkeys(Ground, _recorded),
    Ground.A3: _awareness,
    Ground.A5: _failures,
    Ground.B1: _clothes,
    Ground.B2: _events,
    Ground.B3: _logins,
    Ground.B4: _cards,
    Ground.B5: _information,
    Ground.B6: _awareness,
}
