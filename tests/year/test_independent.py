"""The calculation by hand takes nothing of the service but words."""

import ast
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest

from tests.year import duty, everyday, independent, people, script

SCENARIO = (independent, script, everyday, people, duty)


@pytest.mark.parametrize("module", SCENARIO, ids=lambda module: module.__name__.rsplit(".")[-1])
def test_only_words_are_imported_from_the_service(module: object) -> None:
    tree = ast.parse(Path(str(getattr(module, "__file__", ""))).read_text("utf-8"))
    imported = [
        getattr(import_module(node.module), alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("app.") and node.module
        for alias in node.names
        if alias.name != "SHANGHAI"
    ]
    assert all(issubclass(found, Enum) for found in imported)


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        (Fraction(62_5025, 10_000), "62.50"),
        (Fraction(125_025, 1000), "125.03"),
        (Fraction(38181, 100), "381.81"),
        (Fraction(1200 * 7, 22), "381.82"),
        (Fraction(0), "0.00"),
    ],
)
def test_pay_half_a_cent_is_rounded_up(exact: Fraction, expected: str) -> None:
    assert independent.rounded(exact) == Decimal(expected)
