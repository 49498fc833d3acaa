"""Photos go when the records that name them go."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Media, OutboxEvent, PhotoLink
from app.intake.pieces import Pieces
from app.intake.upload_files import UploadKey, folder_of
from app.jobs.timetable import TIMETABLE
from app.kit import clock
from app.media.arrivals import Arrival, keep
from app.media.retention import erase_photos, erase_unnamed, unlink_subjects
from app.media.store import PhotoStore
from app.people.photos import Subject, link_photos
from app.settings import Settings
from tests.city import City
from tests.intake.handset import GRID
from tests.media.photos import Photo, encoded, photo, picture

NOW = clock.now()


@pytest.fixture
def store(api: FastAPI) -> PhotoStore:
    found: PhotoStore = api.state.photo_store
    return found


def arrived(api: FastAPI, db: Session, taken: Photo, days_ago: int = 0) -> Media:
    """A photo that is kept."""
    account_id = db.scalars(select(Account.id)).first()
    assert account_id is not None
    at = NOW - timedelta(days=days_ago)
    content, name, filetype = taken.content, taken.sha256, taken.filetype
    keep(
        api.state.sessions,
        api.state.photo_store,
        Arrival(content, name, filetype, account_id, GRID[:12], at),
    )
    db.rollback()
    return db.get_one(Media, taken.sha256)


def named(db: Session, city: City, taken: Photo) -> UUID:
    """A record that names it."""
    key = uuid4()
    subject = Subject("visit", key, GRID[:12], city.workers[GRID])
    link_photos(db, subject, [taken.sha256], NOW)
    db.commit()
    return key


def test_a_photo_goes_with_the_last_record_that_names_it(
    api: FastAPI, db: Session, city: City, store: PhotoStore
) -> None:
    taken = photo()
    media = arrived(api, db, taken)
    first, second = named(db, city, taken), named(db, city, taken)
    assert unlink_subjects(db, [first]) == [taken.sha256]
    assert erase_photos(db, store, [taken.sha256], "the record was erased") == 0
    assert store.exists(taken.sha256)
    assert unlink_subjects(db, [second, uuid4()]) == [taken.sha256]
    assert erase_photos(db, store, [taken.sha256], "the record was erased") == 1
    db.commit()
    assert db.scalars(select(Media)).all() == []
    assert db.scalars(select(PhotoLink)).all() == []
    assert not store.exists(taken.sha256)
    assert not store.exists(media.shown)
    [erased] = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "photo.erased"))
    assert (erased.subject_id, erased.facts) == (taken.sha256, {"why": "the record was erased"})


def test_a_picture_that_two_photos_share_stays_for_the_other(
    api: FastAPI, db: Session, store: PhotoStore
) -> None:
    plain = picture()
    one, other = encoded(plain, "PNG"), encoded(plain, "PNG", compress_level=0)
    shown = arrived(api, db, one).shown
    assert arrived(api, db, other).shown == shown
    erase_photos(db, store, [one.sha256], "test")
    assert store.exists(shown)
    erase_photos(db, store, [other.sha256], "test")
    assert not store.exists(shown)


def test_what_no_record_names_goes_after_thirty_days(
    api: FastAPI, db: Session, city: City, store: PhotoStore
) -> None:
    old, young, kept = photo(shade=1), photo(shade=2), photo(shade=3)
    arrived(api, db, old, days_ago=31)
    arrived(api, db, young, days_ago=29)
    arrived(api, db, kept, days_ago=31)
    named(db, city, kept)
    assert erase_unnamed(db, store, NOW) == 1
    db.commit()
    assert set(db.scalars(select(Media.sha256))) == {young.sha256, kept.sha256}
    assert erase_unnamed(db, store, NOW) == 0


def test_erased_twice(api: FastAPI, db: Session, store: PhotoStore) -> None:
    taken = photo()
    arrived(api, db, taken)
    erase_photos(db, store, [taken.sha256], "test")
    db.rollback()
    assert erase_photos(db, store, [taken.sha256], "test") == 1
    db.commit()
    assert erase_photos(db, store, [taken.sha256], "test") == 0


def test_the_timetable_does_both(
    api: FastAPI, db: Session, store: PhotoStore, database: Settings
) -> None:
    taken = photo()
    arrived(api, db, taken, days_ago=31)
    left = UploadKey.new(uuid4(), NOW - timedelta(days=8))
    place = Pieces(folder_of(database)).place(left)
    place.mkdir(parents=True)
    (place / "lock").touch()
    for entry in TIMETABLE:
        if entry.name in {"forget_uploads", "erase_unnamed_photos"}:
            entry.run(api.state.sessions, NOW)
    assert not place.exists()
    db.rollback()
    assert db.scalars(select(Media)).all() == []
    assert not store.exists(taken.sha256)
