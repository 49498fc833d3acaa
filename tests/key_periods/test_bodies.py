"""EMR-1: responses and reports out of form."""

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from app.key_periods.schemas import KeyPeriodIn, KeyPeriodReportIn
from tests.attendance.facts import at
from tests.key_periods.facts import SATURDAY, TOWNSHIP

GOOD: dict[str, Any] = {
    "title": "汛期巡查",
    "instructions": "巡查",
    "units": [TOWNSHIP],
    "starts_at": at("08:00", SATURDAY).isoformat(),
    "ends_at": at("20:00", SATURDAY).isoformat(),
}


@pytest.mark.parametrize(
    "change",
    [
        {"units": []},
        {"units": [TOWNSHIP, TOWNSHIP]},
        {"units": ["5101850010"]},
        {"units": [f"{510186000000 + number}" for number in range(101)]},
        {"ends_at": GOOD["starts_at"]},
        {"ends_at": "9999-12-31T00:00:00Z"},
        {"starts_at": "2026-03-21T08:00:00"},
        {"title": ""},
        {"title": "\x00"},
        {"id": "x"},
        {"declared": []},
    ],
)
def test_bodies_out_of_form(change: dict[str, Any]) -> None:
    KeyPeriodIn.model_validate(GOOD)
    with pytest.raises(ValidationError):
        KeyPeriodIn.model_validate(GOOD | change)


@pytest.mark.parametrize(
    "body",
    [
        {"all_well": False},
        {"all_well": False, "said": ""},
        {"all_well": True, "lat": 30.4},
        {"all_well": True, "lon": float("nan"), "lat": 30.4},
        {"all_well": "?"},
        {"all_well": True, "photos": ["x"]},
    ],
)
def test_what_is_not_well_is_said(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        KeyPeriodReportIn.model_validate({"key_period_id": str(uuid4())} | body)
