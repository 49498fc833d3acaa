"""Access tokens, refresh tokens and the standing of whoever holds them."""

from datetime import datetime

from app.db.engine import Sessions
from app.kit.errors import Unauthenticated
from app.people.principal import Principal


class Doorkeeper:
    """Admits bearers of access tokens whose account, device and login still stand."""

    def __init__(self, sessions: Sessions, secret: bytes) -> None:
        self.sessions = sessions
        self.secret = secret

    def admit(self, token: str, now: datetime) -> Principal:
        """The principal of a token; raises Unauthenticated."""
        raise Unauthenticated
