"""HIRE-1, CON-5, APR-2 and their like: who decides what, one step after the other, as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.rules.cite import Cite
from app.rules.tiers import Tier


class Procedure(StrEnum):
    """What is decided by more than one hand, or by another hand than its author's."""

    RECRUITMENT = "recruitment"
    DISMISSAL = "dismissal"
    PENALTY = "penalty"
    APPEAL = "appeal"
    MONTHLY_APPRAISAL = "monthly_appraisal"
    ANNUAL_APPRAISAL = "annual_appraisal"
    CORRECTION = "correction"
    LEAVE = "leave"
    EXTENSION = "extension"
    RESIGNATION = "resignation"
    PAYROLL = "payroll"


class StepAct(StrEnum):
    """What a step does, in the regulation's words where it has them."""

    ASK = "ask"
    PROPOSE = "propose"
    APPLY = "apply"
    REVIEW = "review"
    DECIDE = "decide"
    APPROVE = "approve"
    FILE = "file"
    SIGN = "sign"
    COMPUTE = "compute"
    CLOSE = "close"


class StepOutcome(StrEnum):
    """How a step ended."""

    PASSED = "passed"
    REFUSED = "refused"


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    APPROVED = "approved"
    """Every step was passed."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Step:
    """One step of a procedure."""

    act: StepAct
    tier: Tier | None
    """None: the case says which (the tier that holds an event, the one above that decided)."""
    cite: Cite
    term: int | None = None
    """Duty dates within which it is to be taken [reading]; a reminder, nothing lapses."""
    may_refuse: bool = True


HIRE_1 = Cite("HIRE-1", "一(二)1, 一(二)2")
CON_1 = Cite("CON-1", "四(二)", reading=True)
"""Who decides a warning or a demerit is not in the text: as with dismissal the community proposes;
the township, which holds the interview, decides; an appeal goes to the tier above."""
CON_4 = Cite("CON-4", "四(三)", reading=True)
CON_5 = Cite("CON-5", "四(四)")
APR_1 = Cite("APR-1", "五1")
APR_2 = Cite("APR-2", "五1, 五2")
PAY_4 = Cite("PAY-4", "五4", reading=True)
ATT_5 = Cite("ATT-5", "三(二)2")
EVT_3 = Cite("EVT-3", "四(二)4", reading=True)

PROCEDURES: Mapping[Procedure, tuple[Step, ...]] = {
    Procedure.RECRUITMENT: (
        Step(StepAct.APPLY, Tier.TOWNSHIP, HIRE_1, may_refuse=False),
        Step(StepAct.REVIEW, Tier.CENTRE, HIRE_1, term=5),
        Step(StepAct.APPROVE, Tier.OFFICE, HIRE_1, term=5),
        Step(StepAct.SIGN, Tier.COMMUNITY, HIRE_1, term=10),
    ),
    Procedure.DISMISSAL: (
        Step(StepAct.PROPOSE, Tier.COMMUNITY, CON_5, may_refuse=False),
        Step(StepAct.APPLY, Tier.TOWNSHIP, CON_5, term=5),
        Step(StepAct.REVIEW, Tier.CENTRE, CON_5, term=5),
        Step(StepAct.APPROVE, Tier.OFFICE, CON_5, term=5),
    ),
    Procedure.PENALTY: (
        Step(StepAct.PROPOSE, Tier.COMMUNITY, CON_1, may_refuse=False),
        Step(StepAct.DECIDE, Tier.TOWNSHIP, CON_1, term=5),
    ),
    Procedure.APPEAL: (
        Step(StepAct.ASK, Tier.GRID, CON_1, may_refuse=False),
        Step(StepAct.DECIDE, None, CON_1, term=5),
    ),
    Procedure.MONTHLY_APPRAISAL: (
        Step(StepAct.DECIDE, Tier.COMMUNITY, APR_1, may_refuse=False),
        Step(StepAct.CLOSE, Tier.TOWNSHIP, APR_1, term=3),
    ),
    Procedure.ANNUAL_APPRAISAL: (
        Step(StepAct.PROPOSE, Tier.COMMUNITY, APR_2, may_refuse=False),
        Step(StepAct.REVIEW, Tier.TOWNSHIP, APR_2, term=5),
        Step(StepAct.APPROVE, Tier.CENTRE, APR_2, term=5),
        Step(StepAct.FILE, Tier.OFFICE, APR_2, term=5, may_refuse=False),
    ),
    Procedure.CORRECTION: (
        Step(StepAct.ASK, Tier.GRID, ATT_5, may_refuse=False),
        Step(StepAct.DECIDE, Tier.COMMUNITY, ATT_5),
    ),
    Procedure.LEAVE: (
        Step(StepAct.ASK, Tier.GRID, ATT_5, may_refuse=False),
        Step(StepAct.DECIDE, Tier.COMMUNITY, ATT_5),
    ),
    Procedure.EXTENSION: (
        Step(StepAct.ASK, None, EVT_3, may_refuse=False),
        Step(StepAct.DECIDE, None, EVT_3),
    ),
    Procedure.RESIGNATION: (
        Step(StepAct.ASK, Tier.GRID, CON_4, may_refuse=False),
        Step(StepAct.REVIEW, Tier.COMMUNITY, CON_4, term=5),
        Step(StepAct.APPROVE, Tier.TOWNSHIP, CON_4, term=5),
    ),
    Procedure.PAYROLL: (
        Step(StepAct.COMPUTE, Tier.CENTRE, PAY_4, may_refuse=False),
        Step(StepAct.APPROVE, Tier.CENTRE, PAY_4, term=3),
    ),
}
"""In order: no step is skipped, and none is taken by another tier than its own."""
