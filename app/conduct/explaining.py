"""A proposal on one page: what was owed, found, on which records, and what it would cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.approvals.schemas import ApprovalStepOut
from app.conduct.detail_schemas import ConductEvidenceOut, PenaltyDetailOut, ProposalDetailOut
from app.conduct.rungs import OPEN
from app.conduct.wording import Measured, in_words
from app.conduct.words import (
    ACTS,
    EFFECTS,
    OUTCOMES,
    PENALTIES,
    RECORDS,
    SOURCES,
    STATES,
)
from app.kit.clock import SHANGHAI
from app.kit.language import Voice
from app.kit.money import written
from app.rules.grounds import NAMES

SHOWN_RECORDS = 5
SHOWN_SAID = 200
SHOWN_REASON = 90
"""So that it stays one page; all of it is where the page says."""


@dataclass(frozen=True)
class Explained:
    """All that stands on the page, in order."""

    title: str
    headings: Sequence[str]
    fields: Sequence[tuple[str, str]]
    measured_head: Sequence[str]
    measured: Sequence[Measured]
    said: str | None
    records: Sequence[tuple[str, str]]
    more_records: str | None
    causes: Sequence[tuple[str, str]]
    answers: Sequence[tuple[str, str]]
    decision: Sequence[tuple[str, str]]
    remarks: Sequence[str]
    footer: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Explaining:
    """What is explained: a proposal, what it became, and where."""

    proposal: ProposalDetailOut
    penalty: PenaltyDetailOut | None
    unit_name: str

    @property
    def evidence(self) -> ConductEvidenceOut:
        """What was decided upon; of what is not decided, what stands."""
        return self.penalty.decided_upon if self.penalty else self.proposal.versions[-1]


def explain(about: Explaining, say: Voice) -> Explained:
    """The page in one language."""
    proposal = about.proposal
    evidence = about.evidence
    hidden = len(evidence.records) - SHOWN_RECORDS
    return Explained(
        title=say("处罚建议说明", "A proposed penalty, explained"),
        headings=_headings(say),
        fields=_fields(about, say),
        measured_head=[say("事项", "What"), say("应当", "Owed"), say("查明", "Found")],
        measured=in_words(proposal.ground, evidence.because, say),
        said=cut(evidence.said, SHOWN_SAID),
        records=[
            (say.of(RECORDS, record.get("kind")), str(record.get("at", "")))
            for record in evidence.records[:SHOWN_RECORDS]
        ],
        more_records=say(f"另有 {hidden} 条", f"and {hidden} more") if hidden > 0 else None,
        causes=_causes(proposal, say),
        answers=_answers(proposal, say),
        decision=_decision(about, say),
        remarks=_remarks(about, say),
        footer=[
            (say("编号", "Proposal"), str(proposal.id)),
            (say("证据版本", "Evidence"), f"{evidence.number}"),
            (say("摘要", "Digest"), evidence.digest),
        ],
    )


def cut(text: str | None, length: int) -> str | None:
    """A text as one paragraph, or how it begins."""
    if text is None:
        return None
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[:length]}……"


def moment(at: datetime) -> str:
    """Civil date and time to the minute."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _headings(say: Voice) -> Sequence[str]:
    return [
        say("一、应当与查明", "1  Owed and found"),
        say("二、所依据的记录", "2  Records behind it"),
        say("三、将产生的后果", "3  What it would cause"),
        say("四、本人答复", "4  The worker's answer"),
        say("五、办理与决定", "5  Procedure and decision"),
    ]


def _fields(about: Explaining, say: Voice) -> Sequence[tuple[str, str]]:
    proposal = about.proposal
    name, source = say(*NAMES[proposal.ground]), say.of(SOURCES, proposal.source)
    found = say(
        f"（{moment(proposal.found_at)} {source}）", f"({source}, {moment(proposal.found_at)})"
    )
    ground = say(
        f"{proposal.ground.value}　{name}（{proposal.clause}，规则 {proposal.rule}）",
        f"{proposal.ground.value}  {name} (clause {proposal.clause}, rule {proposal.rule})",
    )
    return [
        (
            say("网格员", "Worker"),
            f"{proposal.worker_name}　{about.unit_name} {proposal.community_code}",
        ),
        (say("事由", "Ground"), ground),
        (say("发生日期", "Occurred on"), f"{proposal.occurred_on}　{found}"),
        (say("状态", "State"), say.of(STATES, proposal.state)),
    ]


