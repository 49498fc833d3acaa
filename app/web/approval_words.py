"""What procedures, steps and matters are called on the documents of cases."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from app.kit.language import Language
from app.rules import catalogue
from app.rules.appraisal import Grade
from app.rules.approvals import CaseState, Procedure, StepAct, StepOutcome
from app.rules.conduct import CLAUSES, Ground, PenaltyKind
from app.rules.duty import Half
from app.rules.hiring import RecruitmentForm
from app.rules.procedures import CorrectionKind, LeaveKind
from app.rules.tiers import Tier
from app.tasks.words import called as called_on_paper
from app.tasks.words import in_

Text: TypeAlias = tuple[str, str]
Say: TypeAlias = Callable[[str, Language], str]

TITLES: Mapping[Procedure, Text] = {
    Procedure.RECRUITMENT: ("专职网格员招聘审批表", "Recruitment of a full-time grid worker"),
    Procedure.DISMISSAL: ("专职网格员辞退审批表", "Dismissal of a full-time grid worker"),
    Procedure.PENALTY: ("专职网格员处罚审批表", "Penalty of a full-time grid worker"),
    Procedure.APPEAL: ("处罚申诉处理表", "Appeal against a penalty"),
    Procedure.MONTHLY_APPRAISAL: ("专职网格员平时考核审批表", "Monthly appraisal of a community"),
    Procedure.ANNUAL_APPRAISAL: ("专职网格员年度考核审批表", "Annual appraisal of a grid worker"),
    Procedure.CORRECTION: ("补签审批表", "Correction of attendance"),
    Procedure.LEAVE: ("请假审批表", "Leave"),
    Procedure.EXTENSION: ("事件延期审批表", "Extension of an event's deadline"),
    Procedure.RESIGNATION: ("专职网格员辞职审批表", "Resignation of a full-time grid worker"),
    Procedure.PAYROLL: ("工资发放审批表", "Payroll of a month"),
}
TIERS: Mapping[Tier, Text] = {
    Tier.GRID: ("网格员", "Grid worker"),
    Tier.COMMUNITY: ("社区", "Community"),
    Tier.TOWNSHIP: ("乡镇（街道）", "Township"),
    Tier.CENTRE: ("市指挥中心", "City command centre"),
    Tier.OFFICE: ("领导小组办公室", "Leading-group office"),
}
ACTS: Mapping[StepAct, Text] = {
    StepAct.ASK: ("提出申请", "asks"),
    StepAct.PROPOSE: ("提出", "proposes"),
    StepAct.APPLY: ("申请", "applies"),
    StepAct.REVIEW: ("审核", "reviews"),
    StepAct.DECIDE: ("决定", "decides"),
    StepAct.APPROVE: ("审批", "approves"),
    StepAct.FILE: ("备案", "files"),
    StepAct.SIGN: ("签订合同", "signs"),
    StepAct.COMPUTE: ("编制", "computes"),
    StepAct.CLOSE: ("审定关闭", "closes"),
}
OUTCOMES: Mapping[StepOutcome, Text] = {
    StepOutcome.PASSED: ("同意", "Passed"),
    StepOutcome.REFUSED: ("不同意", "Refused"),
}
STATES: Mapping[CaseState, Text] = {
    CaseState.OPEN: ("办理中", "Open"),
    CaseState.APPROVED: ("已批准", "Approved"),
    CaseState.REFUSED: ("未批准", "Refused"),
    CaseState.WITHDRAWN: ("已撤回", "Withdrawn"),
}
FACTS: Mapping[str, Text] = {
    "ground": ("事由", "Ground"),
    "rung": ("拟给予", "Would lead to"),
    "occurred_on": ("发生日期", "Occurred on"),
    "kind": ("类别", "Kind"),
    "decided_on": ("决定日期", "Decided on"),
    "penalty_id": ("处罚编号", "Penalty"),
    "grid_code": ("拟任网格", "Grid"),
    "form": ("聘用形式", "Form"),
    "applied_on": ("申请日期", "Applied on"),
    "month": ("月份", "Month"),
    "year": ("年度", "Year"),
    "workers": ("人数", "Workers"),
    "total": ("金额合计（元）", "Total (yuan)"),
    "by_rule": ("按规则应评", "Grade by rule"),
    "proposed": ("拟评等次", "Grade proposed"),
    "day": ("日期", "Date"),
    "window": ("签到时段", "Window"),
    "first_day": ("开始日期", "First date"),
    "first_half": ("开始半天", "From"),
    "last_day": ("结束日期", "Last date"),
    "last_half": ("结束半天", "Until"),
    "incident_id": ("事件编号", "Event"),
    "hours": ("申请延期（小时）", "Hours asked for"),
}
CALLED: Mapping[StrEnum, Text] = {
    PenaltyKind.WARNING: ("警告", "Warning"),
    PenaltyKind.DEMERIT: ("记过", "Demerit"),
    PenaltyKind.DISMISSAL: ("辞退", "Dismissal"),
    RecruitmentForm.EXAMINATION: ("公开考试聘用", "Open examination"),
    RecruitmentForm.APPRAISAL: ("考核聘用", "Appraisal"),
    Grade.EXCELLENT: ("优秀", "Excellent"),
    Grade.QUALIFIED: ("合格", "Qualified"),
    Grade.UNQUALIFIED: ("不合格", "Unqualified"),
    CorrectionKind.SIGN_IN: ("补签到", "A sign-in"),
    CorrectionKind.FIELD_TIME: ("补计网格时间", "Field time"),
}


def _month(value: str, language: Language) -> str:
    found = date.fromisoformat(value)
    return in_(language, (f"{found.year}年{found.month}月", f"{found:%Y-%m}"))


def _ground(value: str, language: Language) -> str:
    """With the clause's own sentence; in English with the rule's heading."""
    clause = CLAUSES[Ground(value)]
    sentence = catalogue.index()["clauses"][clause]["text"]
    heading = catalogue.index()["rules"][f"CON-{value}"]["english"]
    return in_(language, (f"{value}（{clause}）{sentence}", f"{value} ({clause}): {heading}"))


def _kind(value: str, language: Language) -> str:
    """Of a leave, a correction or a penalty: no name is used twice."""
    for kinds in (PenaltyKind, CorrectionKind):
        if value in kinds.__members__.values():
            return in_(language, CALLED[kinds(value)])
    return called_on_paper(LeaveKind(value), language)


SAYERS: Mapping[str, Say] = {
    "ground": _ground,
    "rung": lambda value, language: in_(language, CALLED[PenaltyKind(value)]),
    "kind": _kind,
    "form": lambda value, language: in_(language, CALLED[RecruitmentForm(value)]),
    "by_rule": lambda value, language: in_(language, CALLED[Grade(value)]),
    "proposed": lambda value, language: in_(language, CALLED[Grade(value)]),
    "first_half": lambda value, language: called_on_paper(Half(value), language),
    "last_half": lambda value, language: called_on_paper(Half(value), language),
    "month": _month,
}
"""How a fact is said where it is not said as it is."""
