"""HIRE-2 and HIRE-3 on cases: which conditions fail, and when somebody retires."""

from app.rules.cases import Bench, Case, Obtained, day_in, names_in, number_in
from app.rules.eligibility import Candidate, judge_eligibility
from app.rules.hiring import Attested, Bar, Education, Residence, RetirementPost
from app.rules.retirement import HIRE_3, retires_on


def judge_applicant(case: Case, bench: Bench) -> Obtained:
    """The codes of the conditions that fail; what an `applicant` has nothing to show for fails."""
    del bench
    told = {**case, **(case.get("applicant") or {})}
    education = told["education"]
    candidate = Candidate(
        born=day_in(told["born"]),
        education=None if education is None else Education(education),
        residence=[Residence(each) for each in names_in(told.get("residence"))],
        insurance_months=int(number_in(told.get("insurance_months") or 0)),
        attested=[Attested(each) for each in names_in(told.get("attested"))],
        bars=[Bar(each) for each in names_in(told.get("bars"))],
    )
    found = judge_eligibility(candidate, day_in(told["applied_on"]))
    return Obtained({"failed": list(found.verdict)}, found.rule, found.clause)


def judge_retirement(case: Case, bench: Bench) -> Obtained:
    """The statutory date."""
    del bench
    found = retires_on(RetirementPost(case["post"]), day_in(case["born"]))
    return Obtained({"retires_on": found.isoformat()}, HIRE_3.rule, HIRE_3.clause)
