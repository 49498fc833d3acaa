"""Photos in pieces: cut off anywhere and resumed, and nothing acknowledged that is not kept."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.types import Message

from app.db.models import Media, OutboxEvent
from app.intake.pieces import Pieces
from app.intake.tus import until_silent
from app.intake.upload_desk import open_desk
from app.intake.upload_files import MOST_OPEN, UploadKey, forget_expired
from app.kit import clock
from app.main import create_app
from app.media.store import open_store
from app.settings import Settings
from tests.api.station import refused
from tests.city import City
from tests.conftest import SignedIn
from tests.intake.handset import OTHER_GRID
from tests.intake.uploading import PIECE, Uploader, metadata
from tests.media.photos import ASKED, Photo, encoded, photo, picture


@pytest.fixture
def uploader(client: SignedIn) -> Uploader:
    return Uploader(client)


def rows(db: Session, sha256: str | None = None) -> int:
    db.rollback()
    query = select(func.count()).select_from(Media)
    return db.scalar(query if sha256 is None else query.where(Media.sha256 == sha256)) or 0


def test_what_is_spoken(uploader: Uploader) -> None:
    said = uploader.ask("OPTIONS", "/v1/uploads")
    assert said.status_code == 204
    assert said.headers["tus-extension"] == "creation,expiration,termination"
    assert said.headers["tus-max-size"] == str(10 * 1024 * 1024)


def test_in_one_piece(uploader: Uploader, db: Session, api: FastAPI) -> None:
    taken = photo()
    begun = uploader.begin(taken)
    assert begun.status_code == 201
    assert "upload-offset" not in begun.headers
    place = begun.headers["location"]
    assert uploader.offset(place) == 0
    sent = uploader.piece(place, 0, taken.content)
    assert (sent.status_code, sent.headers["upload-offset"]) == (204, str(len(taken.content)))
    media = db.get_one(Media, taken.sha256)
    assert (media.width, media.height, media.bytes) == (64, 48, len(taken.content))
    assert media.taken == ASKED
    store = api.state.photo_store
    assert store.get(taken.sha256) == taken.content
    assert b"Exif" not in store.get(media.shown)
    assert uploader.offset(place) == len(taken.content)
    [stored] = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "photo.stored"))
    assert stored.facts == {"bytes": len(taken.content), "media_type": "image/jpeg"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_types(uploader: Uploader, db: Session, kind: str) -> None:
    taken = encoded(picture(), kind)
    assert uploader.send(taken).status_code == 204
    assert db.get_one(Media, taken.sha256).media_type == taken.filetype


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_cut_off_after_any_byte_and_resumed(
    uploader: Uploader, db: Session, data: st.DataObject
) -> None:
    taken = photo(shade=data.draw(st.integers(0, 65_535), "shade"))
    length = len(taken.content)
    cuts = data.draw(st.sets(st.integers(1, length - 1), max_size=5), "cuts")
    place = uploader.location(taken)
    for first, last in zip([0, *sorted(cuts)], [*sorted(cuts), length], strict=True):
        known = rows(db, taken.sha256)
        offset = uploader.offset(place)
        assert offset in (first, length)
        if offset == length:
            assert known
            break
        sent = uploader.piece(place, offset, taken.content[offset:last])
        assert (sent.status_code, sent.headers["upload-offset"]) == (204, str(last))
    assert rows(db, taken.sha256) == 1


def test_a_piece_elsewhere_is_refused_and_harms_nothing(uploader: Uploader) -> None:
    taken = photo()
    place = uploader.location(taken)
    assert uploader.piece(place, 0, taken.content[:100]).status_code == 204
    for offset in (0, 99, 101, len(taken.content), 10**30):
        answer = uploader.piece(place, offset, taken.content[offset : offset + 10])
        assert refused(answer) == (409, "upload.offset")
    assert uploader.offset(place) == 100
    assert uploader.piece(place, 100, taken.content[100:]).status_code == 204


def test_more_than_was_announced(uploader: Uploader, db: Session) -> None:
    taken = photo()
    place = uploader.location(taken)
    answer = uploader.piece(place, 0, taken.content + b"!")
    assert refused(answer) == (400, "upload.beyond_length")
    offset = uploader.offset(place)
    assert offset < len(taken.content)
    assert uploader.piece(place, offset, taken.content[offset:]).status_code == 204
    assert rows(db) == 1


@pytest.mark.parametrize("tampered", [0, 50, -1])
def test_a_wrong_hash_is_discarded_and_can_begin_again(
    uploader: Uploader, db: Session, tampered: int
) -> None:
    taken = photo()
    wrong = bytearray(taken.content)
    wrong[tampered] ^= 1
    place = uploader.location(taken)
    answer = uploader.piece(place, 0, bytes(wrong))
    assert refused(answer) == (422, "media.wrong_hash")
    assert rows(db) == 0
    assert uploader.ask("HEAD", place).status_code == 404
    assert uploader.send(taken).status_code == 204


def broken() -> dict[str, Photo]:
    whole = photo((640, 480)).content
    return {
        "text": Photo(b"This is not a picture. " * 40),
        "truncated": Photo(whole[: len(whole) // 2]),
        "a head alone": Photo(whole[:40]),
        "another type": Photo(encoded(picture(), "PNG").content),
        "a truncated png": Photo(encoded(picture(), "PNG").content[:-30], "image/png"),
        "a page": Photo(b"<html><script>alert(1)</script></html>", "image/webp"),
    }


@pytest.mark.parametrize("what", broken())
def test_what_is_no_whole_picture_is_discarded(uploader: Uploader, db: Session, what: str) -> None:
    sent = broken()[what]
    place = uploader.location(sent)
    answer = uploader.piece(place, 0, sent.content)
    assert refused(answer) == (422, "media.broken")
    assert uploader.ask("HEAD", place).status_code == 404
    assert rows(db) == 0


def test_a_bomb_is_refused_before_it_is_unpacked(uploader: Uploader, db: Session) -> None:
    flat = encoded(picture((7100, 7100)).convert("1"), "PNG")
    answer = uploader.send(flat)
    assert refused(answer) == (422, "media.too_many_pixels")
    assert rows(db) == 0


GOOD = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ANNOUNCED: dict[str, tuple[dict[str, str], int, str]] = {
    "a type not taken": (
        {"Upload-Metadata": metadata(sha256=GOOD, filetype="image/svg+xml")}, 422, "media.type",
    ),
    "no hash": ({"Upload-Metadata": metadata(filetype="image/png")}, 422, "media.metadata"),
    "no type": ({"Upload-Metadata": metadata(sha256=GOOD)}, 422, "media.metadata"),
    "capitals": (
        {"Upload-Metadata": metadata(sha256=GOOD.upper(), filetype="image/png")},
        422, "media.metadata",
    ),
    "no base64": ({"Upload-Metadata": "sha256 ~~~,filetype"}, 422, "media.metadata"),
    "nothing": ({"Upload-Metadata": ""}, 422, "media.metadata"),
    "too large": ({"Upload-Length": str(10 * 1024 * 1024 + 1)}, 413, "media.too_large"),
    "huge": ({"Upload-Length": "9" * 300}, 413, "media.too_large"),
    "too huge": ({"Upload-Length": "9" * 9999}, 422, "request.malformed"),
    "empty": ({"Upload-Length": "0"}, 422, "request.malformed"),
    "negative": ({"Upload-Length": "-1"}, 422, "request.malformed"),
    "no number": ({"Upload-Length": "NaN"}, 422, "request.malformed"),
    "long metadata": ({"Upload-Metadata": "a " + "b" * 4000}, 422, "request.malformed"),
    "a version": ({"Tus-Resumable": "0.2.2"}, 412, "upload.version"),
    "deferred": ({"Upload-Defer-Length": "1"}, 422, "upload.not_offered"),
    "partial": ({"Upload-Concat": "partial"}, 422, "upload.not_offered"),
    "final": (
        {"Upload-Concat": "final;/v1/uploads/../../secret.key"}, 422, "upload.not_offered",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ANNOUNCED)
def test_what_can_not_be_announced(uploader: Uploader, what: str) -> None:
    headers, status, code = ANNOUNCED[what]
    assert refused(uploader.begin(photo(), **headers)) == (status, code)


def test_content_with_the_announcement_is_not_offered(uploader: Uploader) -> None:
    taken = photo()
    answer = uploader.ask(
        "POST",
        "/v1/uploads",
        taken.content,
        **{
            "Upload-Length": str(len(taken.content)),
            "Upload-Metadata": metadata(sha256=taken.sha256, filetype=taken.filetype),
            "Content-Type": PIECE,
        },
    )
    assert refused(answer) == (422, "upload.not_offered")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Tus-Resumable": "2.0.0"}, 412, "upload.version"),
        ({"Content-Type": "image/jpeg"}, 415, "upload.content_type"),
        ({"Upload-Offset": "-1"}, 422, "request.malformed"),
        ({"Upload-Offset": "x"}, 422, "request.malformed"),
        ({"Content-Encoding": "gzip"}, 400, "request.bad_encoding"),
        ({"Authorization": "Bearer forged"}, 401, "auth.unauthenticated"),
        ({"X-App-Version": "0.0.1"}, 426, "auth.app_too_old"),
    ],
)
def test_a_piece_that_is_refused_writes_nothing(
    uploader: Uploader, headers: dict[str, str], status: int, code: str
) -> None:
    taken = photo()
    place = uploader.location(taken)
    answer = uploader.piece(place, 0, taken.content[:50], **headers)
    assert refused(answer)[0] == status, answer.text
    assert refused(answer)[1] == code
    assert uploader.offset(place) == 0


def test_an_upload_is_its_account_s_alone(uploader: Uploader, client: SignedIn) -> None:
    taken = photo()
    place = uploader.location(taken)
    stranger = Uploader(client, OTHER_GRID)
    assert stranger.ask("HEAD", place).status_code == 404
    assert refused(stranger.piece(place, 0, taken.content)) == (404, "upload.not_found")
    assert refused(stranger.ask("DELETE", place)) == (404, "upload.not_found")
    answer = client.http.request("HEAD", place, headers=client.as_("station_lead"))
    assert answer.status_code == 403
    assert uploader.piece(place, 0, taken.content).status_code == 204


@pytest.mark.parametrize(
    "name", ["0" * 64, "f" * 64, "..%2f" * 8, "secret.key", "a" * 63, "A" * 64, "%00" * 8, "."]
)
def test_names_that_lead_nowhere(uploader: Uploader, name: str) -> None:
    for method in ("HEAD", "PATCH", "DELETE"):
        answer = uploader.ask(
            method, f"/v1/uploads/{name}", b"x", **{"Upload-Offset": "0", "Content-Type": PIECE}
        )
        assert answer.status_code in (404, 405, 422), (method, answer.text)


def test_given_up(uploader: Uploader) -> None:
    taken = photo()
    place = uploader.location(taken)
    uploader.piece(place, 0, taken.content[:10])
    assert uploader.ask("DELETE", place).status_code == 204
    assert refused(uploader.ask("DELETE", place)) == (404, "upload.not_found")
    assert refused(uploader.piece(place, 10, taken.content[10:])) == (404, "upload.not_found")


def test_no_way_around_the_method(uploader: Uploader) -> None:
    place = uploader.location(photo())
    override = {"X-HTTP-Method-Override": "DELETE"}
    assert uploader.ask("HEAD", place, b"", **override).status_code == 200
    assert uploader.offset(place) == 0


def test_the_same_photo_twice_is_sent_once(
    uploader: Uploader, client: SignedIn, db: Session
) -> None:
    taken = photo()
    early = Uploader(client, OTHER_GRID).location(taken)
    assert uploader.send(taken).status_code == 204
    again = uploader.begin(taken)
    assert (again.status_code, again.headers["upload-offset"]) == (201, str(len(taken.content)))
    place = again.headers["location"]
    assert uploader.offset(place) == len(taken.content)
    assert refused(uploader.piece(place, 0, taken.content)) == (409, "upload.offset")
    assert uploader.piece(place, len(taken.content), b"").status_code == 204
    other = Uploader(client, OTHER_GRID).piece(early, 0, taken.content)
    assert other.status_code == 204
    assert rows(db) == 1
    announcements = select(OutboxEvent).where(OutboxEvent.name == "photo.stored")
    assert len(db.scalars(announcements).all()) == 1


def test_a_photo_whose_content_was_lost_is_asked_for_again(
    uploader: Uploader, api: FastAPI, db: Session
) -> None:
    taken = photo()
    uploader.send(taken)
    store = api.state.photo_store
    store.delete(taken.sha256)
    assert "upload-offset" not in uploader.begin(taken).headers
    assert uploader.send(taken).status_code == 204
    assert store.exists(taken.sha256)
    assert rows(db) == 1


def test_resumed_after_the_server_restarted(
    uploader: Uploader, database: Settings, city: City, client: SignedIn, db: Session
) -> None:
    taken = photo()
    place = uploader.location(taken)
    uploader.piece(place, 0, taken.content[:200])
    later = create_app(database)
    with TestClient(later) as http:
        resumed = Uploader(SignedIn(http, city, client.devices, client.tokens))
        assert resumed.offset(place) == 200
        assert resumed.piece(place, 200, taken.content[200:]).status_code == 204
    later.state.engine.dispose()
    assert rows(db, taken.sha256) == 1


def test_a_whole_upload_that_was_not_kept_does_not_look_finished(
    uploader: Uploader, api: FastAPI, db: Session
) -> None:
    taken = photo()
    place = uploader.location(taken)
    key = UploadKey.parse(place.rpartition("/")[2])
    pieces: Pieces = api.state.uploads.pieces
    # As a server leaves it that is killed between the last byte and the commit.
    (pieces.place(key) / "content").write_bytes(taken.content)
    offset = uploader.offset(place)
    assert offset == len(taken.content) - 1
    assert uploader.piece(place, offset, taken.content[offset:]).status_code == 204
    assert rows(db, taken.sha256) == 1


def test_a_store_that_fails_is_tried_again(
    uploader: Uploader, api: FastAPI, db: Session, tmp_path: Path
) -> None:
    taken = photo()
    place = uploader.location(taken)
    desk = api.state.uploads
    working, desk.store = desk.store, open_store(Settings(state_dir=tmp_path))
    shutil.rmtree(tmp_path / "media")
    (tmp_path / "media").write_text("not a folder")
    answer = uploader.piece(place, 0, taken.content)
    assert refused(answer) == (503, "service.unavailable")
    assert "retry-after" in answer.headers
    assert rows(db) == 0
    offset = uploader.offset(place)
    assert offset == len(taken.content) - 1
    desk.store = working
    assert uploader.piece(place, offset, taken.content[offset:]).status_code == 204
    assert rows(db) == 1


def test_a_disk_that_fails_is_tried_again(uploader: Uploader, api: FastAPI, tmp_path: Path) -> None:
    taken = photo()
    pieces: Pieces = api.state.uploads.pieces
    place = uploader.location(taken)
    folder, full = pieces.folder, tmp_path / "full"
    full.write_text("no folder")
    pieces.folder = full
    assert refused(uploader.begin(taken)) == (503, "service.unavailable")
    pieces.folder = folder
    content = pieces.place(UploadKey.parse(place.rpartition("/")[2])) / "content"
    content.chmod(0o600)
    content.rename(content.with_name("aside"))
    content.symlink_to("/dev/full")
    assert refused(uploader.piece(place, 0, taken.content)) == (503, "service.unavailable")
    content.unlink()
    content.with_name("aside").rename(content)
    assert uploader.piece(place, 0, taken.content).status_code == 204


def test_a_body_that_stops_coming_ends() -> None:
    async def silent() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def asked() -> Message:
        return await until_silent(silent, 0.01)()

    assert anyio.run(asked) == {"type": "http.disconnect"}


def test_left_uploads_expire(uploader: Uploader, api: FastAPI) -> None:
    place = uploader.location(photo())
    key = UploadKey.parse(place.rpartition("/")[2])
    folder = api.state.uploads.pieces.folder
    week = timedelta(days=7)
    forget_expired(folder, clock.now() + week - timedelta(minutes=1))
    assert uploader.offset(place) == 0
    old = UploadKey.new(key.account_id, clock.now() - week - timedelta(minutes=1))
    shutil.copytree(api.state.uploads.pieces.place(key), api.state.uploads.pieces.place(old))
    answer = uploader.piece(f"/v1/uploads/{old}", 0, b"x")
    assert refused(answer) == (410, "upload.expired")
    assert forget_expired(folder, clock.now()) == 1
    assert uploader.ask("HEAD", f"/v1/uploads/{old}").status_code == 404
    assert uploader.offset(place) == 0
    assert forget_expired(folder, clock.now() + week + timedelta(minutes=1)) >= 1
    assert uploader.ask("HEAD", place).status_code == 404


def test_refusals_in_the_language_asked_for(uploader: Uploader) -> None:
    titles = {
        language: uploader.begin(
            photo(), **{"Upload-Metadata": "", "Accept-Language": language}
        ).json()["title"]
        for language in ("zh", "en")
    }
    assert titles["en"].startswith("An upload must announce")
    assert titles["zh"].startswith("上传时须注明")


def test_what_the_desk_is_made_of(database: Settings, api: FastAPI) -> None:
    small: dict[str, Any] = {"media_max_bytes": 1000}
    desk = open_desk(database.model_copy(update=small), api.state.sessions, api.state.photo_store)
    assert desk.max_bytes == 1000


def test_an_account_has_only_so_many_open_uploads(
    uploader: Uploader, client: SignedIn, api: FastAPI
) -> None:
    """One that ended makes room, and other accounts have theirs."""
    place = uploader.location(photo(shade=1))
    key = UploadKey.parse(place.rpartition("/")[2])
    mine: Path = api.state.uploads.pieces.folder / key.account_id.hex
    others = sum(not (each / "kept").exists() for each in mine.iterdir()) - 1
    made = [mine / f"{number:032x}" for number in range(MOST_OPEN - 1 - others)]
    for folder in made:
        folder.mkdir()
    before = set(mine.iterdir())
    assert refused(uploader.begin(photo(shade=2))) == (429, "request.too_many")
    assert set(mine.iterdir()) == before
    assert Uploader(client, OTHER_GRID).begin(photo(shade=3)).status_code == 201
    assert uploader.piece(place, 0, photo(shade=1).content).status_code == 204
    assert uploader.begin(photo(shade=2)).status_code == 201
    for folder in made:
        folder.rmdir()
