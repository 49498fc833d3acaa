"""Uploads over real connections: cut off, sent by two at once, and a server killed in between."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.engine import make_engine, make_sessions
from app.db.models import Media
from app.settings import Settings
from tests.city import PASSWORD, City
from tests.databases import Copies
from tests.intake.handset import GRID
from tests.intake.uploading import PIECE, TUS, metadata
from tests.media.object_store import ACCESS_KEY, object_server
from tests.media.photos import Photo, encoded, photo, picture
from tests.serving import Server, serving

PATIENCE_S = 60.0
KILLS = 3


@dataclass
class Line:
    """A handset's connections to a server."""

    url: str
    token: dict[str, str]

    def ask(self, method: str, place: str, /, content: bytes = b"", **more: str) -> httpx.Response:
        """One request."""
        headers = {**self.token, **TUS, **more}
        return httpx.request(
            method, f"{self.url}{place}", headers=headers, content=content, timeout=PATIENCE_S
        )

    def begin(self, taken: Photo) -> str:
        """Where an upload goes."""
        said = metadata(sha256=taken.sha256, filetype=taken.filetype)
        headers = {"Upload-Length": str(len(taken.content)), "Upload-Metadata": said}
        begun = self.ask("POST", "/v1/uploads", **headers)  # type: ignore[arg-type]
        assert begun.status_code == 201, begun.text
        return begun.headers["location"]

    def offset(self, place: str) -> int:
        """Where it stands; while another connection holds it, ask again."""
        for _ in range(40):
            answer = self.ask("HEAD", place)
            if answer.status_code != 423:
                assert answer.status_code == 200, answer.status_code
                return int(answer.headers["upload-offset"])
        raise TimeoutError(place)

    def piece(self, place: str, offset: int, content: bytes) -> httpx.Response:
        """Send a piece."""
        headers = {"Upload-Offset": str(offset), "Content-Type": PIECE}
        return self.ask("PATCH", place, content, **headers)

    def half_a_piece(self, place: str, offset: int, content: bytes, sent: int) -> socket.socket:
        """A piece of which only some bytes are sent; the connection is open still."""
        url = urlsplit(self.url)
        head = {
            **self.token,
            **TUS,
            "Host": url.netloc,
            "Upload-Offset": str(offset),
            "Content-Type": PIECE,
            "Content-Length": str(len(content)),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        connection = socket.create_connection((url.hostname or "", url.port or 0))
        connection.sendall(f"PATCH {place} HTTP/1.1\r\n{lines}\r\n".encode() + content[:sent])
        return connection


def sign_in(server: Server, city: City, device: str) -> Line:
    body = {
        "phone": city.phones[GRID],
        "password": PASSWORD,
        "device": {"id": device, "model": "test", "app_version": "1.0.0"},
    }
    answer = httpx.post(f"{server.url}/v1/tokens", json=body, timeout=PATIENCE_S)
    return Line(server.url, {"Authorization": f"Bearer {answer.json()['access_token']}"})


def noisy(seed: int, side: int = 700) -> Photo:
    """A photo of some hundred thousand bytes."""
    grain = random.Random(seed).randbytes(side * side * 3)
    made = picture((side, side))
    made.frombytes(grain)
    return encoded(made, "JPEG", quality=80)


def rows(db: Session, taken: Photo) -> int:
    db.rollback()
    found = select(func.count()).select_from(Media).where(Media.sha256 == taken.sha256)
    return db.scalar(found) or 0


@pytest.fixture(scope="module")
def running(copies: Copies, template: tuple[Settings, City]) -> Iterator[tuple[Line, Session]]:
    """A server for all tests here, and its database."""
    with copies.lent() as database, serving(database, workers=1) as server:
        engine = make_engine(database)
        with make_sessions(engine)() as session:
            yield sign_in(server, template[1], str(uuid4())), session
        engine.dispose()


@pytest.fixture
def line(running: tuple[Line, Session]) -> Line:
    """A handset's connection to it."""
    return running[0]


@pytest.fixture
def beside(running: tuple[Line, Session]) -> Session:
    """A look into its database."""
    return running[1]


def test_connections_that_break(line: Line, beside: Session) -> None:
    taken = noisy(1)
    place, reached = line.begin(taken), 0
    chance = random.Random(3)
    for _ in range(6):
        sent = chance.randint(1, len(taken.content) // 8)
        with line.half_a_piece(place, reached, taken.content[reached:], sent):
            time.sleep(0.2)
        offset = line.offset(place)
        assert reached <= offset <= reached + sent
        reached = offset
    assert reached > 0
    assert line.piece(place, reached, taken.content[reached:]).status_code == 204
    assert rows(beside, taken) == 1


def test_two_at_once_never_mix(line: Line, beside: Session) -> None:
    taken = noisy(2)
    place = line.begin(taken)
    with ThreadPoolExecutor(6) as handsets:
        sent = list(handsets.map(lambda _: line.piece(place, 0, taken.content), range(6)))
    assert sorted({answer.status_code for answer in sent} - {423}) == [204, 409]
    assert [answer.status_code for answer in sent].count(204) == 1
    assert line.offset(place) == len(taken.content)
    assert rows(beside, taken) == 1


def test_a_piece_in_progress_holds_the_upload_and_stalls_nobody_else(line: Line) -> None:
    taken = noisy(3)
    place = line.begin(taken)
    with line.half_a_piece(place, 0, taken.content, 1000) as first:
        time.sleep(0.5)
        with ThreadPoolExecutor(1) as second:
            waiting = second.submit(line.piece, place, 0, taken.content)
            started = time.monotonic()
            for _ in range(10):
                assert line.begin(photo())
            assert time.monotonic() - started < 4
            assert waiting.result().status_code == 423
        first.sendall(taken.content[1000:])
        assert first.recv(12) == b"HTTP/1.1 204"
    assert line.offset(place) == len(taken.content)


def test_two_uploads_of_one_photo_are_one_row(line: Line, beside: Session) -> None:
    taken = noisy(4)
    places = [line.begin(taken) for _ in range(4)]
    with ThreadPoolExecutor(4) as handsets:
        sent = list(handsets.map(lambda place: line.piece(place, 0, taken.content), places))
    assert {answer.status_code for answer in sent} == {204}
    assert rows(beside, taken) == 1


def test_kill_9_in_the_middle_of_uploads(
    database: Settings, db: Session, city: City, tmp_path: Path
) -> None:
    chance, device = random.Random(11), str(uuid4())
    photos = [photo((200 + number, 300), number) for number in range(12)]
    state = {"GRID_STATE_DIR": str(tmp_path), "GRID_SECRET_KEY": "k" * 32}
    places: dict[str, str] = {}
    promised: set[str] = set()
    for _ in range(KILLS):
        with serving(database, workers=1, **state) as server:
            line = sign_in(server, city, device)
            killer = threading.Timer(chance.uniform(0.05, 0.9), server.process.kill)
            killer.start()
            for taken in photos:
                if taken.sha256 not in promised and sent_whole(line, places, taken, chance):
                    promised.add(taken.sha256)
            killer.join()
            server.process.wait(20)
        db.rollback()
        assert promised <= set(db.scalars(select(Media.sha256)))
    with serving(database, workers=1, **state) as server:
        line = sign_in(server, city, device)
        assert all(sent_whole(line, places, taken, chance) for taken in photos)
    kept = Path(tmp_path / "media")
    for taken in photos:
        assert rows(db, taken) == 1
        path = kept / taken.sha256[:2] / taken.sha256[2:4] / taken.sha256
        assert path.read_bytes() == taken.content


def sent_whole(line: Line, places: dict[str, str], taken: Photo, chance: random.Random) -> bool:
    """Go on where the upload stands, in small pieces; False once the server is dead."""
    try:
        if taken.sha256 not in places:
            places[taken.sha256] = line.begin(taken)
        place = places[taken.sha256]
        offset = line.offset(place)
        while offset < len(taken.content):
            step = chance.randint(1, 6000)
            answer = line.piece(place, offset, taken.content[offset : offset + step])
            assert answer.status_code == 204, answer.text
            offset = int(answer.headers["upload-offset"])
    except httpx.TransportError:
        return False
    return True


@contextmanager
def in_objects() -> Iterator[tuple[dict[str, str], dict[str, bytes]]]:
    """The settings of a store that speaks S3, and what it holds."""
    with object_server() as objects:
        settings = {
            "GRID_MEDIA_STORE": "s3://photos/city",
            "GRID_MEDIA_S3_ENDPOINT": objects.url,
            "GRID_MEDIA_S3_ACCESS_KEY": ACCESS_KEY,
            "GRID_MEDIA_S3_SECRET_KEY": "secret-of-tests",
        }
        yield settings, objects.objects


def test_photos_in_a_store_that_speaks_s3(database: Settings, city: City, db: Session) -> None:
    taken = noisy(5, 100)
    with in_objects() as (settings, held), serving(database, workers=1, **settings) as server:
        line = sign_in(server, city, str(uuid4()))
        place = line.begin(taken)
        assert line.piece(place, 0, taken.content[:500]).status_code == 204
        assert held == {}
        assert line.piece(place, 500, taken.content[500:]).status_code == 204
        names = {name.rpartition("/")[2]: content for name, content in held.items()}
    media = db.get_one(Media, taken.sha256)
    assert names[taken.sha256] == taken.content
    assert set(names) == {taken.sha256, media.shown}
