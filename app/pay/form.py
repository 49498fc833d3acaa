"""A statement as it is printed: every line in words, with how it was worked out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kit.language import Language, Text, Voice
from app.kit.money import written
from app.pay.months import read_month
from app.pay.schemas import PayLineOut, PayStatementOut
from app.rules.appraisal import Result
from app.rules.conduct import PenaltyKind
from app.rules.pay import LineKind, Part, PayrollState

ITEMS: Mapping[LineKind, Text] = {
    LineKind.BASE: ("基本工资", "Base pay"),
    LineKind.PERFORMANCE: ("绩效工资", "Performance pay"),
    LineKind.PENALTY: ("处罚扣减", "Taken by a penalty"),
    LineKind.CORRECTION: ("以前月份更正", "Correction of an earlier month"),
}
PENALTIES: Mapping[PenaltyKind, Text] = {
    PenaltyKind.WARNING: ("警告", "Warning"),
    PenaltyKind.DEMERIT: ("记过", "Demerit"),
    PenaltyKind.DISMISSAL: ("辞退", "Dismissal"),
}
PARTS: Mapping[Part, Text] = {
    Part.BASE: ("基本工资", "base pay"),
    Part.PERFORMANCE: ("绩效工资", "performance pay"),
}
RESULTS: Mapping[Result | None, Text] = {
    Result.PASS: ("合格", "Pass"),
    Result.FAIL: ("不合格", "Fail"),
    None: ("未评定", "Not appraised"),
}
STATES: Mapping[PayrollState, Text] = {
    PayrollState.COMPUTED: ("草稿，尚未批准", "Draft, not approved yet"),
    PayrollState.APPROVED: ("已批准，尚未关闭", "Approved, not closed yet"),
    PayrollState.CLOSED: ("已关闭", "Closed"),
}


@dataclass(frozen=True)
class PrintedLine:
    """A line in words."""

    number: int
    item: str
    how: str
    cite: str
    amount: str


@dataclass(frozen=True)
class PrintedStatement:
    """All that stands on the page."""

    title: str
    fields: Sequence[tuple[str, str]]
    headings: Sequence[str]
    lines: Sequence[PrintedLine]
    total: tuple[str, str]
    remarks: Sequence[str]
    signatures: Sequence[str]


def form_of(statement: PayStatementOut, unit_name: str, language: Language) -> PrintedStatement:
    """A statement in one language."""
    say = Voice(language)
    title = say("简阳市专职网格员工资单", "Pay statement of a grid worker,")
    return PrintedStatement(
        title=f"{title} {_month(statement.month, say)}",
        fields=_fields(statement, unit_name, say),
        headings=[
            say(*heading)
            for heading in (
                ("序号", "No."),
                ("项目", "Item"),
                ("计算", "Worked out"),
                ("依据", "Clause"),
                ("金额（元）", "Yuan"),
            )
        ],
        lines=[_line(line, say) for line in statement.lines],
        total=(say("应发合计", "Total"), written(statement.total)),
        remarks=_remarks(statement, say),
        signatures=[say("编制", "Computed by"), say("领取人", "Received by"), say("日期", "Date")],
    )


def _month(month: date, say: Voice) -> str:
    """As people write it."""
    return say(f"{month.year}年{month.month}月", f"{month:%Y-%m}")


def _fields(statement: PayStatementOut, unit_name: str, say: Voice) -> Sequence[tuple[str, str]]:
    dates = f"{statement.employed} / {statement.duty}"
    return [
        (say("姓名", "Name"), statement.worker_name),
        (say("社区", "Community"), f"{unit_name} {statement.community_code}"),
        (say("在岗日／应出勤日", "Dates employed / duty dates"), dates),
        (say("当月考核", "Appraisal of the month"), say(*RESULTS[statement.result])),
        (say("状态", "State"), say(*STATES[statement.state])),
    ]


def _line(line: PayLineOut, say: Voice) -> PrintedLine:
    return PrintedLine(
        number=line.number,
        item=say(*ITEMS[line.kind]),
        how=HOW[line.kind](line, say),
        cite=f"{line.clause}（{line.rule}）",
        amount=written(line.amount),
    )


def _by_dates(line: PayLineOut, say: Voice) -> str:
    because = line.because
    parts = [f"{each['amount']} × {each['dates']}" for each in because["portions"]] or ["0.00"]
    dates = say("个应出勤日", " duty dates")
    return f"（{' + '.join(parts)}） ÷ {because['duty']}{dates}"


def _result(found: str | None, say: Voice) -> str:
    return say(*RESULTS[Result(found) if found else None])


def _by_result(line: PayLineOut, say: Voice) -> str:
    said = _result(line.because["result"], say)
    return f"{_by_dates(line, say)} × {line.because['times']}（{said}）"


def _by_penalty(line: PayLineOut, say: Voice) -> str:
    kind = say(*PENALTIES[PenaltyKind(line.because["kind"])])
    decided = line.because["decided_on"]
    return say(f"{kind}，{decided} 决定", f"{kind}, decided on {decided}")


def _by_correction(line: PayLineOut, say: Voice) -> str:
    assert line.corrects is not None
    because, month = line.because, _month(line.corrects, say)
    part = say(*PARTS[Part(because["part"])])
    said = say(
        f"{month}{part}：应发 {because['due']}，已发 {because['paid']}",
        f"{month}, {part}: due {because['due']}, paid {because['paid']}",
    )
    return say("；", "; ").join([said, *_what_changed(because, say)])


def _what_changed(because: Mapping[str, Any], say: Voice) -> Iterator[str]:
    before, now = because["before"], because["now"]
    if before["result"] != now["result"]:
        results = [_result(each["result"], say) for each in (before, now)]
        yield say("考核：", "appraisal: ") + " → ".join(results)
    if before["employed"] != now["employed"]:
        yield say("在岗日：", "dates employed: ") + f"{before['employed']} → {now['employed']}"
    if before["penalties"] != now["penalties"]:
        yield say("处罚有变动", "penalties changed")


HOW = {
    LineKind.BASE: _by_dates,
    LineKind.PERFORMANCE: _by_result,
    LineKind.PENALTY: _by_penalty,
    LineKind.CORRECTION: _by_correction,
}


def _remarks(statement: PayStatementOut, say: Voice) -> Sequence[str]:
    found = [
        say(
            "工资由基本工资和绩效工资构成（五5）；每行四舍五入一次，到分。",
            "Pay is base and performance pay (五5); each line is rounded once, half up.",
        )
    ]
    absent = statement.because.get("absent")
    if absent:
        found.append(say("离岗：", "On leave of absence: ") + ", ".join(absent))
    found += [_waiting(each, say) for each in statement.because.get("waiting", ())]
    for later in statement.corrected_by:
        month, part = _month(later.month, say), say(*PARTS[later.part])
        amount = written(later.amount)
        found.append(
            say(
                f"本月{part}已在{month}工资单第{later.number}行更正 {amount} 元。",
                f"The {part} of this month was corrected by {amount} in line {later.number} "
                f"of {month}.",
            )
        )
    return found


def _waiting(each: Mapping[str, Any], say: Voice) -> str:
    month, part = _month(read_month(each["month"]), say), say(*PARTS[Part(each["part"])])
    return say(
        f"{month}{part}更正尚余 {each['amount']} 元，转入以后月份。",
        f"Of {month}, {part}, {each['amount']} is left to later months.",
    )
