"""One's own account, the administrations of accounts, and the audit log over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlparse
from uuid import uuid4

import pyotp
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Posting, Worker
from app.kit.ids import uuid7
from app.kit.secrets import seal
from app.main import create_app
from app.people.second_factor import PURPOSE
from app.settings import Settings
from tests.api.sign_ins import (
    START,
    WORKER,
    SetClock,
    account_id,
    bearer,
    code_of,
    handset,
    own,
    refresh,
    sign_in,
)
from tests.city import PASSWORD, City
from tests.conftest import SignedIn

NOBODYS_KEY = "0199d2f0-3c00-7a01-8b02-0000000000ff"
STRONG = "another-Horse-8-battery"
NEW = {
    "phone": "18812345678",
    "name": "王站长",
    "unit_code": "510185001002",
    "roles": ["station_lead"],
}


@pytest.fixture
def clock(api: FastAPI) -> SetClock:
    """Time stands still until a test lets it pass."""
    return SetClock().rule(api)


@pytest.fixture
def strict(database: Settings, city: City) -> Iterator[SignedIn]:
    """A service that asks offices for a second factor."""
    app = create_app(database.model_copy(update={"require_second_factor": True}))
    SetClock().rule(app)
    with TestClient(app) as http:
        yield SignedIn(http, city)


def opened(client: SignedIn, **changes: Any) -> Response:
    """The answer to opening an account."""
    headers = client.as_("system_administrator")
    answer: Response = client.http.post("/v1/accounts", json=NEW | changes, headers=headers)
    return answer


def changed(client: SignedIn, account: str, **changes: Any) -> Response:
    """The answer to a change of an account."""
    headers = client.as_("system_administrator")
    answer: Response = client.http.patch(f"/v1/accounts/{account}", json=changes, headers=headers)
    return answer


def audit(client: SignedIn, **asked: str) -> list[dict[str, Any]]:
    """What the auditor reads."""
    answer = client.http.get("/v1/audit", params=asked, headers=client.as_("auditor"))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def put_password(client: SignedIn, headers: dict[str, str], old: str, new: str) -> Response:
    """The answer to a change of one's own password."""
    answer: Response = client.http.put(
        "/v1/me/password", json={"old": old, "new": new}, headers=headers
    )
    return answer


def enrol_known_secret(account: Account, key: str, settings: Settings) -> None:
    """A confirmed second factor whose codes the test can make."""
    account.totp_secret = seal(settings.secret, PURPOSE, key)
    account.totp_confirmed_at = START


def test_one_time_password_is_changed_first(client: SignedIn, clock: SetClock) -> None:
    answer = opened(client)
    assert answer.status_code == 201
    once = answer.json()["one_time_password"]
    signed_in = client.http.post("/v1/tokens", json={"phone": NEW["phone"], "password": once})
    assert signed_in.json()["scopes"] == ["account"]
    assert signed_in.json()["must_change_password"]
    mine = bearer(signed_in)
    assert client.http.get("/v1/devices", headers=mine).status_code == 403
    assert put_password(client, mine, once, STRONG).status_code == 204
    assert client.http.get("/v1/devices", headers=mine).status_code == 200


def test_changing_the_password_ends_the_other_logins(client: SignedIn, clock: SetClock) -> None:
    other, mine = sign_in(client, "finance"), sign_in(client, "finance")
    assert put_password(client, bearer(mine), PASSWORD, STRONG).status_code == 204
    assert own(client, bearer(mine)).status_code == 200
    assert code_of(refresh(client, other.json()["refresh_token"])) == "auth.login_ended"
    assert code_of(sign_in(client, "finance")) == "auth.wrong_credentials"
    assert sign_in(client, "finance", password=STRONG).status_code == 200


def test_wrong_or_weak_passwords_are_refused(client: SignedIn, clock: SetClock) -> None:
    mine = client.as_("finance")
    for weak in ("short-A1", "alllowercaseletters", PASSWORD, "Finance-is-my-name-1"):
        assert code_of(put_password(client, mine, PASSWORD, weak)) == "auth.weak_password"
    for _ in range(5):
        wrong = put_password(client, mine, "x", STRONG)
        assert (wrong.status_code, code_of(wrong)) == (403, "auth.wrong_password")
    assert code_of(put_password(client, mine, PASSWORD, STRONG)) == "auth.locked"
    assert code_of(sign_in(client, "finance")) == "auth.locked"


