"""`python3 -m app platform-stub`: a platform to develop and test against."""

import tomllib
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from pydantic import Field
from rich.console import Console

from app.kit.schema import In
from app.rules.delivery import Scheme
from app.rules.tasks import Platform
from app.standin.agreement import Agreement, Manner
from app.standin.platform import Standin
from app.standin.server import build

TOLD_SECRET = "whsec_c3RhbmQtaW4tcGxhdGZvcm0tdG9sZC1ieS11cw=="  # noqa: S105 - for tests alone
SAYS_SECRET = "whsec_c3RhbmQtaW4tcGxhdGZvcm0tc2F5cy10by11cw=="  # noqa: S105 - for tests alone
CREDENTIALS = {
    "app_key": "stand-in",
    "client_id": "stand-in",
    "client_secret": "stand-in-client-secret",
}
console = Console()


class MannerIn(In):
    """A table of the file: how one side proves what it sends."""

    scheme: Scheme = Scheme.STANDARD_WEBHOOKS
    secrets: list[str] = Field(min_length=1)
    credentials: dict[str, str] = CREDENTIALS


class AgreementIn(In):
    """The file: `[told]` and `[says]`."""

    told: MannerIn = MannerIn(secrets=[TOLD_SECRET])
    says: MannerIn = MannerIn(secrets=[SAYS_SECRET])


def platform_stub(
    platform: Annotated[Platform, typer.Option(help="Whose language it speaks")],
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on")] = 8100,
    says_to: Annotated[
        str | None, typer.Option(help="Where it says things; this machine's service without it")
    ] = None,
    agreement: Annotated[
        Path | None,
        typer.Option(help="TOML: [told] and [says], each with scheme, secrets, credentials"),
    ] = None,
) -> None:
    """Be a platform, well or badly behaved as POST /control says, until interrupted."""
    text = "" if agreement is None else agreement.read_text("utf-8")
    agreed = AgreementIn.model_validate(tomllib.loads(text))
    standin = Standin(
        Agreement(
            platform=platform,
            told=_manner(agreed.told),
            says=_manner(agreed.says),
            says_to=says_to or f"http://127.0.0.1:8000/v1/platforms/{platform.value}/webhooks",
        )
    )
    console.print(f"told at http://{host}:{port}/deliveries", *_shown(agreed.told), sep="\n  ")
    console.print(f"says to {standin.agreement.says_to}", *_shown(agreed.says), sep="\n  ")
    console.print(f"control http://{host}:{port}/docs")
    uvicorn.run(build(standin), host=host, port=port, log_level="warning")


def _manner(said: MannerIn) -> Manner:
    return Manner(said.scheme, tuple(said.secrets), said.credentials)


def _shown(manner: MannerIn) -> list[str]:
    """What the other side has to be given: these keys guard nothing."""
    return [f"scheme {manner.scheme.value}", *(f"secret {secret}" for secret in manner.secrets)]
