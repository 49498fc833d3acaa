"""Yuan with two decimals, exact: read from text, kept as Decimal, written as text."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

FEN = Decimal("0.01")
"""The smallest amount."""
LARGEST = Decimal("99999999.99")


def rounded(amount: Decimal) -> Decimal:
    """To the fen, half up."""
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def written(amount: Decimal) -> str:
    """An amount as the contract has it: `381.82`."""
    return f"{rounded(amount):f}"


_AS_TEXT = WithJsonSchema(
    {
        "type": "string",
        "pattern": "^-?[0-9]{1,10}\\.[0-9]{2}$",
        "examples": ["2200.00"],
        "description": "Yuan, exact, with two decimals",
    }
)

Yuan = Annotated[Decimal, PlainSerializer(written, return_type=str), _AS_TEXT]
"""An amount that goes out."""

YuanIn = Annotated[Decimal, Field(ge=0, le=LARGEST, max_digits=10, decimal_places=2)]
"""An amount that comes in: never negative, never finer than a fen."""
