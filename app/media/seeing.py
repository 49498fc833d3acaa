"""Who may see a photo: whoever may see a record that names it; of residents each look is logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Media, PhotoLink
from app.kit.errors import NotFound
from app.media.refusals import PhotoMissing
from app.outbox.emit import emit
from app.people.principal import Principal
from app.people.roles import ROLES

STATION = frozenset({"station_lead", "information_administrator"})
"""Besides the worker alone they see photos of records about residents."""
OFFICES = frozenset(
    role for role, scopes in ROLES.items() if "media:read" in scopes and role != "worker"
)

ABOUT_ONESELF: Mapping[str, str] = {
    "proposal_answer": "conduct:read",
    "penalty_appeal": "conduct:read",
    "appraisal_objection": "appraisals:read",
}
"""What a worker says to a proposal, a penalty or an appraisal, and the scope that reading it needs:
its photos are for nobody else."""


@dataclass(frozen=True)
class Seen:
    """The served picture of a photo, and whether it is of a record about a resident."""

    shown: str
    sensitive: bool


def look(session: Session, asker: Principal, photo: str) -> Seen:
    """What the asker may see of a photo; raises NotFound, or PhotoMissing until it arrives."""
    links = session.scalars(select(PhotoLink).where(PhotoLink.sha256 == photo)).all()
    visible = [link for link in links if may_see(asker, link)]
    if not visible:
        raise NotFound
    media = session.get(Media, photo)
    if media is None:
        raise PhotoMissing(sha256=photo)
    sensitive = [link for link in links if link.sensitive]
    if sensitive:
        _log(session, asker, photo, sensitive[0])
    return Seen(media.shown, bool(sensitive))


def may_see(asker: Principal, link: PhotoLink) -> bool:
    """A worker sees what he or she took; an office its unit, of residents the station alone, of a
    worker's answers whoever reads them."""
    if _own(asker, link.worker_id):
        return True
    if link.subject_kind in hidden_from(asker):
        return False
    offices = set(asker.roles) & (STATION if link.sensitive else OFFICES)
    at_its_station = asker.unit_code == link.community_code
    return bool(offices) and (at_its_station if link.sensitive else asker.sees(link.community_code))


def hidden_from(asker: Principal) -> frozenset[str]:
    """The kinds of records of which an office is not told that there are any."""
    return frozenset(kind for kind, scope in ABOUT_ONESELF.items() if scope not in asker.scopes)


def _own(asker: Principal, worker_id: UUID | None) -> bool:
    return asker.worker_id is not None and asker.worker_id == worker_id


def _log(session: Session, asker: Principal, photo: str, link: PhotoLink) -> None:
    emit(
        session,
        "photo.seen",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("photo", photo),
        subject_kind=link.subject_kind,
        subject_id=str(link.subject_id),
    )
