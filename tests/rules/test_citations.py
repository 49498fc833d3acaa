"""The regulation's index and the code answer for each other."""

import importlib
import pkgutil
from collections import defaultdict

import app.rules
from app.rules import catalogue
from app.rules.cite import RULES
from app.rules.dated import Dated
from app.rules.parameters import PARAMETERS

KNOWN_TO_THE_CATALOGUE = {
    f"{rule.__module__}.{rule.__qualname__}" for rules in RULES.values() for rule in rules
}
MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.iter_modules(app.rules.__path__, "app.rules.")
]
INDEX = catalogue.index()


def cited() -> dict[str, set[str]]:
    """The clauses that code cites, by rule."""
    clauses: dict[str, set[str]] = defaultdict(set)
    for cite in RULES:
        clauses[cite.rule].update(cite.clause.split(", "))
    return clauses


def marked(table: str, by: str) -> set[str]:
    return {key for key, entry in INDEX[table].items() if entry["by"] == by}


def test_every_rule_marked_as_encoded_is_cited_by_code_and_vice_versa() -> None:
    assert set(cited()) == marked("rules", "rule")


def test_every_rule_is_cited_with_the_clauses_of_the_index() -> None:
    for rule, clauses in cited().items():
        assert clauses == set(INDEX["rules"][rule]["clauses"]), rule


def test_every_clause_marked_as_a_rule_is_cited_by_code_and_vice_versa() -> None:
    assert set().union(*cited().values()) == marked("clauses", "rule")


def test_every_clause_of_a_rule_is_in_the_index() -> None:
    for entry in INDEX["rules"].values():
        assert set(entry["clauses"]) <= set(INDEX["clauses"])


def test_every_encoded_clause_shows_its_sentence() -> None:
    for clause in marked("clauses", "rule"):
        assert INDEX["clauses"][clause]["text"], clause


def test_marks_are_the_three_that_the_index_explains() -> None:
    marks = {entry["by"] for table in INDEX.values() for entry in table.values()}
    assert marks <= {"rule", "later", "none"}


def test_every_parameter_belongs_to_a_rule_of_the_index() -> None:
    assert {parameter.rule for parameter in PARAMETERS.values()} <= set(INDEX["rules"])


def test_the_catalogue_knows_every_rule_and_every_dated_value() -> None:
    every_rule = {
        f"{rule.__module__}.{rule.__qualname__}" for found in RULES.values() for rule in found
    }
    dated = {id(value) for module in MODULES for value in vars(module).values()
             if isinstance(value, Dated)}  # fmt: skip
    assert every_rule == KNOWN_TO_THE_CATALOGUE
    assert dated == {id(value) for value in catalogue.VALUES.values()}
