"""How acts on events are spoken (EVT-1, EVT-3, EVT-4)."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from app.kit.schema import In, Latitude, Longitude, Metres, Paragraph, Photos
from app.rules.field_records import Severity
from app.rules.incidents import Act, Score
from app.rules.tiers import Tier

CategoryCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?$",
        description="Of the category tree: `public_safety`, or `public_safety.fire` below it",
    ),
]
Hours = Annotated[Decimal, Field(gt=0, le=2000, max_digits=6, decimal_places=2)]


class ActIn(In):
    """One act on an event. Which fields an act needs, and which it may not have, follows from it:
    a missing or a superfluous one is refused by its name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "incident_id": "0199d2f0-0000-7000-8000-000000000000",
                    "act": "escalate",
                    "reason": "超出网格处置能力，需社区协调物业",
                },
                {
                    "incident_id": "0199d2f0-0000-7000-8000-000000000000",
                    "act": "close",
                    "result": "已清理楼道杂物",
                },
            ]
        }
    )

    incident_id: UUID
    act: Act
    reason: Paragraph | None = None
    result: Paragraph | None = None
    to: Tier | None = Field(default=None, description="escalate: next tier, or centre if major")
    hours: Hours | None = Field(default=None, description="ask_extension, decide_extension")
    granted: bool | None = Field(default=None, description="decide_extension")
    category: CategoryCode | None = Field(default=None, description="regrade")
    severity: Severity | None = Field(default=None, description="regrade")
    score: Score | None = Field(default=None, description="verify")
    duplicate_of: UUID | None = Field(default=None, description="link_duplicate")
    card_id: UUID | None = Field(default=None, description="withdraw_card")
    lon: Longitude | None = None
    lat: Latitude | None = None
    accuracy_m: Metres | None = Field(default=None, description="Metres")
    photos: Photos = Field(default=[])
