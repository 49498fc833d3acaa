"""What a form's fields are made of, and which values they take."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite
from typing import Any
from uuid import UUID

LONGEST_LINE = 200
LONGEST_TEXT = 4000
LARGEST = 1_000_000
LON_AT_MOST, LAT_AT_MOST = 180, 90
EARLIEST, LATEST = date(1900, 1, 1), date(2099, 12, 31)
ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
PHONE = re.compile(r"[0-9]{7,15}")
CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
"""GB 11643-1999: the last character proves the other seventeen."""


class FieldType(StrEnum):
    """What kind of value a field takes."""

    LINE = "line"
    TEXT = "text"
    NAME = "name"
    ADDRESS = "address"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    CREDIT_CODE = "credit_code"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    POINT = "point"
    RECORD = "record"


class Secrecy(StrEnum):
    """Where a value is kept: as it is, encrypted, or encrypted apart because it ends earlier."""

    PLAIN = "plain"
    SEALED = "sealed"
    SPECIAL = "special"


@dataclass(frozen=True)
class Choice:
    """One of the values of a field."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True)
class Field:
    """One field of a form. `identifying`: it can be looked up by its exact value."""

    name: str
    type: FieldType
    zh: str
    en: str
    required: bool = False
    secrecy: Secrecy = Secrecy.PLAIN
    identifying: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class FieldProblem:
    """Why a value is not acceptable; never the value itself."""

    field: str
    code: str
    zh: str
    en: str


WHY = {
    "unknown_field": ("表单没有这一项", "The form has no such field"),
    "missing": ("必填", "Required"),
    "wrong_type": ("类型不符", "Not of the field's type"),
    "too_long": ("太长", "Too long"),
    "bad_format": ("格式不符", "Not in the required form"),
    "bad_check_digit": ("身份证号码校验位不符", "The identity number's check digit is wrong"),
    "bad_choice": ("不在选项之内", "Not one of the choices"),
    "out_of_bounds": ("超出范围", "Out of bounds"),
}


class Unacceptable(ValueError):
    """A value that a field does not take; the code is a key of WHY."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def problem(field: str, code: str) -> FieldProblem:
    """A problem with its words."""
    zh, en = WHY[code]
    return FieldProblem(field, code, zh, en)


def read_value(field: Field, value: object) -> Any:
    """The value as it is stored; raises Unacceptable."""
    return READERS[field.type](field, value)


def _words(most: int) -> Callable[[Field, object], str]:
    def read(field: Field, value: object) -> str:
        del field
        if not isinstance(value, str):
            raise Unacceptable("wrong_type")
        said = value.strip()
        if not said or "\x00" in said or not _is_text(said):
            raise Unacceptable("bad_format")
        if len(said) > most:
            raise Unacceptable("too_long")
        return said

    return read


def _is_text(said: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in said)


_line = _words(LONGEST_LINE)


def _phone(field: Field, value: object) -> str:
    digits = re.sub(r"[\s\-()（）]|^\+86", "", _line(field, value))
    if not PHONE.fullmatch(digits):
        raise Unacceptable("bad_format")
    return digits


def _id_number(field: Field, value: object) -> str:
    said = re.sub(r"\s", "", _line(field, value)).upper()
    if not ID_NUMBER.fullmatch(said):
        raise Unacceptable("bad_format")
    if said[-1] != check_digit(said):
        raise Unacceptable("bad_check_digit")
    return said


def check_digit(number: str) -> str:
    """The eighteenth character that belongs to an identity number's first seventeen."""
    total = sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False))
    return ID_CHECKS[total % 11]


def _credit_code(field: Field, value: object) -> str:
    said = re.sub(r"\s", "", _line(field, value)).upper()
    if not CREDIT_CODE.fullmatch(said):
        raise Unacceptable("bad_format")
    return said


def _date(field: Field, value: object) -> str:
    try:
        day = date.fromisoformat(_line(field, value))
    except Unacceptable:
        raise
    except ValueError:
        raise Unacceptable("bad_format") from None
    if not EARLIEST <= day <= LATEST:
        raise Unacceptable("out_of_bounds")
    return day.isoformat()


def _number(field: Field, value: object) -> float:
    del field
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unacceptable("wrong_type")
    if abs(value) > LARGEST or not isfinite(value):
        raise Unacceptable("out_of_bounds")
    return value


def _choice(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise Unacceptable("wrong_type")
    if value not in {choice.value for choice in field.choices}:
        raise Unacceptable("bad_choice")
    return value


def _yes_no(field: Field, value: object) -> bool:
    del field
    if not isinstance(value, bool):
        raise Unacceptable("wrong_type")
    return value


def _point(field: Field, value: object) -> dict[str, float]:
    if not isinstance(value, Mapping) or set(value) != {"lon", "lat"}:
        raise Unacceptable("wrong_type")
    lon, lat = _number(field, value["lon"]), _number(field, value["lat"])
    if abs(lon) > LON_AT_MOST or abs(lat) > LAT_AT_MOST:
        raise Unacceptable("out_of_bounds")
    return {"lon": lon, "lat": lat}


def _record(field: Field, value: object) -> str:
    try:
        return str(UUID(_line(field, value)))
    except Unacceptable:
        raise
    except ValueError:
        raise Unacceptable("bad_format") from None


READERS: dict[FieldType, Callable[[Field, object], Any]] = {
    FieldType.LINE: _line,
    FieldType.TEXT: _words(LONGEST_TEXT),
    FieldType.NAME: _line,
    FieldType.ADDRESS: _line,
    FieldType.PHONE: _phone,
    FieldType.ID_NUMBER: _id_number,
    FieldType.CREDIT_CODE: _credit_code,
    FieldType.DATE: _date,
    FieldType.NUMBER: _number,
    FieldType.CHOICE: _choice,
    FieldType.YES_NO: _yes_no,
    FieldType.POINT: _point,
    FieldType.RECORD: _record,
}
