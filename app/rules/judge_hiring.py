"""HIRE-2 and HIRE-3 on cases: which conditions fail, and when somebody retires."""

from datetime import date

from app.rules.cases import Bench, Case, Obtained
from app.rules.eligibility import Candidate, judge_eligibility
from app.rules.hiring import Attested, Bar, Education, Residence, RetirementPost
from app.rules.retirement import HIRE_3, retires_on


def judge_applicant(case: Case, bench: Bench) -> Obtained:
    """The codes of the conditions that fail."""
    del bench
    told = case["applicant"]
    candidate = Candidate(
        born=date.fromisoformat(told["born"]),
        education=Education(told["education"]),
        residence=[Residence(each) for each in told.get("residence") or ()],
        insurance_months=int(told.get("insurance_months") or 0),
        attested=[Attested(each) for each in told.get("attested") or ()],
        bars=[Bar(each) for each in told.get("bars") or ()],
    )
    found = judge_eligibility(candidate, date.fromisoformat(told["applied_on"]))
    return Obtained({"failed": list(found.verdict)}, found.rule, found.clause)


def judge_retirement(case: Case, bench: Bench) -> Obtained:
    """The statutory date."""
    del bench
    found = retires_on(RetirementPost(case["post"]), date.fromisoformat(case["born"]))
    return Obtained({"retires_on": found.isoformat()}, HIRE_3.rule, HIRE_3.clause)
