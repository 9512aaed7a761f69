"""The rules of endpoints of partners and of what is handed to them. No I/O; `now` is an argument."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.rules import Rules

from .feed import EVENTS_READ, FeedEvent, Reader, matches

_FACTOR: Final = 4
SPREAD: Final = 0.2
"""The part by which chance may lengthen a wait: what failed together shall not return together."""
_REST: Final = timedelta(seconds=1)
_LONGEST_REST: Final = timedelta(minutes=5)
_LEASE_BEYOND: Final = timedelta(seconds=15)
_OK: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)
_GONE: Final = 410

ENDPOINTS: Final = "notification.webhook-endpoints"
AT_ONCE: Final = "notification.webhook-at-once"
TIMEOUT: Final = "notification.webhook-timeout"
FIRST_WAIT: Final = "notification.webhook-first-wait"
LONGEST_WAIT: Final = "notification.webhook-longest-wait"
TERM: Final = "notification.webhook-term"
FAILING: Final = "notification.webhook-failing"
OVERLAP: Final = "notification.webhook-secret-overlap"
KEPT: Final = "notification.webhook-kept"
RULES: Final = (ENDPOINTS, AT_ONCE, TIMEOUT, FIRST_WAIT, LONGEST_WAIT, TERM, FAILING, OVERLAP, KEPT)


class State(StrEnum):
    """Where an endpoint stands; only to an active one something is sent."""

    UNVERIFIED = "UNVERIFIED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"


class Stop(StrEnum):
    """Why an endpoint is paused or disabled."""

    OWNER = "OWNER"
    """Its owner paused it."""
    FAILING = "FAILING"
    """Nothing was taken for days."""
    GONE = "GONE"
    """It answered 410."""


class DeliveryState(StrEnum):
    """Where a delivery stands.

    `DEAD` ones were tried to the end of their term; `WITHHELD` ones may no longer be seen by the endpoint's
    client, and were not sent.
    """

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"
    WITHHELD = "WITHHELD"


ENDED: Final = frozenset({DeliveryState.DELIVERED, DeliveryState.DEAD, DeliveryState.WITHHELD})


class Failure(StrEnum):
    """Why an attempt failed: the address was refused, no answer came, or another one than 2xx."""

    ADDRESS = "ADDRESS"
    SCHEME = "SCHEME"
    PORT = "PORT"
    PRIVATE = "PRIVATE"
    NAME = "NAME"
    CONNECTION = "CONNECTION"
    CERTIFICATE = "CERTIFICATE"
    TIME = "TIME"
    PROTOCOL = "PROTOCOL"
    REDIRECT = "REDIRECT"
    STATUS = "STATUS"


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of a day.

    Endpoints a client may have; messages at once to one; how long an answer may take; waits between tries
    and how long it is tried at all; how long an endpoint may fail; how long the secret before is good; how
    long deliveries can be seen.
    """

    endpoints: int
    at_once: int
    timeout: timedelta
    first_wait: timedelta
    longest_wait: timedelta
    term: timedelta
    failing: timedelta
    overlap: timedelta
    kept: timedelta

    @classmethod
    def of(cls, legal: Rules, now: datetime) -> "Terms":
        """The numbers of the rules `RULES`; raises `NoRule`."""
        number = {code: legal.on(code, now.date()).whole for code in RULES}
        return cls(
            endpoints=number[ENDPOINTS],
            at_once=number[AT_ONCE],
            timeout=timedelta(seconds=number[TIMEOUT]),
            first_wait=timedelta(seconds=number[FIRST_WAIT]),
            longest_wait=timedelta(hours=number[LONGEST_WAIT]),
            term=timedelta(hours=number[TERM]),
            failing=timedelta(days=number[FAILING]),
            overlap=timedelta(hours=number[OVERLAP]),
            kept=timedelta(days=number[KEPT]),
        )

    @property
    def lease(self) -> timedelta:
        """How long a claim holds: what a killed sender had claimed is free again after it."""
        return self.timeout + _LEASE_BEYOND


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client says of an endpoint. Types and subjects are filters; none means all."""

    address: str = field(repr=False)
    description: str
    event_types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of an endpoint, sealed: its own, and the one before until it ends."""

    current: bytes | None = None
    previous: bytes | None = None
    previous_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address of a client, to which events are handed.

    `failures` are those in a row; `failing_since` is the first of them, `rests_until` when the next may be
    tried. `version` grows by one with what its owner changes.
    """

    id: UUID
    client_id: str
    institution_id: UUID | None
    is_sandbox: bool
    wanted: Wanted
    secrets: Secrets = Secrets()
    state: State = State.UNVERIFIED
    stop: Stop | None = None
    created_at: datetime
    state_since: datetime
    failures: int = 0
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    version: int = 1

    @property
    def reader(self) -> Reader:
        """Who reads: the client, for its institution or for itself."""
        return Reader(
            client_id=self.client_id,
            scopes=frozenset(),
            institution_id=self.institution_id,
            is_sandbox=self.is_sandbox,
        )


@dataclass(frozen=True, slots=True)
class Client:
    """What is known of an application; `scopes` are None where they were not told."""

    client_id: str
    is_active: bool
    scopes: frozenset[str] | None
    institution_id: UUID | None
    owner_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event for one endpoint. `due_at` is the next try, the end of the lease while it is being sent.

    `version` grows by one with each change: who holds an older one has lost the delivery.
    """

    endpoint_id: UUID
    event_id: UUID
    position: int
    state: DeliveryState = DeliveryState.QUEUED
    attempts: int = 0
    due_at: datetime | None
    queued_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt; no `failure` is a success. `again_after` is what the endpoint asked for."""

    status: int | None = None
    failure: Failure | None = None
    again_after: timedelta | None = None
    duration: timedelta = timedelta()

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint says that it is no more."""
        return self.status == _GONE


