"""The city's parameters."""

from datetime import time
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import Db, Now, ParametersReader, ParametersWriter, Reads
from app.api.problems import refusals
from app.kit.clock import civil_day
from app.kit.language import Language
from app.kit.schema import Day
from app.people import parameters
from app.people.city_refusals import ValueRefused
from app.people.city_schemas import ParameterInForce, ParametersOut, ValueIn, ValueOut
from app.people.parameters import InForce
from app.rules.parameters import Supersession, written

router = APIRouter(prefix="/v1", tags=["city"])


@router.get("/parameters", responses=refusals())
def read_parameters(
    db: Db,
    asker: ParametersReader,
    now: Now,
    reads: Reads,
    on: Annotated[Day | None, Query(description="A civil date; today without it")] = None,
) -> ParametersOut:
    """Every parameter as of a date: value, default, bounds, rule, since when, history."""
    del asker
    day = on or civil_day(now)
    items = [parameter_out(found, reads) for found in parameters.in_force(db, day)]
    return ParametersOut(on=day, items=items)


@router.post("/parameters", status_code=201, responses=refusals(ValueRefused))
def supersede_parameter(db: Db, asker: ParametersWriter, now: Now, body: ValueIn) -> ValueOut:
    """Supersede a parameter's value from today or a later date on; past dates keep theirs."""
    wanted = Supersession(body.name, body.value, body.effective_from)
    return ValueOut.model_validate(parameters.supersede(db, asker, wanted, body.reason, now))


def parameter_out(found: InForce, language: Language) -> ParameterInForce:
    """A parameter in the caller's language."""
    parameter = found.parameter
    default: float | time = parameter.default
    return ParameterInForce(
        name=parameter.name,
        label=parameter.label.zh if language == "zh" else parameter.label.en,
        value=found.value,
        default=written(default),
        unit=parameter.unit,
        minimum=written(parameter.minimum),
        maximum=written(parameter.maximum),
        rule=parameter.rule,
        since=found.since,
        history=[ValueOut.model_validate(row) for row in found.history],
    )
