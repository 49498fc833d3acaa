"""All rules, clauses, values and parameters as plain data, for auditors and for handsets."""

import inspect
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from app.rules import (
    activity,
    annual,
    closing,
    conduct,
    consequences,
    contract_terms,
    due_process,
    duplicates,
    duty,
    effective,
    equipment,
    event_looks,
    exchange,
    fixes,
    grounds,
    incidents,
    keeping,
    key_periods,
    merging,
    presence,
    quota,
    sharing,
    steps,
    tasks,
    telling,
    windows,
)
from app.rules.accuracy import ACCURACY_PERCENT, CHANGE_MONTHS, FOCUS_PERCENT
from app.rules.attendance import WINDOWS
from app.rules.cite import RULES
from app.rules.corps import ROSTER
from app.rules.dated import IN_FORCE, Dated
from app.rules.deadlines import HOURS
from app.rules.delivery import RETRY_DELAYS_S
from app.rules.eligibility import INSURED_MONTHS, LEAST_EDUCATION, OLDEST_YEARS
from app.rules.errands import FOLLOWS
from app.rules.field_time import OWED
from app.rules.grounds import (
    ACTIVE_DAYS,
    AWARE_PERCENT,
    DISMISSED_BELOW_PERCENT,
    FAILED_MONTHS,
)
from app.rules.groups import GROUP_SIZE
from app.rules.meetings import HOLDINGS
from app.rules.parameters import PARAMETERS, written
from app.rules.pay import WARNING_COSTS
from app.rules.retirement import RETIREMENT_AGES
from app.rules.visits import OWING

Entry: TypeAlias = dict[str, Any]

TITLE = "简阳市网格员管理办法（试行）"

ENCODED = (
    activity,
    annual,
    closing,
    conduct,
    consequences,
    contract_terms,
    due_process,
    duplicates,
    duty,
    effective,
    equipment,
    event_looks,
    exchange,
    fixes,
    grounds,
    incidents,
    keeping,
    key_periods,
    merging,
    presence,
    quota,
    sharing,
    steps,
    tasks,
    telling,
    windows,
)
"""Rules that nothing above imports; importing a module is what enters its rules."""

VALUES: Mapping[str, Dated[Any]] = {
    "sign_in_windows": WINDOWS,
    "field_time_owed_s": OWED,
    "group_size": GROUP_SIZE,
    "roster": ROSTER,
    "errand_steps": FOLLOWS,
    "accuracy_percent": ACCURACY_PERCENT,
    "focus_coverage_percent": FOCUS_PERCENT,
    "known_change_months": CHANGE_MONTHS,
    "visits_owed": OWING,
    "meetings_owed": HOLDINGS,
    "webhook_retry_delays_s": RETRY_DELAYS_S,
    "deadline_hours": HOURS,
    "warning_costs_yuan": WARNING_COSTS,
    "hired_oldest_years": OLDEST_YEARS,
    "hired_insured_months": INSURED_MONTHS,
    "hired_least_education": LEAST_EDUCATION,
    "retirement_ages": RETIREMENT_AGES,
    "active_days": ACTIVE_DAYS,
    "aware_percent": AWARE_PERCENT,
    "dismissed_below_percent": DISMISSED_BELOW_PERCENT,
    "failed_months": FAILED_MONTHS,
}


@cache
def index() -> dict[str, dict[str, Entry]]:
    """The two tables of clauses.toml: `rules` by id, `clauses` by clause."""
    text = Path(__file__).with_name("clauses.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def regulation() -> dict[str, Any]:
    """Everything, in a stable order; JSON as it is."""
    entries = index()
    return {
        "title": TITLE,
        "in_force": IN_FORCE.isoformat(),
        "rules": [_rule_entry(rule, found) for rule, found in entries["rules"].items()],
        "clauses": [_clause_entry(clause, found) for clause, found in entries["clauses"].items()],
        "values": [_value_entry(name, value) for name, value in VALUES.items()],
        "parameters": [_parameter_entry(name) for name in sorted(PARAMETERS)],
    }


def _rule_entry(rule: str, found: Entry) -> Entry:
    cited = {cite: functions for cite, functions in RULES.items() if cite.rule == rule}
    encoded = {function for functions in cited.values() for function in functions}
    return {
        "kind": "rule",
        "id": rule,
        "heading": {"zh": found["heading"], "en": found["english"]},
        "clauses": found["clauses"],
        "reading": any(cite.reading for cite in cited),
        "by": found["by"],
        "encoded": sorted(
            (
                {
                    "function": f"{function.__module__}.{function.__qualname__}",
                    "says": (inspect.getdoc(function) or "").partition("\n\n")[0],
                }
                for function in encoded
            ),
            key=lambda entry: entry["function"],
        ),
    }


def _clause_entry(clause: str, found: Entry) -> Entry:
    return {
        "kind": "clause",
        "id": clause,
        "heading": {"zh": found["heading"]},
        "text": found.get("text"),
        "by": found["by"],
        "rules": [rule for rule, entry in index()["rules"].items() if clause in entry["clauses"]],
    }


def _value_entry(name: str, value: Dated[Any]) -> Entry:
    return {
        "kind": "value",
        "id": name,
        "history": [
            {
                "since": entry.start.isoformat(),
                "rule": entry.cite.rule,
                "clause": entry.cite.clause,
                "value": _plain(entry.value),
            }
            for entry in value.history
        ],
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(item) for name, item in asdict(value).items()}
    return written(value) if isinstance(value, time) else value


def _parameter_entry(name: str) -> Entry:
    parameter = PARAMETERS[name]
    return {
        "kind": "parameter",
        "id": name,
        "rule": parameter.rule,
        "clauses": index()["rules"][parameter.rule]["clauses"],
        "label": asdict(parameter.label),
        "unit": parameter.unit,
        "default": written(parameter.default),
        "minimum": written(parameter.minimum),
        "maximum": written(parameter.maximum),
    }


def describe(query: str = "") -> list[Entry]:
    """What a rule id, a clause or a name leads to: the rules, clauses, values and parameters.

    A clause leads to those below it too; an empty query to everything, an unknown one to nothing.
    """
    everything = regulation()
    entries = [entry for part in ("rules", "clauses", "values", "parameters")
               for entry in everything[part]]  # fmt: skip
    wanted = _normal(query)
    return [entry for entry in entries if not wanted or _leads_to(wanted, entry)]


def _leads_to(wanted: str, entry: Entry) -> bool:
    exact = {entry["id"], entry.get("rule", "")}
    exact.update(past["rule"] for past in entry.get("history", []))
    if entry["kind"] == "clause":
        exact.update(entry["rules"])
    clauses = {entry["id"]} if entry["kind"] == "clause" else set(entry.get("clauses", []))
    clauses.update(past["clause"] for past in entry.get("history", []))
    return wanted in map(_normal, exact) or any(
        _normal(clause).startswith(wanted) for clause in clauses
    )


FULL_WIDTH = str.maketrans("（）“”", '()""')


def _normal(text: str) -> str:
    """As people type it: without blanks, in either width, in either case."""
    return "".join(text.translate(FULL_WIDTH).split()).upper()
