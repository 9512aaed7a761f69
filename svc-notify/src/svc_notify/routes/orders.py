"""Orders of institutions: HTTP and nothing else."""

import json
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query, Request, Response
from pydantic import TypeAdapter, ValidationError

from hub_core import clock
from hub_core.problem import Problem
from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.idempotency import Answered
from hub_service.paging import Cursor, Limit, Page
from hub_service.policy import Caller
from hub_service.routing import Router, claim_of
from hub_service.schemas import Id
from hub_service.shortcuts import Shortcut

from ..dependencies import Accepting, MasterKey, acceptance
from ..domain import conditions, webhook_messages
from ..domain.orders import Order
from ..errors.orders import (
    BatchNotFound,
    OnlyInstitutionsSend,
    OrderEventsForgotten,
    OrderNotFound,
    OrderNotWaiting,
    OrderUnsound,
    ReferenceUsed,
    SendingLimitReached,
)
from ..errors.templates import TemplateNotActive, TemplateNotFound
from ..keys import Purpose
from ..operations import accepting, order_batches, order_events, preferences
from ..operations import orders as operations
from ..operations.accepting import ordering
from ..schemas.orders import (
    BatchView,
    ConditionSecret,
    OrderEventPage,
    OrderEventView,
    OrderView,
    PlaceBatch,
    PlaceOrder,
    Reference,
    UnsubscribedCount,
)

SEND: Final = "messages:send"
BATCH_BYTES: Final = 16 * 1024 * 1024
_CREATED: Final = 201

router = Router(prefix="/notify/v1", tags=["orders"])

_BatchId = Annotated[Id, Path(description="The batch's identifier.")]
_OrderId = Annotated[Id, Path(description="The order's identifier.")]
_PLACING: Final = policy.operation(
    SEND,
    raises=(
        *(OnlyInstitutionsSend, OrderUnsound, ReferenceUsed, SendingLimitReached),
        *(TemplateNotActive, TemplateNotFound),
    ),
)


@router.post("/orders", status_code=_CREATED, summary="Order a message", **_PLACING)
async def place_order(
    body: PlaceOrder,
    caller: Caller,
    session: Session,
    accepting_orders: Accepting,
    now: Now,
    response: Response,
) -> OrderView:
    """Have one person told something, by a template of your institution (`client_credentials`).

    You name the person by the hub's identifier, never by an address; the hub finds the language and the way.
    The answer means that the order is stored; what becomes of it the status feed tells. It is the same
    whether or not there is such a person.
    """
    by = ordering(caller)
    order = await accepting.place(session, accepting_orders, by, body.template, body.wish(), now)
    response.headers["location"] = _location(order)
    accepting_orders.accepted()
    return OrderView.of(order)


@router.get(
    "/orders",
    summary="Find orders by your reference",
    response_description="A page of orders, the newest first",
    **policy.operation(SEND, raises=(OnlyInstitutionsSend,)),
)
async def list_orders(
    caller: Caller,
    session: Session,
    asked: paging.Asked,
    reference: Annotated[Reference, Query(description="Your own reference.")],
) -> Page[OrderView]:
    """The orders of your institution that carry a reference of yours."""
    found = await operations.find(session, ordering(caller), reference, asked.after(UUID), asked.rows)
    return asked.page(found, position=lambda order: (str(order.id),), view=OrderView.of)


@router.get(
    "/orders/{order_id}",
    summary="Read an order",
    **policy.operation(SEND, raises=(OnlyInstitutionsSend, OrderNotFound)),
)
async def get_order(order_id: _OrderId, caller: Caller, session: Session) -> OrderView:
    """One order of your institution, and where it stands."""
    return OrderView.of(await operations.read(session, ordering(caller), order_id))


@router.post(
    "/orders/{order_id}/cancel",
    summary="Cancel an order",
    **policy.operation(SEND, raises=(OnlyInstitutionsSend, OrderNotFound, OrderNotWaiting)),
)
async def cancel_order(order_id: _OrderId, caller: Caller, session: Session, now: Now) -> OrderView:
    """Take back an order that still waits: it is not sent. One that has gone is not called back."""
    return OrderView.of(await operations.cancel(session, ordering(caller), order_id, now))


