"""Builds the application. The only module that knows every part."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api import (
    accounts,
    annual_appraisals,
    appraisal_objections,
    appraisals,
    approvals,
    attendance,
    boards,
    calendar,
    conduct,
    conduct_detection,
    contracts,
    corrections,
    coverage,
    daily_sheets,
    days,
    decisions,
    delegations,
    equipment,
    errands,
    examples,
    groups,
    incident_acts,
    incident_cards,
    incident_figures,
    incident_rules,
    incidents,
    key_periods,
    leave,
    limits,
    listings,
    me,
    media,
    meetings,
    my_appraisals,
    my_conduct,
    my_pay,
    my_tasks,
    observation,
    operations,
    parameters,
    pay_standards,
    payrolls,
    penalties,
    platform_accounts,
    platform_desk,
    platform_fetch,
    platform_inbound,
    platform_logins,
    platform_reconciliation,
    problems,
    record_conflicts,
    record_merges,
    record_rights,
    recruitment,
    registry,
    samples,
    standings,
    surveys,
    teams,
    tokens,
    transfers,
    units,
    vacancies,
    visit_places,
    visits,
    webhook_deliveries,
    webhooks,
    workers,
)
from app.api.contract import Problem
from app.db.engine import make_engine, make_sessions
from app.intake import anchors, mine, own_words, pull, push, records, track_schema, tracks, uploads
from app.intake.places import Places
from app.intake.quota import Quota
from app.intake.sign_ins import SignInWriter
from app.intake.standing import Standings
from app.intake.upload_desk import open_desk
from app.intake.writer import open_writer
from app.kit import clock
from app.media.store import open_store
from app.people.tokens import Doorkeeper
from app.settings import Settings
from app.web import approval_document, daily_sheet, pay_statement_page, proposal_page

BUSIEST = (tracks, records, push)
"""What handsets send; routes are tried in order."""

CAPABILITIES = (
    pull,
    anchors,
    mine,
    own_words,
    me,
    tokens,
    accounts,
    units,
    workers,
    calendar,
    parameters,
    attendance,
    corrections,
    leave,
    decisions,
    boards,
    days,
    visit_places,
    visits,
    coverage,
    my_tasks,
    groups,
    teams,
    registry,
    record_conflicts,
    record_merges,
    record_rights,
    samples,
    listings,
    errands,
    meetings,
    equipment,
    key_periods,
    platform_logins,
    incident_figures,
    incidents,
    incident_acts,
    incident_cards,
    incident_rules,
    webhooks,
    webhook_deliveries,
    platform_inbound,
    platform_desk,
    platform_accounts,
    platform_reconciliation,
    platform_fetch,
    daily_sheets,
    media,
    transfers,
    uploads,
    daily_sheet,
    approvals,
    delegations,
    vacancies,
    recruitment,
    contracts,
    conduct,
    penalties,
    conduct_detection,
    surveys,
    my_conduct,
    appraisals,
    appraisal_objections,
    annual_appraisals,
    my_appraisals,
    pay_standards,
    payrolls,
    my_pay,
    standings,
    approval_document,
    proposal_page,
    pay_statement_page,
)

DESCRIPTION = """网格员手持终端与各级平台的后台接口。每个结论都注明条款并列出依据的记录。

The backend behind a grid worker's handset. Every verdict names its clause and shows its records."""


def create_app(settings: Settings) -> FastAPI:
    """The whole service over one database."""
    observation.configure_logs(settings.log_level)
    clock.follow(settings.clock_file)
    app = routed()
    connect(app, settings)
    return app


def routed() -> FastAPI:
    """Every operation, without a database yet."""
    app = FastAPI(
        title="网格员后台接口 / Grid worker API",
        description=DESCRIPTION,
        version="1.0.0",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        separate_input_output_schemas=False,
    )
    for capability in BUSIEST:
        # As plain routes: an included router is matched twice, route by route.
        app.router.routes.extend(capability.router.routes)
    for capability in CAPABILITIES:
        app.include_router(capability.router)
    operations.install(app)
    problems.install(app)
    app.add_middleware(limits.Limits)
    app.add_middleware(observation.Observation)
    app.openapi = lambda: contract(app)  # type: ignore[method-assign]
    return app


def connect(app: FastAPI, settings: Settings) -> None:
    """Give the service its database, its keys and its stores."""
    app.state.settings = settings
    app.state.engine = make_engine(settings)
    app.state.sessions = make_sessions(app.state.engine)
    app.state.doorkeeper = Doorkeeper(app.state.sessions, settings)
    app.state.quota = Quota(settings.requests_per_minute)
    app.state.standings = Standings(app.state.sessions)
    app.state.photo_store = open_store(settings)
    app.state.uploads = open_desk(settings, app.state.sessions, app.state.photo_store)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """As many threads as the pool has connections; the writer of tracks; all closed at the end."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = app.state.settings.pool_size * 2
    async with open_writer(app.state.settings) as app.state.track_writer:
        app.state.sign_in_writer = SignInWriter(
            app.state.track_writer.pool, app.state.standings, Places(app.state.sessions)
        )
        yield
    app.state.engine.dispose()


def contract(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the one shape that every refusal has."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        schemas["TrackIn"] = track_schema.request_schema()
        schemas["PhotoPiece"] = uploads.PIECE_SCHEMA
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        examples.fill(schemas)
        app.openapi_schema = schema
    return app.openapi_schema