def _causes(proposal: ProposalDetailOut, say: Voice) -> Sequence[tuple[str, str]]:
    before = say(
        f"本年度此前生效处罚 {proposal.counted} 次（CON-2，四(二)）",
        f"{proposal.counted} penalties of the calendar year stand before it (CON-2, 四(二))",
    )
    effects = [
        (
            say.of(EFFECTS, found.effect)
            + (say(f" {written(found.amount)} 元", f": {written(found.amount)} yuan")
               if found.amount is not None else ""),
            f"{found.clause} ({found.rule})",
        )
        for found in proposal.effects
    ]  # fmt: skip
    return [(say.of(PENALTIES, proposal.rung), before), *effects]


def _answers(proposal: ProposalDetailOut, say: Voice) -> Sequence[tuple[str, str]]:
    if not proposal.said_to_it:
        until = proposal.answer_until.isoformat()
        return [(say(f"未答复；答复期限至 {until}", f"None yet; until {until}"), "")]
    shown = proposal.said_to_it[-1]
    photos = say(f"照片 {len(shown.photos)} 张", f"{len(shown.photos)} photos")
    earlier = len(proposal.said_to_it) - 1
    more = say(f"，另有 {earlier} 次答复", f", {earlier} earlier") if earlier else ""
    return [(cut(shown.said, SHOWN_SAID) or "", f"{moment(shown.answered_at)} {photos}{more}")]


def _decision(about: Explaining, say: Voice) -> Sequence[tuple[str, str]]:
    rows = [_step(step, say) for step in about.proposal.steps]
    if about.proposal.close_reason:
        closed = say.of(STATES, about.proposal.state)
        rows.append((closed, cut(about.proposal.close_reason, SHOWN_REASON) or ""))
    penalty = about.penalty
    if penalty is None:
        return rows or [(say("尚未提出", "Not put forward"), "")]
    term = say(
        f"{penalty.decided_on} 起，至 {penalty.ends_on}（不含）止；"
        f"申诉期限至 {penalty.appeal_until}",
        f"From {penalty.decided_on} until before {penalty.ends_on};"
        f" appeal until {penalty.appeal_until}",
    )
    rows.append((say.of(PENALTIES, penalty.kind), term))
    if penalty.standing is not penalty.kind:
        stands = say.of(PENALTIES, penalty.standing)
        now = say("已撤销", "Overturned") if penalty.standing is None else stands
        rows.append((say("现为", "Now"), now))
    return rows


def _step(step: ApprovalStepOut, say: Voice) -> tuple[str, str]:
    name = f"{step.unit_name}　{say.of(ACTS, step.act)}"
    if step.taken_at is None:
        return name, say("未办理", "Not taken yet")
    person = step.taken_by_name or say("系统", "The system")
    if step.stood_in_for_name:
        person += say(f"（代{step.stood_in_for_name}）", f" (for {step.stood_in_for_name})")
    taken = f"{say.of(OUTCOMES, step.outcome)}　{person}　{moment(step.taken_at)}"
    reason = cut(step.reason, SHOWN_REASON)
    return name, f"{taken}　{reason}" if reason else taken


def _remarks(about: Explaining, say: Voice) -> Sequence[str]:
    proposal = about.proposal
    remarks = [
        say(
            "系统只列明事实并提出建议，处罚由有权单位的人员依程序决定；未决定前不产生任何后果。",
            "The system states facts and proposes; a penalty is decided by people, step by step."
            " Until then nothing follows.",
        )
    ]
    changed = moment(proposal.versions[-1].found_at)
    if about.evidence.number < proposal.versions[-1].number:
        remarks.append(
            say(
                f"本页为作出决定时的证据；{changed} 证据已发生变化，处罚已提请复核。",
                "This is the evidence on which it was decided;"
                f" it changed on {changed}, and a review was offered.",
            )
        )
    if len(proposal.versions) > 1 and proposal.state in OPEN:
        remarks.append(
            say(
                f"提出后证据发生过变化，本页为 {changed} 起的证据。",
                f"The evidence changed since it was found; this is what stands since {changed}.",
            )
        )
    return remarks
