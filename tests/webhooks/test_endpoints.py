"""INT-1, INT-2: addresses as they are written, and endpoints that two people change at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import ip_network
from uuid import UUID

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from app.kit.errors import Forbidden, NotFound
from app.rules.delivery import SecretUse
from app.rules.telling import EndpointAct
from app.webhooks.addresses import check_reach, network, parsed, url_in
from app.webhooks.endpoint_lists import endpoint_out
from app.webhooks.endpoints import (
    act_on_endpoint,
    change_endpoint,
    endpoint_of,
    open_endpoint,
    send_test,
)
from app.webhooks.guard import denied
from app.webhooks.key_acts import expire, list_keys, rotate
from app.webhooks.keys import signing_secrets
from app.webhooks.refusals import AddressRefused, EndpointNotInState
from app.webhooks.schemas import EndpointChangeIn, RotationIn
from tests.webhooks.told import NOW, administrator, asked, opened

Sessions = sessionmaker[Session]


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    """Transactions that commit."""
    found: Sessions = api.state.sessions
    return found


@given(st.text(max_size=80) | st.from_regex(r"https?://[!-~]{0,60}", fullmatch=True))
def test_an_address_is_taken_as_it_is_or_refused(text: str) -> None:
    try:
        assert url_in(text) == text
    except ValueError:
        return
    found = parsed(text)
    assert found.scheme in {"http", "https"}
    assert found.hostname
    assert "@" not in found.netloc


@given(st.text(max_size=30) | st.ip_addresses().map(lambda found: f"{found}/8"))
def test_a_network_is_written_in_one_way_or_refused(text: str) -> None:
    try:
        written = network(text)
    except ValueError:
        return
    assert str(ip_network(written)) == written
    assert ip_network(written).prefixlen >= 8


@given(st.ip_addresses(), st.lists(st.ip_addresses(v=4).map(lambda a: f"{a}/32"), max_size=3))
def test_int_2_a_literal_address_is_judged_as_the_deliverer_judges_it(
    address: object, allow: list[str]
) -> None:
    text = str(address)
    host = f"[{text}]" if ":" in text else text
    try:
        check_reach(f"https://{host}/x", allow)
    except AddressRefused:
        assert denied(text, allow)
    else:
        assert not denied(text, allow)


def test_int_2_of_two_rotations_at_once_one_key_is_current(sessions: Sessions) -> None:
    with sessions.begin() as db:
        endpoint_id = opened(db).id

    def turn(_: int) -> None:
        with sessions.begin() as db:
            rotate(db, administrator(db), endpoint_id, RotationIn(overlap_hours=0), NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(turn, range(8)))
    with sessions() as db:
        assert len(signing_secrets(db, endpoint_id, SecretUse.OUTBOUND, NOW)) == 1
        assert len(list_keys(db, administrator(db), endpoint_id, NOW)) == 9


def test_int_1_of_two_endpoints_of_a_platform_at_once_one_is_opened(sessions: Sessions) -> None:
    def turn(_: int) -> bool:
        with sessions() as db:
            try:
                open_endpoint(db, administrator(db), asked(platform="chengdu"), NOW)
                db.commit()
            except IntegrityError:
                return False
            return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(turn, range(3))) == [False, False, True]


def test_int_2_of_pauses_at_once_one_is_done(sessions: Sessions) -> None:
    with sessions.begin() as db:
        endpoint_id = opened(db).id

    def turn(_: int) -> bool:
        try:
            with sessions.begin() as db:
                act_on_endpoint(db, administrator(db), endpoint_id, EndpointAct.PAUSE, NOW)
        except EndpointNotInState:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(turn, range(4))) == [False, False, False, True]


def test_an_endpoint_of_another_unit_is_not_there(db: Session) -> None:
    ours, theirs = opened(db, unit_code="510185001"), opened(db, unit_code="510185002")
    city = administrator(db)
    township = replace(city, unit_code="510185001")
    assert endpoint_of(db, township, ours.id).id == ours.id
    [key] = list_keys(db, city, theirs.id, NOW)
    whole = opened(db)

    def acts(endpoint_id: UUID) -> list[object]:
        return [
            lambda: endpoint_of(db, township, endpoint_id),
            lambda: change_endpoint(db, township, endpoint_id, EndpointChangeIn(at_once=2)),
            lambda: act_on_endpoint(db, township, endpoint_id, EndpointAct.PAUSE, NOW),
            lambda: send_test(db, township, endpoint_id, NOW),
            lambda: list_keys(db, township, endpoint_id, NOW),
            lambda: rotate(db, township, endpoint_id, RotationIn(), NOW),
            lambda: expire(db, township, endpoint_id, key.id, NOW),
        ]

    for endpoint_id in (theirs.id, whole.id):
        for act in acts(endpoint_id):
            assert callable(act)
            with pytest.raises(NotFound):
                act()
    with pytest.raises(Forbidden):
        change_endpoint(db, township, ours.id, EndpointChangeIn(unit_code="510185"))
    with pytest.raises(Forbidden):
        open_endpoint(db, township, asked(unit_code="510185002"), NOW)
    assert open_endpoint(db, township, asked(), NOW)[0].unit_code == "510185001"


def test_what_is_shown_holds_no_secret(db: Session) -> None:
    endpoint = opened(
        db,
        scheme="hmac_header",
        credentials={"app_key": "grid-app", "headers": {"signature": "X-Sign"}},
        secret="a-secret-of-twenty-letters",
    )
    shown = endpoint_out(endpoint).model_dump_json()
    assert endpoint_out(endpoint).credentials_given == ["app_key", "headers"]
    assert "grid-app" not in shown
    assert "twenty" not in shown
