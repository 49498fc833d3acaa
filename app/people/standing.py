"""What an account may do as it stands now."""

from app.db.models import Account, Login
from app.people.principal import Principal
from app.people.roles import scopes_of

HANDSET_ROLE = "worker"
RESTRICTED = frozenset({"account"})
"""All that is open to an account that must first change its password or enrol a second factor."""


def carries_handset(account: Account) -> bool:
    """Whether the account records in the field and is bound to a device."""
    return HANDSET_ROLE in account.roles


def lacks_second_factor(account: Account, required: bool) -> bool:
    """Whether an office account has yet to enrol its second factor."""
    return required and not carries_handset(account) and account.totp_confirmed_at is None


def scopes_now(account: Account, second_factor_required: bool) -> frozenset[str]:
    """What the account may do now."""
    if account.must_change_password or lacks_second_factor(account, second_factor_required):
        return RESTRICTED
    return scopes_of(tuple(account.roles))


def principal_of(login: Login, second_factor_required: bool) -> Principal:
    """Whoever signed in, as the account stands now."""
    account = login.account
    return Principal(
        account_id=account.id,
        name=account.name,
        unit_code=account.unit_code,
        roles=tuple(account.roles),
        scopes=scopes_now(account, second_factor_required),
        worker_id=account.worker_id,
        device_id=login.device_id,
        login_id=login.id,
    )
