"""Where each ground that the system finds month by month is looked for; A5 goes by the year."""

from collections.abc import Mapping

from app.conduct.basis import Look
from app.conduct.grounds_awareness import look_below_60, look_below_90
from app.conduct.grounds_cards import look_at_cards
from app.conduct.grounds_clothes import look_at_clothes
from app.conduct.grounds_events import look_at_quota
from app.conduct.grounds_information import look_at_information
from app.conduct.grounds_logins import look_at_logins
from app.rules.conduct import Ground

BY_DATE: Mapping[Ground, Look] = {
    Ground.B1: look_at_clothes,
    Ground.B4: look_at_cards,
}
"""Date by date, also in a month that is not over."""

BY_MONTH: Mapping[Ground, Look] = {
    Ground.A3: look_below_60,
    Ground.B2: look_at_quota,
    Ground.B3: look_at_logins,
    Ground.B5: look_at_information,
    Ground.B6: look_below_90,
}
"""Of a month once nothing more is expected of it."""

LOOKS: Mapping[Ground, Look] = {**BY_DATE, **BY_MONTH}
