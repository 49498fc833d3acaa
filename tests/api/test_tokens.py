"""Signing in, staying signed in and signing out over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Device, Login, OutboxEvent
from tests.api.sign_ins import (
    NEIGHBOUR,
    WORKER,
    SetClock,
    bearer,
    code_of,
    handset,
    own,
    refresh,
    sign_in,
)
from tests.city import City
from tests.conftest import SignedIn

A_DEVICE = "0199d2f0-3c00-7a01-8b02-0000000000ff"


@pytest.fixture
def clock(api: FastAPI) -> SetClock:
    """Time stands still until a test lets it pass."""
    return SetClock().rule(api)


def account_of(db: Session, city: City, who: str) -> Account:
    db.expire_all()
    return db.scalars(select(Account).where(Account.phone == city.phones[who])).one()


def events(db: Session, name: str) -> list[OutboxEvent]:
    return list(db.scalars(select(OutboxEvent).where(OutboxEvent.name == name)))


def test_worker_signs_in_from_a_handset(client: SignedIn, clock: SetClock, db: Session) -> None:
    device = handset()
    answer = sign_in(client, WORKER, device=device)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
    assert not body["must_change_password"]
    assert {"handset", "me", "account"} <= set(body["scopes"])
    mine = own(client, bearer(answer)).json()
    assert (mine["unit_code"], mine["roles"]) == ("510185001001", ["worker"])
    assert str(db.scalars(select(Device)).one().id) == device["id"]
    assert [event.facts["device"] for event in events(db, "auth.signed_in")] == [device["id"]]
    clock.pass_(minutes=15)
    assert own(client, bearer(answer)).status_code == 401


def test_office_signs_in_without_a_device(client: SignedIn, db: Session) -> None:
    assert own(client, bearer(sign_in(client, "finance"))).status_code == 200
    assert db.scalars(select(Device)).all() == []


def test_no_secret_is_stored_or_logged_in_clear(client: SignedIn, db: Session) -> None:
    answer = sign_in(client, WORKER, device=handset()).json()
    login = db.scalars(select(Login)).one()
    assert len(login.refresh_hash) == 32
    facts = [event.facts for event in db.scalars(select(OutboxEvent))]
    assert answer["refresh_token"] not in str(facts)


def test_unknown_phone_and_wrong_password_look_alike(client: SignedIn, db: Session) -> None:
    wrong = sign_in(client, WORKER, password="wrong", device=handset())
    unknown = sign_in(client, WORKER, phone="13012345678", device=handset())
    assert wrong.status_code == unknown.status_code == 401
    told = [{k: v for k, v in a.json().items() if k != "request_id"} for a in (wrong, unknown)]
    assert told[0] == told[1]
    assert told[0]["code"] == "auth.wrong_credentials"
    noted = events(db, "auth.sign_in_failed")
    assert {event.subject_kind for event in noted} == {"account", "phone"}
    assert "13012345678" not in {event.subject_id for event in noted}


def test_unknown_phone_is_locked_as_a_known_one(
    client: SignedIn, clock: SetClock, db: Session
) -> None:
    def told(**changes: str) -> tuple[int, str, object]:
        answer = sign_in(client, "finance", password="x", **changes)
        return answer.status_code, code_of(answer), answer.json()["facts"]

    codes = []
    for seconds in (0, 0, 0, 0, 0, 0, 59, 1, 60, 60, 1):
        clock.pass_(seconds=seconds)
        known, unknown = told(), told(phone="13012345678")
        assert known == unknown
        codes.append(known[1])
    assert codes.count("auth.locked") == 4
    assert told(phone="13112345678")[1] == "auth.wrong_credentials"
    noted = {event.subject_id for event in events(db, "auth.locked") if event.unit_code is None}
    assert {subject.split()[0] for subject in noted} == {"130****5678"}


def test_lock_out_and_back_off(client: SignedIn, clock: SetClock, db: Session, city: City) -> None:
    for _ in range(5):
        assert code_of(sign_in(client, "finance", password="x")) == "auth.wrong_credentials"
    locked = sign_in(client, "finance")
    assert (locked.status_code, code_of(locked)) == (429, "auth.locked")
    assert int(locked.headers["retry-after"]) == locked.json()["facts"]["retry_after_seconds"]
    assert 60 <= int(locked.headers["retry-after"]) <= 61
    assert account_of(db, city, "finance").failed_attempts == 5
    assert len(events(db, "auth.locked")) == 1
    clock.pass_(seconds=60)
    assert code_of(sign_in(client, "finance", password="x")) == "auth.wrong_credentials"
    clock.pass_(seconds=119)
    assert code_of(sign_in(client, "finance")) == "auth.locked"
    clock.pass_(seconds=1)
    assert sign_in(client, "finance").status_code == 200
    assert account_of(db, city, "finance").failed_attempts == 0


def test_failures_at_the_same_time_are_all_counted(
    client: SignedIn, db: Session, city: City
) -> None:
    with ThreadPoolExecutor(8) as pool:
        tried = [pool.submit(sign_in, client, "finance", password="x") for _ in range(8)]
        codes = sorted(code_of(attempt.result()) for attempt in tried)
    assert codes == ["auth.locked"] * 3 + ["auth.wrong_credentials"] * 5
    assert account_of(db, city, "finance").failed_attempts == 5


def test_one_handset_an_account(client: SignedIn) -> None:
    first = handset()
    assert code_of(sign_in(client, WORKER)) == "auth.device_needed"
    assert sign_in(client, WORKER, device=first).status_code == 200
    assert sign_in(client, WORKER, device=first).status_code == 200
    second = sign_in(client, WORKER, device=handset())
    assert (second.status_code, code_of(second)) == (403, "auth.device_not_bound")
    borrowed = sign_in(client, NEIGHBOUR, device=first)
    assert (borrowed.status_code, code_of(borrowed)) == (403, "auth.device_of_another")


def test_two_first_devices_at_once_bind_one(client: SignedIn, db: Session) -> None:
    with ThreadPoolExecutor(2) as pool:
        tried = [pool.submit(sign_in, client, WORKER, device=handset()) for _ in range(2)]
        statuses = sorted(attempt.result().status_code for attempt in tried)
    assert statuses == [200, 403]
    assert len(db.scalars(select(Device)).all()) == 1


def test_one_device_for_two_accounts_at_once_binds_one(client: SignedIn) -> None:
    shared = handset()
    with ThreadPoolExecutor(2) as pool:
        tried = [pool.submit(sign_in, client, who, device=shared) for who in (WORKER, NEIGHBOUR)]
        answers = sorted((attempt.result() for attempt in tried), key=lambda a: a.status_code)
    assert [answer.status_code for answer in answers] == [200, 403]
    assert code_of(answers[1]) == "auth.device_of_another"


def test_lost_handset_is_revoked_and_replaced(client: SignedIn, clock: SetClock) -> None:
    old = handset()
    before = sign_in(client, WORKER, device=old)
    lead = client.as_("station_lead")
    assert client.http.delete(f"/v1/devices/{old['id']}", headers=lead).status_code == 204
    clock.pass_(seconds=31)
    assert own(client, bearer(before)).status_code == 401
    assert refresh(client, before.json()["refresh_token"]).status_code == 401
    assert code_of(sign_in(client, WORKER, device=old)) == "auth.device_revoked"
    assert sign_in(client, WORKER, device=handset()).status_code == 200


def test_old_app_is_asked_to_update(client: SignedIn) -> None:
    answer = sign_in(client, WORKER, device=handset(app_version="0.9.9"))
    assert (answer.status_code, code_of(answer)) == (426, "auth.app_too_old")
    assert answer.json()["facts"] == {"version": "0.9.9", "minimum": "1.0.0"}


def test_refresh_rotates(client: SignedIn, clock: SetClock) -> None:
    first = sign_in(client, WORKER, device=handset())
    clock.pass_(minutes=20)
    second = refresh(client, first.json()["refresh_token"])
    assert second.json()["refresh_token"] != first.json()["refresh_token"]
    assert own(client, bearer(first)).status_code == 401
    assert own(client, bearer(second)).status_code == 200
    assert refresh(client, second.json()["refresh_token"]).status_code == 200


def test_reuse_ends_the_whole_login(client: SignedIn, clock: SetClock, db: Session) -> None:
    first = sign_in(client, WORKER, device=handset()).json()["refresh_token"]
    second = refresh(client, first)
    reused = refresh(client, first)
    assert (reused.status_code, code_of(reused)) == (401, "auth.refresh_reused")
    assert code_of(refresh(client, second.json()["refresh_token"])) == "auth.login_ended"
    clock.pass_(seconds=31)
    assert own(client, bearer(second)).status_code == 401
    assert len(events(db, "auth.refresh_reused")) == 1


def test_lost_answer_is_asked_for_again(client: SignedIn, clock: SetClock) -> None:
    first = sign_in(client, WORKER, device=handset()).json()["refresh_token"]
    attempt = uuid4()
    lost = refresh(client, first, attempt)
    clock.pass_(seconds=120)
    again = refresh(client, first, attempt)
    assert again.status_code == 200
    assert code_of(refresh(client, lost.json()["refresh_token"])) == "auth.refresh_reused"


@pytest.mark.parametrize("wrong", ["another attempt", "no attempt", "too late"])
def test_what_is_no_retry_is_reuse(client: SignedIn, clock: SetClock, wrong: str) -> None:
    first = sign_in(client, WORKER, device=handset()).json()["refresh_token"]
    attempt = uuid4()
    refresh(client, first, attempt)
    clock.pass_(seconds=121 if wrong == "too late" else 1)
    given = {"another attempt": uuid4(), "no attempt": None, "too late": attempt}[wrong]
    assert code_of(refresh(client, first, given)) == "auth.refresh_reused"


def test_two_refreshes_at_once_exactly_one_wins(client: SignedIn) -> None:
    token = sign_in(client, WORKER, device=handset()).json()["refresh_token"]
    with ThreadPoolExecutor(2) as pool:
        tried = [pool.submit(refresh, client, token) for _ in range(2)]
        statuses = sorted(attempt.result().status_code for attempt in tried)
    assert statuses == [200, 401]


def test_forged_refresh_token_ends_nobodys_login(client: SignedIn) -> None:
    token = sign_in(client, WORKER, device=handset()).json()["refresh_token"]
    login, chance, mac = token.split(".")
    for forged in (f"{login}.{chance[:-2]}xx.{mac}", f"{login}.x.y", "x", "a.b.c", "é.é.é"):
        assert code_of(refresh(client, forged)) == "auth.unauthenticated"
    assert refresh(client, token).status_code == 200


def test_handset_login_lasts_thirty_days(client: SignedIn, clock: SetClock) -> None:
    token = sign_in(client, WORKER, device=handset()).json()["refresh_token"]
    clock.pass_(days=29, hours=23)
    later = refresh(client, token).json()["refresh_token"]
    clock.pass_(hours=1)
    assert code_of(refresh(client, later)) == "auth.login_ended"


def test_office_login_ends_idle_or_after_twelve_hours(client: SignedIn, clock: SetClock) -> None:
    token = sign_in(client, "finance").json()["refresh_token"]
    for _ in range(23):
        clock.pass_(minutes=30)
        token = refresh(client, token).json()["refresh_token"]
    last = refresh(client, token)
    clock.pass_(minutes=30)
    assert code_of(refresh(client, last.json()["refresh_token"])) == "auth.login_ended"
    idle = sign_in(client, "finance").json()["refresh_token"]
    clock.pass_(minutes=30, seconds=1)
    assert code_of(refresh(client, idle)) == "auth.login_ended"


def test_signing_out_ends_both_tokens(client: SignedIn, db: Session) -> None:
    answer = sign_in(client, "finance")
    assert client.http.delete("/v1/tokens", headers=bearer(answer)).status_code == 204
    assert own(client, bearer(answer)).status_code == 401
    assert code_of(refresh(client, answer.json()["refresh_token"])) == "auth.login_ended"
    assert len(events(db, "auth.signed_out")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"phone": "1"},
        {"phone": None},
        {"password": ""},
        {"password": "a\x00b"},
        {"password": "x" * 201},
        {"totp": "12345"},
        {"totp": 123456},
        {"device": {"id": "x", "model": "m", "app_version": "1.0.0"}},
        {"device": {"id": A_DEVICE, "model": "", "app_version": "1.0.0"}},
        {"extra": 1},
    ],
    ids=str,
)
def test_malformed_sign_in(client: SignedIn, change: dict[str, object]) -> None:
    answer = sign_in(client, WORKER, **change)
    assert (answer.status_code, code_of(answer)) == (422, "request.malformed")
    assert "correct-Horse" not in answer.text


def test_refusals_speak_both_languages(client: SignedIn) -> None:
    body = {"phone": "13012345678", "password": "x"}
    for language, title in (
        ("zh", "手机号或密码错误。"),
        ("en", "The phone or the password is wrong."),
    ):
        answer = client.http.post("/v1/tokens", json=body, headers={"Accept-Language": language})
        assert answer.json()["title"] == title