def test_office_enrols_before_anything_else(strict: SignedIn) -> None:
    answer = sign_in(strict, "station_lead")
    assert answer.json()["scopes"] == ["account"]
    assert answer.json()["must_enrol_second_factor"]
    mine = bearer(answer)
    assert strict.http.get("/v1/devices", headers=mine).status_code == 403
    confirm = "/v1/me/second-factor/confirmation"
    early = strict.http.post(confirm, json={"code": "000000"}, headers=mine)
    assert code_of(early) == "auth.no_second_factor"
    uri = strict.http.post("/v1/me/second-factor", headers=mine).json()["otpauth_uri"]
    key = parse_qs(urlparse(uri).query)["secret"][0]
    right = pyotp.TOTP(key).at(START)
    wrong = f"{(int(right) + 1) % 1000000:06d}"
    answer = strict.http.post(confirm, json={"code": wrong}, headers=mine)
    assert (answer.status_code, code_of(answer)) == (401, "auth.wrong_code")
    assert strict.http.post(confirm, json={"code": right}, headers=mine).status_code == 204
    assert strict.http.get("/v1/devices", headers=mine).status_code == 200
    assert code_of(sign_in(strict, "station_lead")) == "auth.second_factor_needed"
    assert code_of(sign_in(strict, "station_lead", totp=right)) == "auth.wrong_code"
    after = pyotp.TOTP(key).at(START + timedelta(seconds=30))
    assert sign_in(strict, "station_lead", totp=after).status_code == 200
    again = strict.http.post("/v1/me/second-factor", headers=mine)
    assert code_of(again) == "auth.second_factor_enrolled"


def test_workers_need_no_second_factor(strict: SignedIn) -> None:
    answer = sign_in(strict, WORKER, device=handset())
    assert "handset" in answer.json()["scopes"]
    assert not answer.json()["must_enrol_second_factor"]


def test_known_secret_and_its_reset(
    client: SignedIn, clock: SetClock, db: Session, city: City, database: Settings
) -> None:
    phone = city.phones["finance"]
    account = db.scalars(select(Account).where(Account.phone == phone)).one()
    key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    enrol_known_secret(account, key, database)
    db.commit()
    assert key not in str(account.totp_secret)
    assert code_of(sign_in(client, "finance")) == "auth.second_factor_needed"
    assert sign_in(client, "finance", totp=pyotp.TOTP(key).at(START)).status_code == 200
    path = f"/v1/accounts/{account.id}/second-factor"
    security = client.as_("security_administrator")
    assert client.http.delete(path, headers=security).status_code == 204
    assert sign_in(client, "finance").status_code == 200