@router.post(
    "/batches",
    status_code=_CREATED,
    summary="Order one message for many people",
    **policy.operation(
        SEND,
        raises=(
            *(OnlyInstitutionsSend, OrderUnsound, SendingLimitReached),
            *(TemplateNotActive, TemplateNotFound),
        ),
    ),
)
async def create_batch(
    body: PlaceBatch,
    caller: Caller,
    session: Session,
    accepting_orders: Accepting,
    keys: MasterKey,
    now: Now,
    response: Response,
) -> BatchView:
    """Have up to ten thousand people told the same, each with values of their own, in one request.

    All of it is accepted or nothing: each flaw is named by its place. Send it with an `Idempotency-Key` and
    repeat it as often as you need to. It goes behind everything that is not a batch.
    """
    by = ordering(caller)
    placed = await order_batches.place(session, accepting_orders, keys, by, body.template, body.wishes(), now)
    response.headers["location"] = f"{router.prefix}/batches/{placed.batch.id}"
    accepting_orders.accepted()
    return BatchView.of(placed)


@router.get(
    "/batches/{batch_id}",
    summary="Read a batch",
    **policy.operation(SEND, raises=(OnlyInstitutionsSend, BatchNotFound)),
)
async def get_batch(batch_id: _BatchId, caller: Caller, session: Session) -> BatchView:
    """One batch of your institution: how many of its orders stand where."""
    return BatchView.of(await order_batches.read(session, ordering(caller), batch_id))


@router.post(
    "/batches/{batch_id}/cancel",
    summary="Cancel what still waits of a batch",
    **policy.operation(SEND, raises=(OnlyInstitutionsSend, BatchNotFound)),
)
async def cancel_batch(batch_id: _BatchId, caller: Caller, session: Session, now: Now) -> BatchView:
    """Take back what has not gone yet; the counts tell what that was. It can be repeated."""
    return BatchView.of(await order_batches.cancel(session, ordering(caller), batch_id, now))


@router.get(
    "/condition-secret",
    summary="Read what signs the questions to your addresses",
    **policy.operation(SEND, raises=(OnlyInstitutionsSend,)),
)
async def get_condition_secret(caller: Caller, keys: MasterKey) -> ConditionSecret:
    """The secret by which your server knows that a question about an order is the hub's."""
    by = ordering(caller)
    secret = conditions.secret_of(keys.of(Purpose.WEBHOOKS), by.institution_id, is_sandbox=by.is_sandbox)
    return ConditionSecret(secret=webhook_messages.show_secret(secret))


@router.get(
    "/unsubscribed",
    summary="Count who has unsubscribed from your messages",
    **policy.operation(SEND, raises=(OnlyInstitutionsSend,)),
)
async def count_unsubscribed(caller: Caller, session: Session) -> UnsubscribedCount:
    """How many people want no more of what your institution sends that may be done without.

    It is a number only. Notices go to them all the same.
    """
    by = ordering(caller)
    people = await preferences.count_unsubscribed(session, by.institution_id, is_sandbox=by.is_sandbox)
    return UnsubscribedCount(people=people)


@router.get(
    "/order-events",
    summary="Read what became of your orders",
    response_description="States in their order, and where to read on",
    **policy.operation(SEND, raises=(OnlyInstitutionsSend, OrderEventsForgotten)),
)
async def list_order_events(
    caller: Caller, session: Session, cursor: Cursor = None, limit: Limit = 50
) -> OrderEventPage:
    """Every state of every order of your institution, in an order that never changes.

    Keep `next_cursor` and ask again with it: nothing that happens later comes before it.
    """
    position = paging.decode(cursor, (int,))
    page = await order_events.read(session, ordering(caller), position[0] if position else None, limit)
    return OrderEventPage(
        items=[OrderEventView.of(event) for event in page.events], next_cursor=paging.encode((page.next,))
    )


_BODY: Final = TypeAdapter(PlaceOrder)
_CHECKS: Final = [one.dependency for one in _PLACING["dependencies"]]


async def _place_at_once(request: Request) -> Response | None:
    """The answer to an order that was stored with others; None for what the ordinary way has to answer."""
    if request.headers.get("content-type") != "application/json" or request.scope["query_string"]:
        return None
    try:
        body = _BODY.validate_json(await request.body())
    except ValidationError:
        return None
    caller = await policy.authenticate(request)
    for check in _CHECKS:
        await check(caller)
    by, accepting_orders = ordering(caller), await acceptance(request)
    claim = await claim_of(request) if "idempotency-key" in request.headers else None
    new, legal = await accepting_orders.prepare(by, body.template, body.wish(), clock.now())
    content = OrderView.of(new.order).model_dump_json().encode()
    headers = {"location": _location(new.order), "content-type": "application/json"}
    answer = Answered(claim, _CREATED, json.dumps(headers), content) if claim else None
    outcome = await accepting_orders.put(new, legal, answer)
    if isinstance(outcome, Problem):
        raise outcome
    return Response(content, _CREATED, headers) if outcome else None


SHORTCUT: Final = Shortcut("POST", "/notify/v1/orders", _place_at_once)
"""The short way of `place_order`."""


def _location(order: Order) -> str:
    return f"{router.prefix}/orders/{order.id}"
