"""The procedures as they are shown."""

from app.approvals.schemas import ProcedureOut, ProcedureStepOut
from app.rules.approvals import PROCEDURES, Step


def procedures() -> list[ProcedureOut]:
    """Every procedure with its steps in order."""
    return [
        ProcedureOut(
            procedure=procedure,
            steps=[_step(number, step) for number, step in enumerate(steps, 1)],
        )
        for procedure, steps in PROCEDURES.items()
    ]


def _step(number: int, step: Step) -> ProcedureStepOut:
    return ProcedureStepOut(
        number=number,
        act=step.act,
        tier=step.tier,
        rule=step.cite.rule,
        clause=step.cite.clause,
        reading=step.cite.reading,
        term=step.term,
        may_refuse=step.may_refuse,
    )
