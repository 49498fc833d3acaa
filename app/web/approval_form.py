"""A case as it is printed: what is decided, and a box for every step up to one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.approvals.schemas import ApprovalDetailOut, ApprovalStepOut
from app.kit.clock import SHANGHAI
from app.kit.language import Language
from app.rules import catalogue
from app.rules.approvals import CaseState
from app.tasks.words import in_
from app.web.approval_words import ACTS, FACTS, OUTCOMES, SAYERS, STATES, TIERS, TITLES

DIGEST_SHOWN = 16
WAITS = ("待办", "Waits")
NOT_YET = ("未到", "Not yet")
NOT_TAKEN = ("未办理", "Not taken")


@dataclass(frozen=True)
class PrintedStep:
    """A step's box."""

    number: int
    whose: str
    act: str
    unit: str
    outcome: str
    reason: str | None
    seen: str | None
    by: str | None
    at: str | None
    cite: str
    is_refused: bool


@dataclass(frozen=True)
class PrintedCase:
    """All that stands on the page."""

    title: str
    fields: Sequence[tuple[str, str]]
    steps: Sequence[PrintedStep]
    clauses: Sequence[tuple[str, str]]
    labels: Mapping[str, str]


def form_of(case: ApprovalDetailOut, until: int, language: Language) -> PrintedCase:
    """A case with its steps up to a number, in one of the two languages."""
    steps = case.steps[:until]
    return PrintedCase(
        title=_title(case, until, language),
        fields=_fields(case, language),
        steps=[_printed(case.state, step, language) for step in steps],
        clauses=_clauses(steps),
        labels={name: in_(language, words) for name, words in LABELS.items()},
    )


LABELS = {
    "by": ("经办人：", "By: "),
    "at": ("日期：", "Date: "),
    "seal": ("（签字、盖章）", "(signature, seal)"),
    "cite": ("依据：", "Clause: "),
    "reason": ("意见：", "Opinion: "),
    "clauses": ("条款原文", "The clauses"),
}


def _title(case: ApprovalDetailOut, until: int, language: Language) -> str:
    title = in_(language, TITLES[case.procedure])
    if until == len(case.steps):
        return title
    act = in_(language, ACTS[case.steps[until - 1].act])
    return in_(language, (f"{title}（第{until}步：{act}）", f"{title} (step {until}: {act})"))


def _fields(case: ApprovalDetailOut, language: Language) -> list[tuple[str, str]]:
    """What is decided, about whom, where, and how it stands."""
    rows: list[tuple[tuple[str, str], str | None]] = [
        (("单位", "Unit"), f"{case.unit_name}（{case.unit_code}）"),
        (("当事人", "Person concerned"), case.worker_name),
        *_matter(case.about, language),
        (("提出时间", "Opened"), _moment(case.opened_at, language)),
        (("状态", "State"), _state(case, language)),
        (("撤回说明", "Withdrawn because"), case.withdraw_reason),
        (("事项编号", "Matter"), str(case.subject_id)),
        (("案号", "Case"), str(case.id)),
    ]
    return [(in_(language, words), value) for words, value in rows if value is not None]


def _matter(
    about: Mapping[str, Any], language: Language
) -> list[tuple[tuple[str, str], str | None]]:
    return [
        (FACTS[name], _said(name, str(about[name]), language))
        for name in FACTS
        if about.get(name) is not None
    ]


def _said(name: str, value: str, language: Language) -> str:
    return SAYERS[name](value, language) if name in SAYERS else value


def _state(case: ApprovalDetailOut, language: Language) -> str:
    state = in_(language, STATES[case.state])
    if case.closed_at is None:
        return state
    return f"{state}　{_moment(case.closed_at, language)}"


def _printed(state: CaseState, step: ApprovalStepOut, language: Language) -> PrintedStep:
    taken_at = step.taken_at
    return PrintedStep(
        number=step.number,
        whose=in_(language, TIERS[step.tier]),
        act=in_(language, ACTS[step.act]),
        unit=step.unit_name,
        outcome=_outcome(state, step, language),
        reason=step.reason,
        seen=_seen(step.facts, language),
        by=None if taken_at is None else _by(step, language),
        at=None if taken_at is None else _moment(taken_at, language),
        cite=f"{step.rule}　{step.clause}",
        is_refused=step.outcome is not None and step.outcome.value == "refused",
    )


def _outcome(state: CaseState, step: ApprovalStepOut, language: Language) -> str:
    if step.outcome is not None:
        asked = step.number == 1 and not step.may_refuse
        return in_(language, ACTS[step.act] if asked else OUTCOMES[step.outcome])
    if state is not CaseState.OPEN:
        return in_(language, NOT_TAKEN)
    return in_(language, WAITS if step.waits_since is not None else NOT_YET)


def _seen(facts: Mapping[str, Any], language: Language) -> str | None:
    digest = facts.get("digest")
    if not isinstance(digest, str):
        return None
    short = digest[:DIGEST_SHOWN]
    return in_(language, (f"已核对证据，摘要 {short}", f"On the evidence with digest {short}"))


def _by(step: ApprovalStepOut, language: Language) -> str:
    """Who took it, and in whose place; what nobody asked for, the system did."""
    name = step.taken_by_name or in_(language, ("系统", "The system"))
    if step.stood_in_for_name is None:
        return name
    place = step.stood_in_for_name
    return in_(language, (f"{name}（代{place}）", f"{name} (standing in for {place})"))


def _moment(at: datetime, language: Language) -> str:
    there = at.astimezone(SHANGHAI)
    zh = f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}"
    return in_(language, (zh, f"{there:%Y-%m-%d %H:%M}"))


def _clauses(steps: Sequence[ApprovalStepOut]) -> list[tuple[str, str]]:
    """Each clause once, with its sentence."""
    texts = catalogue.index()["clauses"]
    cited = dict.fromkeys(clause for step in steps for clause in step.clause.split(", "))
    return [(clause, texts[clause]["text"]) for clause in cited]
