"""What an auditor asks: what the regulation says about a case, and where a figure comes from."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from chinese_calendar import is_workday
from rich.console import Console
from rich.text import Text

from app.rules.catalogue import describe
from app.rules.judge import JudgedCase, judge_file

console = Console()
FRIDAY = 5


def national_duty(day: date) -> bool:
    """The national calendar with its make-up days; weekdays in the years it doesn't know."""
    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return day.isoweekday() <= FRIDAY


def judge(
    files: Annotated[
        list[Path], typer.Argument(help="Files of cases; the key `judge` names the rule")
    ],
    tracks: Annotated[
        Path | None, typer.Option(help="Folder of the tracks that cases name")
    ] = None,
) -> None:
    """Say what the regulation says about cases; exit 1 if any differs from its file."""
    judged = [(file, judge_file(file, tracks, national_duty)) for file in files]
    for file, cases in judged:
        console.print(Text(file.name, style="bold"))
        for case in cases:
            console.print(case_line(case), soft_wrap=True)
    every = [case for _, cases in judged for case in cases]
    differing = sum(not case.agrees for case in every)
    console.print(f"{len(every)} cases, {len(every) - differing} agree, {differing} differ")
    if differing or not every:
        raise typer.Exit(1)


def case_line(case: JudgedCase) -> Text:
    """Whether a case agrees, what was expected and obtained, and by which rule and clause."""
    mark = Text("agrees  ", "green") if case.agrees else Text("DIFFERS ", "bold red")
    obtained = case.error or written({key: case.obtained.get(key) for key in case.expected})
    expected = written(dict(case.expected))
    line = f"{case.name} | expected {expected} | obtained {obtained} | {case.rule} {case.clause}"
    return mark + Text(line.encode("utf-8", "replace").decode("utf-8"))


def written(facts: Any) -> str:
    """Facts on one line; a missing one shows as null."""
    if isinstance(facts, dict):
        return " ".join(
            f"{name}=({written(value)})" if isinstance(value, dict) else f"{name}={written(value)}"
            for name, value in facts.items()
        )
    if isinstance(facts, float):
        return f"{facts:.1f}".removesuffix(".0")
    return facts if isinstance(facts, str) else json.dumps(facts, ensure_ascii=False)


def rules(
    query: Annotated[
        str, typer.Argument(help="Rule id such as ATT-1, or clause such as 三(一)1")
    ] = "",
) -> None:
    """List rules, clauses, values and since when; exit 1 if nothing answers to the query."""
    found = describe(query)
    for entry in found:
        console.print(Text(heading(entry), style="bold"), soft_wrap=True)
        for line in PRINTED[entry["kind"]](entry):
            console.print(Text(f"    {line}"), soft_wrap=True)
    if not found:
        console.print(f"nothing answers to {query!r}; without it everything is listed")
        raise typer.Exit(1)


def heading(entry: dict[str, Any]) -> str:
    """The first line of an entry: its id, what it is called, its clauses."""
    name = (entry.get("heading") or entry.get("label") or {}).values()
    clauses = "; ".join(entry.get("clauses", ()))
    return "  ".join(part for part in (entry["id"], " / ".join(name), clauses) if part)


def rule_lines(entry: dict[str, Any]) -> list[str]:
    """Where a rule is encoded and what each function says."""
    mark = ["[reading] the regulation leaves it open"] if entry["reading"] else []
    later = [] if entry["encoded"] else [f"by: {entry['by']}"]
    return mark + later + [f"{code['function']}: {code['says']}" for code in entry["encoded"]]


def clause_lines(entry: dict[str, Any]) -> list[str]:
    """The words of a clause and the rules that read it."""
    rules = ", ".join(entry["rules"])
    return [line for line in (entry["text"], f"rules: {rules}" if rules else "") if line]


def value_lines(entry: dict[str, Any]) -> list[str]:
    """Every value a number of the regulation has had, and since when."""
    return [
        f"since {past['since']}: {written(past['value'])}  ({past['rule']}, {past['clause']})"
        for past in entry["history"]
    ]


def parameter_lines(entry: dict[str, Any]) -> list[str]:
    """A parameter's default and the bounds in which the city may move it."""
    bounds = f"{written(entry['minimum'])} to {written(entry['maximum'])}"
    return [
        f"default {written(entry['default'])} {entry['unit']}, {bounds}, rule {entry['rule']};"
        " the city's own values: GET /v1/parameters"
    ]


PRINTED = {
    "rule": rule_lines,
    "clause": clause_lines,
    "value": value_lines,
    "parameter": parameter_lines,
}
