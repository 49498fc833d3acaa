"""A platform that stands in for the real one: what it does, whoever asks it over HTTP."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import httpx

from app.kit import clock
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.platforms.adapters import ADAPTERS
from app.platforms.asking import trusted
from app.platforms.language import Language
from app.platforms.sayings import Message, NotUnderstood
from app.platforms.speaking import Told, spoken, undressed
from app.rules.exchange import Unclear
from app.standin.agreement import Agreement, Tokens, proven
from app.standin.ledger import Flaw, Ledger
from app.standin.saying import Order, SayIn, SendIn, Sent, Signed, said
from app.webhooks.authentic import Verified
from app.webhooks.refusals import NotAuthentic

LONG_AGO = timedelta(hours=1)
ANSWER_S = 30.0
JSON = {"content-type": "application/json"}


@dataclass
class Standin:
    """One platform in memory; `now` is its clock."""

    agreement: Agreement
    now: Callable[[], datetime] = clock.now
    ledger: Ledger = field(default_factory=Ledger)
    sent: list[Sent] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    """The last number of each subject of its own."""
    tokens: Tokens = field(default_factory=Tokens)

    @property
    def language(self) -> Language:
        """Its words and field names."""
        return ADAPTERS[self.agreement.platform]

    def proven(self, headers: Mapping[str, str], body: bytes) -> Verified:
        """Whoever told or asked; raises NotAuthentic, counted."""
        try:
            return proven(self.agreement.told, self.tokens, headers, body, self.now())
        except NotAuthentic:
            self.ledger.flaws[Flaw.BAD_SIGNATURE] += 1
            raise

    def take(self, headers: Mapping[str, str], body: bytes) -> Told:
        """Take in what it is told; raises NotAuthentic, NotUnderstood."""
        message_id = self.proven(headers, body).message_id
        try:
            told = undressed(self.language, body)
        except KeyError:
            self.ledger.flaws[Flaw.NOT_UNDERSTOOD] += 1
            raise NotUnderstood(Unclear.MISSING_FIELD) from None
        except NotUnderstood:
            self.ledger.flaws[Flaw.NOT_UNDERSTOOD] += 1
            raise
        self.ledger.take(message_id, told, self.now())
        return told

    def compose(self, says: Sequence[SayIn]) -> list[Sent]:
        """Messages in its own language, numbered within their subjects, and kept."""
        made = [self._composed(each) for each in says]
        self.sent += made
        return made

    def _composed(self, each: SayIn) -> Sent:
        at = each.at or self.now()
        content = said(each, self.language, at)
        number = each.number or self.numbers[content.subject] + 1
        self.numbers[content.subject] = max(number, self.numbers[content.subject])
        message = Message(each.kind, number, at, content)
        return Sent(
            message_id=str(uuid7(at)),
            kind=each.kind,
            subject=content.subject,
            number=number,
            at=at,
            body=spoken(self.language, message),
        )

    def send(self, asked: SendIn) -> list[Sent]:
        """Say things as badly as was asked; what each try was answered is kept with it."""
        made = self.compose(asked.says)
        if asked.withheld:
            return made
        with httpx.Client(timeout=ANSWER_S, trust_env=False, verify=trusted()) as client:
            for sent in in_order(made, asked.order):
                for _ in range(asked.copies):
                    time.sleep(asked.delay_ms / 1000)
                    sent.answers.append(self._post(client, sent, asked.signed))
        return made

    def _post(self, client: httpx.Client, sent: Sent, signed: Signed) -> str:
        headers = self.headers_of(sent, signed)
        try:
            answer = client.post(self.agreement.says_to, content=sent.body, headers=headers)
        except httpx.HTTPError as error:
            return type(error).__name__
        return str(answer.status_code)

    def headers_of(self, sent: Sent, signed: Signed = Signed.RIGHTLY) -> dict[str, str]:
        """What proves a message now, or fails to."""
        signed_as, at = self.agreement.says.signed, self.now()
        match signed:
            case Signed.NOT_AT_ALL:
                return JSON
            case Signed.WRONGLY:
                return JSON | signed_as(sent.message_id, at, sent.body + b" ")
            case Signed.LONG_AGO:
                return JSON | signed_as(sent.message_id, at - LONG_AGO, sent.body)
            case Signed.RIGHTLY:
                return JSON | signed_as(sent.message_id, at, sent.body)

    def said_on(self, day: date) -> Iterator[Sent]:
        """Its own messages of a date."""
        return (sent for sent in self.sent if civil_day(sent.at) == day)


def in_order(sent: Sequence[Sent], order: Order) -> Sequence[Sent]:
    """In which order messages leave."""
    return sent if order is Order.GIVEN else sent[::-1]
