"""Which fields an act needs, and which it may have: a table."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.incidents.act_schemas import ActSaid
from app.incidents.refusals import ActFieldsWrong
from app.rules.incidents import Act, Score

ALWAYS = frozenset({"incident_id", "id", "act", "lon", "lat", "accuracy_m", "photos"})


@dataclass(frozen=True)
class Needs:
    """The fields that must and that may be there, beside those that every act may have."""

    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    one_of: frozenset[str] = frozenset()
    """At least one of these."""


def _needs(must: str = "", may: str = "", one_of: str = "") -> Needs:
    return Needs(frozenset(must.split()), frozenset(may.split()), frozenset(one_of.split()))


NEEDS: Mapping[Act, Needs] = {
    Act.TAKE_UP: _needs(may="reason"),
    Act.ESCALATE: _needs("reason", may="to"),
    Act.HAND_DOWN: _needs("reason"),
    Act.RETURN: _needs("reason"),
    Act.ASK_HELP: _needs("reason"),
    Act.GIVE_HELP: _needs("result", may="reason"),
    Act.ASK_EXTENSION: _needs("hours reason"),
    Act.DECIDE_EXTENSION: _needs("granted", may="hours reason"),
    Act.REGRADE: _needs("reason", one_of="category severity"),
    Act.CLOSE: _needs("result", may="reason"),
    Act.FOLLOW_UP: _needs("result", may="reason"),
    Act.VERIFY: _needs("score", may="reason"),
    Act.WITHDRAW: _needs("reason"),
    Act.FIND_FALSE: _needs("reason"),
    Act.LINK_DUPLICATE: _needs("duplicate_of", may="reason"),
    Act.UNLINK: _needs("reason"),
    Act.WITHDRAW_CARD: _needs("card_id reason"),
}
"""By act. A verification that fails needs its reason too, as does an extension not granted."""


def check_fields(body: ActSaid) -> None:
    """Raises ActFieldsWrong; acts that nobody does by this door are refused later."""
    needs = NEEDS.get(body.act)
    if needs is None:
        return
    said = {name for name, value in body if name not in ALWAYS and value is not None}
    missing = needs.must - said
    if body.score is Score.NOT or body.granted is False:
        missing |= {"reason"} - said
    if needs.one_of and not needs.one_of & said:
        missing |= needs.one_of
    superfluous = said - needs.must - needs.may - needs.one_of
    if missing or superfluous:
        raise ActFieldsWrong(
            act=body.act.value, missing=sorted(missing), superfluous=sorted(superfluous)
        )
