"""The year as a list of acts, each at its instant; the modules beside do them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from app.rules.conduct import Ground
from tests.year import conduct, hiring, routine
from tests.year.desk import Desk
from tests.year.duty import GRADED_ON, after, appraised_on, at, closed_on, duty_after, months
from tests.year.everyday import Work
from tests.year.script import (
    HIRINGS,
    LEAVING,
    MINIMUM_WAGE,
    OBJECTIONS,
    OFFENCES,
    PASS_MARK,
    PERFORMANCE,
    QUOTA,
    STANDARDS_SET_ON,
    SURVEYS,
    Ending,
    Offence,
)

Act = Callable[[Desk], None]
Acts = Iterator[tuple[datetime, Act]]


def live(desk: Desk, work: Work) -> None:
    """Act after act, in the order of the clock."""
    acts = [*_standards(), *_values(), *_surveys(), *_offences(), *_months(), *_objections()]
    acts += [*_hirings(work), *_leaving(), *_nights()]
    for instant, act in sorted(acts, key=lambda found: found[0]):
        desk.at(instant)
        act(desk)


def _standards() -> Acts:
    for kind, amounts in (("minimum_wage", MINIMUM_WAGE), ("performance", PERFORMANCE)):
        for since, amount in amounts:
            act = partial(routine.set_standard, kind=kind, amount=amount, since=since)
            yield at(STANDARDS_SET_ON[since]), act


def _values() -> Acts:
    for name, (since, value) in {
        "monthly_event_quota": QUOTA,
        "appraisal_pass_mark": PASS_MARK,
    }.items():
        act = partial(routine.set_value, name=name, value=value, since=since)
        yield at(since - timedelta(days=4)), act


def _surveys() -> Acts:
    for who, survey in SURVEYS.items():
        yield at(survey[0], "17:00"), partial(conduct.survey, who=who, found=survey)


def _offences() -> Acts:
    for offence in OFFENCES:
        yield from _before(offence)
        if offence.answered_on is not None:
            yield at(offence.answered_on, "12:00"), partial(conduct.answer, offence=offence)
        assert offence.decided_on is not None
        yield at(offence.decided_on, "09:30"), partial(conduct.end, offence=offence)
        if offence.ends is Ending.PENALISED:
            day = duty_after(offence.decided_on, 2)
            yield at(day, "15:00"), partial(conduct.interview_after, offence=offence, day=day)
        if offence.appeal is not None:
            yield at(offence.appeal.made_on, "12:10"), partial(conduct.appeal, offence=offence)
            decided = offence.appeal.decided_on
            yield at(decided, "09:40"), partial(conduct.decide_appeal, offence=offence)


def _before(offence: Offence) -> Acts:
    """What makes a ground of it."""
    if offence.ground is Ground.B1:
        yield at(offence.occurred_on, "09:10"), partial(conduct.check_clothes, offence=offence)
    if offence.ground is Ground.A1:
        yield at(offence.found_on, "10:00"), partial(conduct.record, offence=offence)
    if offence.ground in {Ground.B1, Ground.B4}:
        yield at(offence.found_on, "02:30"), conduct.search_night


def _months() -> Acts:
    for month in months():
        appraised, closed = appraised_on(month), closed_on(month)
        yield at(appraised, "09:00"), partial(routine.appraise, month=month)
        yield at(appraised, "11:00"), partial(routine.confirm, month=month)
        yield at(closed, "15:30"), partial(routine.close, month=month)
        yield at(closed, "16:00"), partial(conduct.search_month, month=month)
        yield at(closed, "16:30"), partial(routine.pay, month=month)
    yield at(GRADED_ON, "09:00"), routine.grade_years


def _objections() -> Acts:
    for objection in OBJECTIONS:
        yield at(objection.made_on, "14:00"), partial(routine.object_to, objection=objection)
        yield at(objection.answered_on, "15:00"), partial(routine.answer, objection=objection)


def _hirings(work: Work) -> Acts:
    for one in HIRINGS:
        yield at(one.applied_on, "10:10"), partial(hiring.apply, who=one.who)
        yield at(one.reviewed_on, "10:10"), partial(hiring.review, who=one.who)
        yield at(one.approved_on, "10:10"), partial(hiring.approve, who=one.who)
        yield at(one.signed_on, "10:10"), partial(hiring.sign, who=one.who, work=work)


def _leaving() -> Acts:
    yield at(LEAVING.asked_on, "10:20"), hiring.resign
    yield at(LEAVING.reviewed_on, "10:20"), hiring.review_resignation
    yield at(LEAVING.approved_on, "10:20"), hiring.approve_resignation


def _nights() -> Acts:
    """Contracts that end and accounts that close, as the service does every night."""
    for month in months():
        yield at(after(month), "01:00"), hiring.keep_contracts
