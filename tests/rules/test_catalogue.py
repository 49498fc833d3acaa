"""What `rules` prints and `regulation.json` carries."""

import json

import pytest

from app.rules.catalogue import describe, regulation


def found(query: str) -> set[tuple[str, str]]:
    return {(entry["kind"], entry["id"]) for entry in describe(query)}


def test_regulation_is_plain_and_stable_data() -> None:
    whole = regulation()
    assert json.loads(json.dumps(whole)) == whole == regulation()
    assert whole["in_force"] == "2017-09-01"


def test_a_rule_leads_to_its_clause_its_values_and_its_parameters() -> None:
    assert found("ATT-1") == {
        ("rule", "ATT-1"), ("clause", "三(一)1 “3”"), ("value", "sign_in_windows"),
    }  # fmt: skip
    assert ("parameter", "final_at") in found("fld-4")


@pytest.mark.parametrize("query", ["三(一)1 “3”", "三（一）1“3”", '三(一)1"3"'])
def test_a_clause_leads_to_its_rules_however_it_is_typed(query: str) -> None:
    assert {("rule", f"ATT-{number}") for number in (1, 2, 3, 4)} <= found(query)
    assert ("rule", "FLD-1") not in found(query)


def test_a_clause_leads_to_those_below_it() -> None:
    assert {("rule", "ATT-1"), ("rule", "FLD-1")} <= found("三(一)1")


def test_an_unknown_query_leads_nowhere_and_an_empty_one_everywhere() -> None:
    assert found("XYZ-9") == set()
    parts = ("rules", "clauses", "values", "parameters")
    assert len(describe()) == sum(len(regulation()[part]) for part in parts)


def test_windows_are_readable() -> None:
    [value] = [entry for entry in describe("ATT-1") if entry["kind"] == "value"]
    assert value["history"][0]["since"] == "2017-09-01"
    assert value["history"][0]["value"][2] == {"number": 3, "opens": "16:50", "closes": "17:00"}


def test_every_encoded_rule_names_its_functions() -> None:
    for entry in regulation()["rules"]:
        assert bool(entry["encoded"]) == (entry["by"] == "rule"), entry["id"]
        assert all(function["says"] for function in entry["encoded"])
