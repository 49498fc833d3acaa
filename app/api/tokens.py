"""Signing in, staying signed in, signing out."""

from typing import Literal

from fastapi import APIRouter, Request

from app.api.deps import Db, Now, SignedIn
from app.api.outcomes import settle
from app.api.problems import CONSTRAINTS, refusals
from app.db.models import Login
from app.kit.secrets import Unreadable
from app.people import sign_in_refusals as why
from app.people.account_schemas import RefreshIn, SignInIn, TokensOut
from app.people.logins import sign_out
from app.people.refresh import refresh
from app.people.sign_in import sign_in
from app.people.standing import lacks_second_factor, scopes_now
from app.people.tokens import issue

router = APIRouter(prefix="/v1", tags=["accounts"])
CONSTRAINTS["pk_device"] = why.DeviceOfAnother
CONSTRAINTS["uq_device_account_id_active"] = why.DeviceNotBound

BEARER: Literal["Bearer"] = "Bearer"


def tokens_of(request: Request, login: Login, refresh_token: str, now: Now) -> TokensOut:
    """What the client keeps of a login."""
    settings = request.app.state.settings
    access_token, seconds = issue(settings.secret, login, now)
    account = login.account
    return TokensOut(
        access_token=access_token,
        token_type=BEARER,
        expires_in=seconds,
        refresh_token=refresh_token,
        login_expires_at=login.expires_at,
        scopes=sorted(scopes_now(account, settings.require_second_factor)),
        must_change_password=account.must_change_password,
        must_enrol_second_factor=lacks_second_factor(account, settings.require_second_factor),
    )


@router.post(
    "/tokens",
    responses=refusals(
        why.WrongCredentials,
        why.Locked,
        why.AccountDisabled,
        why.SecondFactorNeeded,
        why.WrongCode,
        why.DeviceNeeded,
        why.DeviceNotBound,
        why.DeviceOfAnother,
        why.DeviceRevoked,
        why.AppTooOld,
        Unreadable,
    ),
)
def create_tokens(request: Request, body: SignInIn, now: Now) -> TokensOut:
    """Sign in: a worker from the bound handset, an office with the second factor."""
    settings = request.app.state.settings
    granted = settle(request, lambda db: sign_in(db, body, settings, now))
    return tokens_of(request, granted.login, granted.refresh_token, now)


@router.post("/tokens/refresh", responses=refusals(why.RefreshReused, why.LoginEnded))
def refresh_tokens(request: Request, body: RefreshIn, now: Now) -> TokensOut:
    """Go on with the same login; the refresh token given is spent."""
    secret = request.app.state.settings.secret
    granted = settle(request, lambda db: refresh(db, body.refresh_token, body.attempt, secret, now))
    return tokens_of(request, granted.login, granted.refresh_token, now)


@router.delete("/tokens", status_code=204, responses=refusals())
def delete_tokens(request: Request, db: Db, asker: SignedIn, now: Now) -> None:
    """Sign out: access and refresh tokens of this login end."""
    sign_out(db, asker, now)
    request.app.state.doorkeeper.forget(asker.login_id)