def wants(endpoint: Endpoint, event: FeedEvent) -> bool:
    """Whether an endpoint takes events, and its filters mean this one."""
    return endpoint.state is State.ACTIVE and is_meant(endpoint, event)


def is_meant(endpoint: Endpoint, event: FeedEvent) -> bool:
    """Whether the filters of an endpoint, by type and by subject, both mean an event."""
    types, subjects = endpoint.wanted.event_types, endpoint.wanted.subjects
    is_of_type = not types or any(matches(one, event.type) for one in types)
    return is_of_type and (not subjects or event.subject in subjects)


def is_entitled(endpoint: Endpoint, client: Client | None) -> bool:
    """Whether the endpoint's client may still follow what happens; one nobody has told of is as it was."""
    if client is None:
        return True
    may_follow = client.scopes is None or EVENTS_READ in client.scopes
    stands_for = client.scopes is None or client.institution_id == endpoint.institution_id
    return client.is_active and may_follow and stands_for


def change(endpoint: Endpoint, wanted: Wanted, now: datetime) -> Endpoint:
    """What its owner now says of it; at another address it has to be verified again."""
    changed = replace(endpoint, wanted=wanted, version=endpoint.version + 1)
    return changed if wanted.address == endpoint.wanted.address else _move(changed, State.UNVERIFIED, now)


def verify(endpoint: Endpoint, now: datetime) -> Endpoint:
    """It has answered as only the holder of its secret can: it takes events, whatever stopped it before."""
    return replace(_move(endpoint, State.ACTIVE, now), version=endpoint.version + 1)


def pause(endpoint: Endpoint, now: datetime) -> Endpoint | None:
    """Its owner wants nothing for now; None where there is nothing to pause."""
    if endpoint.state is not State.ACTIVE:
        return None
    return replace(_move(endpoint, State.PAUSED, now, Stop.OWNER), version=endpoint.version + 1)


def resume(endpoint: Endpoint, now: datetime) -> Endpoint | None:
    """Its owner wants more, whoever paused it; None where it was not paused."""
    if endpoint.state is not State.PAUSED:
        return None
    return replace(_move(endpoint, State.ACTIVE, now), version=endpoint.version + 1)


def renew_secret(
    endpoint: Endpoint, sealed: bytes, now: datetime, terms: Terms, *, overlap: bool
) -> Endpoint:
    """With another secret; the one before signs too for a while, unless it has leaked."""
    before = endpoint.secrets.current if overlap else None
    until = now + terms.overlap if before else None
    return replace(endpoint, secrets=Secrets(sealed, before, until), version=endpoint.version + 1)


def signing(endpoint: Endpoint, now: datetime) -> list[bytes]:
    """The sealed secrets that sign at that moment, the newest first."""
    secrets = endpoint.secrets
    is_overlap = secrets.previous_until is not None and now < secrets.previous_until
    return [one for one in (secrets.current, secrets.previous if is_overlap else None) if one]


