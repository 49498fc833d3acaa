"""Who sees which photos, and which photos are missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent
from app.kit import clock
from app.people.photos import Subject, link_photos
from tests.api.station import refused
from tests.city import City
from tests.conftest import SignedIn
from tests.intake.handset import GRID, OTHER_GRID
from tests.intake.uploading import Uploader
from tests.media.photos import Photo, photo

ELSEWHERE = "510185001002001"
ABSENT = "0" * 64


class Scene:
    """Records that name photos, and who looks."""

    def __init__(self, client: SignedIn, db: Session, city: City) -> None:
        self.client, self.db, self.city = client, db, city
        self.uploader = Uploader(client)

    def named(
        self,
        *photos: Photo,
        grid: str = GRID,
        sensitive: bool = False,
        kind: str = "visit",
        at: datetime | None = None,
    ) -> UUID:
        """A record of a worker that names photos."""
        subject = Subject(kind, uuid4(), grid[:12], self.city.workers[grid], sensitive)
        link_photos(self.db, subject, [each.sha256 for each in photos], at or clock.now())
        self.db.commit()
        return subject.id

    def get(self, who: str, path: str, **query: str) -> Response:
        """Look."""
        answer: Response = self.client.http.get(
            f"/v1{path}", headers=self.client.as_(who), params=query or None
        )
        return answer

    def looks(self) -> Sequence[OutboxEvent]:
        """What was logged of looks."""
        self.db.rollback()
        return self.db.scalars(select(OutboxEvent).where(OutboxEvent.name == "photo.seen")).all()


@pytest.fixture
def scene(client: SignedIn, db: Session, city: City) -> Scene:
    return Scene(client, db, city)


def test_the_served_picture_is_not_the_original(scene: Scene) -> None:
    taken = photo((640, 480))
    scene.named(taken)
    scene.uploader.send(taken)
    seen = scene.get(GRID, f"/photos/{taken.sha256}")
    assert seen.status_code == 200
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["content-disposition"] == "inline"
    assert seen.headers["cache-control"] == "private, no-cache"
    assert seen.content[:3] == b"\xff\xd8\xff"
    for mark in (b"Exif", b"GPS", b"Camera of a handset", b"a comment", b"2026:03:18"):
        assert mark not in seen.content
    held = {**scene.client.as_(GRID), "If-None-Match": seen.headers["etag"]}
    again = scene.client.http.get(f"/v1/photos/{taken.sha256}", headers=held)
    assert (again.status_code, again.content) == (304, b"")
    assert scene.looks() == []


def test_a_worker_sees_what_he_or_she_took_and_an_office_its_unit(scene: Scene) -> None:
    taken = photo()
    scene.named(taken)
    scene.uploader.send(taken)
    path = f"/photos/{taken.sha256}"
    seers = (GRID, "station_lead", "information_administrator", "township", "command_centre")
    for who in seers:
        if who in scene.city.phones:
            assert scene.get(who, path).status_code == 200, who
    for who in (OTHER_GRID, ELSEWHERE):
        assert refused(scene.get(who, path)) == (404, "request.not_found"), who
    assert refused(scene.get("finance", path)) == (403, "auth.forbidden")
    assert scene.client.http.get(f"/v1{path}").status_code == 401


@pytest.mark.parametrize("kind", ["proposal_answer", "penalty_appeal", "appraisal_objection"])
def test_photos_of_what_a_worker_answers_are_for_those_who_read_it(scene: Scene, kind: str) -> None:
    taken = photo()
    subject = str(scene.named(taken, kind=kind))
    scene.uploader.send(taken)
    path = f"/photos/{taken.sha256}"
    for who in (GRID, "station_lead", "township", "command_centre", "leading_group_office"):
        assert scene.get(who, path).status_code == 200, who
    for who in (OTHER_GRID, "information_administrator"):
        assert refused(scene.get(who, path)) == (404, "request.not_found"), who
    lacking = str(scene.named(photo((320, 240)), kind=kind))
    for query in ("/photos/missing", "/photos/counts", "/photos/counts?format=csv"):
        assert kind in scene.get("station_lead", query).text
        told = scene.get("information_administrator", query).text
        assert not any(part in told for part in (kind, subject, lacking)), query


def test_what_is_elsewhere_is_not_there(scene: Scene) -> None:
    taken = photo()
    scene.named(taken, grid=ELSEWHERE)
    Uploader(scene.client, ELSEWHERE).send(taken)
    path = f"/photos/{taken.sha256}"
    assert scene.get(ELSEWHERE, path).status_code == 200
    assert refused(scene.get("station_lead", path)) == (404, "request.not_found")
    assert refused(scene.get(GRID, path)) == (404, "request.not_found")
    scene.named(taken)
    assert scene.get("station_lead", path).status_code == 200


def test_of_a_record_about_a_resident_the_station_alone_and_each_look_is_logged(
    scene: Scene,
) -> None:
    taken = photo()
    record = scene.named(taken, sensitive=True, kind="record")
    scene.uploader.send(taken)
    path = f"/photos/{taken.sha256}"
    for who in ("township", "command_centre", OTHER_GRID):
        assert refused(scene.get(who, path)) == (404, "request.not_found"), who
    assert scene.looks() == []
    for who in (GRID, "station_lead"):
        seen = scene.get(who, path)
        assert (seen.status_code, seen.headers["cache-control"]) == (200, "private, no-store")
    looks = scene.looks()
    assert [look.subject_id for look in looks] == [taken.sha256] * 2
    assert {look.facts["subject_id"] for look in looks} == {str(record)}
    assert len({look.account_id for look in looks}) == 2


def test_missing_until_it_arrives(scene: Scene) -> None:
    taken = photo()
    record = scene.named(taken)
    path = f"/photos/{taken.sha256}"
    assert refused(scene.get(GRID, path)) == (404, "media.missing")
    assert refused(scene.get(OTHER_GRID, path)) == (404, "request.not_found")
    [missing] = scene.get(GRID, "/me/photos/missing").json()["items"]
    assert (missing["sha256"], missing["subject_id"]) == (taken.sha256, str(record))
    [row] = scene.get("station_lead", "/photos/missing").json()["items"]
    assert (row["worker_name"], row["subject_kind"]) == ("网格员0", "visit")
    place = scene.uploader.location(taken)
    scene.uploader.piece(place, 0, taken.content[:100])
    assert len(scene.get(GRID, "/me/photos/missing").json()["items"]) == 1
    scene.uploader.piece(place, 100, taken.content[100:])
    assert scene.get(GRID, "/me/photos/missing").json()["items"] == []
    assert scene.get("station_lead", "/photos/missing").json()["items"] == []
    assert scene.get(GRID, path).status_code == 200


def test_missing_photos_by_pages_oldest_first(scene: Scene) -> None:
    start = clock.now() - timedelta(days=3)
    photos = [photo(shade=shade) for shade in range(5)]
    for number, taken in enumerate(photos):
        scene.named(taken, at=start + timedelta(minutes=number // 2))
    scene.named(photo(shade=9), grid=OTHER_GRID)
    found: list[str] = []
    query = {"limit": "2"}
    for last in (False, False, True):
        page = scene.get(GRID, "/me/photos/missing", **query).json()
        found += [each["sha256"] for each in page["items"]]
        assert (page["next_cursor"] is None) == last
        query["cursor"] = page["next_cursor"]
    assert sorted(found) == sorted(each.sha256 for each in photos)
    assert found[-1] == photos[-1].sha256
    assert len(scene.get("station_lead", "/photos/missing").json()["items"]) == 6


def test_counts_by_worker_and_kind(scene: Scene) -> None:
    arrived, missing = photo(shade=1), photo(shade=2)
    scene.named(arrived, missing)
    scene.named(arrived, kind="equipment")
    scene.named(missing, grid=ELSEWHERE)
    scene.uploader.send(arrived)
    counted = scene.get("station_lead", "/photos/counts").json()["items"]
    assert [(row["subject_kind"], row["named"], row["missing"]) for row in counted] == [
        ("visit", 2, 1),
        ("equipment", 1, 0),
    ]
    assert counted[1]["oldest_missing_at"] is None
    assert len(scene.get("command_centre", "/photos/counts").json()["items"]) == 3


def test_dates_and_files(scene: Scene) -> None:
    at = datetime(2026, 3, 18, 23, 59, tzinfo=clock.SHANGHAI)
    scene.named(photo(), at=at)

    def found(**query: str) -> int:
        return len(scene.get("station_lead", "/photos/missing", **query).json()["items"])

    assert found(**{"from": "2026-03-18", "to": "2026-03-18"}) == 1
    assert found(**{"from": "2026-03-19"}) == 0
    assert found(to="2026-03-17") == 0
    for path, name in (("/photos/missing", "missing-photos"), ("/photos/counts", "photos")):
        table = scene.get("station_lead", path, format="csv")
        assert f'filename="{name}.csv"' in table.headers["content-disposition"]
        assert "网格员0" in table.content.decode("utf-8-sig")
        assert scene.get("station_lead", path, format="xlsx").content[:2] == b"PK"


@pytest.mark.parametrize("path", ["/photos/missing", "/photos/counts"])
def test_lists_are_the_unit_s(scene: Scene, path: str) -> None:
    assert refused(scene.get("station_lead", path, unit="510185001002"))[0] == 404
    assert refused(scene.get(GRID, path)) == (403, "auth.forbidden")
    assert scene.get("township", path, unit=GRID[:12]).status_code == 200


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/me/photos/missing?cursor=x", "request.bad_cursor"),
        ("/me/photos/missing?cursor=WyJ4IiwgImEiLCAiYiIsICJjIl0", "request.bad_cursor"),
        ("/me/photos/missing?limit=0", "request.malformed"),
        ("/me/photos/missing?unknown=1", "request.malformed"),
        ("/photos/ABC", "request.malformed"),
        (f"/photos/{ABSENT.replace('0', 'G')}", "request.malformed"),
    ],
)
def test_bad_input(scene: Scene, path: str, code: str) -> None:
    assert refused(scene.get(GRID, path)) == (422, code)


@pytest.mark.parametrize("query", ["from=0001-01-01", "to=9999-12-31", "unit=x", "format=pdf"])
def test_bad_questions_of_an_office(scene: Scene, query: str) -> None:
    for path in ("/photos/missing", "/photos/counts"):
        answer = scene.get("station_lead", f"{path}?{query}")
        assert refused(answer) == (422, "request.malformed")


def test_what_nobody_names_is_not_there(scene: Scene) -> None:
    taken = photo()
    scene.uploader.send(taken)
    for name in (taken.sha256, ABSENT):
        assert refused(scene.get(GRID, f"/photos/{name}")) == (404, "request.not_found")


def test_a_picture_that_the_store_lost_is_missing(scene: Scene, api: FastAPI) -> None:
    taken = photo()
    scene.named(taken)
    scene.uploader.send(taken)
    seen = scene.get(GRID, f"/photos/{taken.sha256}")
    api.state.photo_store.delete(seen.headers["etag"].strip('"'))
    assert refused(scene.get(GRID, f"/photos/{taken.sha256}")) == (404, "media.missing")
