"""For those who run the service: alive, ready, metrics, and the documentation pages."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.staticfiles import StaticFiles

from app.api.observation import REGISTRY
from app.api.problems import refusals
from app.kit import clock
from app.kit.errors import Unavailable
from app.kit.schema import Out
from app.settings import ROOT

router = APIRouter(tags=["operations"])
ASSETS = Path(str(files("fastapi_offline"))) / "static"
"""Swagger UI 5, the first that shows OpenAPI 3.1."""
FROM_HERE_ONLY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'"
)
"""What the documentation may load; its own page starts with a script and styles within."""


class Health(Out):
    """That the process answers, and by whose clock."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "alive", "clock": "system"}]}
    )

    status: Literal["alive", "ready"]
    clock: Literal["system", "simulated"] = Field(
        description="`simulated` only where a demonstration says what time it is"
    )


class OutdatedSchema(Unavailable):
    """The database's schema is not the one this release needs: run the migrations."""

    code = "service.outdated_schema"
    zh = "数据库结构与本版本不符，请先执行迁移。"


def clock_kind() -> Literal["system", "simulated"]:
    """Whose time this process goes by."""
    return "simulated" if clock.is_simulated() else "system"


@router.get("/healthz")
def alive() -> Health:
    """That the process answers; says nothing about the database."""
    return Health(status="alive", clock=clock_kind())


@router.get("/readyz", responses=refusals(OutdatedSchema))
def ready(request: Request) -> Health:
    """That the database answers and has this release's schema."""
    try:
        with request.app.state.engine.connect() as connection:
            found = connection.execute(text("select version_num from alembic_version")).scalar()
    except SQLAlchemyError as error:
        raise Unavailable(database=type(error).__name__) from error
    if found != request.app.state.schema_head:
        raise OutdatedSchema(found=found, needed=request.app.state.schema_head)
    return Health(status="ready", clock=clock_kind())


@router.get("/metrics", response_class=PlainTextResponse)
def metrics() -> PlainTextResponse:
    """Counters and timings in Prometheus' text form; no personal data."""
    return PlainTextResponse(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


@router.get("/", include_in_schema=False)
def front_door() -> RedirectResponse:
    """Whoever comes with a browser gets the documentation."""
    return RedirectResponse("/docs")


@router.get("/docs", include_in_schema=False)
def documentation(request: Request) -> HTMLResponse:
    """The interactive documentation; everything it loads comes from here."""
    del request
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="网格员后台接口 / Grid worker API",
        swagger_js_url="/docs/assets/swagger-ui-bundle.js",
        swagger_css_url="/docs/assets/swagger-ui.css",
        swagger_favicon_url="/docs/assets/favicon.png",
    )
    page.headers["Content-Security-Policy"] = FROM_HERE_ONLY
    return page


def schema_head() -> str | None:
    """The revision that this release's migrations end at."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


def install(app: FastAPI) -> None:
    """Mount the pages and note the schema that is needed."""
    app.state.schema_head = schema_head()
    app.mount("/docs/assets", StaticFiles(directory=ASSETS), name="docs-assets")
    app.include_router(router)
