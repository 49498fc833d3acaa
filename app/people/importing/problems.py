"""What can be wrong with a line of a file, in both languages."""

from dataclasses import dataclass, field

from app.kit.errors import Refusal
from app.kit.language import Language

MESSAGES = {
    "file_unreadable": ("无法读取文件：{why}", "The file can't be read: {why}"),
    "encoding": ("既不是 UTF-8 也不是 GB18030 编码", "Neither UTF-8 nor GB18030"),
    "unknown_kind": (
        "表头认不出是哪类数据：{headings}",
        "The headings are those of no known kind: {headings}",
    ),
    "unknown_column": ("不认识的列", "Unknown column"),
    "repeated_column": ("列重复", "The column appears twice"),
    "no_rows": ("没有数据行", "There are no rows"),
    "too_many_cells": ("单元格多于表头", "More cells than headings"),
    "missing": ("必填", "A value is needed"),
    "not_a_code": ("应为 {digits} 位数字的编码", "Expected a code of {digits} digits"),
    "not_a_phone": ("应为 11 位手机号", "Expected a mobile number of 11 digits"),
    "not_a_number": ("应为 {low} 至 {high} 之间的数", "Expected a number from {low} to {high}"),
    "not_a_date": (
        "应为 {earliest} 至 {latest} 的日期",
        "Expected a date from {earliest} to {latest}",
    ),
    "not_a_word": ("应为以下之一：{words}", "Expected one of: {words}"),
    "too_long": ("超过 {most} 个字符", "Longer than {most} characters"),
    "not_geojson": (
        "应为 GeoJSON FeatureCollection",
        "Expected a GeoJSON FeatureCollection",
    ),
    "not_a_feature": (
        "应为带 properties.code 和 geometry 的 Feature",
        "Expected a Feature with properties.code and geometry",
    ),
    "tier_differs": ("层级与编码长度不符", "The tier does not fit the code's length"),
    "serial_zero": ("网格序号为 001 至 999", "A grid's serial is 001 to 999"),
    "another_city": ("库中已有城市 {city}", "The database holds the city {city}"),
    "no_parent": ("上级单位 {parent} 不存在", "The unit above, {parent}, does not exist"),
    "no_unit": ("单位 {unit} 不存在", "The unit {unit} does not exist"),
    "twice": ("与第 {line} 行重复且不一致", "Contradicts line {line}"),
    "another_person": (
        "该电话属于 {name}（{level} 级）",
        "That phone belongs to {name} (level {level})",
    ),
    "nobody_there": (
        "网格 {grid} 没有这位网格员（或没有第一责任人）",
        "The grid {grid} has no such worker (or no first responsible one)",
    ),
    "nobody_of_that_name": (
        "没有该姓名和电话的网格员",
        "There is no worker of that name and phone",
    ),
    "dates_contradict": (
        "出生、开始与到期日期前后矛盾",
        "The dates of birth, beginning and end contradict each other",
    ),
    "not_a_key": ("应为系统导出的编号", "Expected a key as the system exports it"),
    "other_kinds": (
        "该地点已登记，走访类别不同",
        "The place is registered already, with other kinds",
    ),
    "no_grid": ("第一责任人须填写网格编码", "First responsible: for which grid?"),
}


@dataclass(frozen=True)
class Place:
    """A line of a file; for GeoJSON the number of the feature."""

    file: str
    line: int


@dataclass(frozen=True)
class LineProblem:
    """One thing wrong at one place."""

    place: Place
    column: str
    code: str
    zh: str
    en: str

    def text(self, language: Language) -> str:
        """The problem in a language."""
        return self.zh if language == "zh" else self.en


def problem(place: Place, column: str, code: str, **facts: object) -> LineProblem:
    """A problem of the catalogue above."""
    zh, en = MESSAGES[code]
    return LineProblem(place, column, f"import.{code}", zh.format(**facts), en.format(**facts))


def refused(place: Place, column: str, refusal: Refusal) -> LineProblem:
    """What a register refused, as a problem of the line that asked for it."""
    facts = "; ".join(f"{name} {value}" for name, value in refusal.facts.items())
    tail = f" ({facts})" if facts else ""
    zh, en = refusal.title("zh") + tail, refusal.title("en") + tail
    return LineProblem(place, column, refusal.code, zh, en)


@dataclass
class Findings:
    """The problems found so far."""

    problems: list[LineProblem] = field(default_factory=list)

    def add(self, place: Place, column: str, code: str, **facts: object) -> None:
        """Note a problem of the catalogue."""
        self.problems.append(problem(place, column, code, **facts))

    def refuse(self, place: Place, column: str, refusal: Refusal) -> None:
        """Note a register's refusal."""
        self.problems.append(refused(place, column, refusal))
