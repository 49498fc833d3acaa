"""Contents by their hash: in a folder, and in a store that speaks S3."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.kit.errors import Unavailable
from app.media.store import PhotoStore, open_store
from app.settings import Settings
from tests.media.object_store import ACCESS_KEY, ObjectServer, object_server

CONTENT = b"a picture"
NAME = sha256(CONTENT).hexdigest()


@pytest.fixture
def objects() -> Iterator[ObjectServer]:
    with object_server() as server:
        yield server


def s3(server: ObjectServer, key: str = ACCESS_KEY) -> PhotoStore:
    return open_store(
        Settings(
            media_store="s3://photos/jianyang",
            media_s3_endpoint=server.url,
            media_s3_access_key=key,
            media_s3_secret_key="secret-of-tests",
        )
    )


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, objects: ObjectServer) -> PhotoStore:
    return s3(objects) if request.param == "s3" else open_store(Settings(state_dir=tmp_path))


def test_kept_read_and_let_go(store: PhotoStore) -> None:
    assert store.get(NAME) is None
    assert not store.exists(NAME)
    store.put(NAME, CONTENT)
    store.put(NAME, CONTENT)
    assert store.exists(NAME)
    assert store.get(NAME) == CONTENT
    store.delete(NAME)
    store.delete(NAME)
    assert store.get(NAME) is None


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=3000))
def test_what_is_kept_is_what_was_given(store: PhotoStore, content: bytes) -> None:
    name = sha256(content).hexdigest()
    store.put(name, content)
    assert store.get(name) == content


def test_where_it_lies_in_a_folder(tmp_path: Path) -> None:
    open_store(Settings(state_dir=tmp_path)).put(NAME, CONTENT)
    files = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert files == [tmp_path / "media" / NAME[:2] / NAME[2:4] / NAME]
    assert (tmp_path / "media").stat().st_mode & 0o077 == 0


def test_where_it_lies_in_s3(objects: ObjectServer) -> None:
    s3(objects).put(NAME, CONTENT)
    assert objects.objects == {f"/photos/jianyang/{NAME[:2]}/{NAME[2:4]}/{NAME}": CONTENT}


def test_a_folder_that_fails_is_unavailable(tmp_path: Path) -> None:
    store = open_store(Settings(state_dir=tmp_path))
    (tmp_path / "media" / NAME[:2]).write_text("in the way")
    with pytest.raises(Unavailable):
        store.put(NAME, CONTENT)


def test_s3_that_fails_is_unavailable_soon_and_works_again(objects: ObjectServer) -> None:
    store = s3(objects)
    objects.failing = True
    for question in (store.exists, store.get, store.delete):
        with pytest.raises(Unavailable):
            question(NAME)
    with pytest.raises(Unavailable):
        store.put(NAME, CONTENT)
    objects.failing = False
    store.put(NAME, CONTENT)
    assert store.get(NAME) == CONTENT


def test_s3_with_another_key_is_unavailable(objects: ObjectServer) -> None:
    with pytest.raises(Unavailable):
        s3(objects, "not-the-key").put(NAME, CONTENT)
    assert objects.objects == {}


def test_keys_are_never_shown(objects: ObjectServer) -> None:
    shown = repr(Settings(media_s3_access_key="AKIA-1", media_s3_secret_key="very-secret"))
    assert "AKIA-1" not in shown
    assert "very-secret" not in shown


@pytest.mark.parametrize("address", ["s3://", "file:///etc", "https://x/y", "s3://a b/c", "x"])
def test_settings_that_name_no_store_are_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(media_store=address)
