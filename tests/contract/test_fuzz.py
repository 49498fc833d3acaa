"""Whatever is sent to any operation, the answer is in the contract and never a server error."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from app.settings import ROOT, Settings
from tests import city as small_city
from tests.city import City
from tests.conftest import Headers
from tests.contract import fuzz_hooks
from tests.serving import Server, serving

FIELD_AND_OFFICE = [
    "worker",
    "station_lead",
    "information_administrator",
    "township",
    "command_centre",
    "system_administrator",
]
SECURITY = ["worker", "security_administrator"]
AUDIT = ["worker", "auditor"]
OFFICE_AND_PLATFORM = ["leading_group_office", "platform", "worker"]
CHECKS = ",".join(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
)


@pytest.fixture
def running(database: Settings) -> Iterator[Server]:
    with serving(database) as server:
        yield server


def signed_in(database: Settings, city: City, server: Server, roles: list[str]) -> Headers:
    """A worker of the small city who holds more roles than anyone should."""
    grid = next(iter(city.workers))
    phone = city.phones[grid]
    with psycopg.connect(database.libpq_url) as connection:
        connection.execute(
            "update account set roles = %s, unit_code = '510185' where phone = %s", (roles, phone)
        )
    device = {"id": "0b6c2a52-6a2b-4a5e-8b43-0d6ad7b2f001", "model": "fuzz", "app_version": "9.0.0"}
    body = {"phone": phone, "password": small_city.PASSWORD, "device": device}
    answer = httpx.post(f"{server.url}/v1/tokens", json=body)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


HOOKED = os.environ | {"SCHEMATHESIS_HOOKS": fuzz_hooks.__name__, "PYTHONPATH": str(ROOT)}
SIGNS_OUT = "^/v1/(tokens|me/password|me/second-factor|accounts/.account_id.|devices/)"
"""What can end the sign-in that the rest is sent with."""


@pytest.mark.parametrize(
    ("roles", "which"),
    [
        (FIELD_AND_OFFICE, ["--exclude-path-regex", SIGNS_OUT]),
        (AUDIT, ["--include-path-regex", "^/v1/(audit|roles|me)"]),
        (SECURITY, ["--include-path-regex", SIGNS_OUT]),
        (OFFICE_AND_PLATFORM, ["--include-path-regex", "^/v1/(incidents|extensions|platform/)"]),
        (FIELD_AND_OFFICE, ["--include-path-regex", SIGNS_OUT]),
    ],
    ids=["field_and_office", "audit", "security", "office_and_platform", "accounts"],
)
def test_nothing_that_is_sent_makes_the_server_fail(
    database: Settings,
    city: City,
    running: Server,
    tmp_path: Path,
    roles: list[str],
    which: list[str],
) -> None:
    headers = signed_in(database, city, running, roles)
    ran = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run",
            str(ROOT / "mobile_contract" / "openapi.json"), "--url", running.url,
            "--header", f"Authorization: {headers['Authorization']}",
            "--checks", CHECKS, "--max-examples", "4", "--seed", "1", "--no-color",
            "--phases", "examples,coverage,fuzzing", "--mode", "all", "--warnings", "off", *which,
        ],
        capture_output=True, text=True, cwd=tmp_path, timeout=400, check=False, env=HOOKED,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-30000:] + ran.stderr[-2000:]