def queue(endpoint_id: UUID, event: FeedEvent, now: datetime, terms: Terms) -> Delivery:
    """An event to be handed over at once, and tried for the whole term."""
    return Delivery(
        endpoint_id=endpoint_id,
        event_id=event.id,
        position=event.position,
        due_at=now,
        queued_at=now,
        expires_at=now + terms.term,
    )


def claim(delivery: Delivery, now: datetime, terms: Terms) -> Delivery:
    """Take a due delivery to send it."""
    return replace(
        delivery,
        state=DeliveryState.SENDING,
        attempts=delivery.attempts + 1,
        due_at=now + terms.lease,
        version=delivery.version + 1,
    )


def replay(delivery: Delivery, now: datetime, terms: Terms) -> Delivery:
    """The same event once more from the start, after it has ended."""
    return replace(
        delivery,
        state=DeliveryState.QUEUED,
        attempts=0,
        due_at=now,
        queued_at=now,
        expires_at=now + terms.term,
        ended_at=None,
        version=delivery.version + 1,
    )


def settle(delivery: Delivery, outcome: Outcome, now: datetime, terms: Terms, *, chance: float) -> Delivery:
    """What becomes of a delivery after an attempt; `chance` in [0, 1) spreads the waits.

    The last try is at the end of its term, however long the waits have grown.
    """
    if outcome.failure is None:
        return _end(delivery, DeliveryState.DELIVERED, now)
    if now >= delivery.expires_at:
        return _end(delivery, DeliveryState.DEAD, now)
    due_at = min(now + wait(delivery.attempts, outcome, terms, chance=chance), delivery.expires_at)
    return replace(delivery, state=DeliveryState.QUEUED, due_at=due_at, version=delivery.version + 1)


def withhold(delivery: Delivery, now: datetime) -> Delivery:
    """Its client may no longer see the event."""
    return _end(delivery, DeliveryState.WITHHELD, now)


def wait(attempts: int, outcome: Outcome, terms: Terms, *, chance: float) -> timedelta:
    """How long to wait after so many attempts: four times as long each time, and as long as was asked for."""
    grown = terms.first_wait * float(_FACTOR ** min(attempts - 1, 16))
    own = min(grown, terms.longest_wait) * (1 + SPREAD * chance)
    return max(own, min(outcome.again_after or timedelta(), terms.longest_wait))


def after(endpoint: Endpoint, outcome: Outcome, now: datetime, terms: Terms) -> Endpoint:
    """The endpoint itself after an attempt.

    After a failure it rests, longer each time, and is tried with one message; who asks for a longer rest
    gets it. 410 disables it; one that has taken nothing for days is paused.
    """
    if outcome.failure is None:
        return replace(endpoint, failures=0, failing_since=None, rests_until=None)
    if endpoint.state is not State.ACTIVE:
        return endpoint
    if outcome.is_gone:
        return _move(endpoint, State.DISABLED, now, Stop.GONE)
    since = endpoint.failing_since or now
    if now - since >= terms.failing:
        return _move(endpoint, State.PAUSED, now, Stop.FAILING)
    rest = min(_REST * float(2 ** min(endpoint.failures, 10)), _LONGEST_REST)
    asked = min(outcome.again_after or timedelta(), terms.longest_wait)
    return replace(
        endpoint, failures=endpoint.failures + 1, failing_since=since, rests_until=now + max(rest, asked)
    )


def judge(status: int, retry_after: str | None, duration: timedelta, now: datetime) -> Outcome:
    """What an answer says: 2xx is taken, a redirect is not followed and so a failure like any other."""
    if status in _OK:
        return Outcome(status, duration=duration)
    failure = Failure.REDIRECT if status in _REDIRECTS else Failure.STATUS
    return Outcome(status, failure, _again_after(retry_after, now), duration)


def _move(endpoint: Endpoint, state: State, now: datetime, stop: Stop | None = None) -> Endpoint:
    return replace(
        endpoint,
        state=state,
        stop=stop,
        state_since=now,
        failures=0,
        failing_since=None,
        rests_until=None,
    )


def _end(delivery: Delivery, state: DeliveryState, now: datetime) -> Delivery:
    return replace(delivery, state=state, due_at=None, ended_at=now, version=delivery.version + 1)


def _again_after(said: str | None, now: datetime) -> timedelta | None:
    """Retry-After in either of its forms (RFC 9110, 10.2.3); what cannot be read was not said."""
    if said is None:
        return None
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said[:9]), 10**8))
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)) - now, timedelta())