def test_code_guesses_lock_the_account(
    client: SignedIn, clock: SetClock, db: Session, city: City, database: Settings
) -> None:
    phone = city.phones["finance"]
    account = db.scalars(select(Account).where(Account.phone == phone)).one()
    enrol_known_secret(account, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", database)
    db.commit()
    codes = [code_of(sign_in(client, "finance", totp=f"00000{n}")) for n in range(6)]
    assert codes == ["auth.wrong_code"] * 5 + ["auth.locked"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"roles": ["township"]}, 422, "accounts.role_tier"),
        ({"unit_code": "510185"}, 422, "accounts.role_tier"),
        ({"unit_code": "510185001099"}, 422, "accounts.unknown_unit"),
        ({"unit_code": "510186001001"}, 403, "auth.forbidden"),
        ({"roles": ["station_lead", "worker"]}, 422, "accounts.roles_conflict"),
        (
            {"unit_code": "510185", "roles": ["auditor", "system_administrator"]},
            422,
            "accounts.roles_conflict",
        ),
        ({"roles": ["worker"]}, 422, "accounts.worker_mismatch"),
        ({"roles": ["mayor"]}, 422, "request.malformed"),
        ({"roles": []}, 422, "request.malformed"),
        ({"worker_id": NOBODYS_KEY}, 422, "accounts.worker_mismatch"),
        ({"phone": "18800000000"}, 409, "accounts.phone_taken"),
        ({"name": "a\x00"}, 422, "request.malformed"),
    ],
    ids=str,
)
def test_what_may_not_be_opened(
    client: SignedIn, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = opened(client, **changes)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_the_database_holds_the_administrations_apart(client: SignedIn, db: Session) -> None:
    account = db.scalars(select(Account).where(Account.name == "auditor")).one()
    account.roles = ["auditor", "security_administrator"]
    with pytest.raises(Exception, match="separate_administrations"):
        db.commit()


def test_workers_account_follows_the_workers_post(
    client: SignedIn, db: Session, city: City
) -> None:
    taken = opened(
        client,
        roles=["worker"],
        unit_code=WORKER[:12],
        worker_id=str(city.workers[WORKER]),
    )
    assert code_of(taken) == "accounts.worker_has_account"
    levels = {level: _worker(db, level) for level in (1, 2)}
    db.commit()
    elsewhere = opened(client, roles=["worker"], worker_id=levels[1])
    assert code_of(elsewhere) == "accounts.worker_mismatch"
    here = {"roles": ["worker"], "unit_code": WORKER[:12]}
    assert code_of(opened(client, **here, worker_id=levels[2])) == "accounts.worker_mismatch"
    assert opened(client, **here, worker_id=levels[1]).status_code == 201


def _worker(db: Session, level: int) -> str:
    worker = Worker(
        id=uuid7(datetime(2026, 1, 1, tzinfo=UTC)),
        name="新人",
        level=level,
        category=None if level == 1 else "volunteer",
    )
    db.add(worker)
    db.flush()
    before = db.scalars(select(Posting)).first()
    assert before is not None
    db.add(Posting(id=uuid4(), worker_id=worker.id, community_code=WORKER[:12], valid=before.valid))
    return str(worker.id)


def test_nobody_changes_own_roles_or_standing(client: SignedIn) -> None:
    mine = account_id(client, "system_administrator")
    for change in ({"roles": ["finance"]}, {"disabled": True}, {"name": "x"}):
        answer = changed(client, mine, **change)
        assert (answer.status_code, code_of(answer)) == (403, "accounts.own")
    mine = account_id(client, "security_administrator")
    answer = client.http.delete(
        f"/v1/accounts/{mine}/second-factor", headers=client.as_("security_administrator")
    )
    assert code_of(answer) == "accounts.own"


def test_change_of_roles_ends_the_logins(client: SignedIn, clock: SetClock) -> None:
    target = account_id(client, "finance")
    before = client.as_("finance")
    assert changed(client, target, name="财政局").json()["name"] == "财政局"
    clock.pass_(seconds=31)
    assert own(client, before).status_code == 200
    answer = changed(client, target, roles=["finance", "leading_group_office"])
    assert answer.json()["roles"] == ["finance", "leading_group_office"]
    clock.pass_(seconds=31)
    assert own(client, before).status_code == 401
    again = sign_in(client, "finance")
    assert "decisions:read" in again.json()["scopes"]


def test_closed_account_is_out_within_a_minute(client: SignedIn, clock: SetClock) -> None:
    target, before = account_id(client, "finance"), client.as_("finance")
    assert changed(client, target, disabled=True).json()["disabled_at"]
    clock.pass_(seconds=31)
    assert own(client, before).status_code == 401
    assert code_of(sign_in(client, "finance")) == "auth.account_disabled"
    assert code_of(sign_in(client, "finance", password="x")) == "auth.wrong_credentials"
    assert changed(client, target, disabled=False).json()["disabled_at"] is None
    assert sign_in(client, "finance").status_code == 200


def test_reset_unlock_and_revocation(client: SignedIn, clock: SetClock) -> None:
    target, before = account_id(client, "finance"), client.as_("finance")
    for _ in range(5):
        sign_in(client, "finance", password="x")
    security = client.as_("security_administrator")
    path = f"/v1/accounts/{target}"
    assert client.http.post(f"{path}/unlock", headers=security).status_code == 204
    assert sign_in(client, "finance").status_code == 200
    assert client.http.delete(f"{path}/logins", headers=security).status_code == 204
    clock.pass_(seconds=31)
    assert own(client, before).status_code == 401
    system = client.as_("system_administrator")
    once = client.http.post(f"{path}/password-reset", headers=system).json()["one_time_password"]
    assert code_of(sign_in(client, "finance")) == "auth.wrong_credentials"
    assert sign_in(client, "finance", password=once).json()["scopes"] == ["account"]


def test_administrations_do_not_do_each_others_work(client: SignedIn) -> None:
    target = f"/v1/accounts/{account_id(client, 'finance')}"
    system, security = client.as_("system_administrator"), client.as_("security_administrator")
    assert client.http.post(f"{target}/unlock", headers=system).status_code == 403
    assert client.http.delete(f"{target}/logins", headers=system).status_code == 403
    assert client.http.post(f"{target}/password-reset", headers=security).status_code == 403
    assert client.http.get("/v1/audit", headers=system).status_code == 403
    assert client.http.get("/v1/audit", headers=security).status_code == 403
    assert client.http.get("/v1/accounts", headers=client.as_("auditor")).status_code == 403


def test_lists_are_paged_filtered_and_scoped(client: SignedIn, city: City) -> None:
    system = client.as_("system_administrator")
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(20):
        asked = {"limit": "5"} | ({"cursor": cursor} if cursor else {})
        page = client.http.get("/v1/accounts", params=asked, headers=system).json()
        seen += [account["id"] for account in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == len(city.phones)
    asked = {"unit": "510185001002", "role": "worker"}
    page = client.http.get("/v1/accounts", params=asked, headers=system).json()
    assert {account["unit_code"] for account in page["items"]} == {"510185001002"}
    assert len(page["items"]) == 2
    beyond = client.http.get("/v1/accounts", params={"unit": "510186"}, headers=system)
    assert (beyond.status_code, code_of(beyond)) == (404, "request.not_found")
    for bad in ("x", "WzFd", "WyJ4Il0"):
        answer = client.http.get("/v1/accounts", params={"cursor": bad}, headers=system)
        assert code_of(answer) == "request.bad_cursor"
    nobody = client.http.get(f"/v1/accounts/{uuid4()}", headers=system)
    assert nobody.status_code == 404


def test_station_lead_revokes_own_workers_handsets_only(client: SignedIn) -> None:
    near, far = handset(), handset()
    sign_in(client, WORKER, device=near)
    elsewhere = sign_in(client, "510185001002001", device=far)
    lead = client.as_("station_lead")
    items = client.http.get("/v1/devices", headers=lead).json()["items"]
    assert [device["id"] for device in items] == [near["id"]]
    other = own(client, bearer(elsewhere)).json()["id"]
    assert client.http.get(f"/v1/accounts/{other}/devices", headers=lead).status_code == 404
    assert client.http.delete(f"/v1/devices/{far['id']}", headers=lead).status_code == 404
    assert client.http.delete(f"/v1/devices/{uuid4()}", headers=lead).status_code == 404
    assert client.http.delete(f"/v1/devices/{near['id']}", headers=lead).status_code == 204
    path = f"/v1/devices/{far['id']}"
    assert client.http.delete(path, headers=client.as_("finance")).status_code == 403
    security = client.as_("security_administrator")
    assert client.http.delete(path, headers=security).status_code == 204
    shown = client.http.get(f"/v1/accounts/{other}/devices", headers=security).json()
    assert [device["revoked_at"] is not None for device in shown] == [True]


def test_roles_are_shown_in_two_languages(client: SignedIn) -> None:
    roles = client.http.get("/v1/roles", headers=client.as_("finance")).json()
    lead = next(role for role in roles if role["name"] == "station_lead")
    assert (lead["zh"], lead["en"]) == ("社区服务管理站站长", "Station lead")
    assert lead["tiers"] == ["community"]
    assert "decisions:write" in lead["scopes"]


def test_auditor_reads_who_did_what(client: SignedIn) -> None:
    account = opened(client).json()["account"]["id"]
    changed(client, account, name="李站长")
    found = audit(client, subject_id=account)
    assert [event["name"] for event in found] == ["account.changed", "account.opened"]
    assert {event["account_id"] for event in found} == {account_id(client, "system_administrator")}
    assert [event["subject_id"] for event in audit(client, name="account.opened")] == [account]
    assert audit(client, since="2099-01-01T00:00:00Z") == []
    newest = audit(client, limit="1")
    assert newest[0]["id"] == max(event["id"] for event in audit(client))
    asked = {"format": "csv", "name": "account.opened"}
    sheet = client.http.get("/v1/audit", params=asked, headers=client.as_("auditor"))
    assert sheet.headers["content-type"].startswith("text/csv")
    assert account in sheet.text
