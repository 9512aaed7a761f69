"""The decisions on one request, in their order, whatever carries it.

A transport gives `enter` the head of a request and then asks: where to (`examine`), who calls
(`recognise`, and `inquire` when identity must be asked), may they now (`admit`). Each raises the
problem that refuses the request. Only `inquire` takes time; nothing here knows of sockets.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

import orjson

from hub_core import clock
from hub_core.problem import Problem
from hub_service import problems
from hub_service.i18n import Texts

from . import addresses, headers, proofs, tokens, tracing
from .access_log import AccessLog
from .conduct import Conduct
from .cors import CrossOrigin
from .headers import Dress, Forwarding, Pair
from .limits import Limiter, Policy, Verdict
from .settings import GatewaySettings
from .table import Access, Table
from .usage import Usage
from .visit import Head, Visit

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET: Final = frozenset({"/healthz", "/readyz", "/status"})
_NANOSECONDS: Final = 1_000_000_000

FindTemplate = Callable[[str, str, str], str | None]
"""Service, method and path → the contract's path template, if it is known."""


class Answer(NamedTuple):
    """A whole answer: status, headers and body."""

    status: int
    headers: list[Pair]
    body: bytes


class Door:
    """All policies of the gateway, in one place and one order."""

    def __init__(
        self,
        settings: GatewaySettings,
        table: Table,
        known: tokens.Tokens,
        tracing_: tracing.Tracing,
        log: AccessLog,
        usage: Usage,
        texts: Texts,
        find_template: FindTemplate,
    ) -> None:
        self._table = table
        self._tokens = known
        self._tracing = tracing_
        self._log = log
        self._usage = usage
        self._conduct = Conduct()
        self._texts = texts
        self._find_template = find_template
        self._public_origin = settings.public_origin
        self._proofs = proofs.Proofs(settings.public_origin)
        self._forwarding = Forwarding(settings.public_origin)
        self._dress = Dress(settings.public_origin)
        self._cross_origin = CrossOrigin(settings.gateway_cors_origins)
        self._limiters: Mapping[str, Limiter] = {
            name: Limiter(policy.scaled(settings.gateway_rate_scale))
            for name, policy in table.policies.items()
        }
        self._plans = {
            name: (self._limiters[rate], per_client) for name, (rate, per_client) in table.plans.items()
        }

    def enter(self, head: Head, now: float) -> Visit:
        """Receive a request: whatever becomes of it, it has an id and a trace."""
        fields = headers.read(head.headers, head.version)
        known = fields.known
        trace = self._tracing.begin(known.get(b"traceparent"), known.get(b"tracestate"))
        return Visit(head, fields, trace, tracing.request_id(known.get(b"x-request-id"), trace), began=now)

    def examine(self, visit: Visit) -> None:
        """Refuse what is malformed or too large, and find the terms of the rest."""
        head, fields = visit.head, visit.fields
        if fields.flaw:
            raise fields.flaw
        if head.method not in _METHODS:
            raise problems.MethodNotAllowed(headers={"allow": ", ".join(sorted(_METHODS))})
        visit.path = addresses.read_path(head.path, head.query)
        visit.terms = terms = self._table.find(head.method, visit.path)
        visit.template = terms.template if terms else "-"
        visit.preflight = (
            head.method == "OPTIONS"
            and b"origin" in fields.known
            and b"access-control-request-method" in fields.known
            and (terms is None or terms.cors)
        )
        if terms and fields.length is not None and fields.length > terms.body:
            raise problems.ContentTooLarge(limit=terms.body)

    def recognise(self, visit: Visit) -> bytes | None:
        """Say who calls as far as it is known: a token that is returned must be asked about."""
        terms = visit.terms
        if terms is None or visit.preflight:
            return None
        given = visit.fields.known.get(b"authorization")
        if given is None:
            if terms.access is Access.SIGNED_IN:
                raise tokens.missing()
            return None
        if terms.access is Access.CLIENT and given[:6].lower() == b"basic ":
            visit.authorization = given
            return None
        token = tokens.read(given)
        visit.bound = given[:4].lower() == b"dpop"
        grant = self._tokens.find(token, visit.began)
        if grant is None:
            self._refuse_if_spent(visit)
            return token
        self._accept(visit, token, grant)
        return None

    async def inquire(self, visit: Visit, token: bytes) -> None:
        """Ask svc-identity what stands behind a token."""
        self._accept(visit, token, await self._tokens.ask(token, visit.began))

    def _accept(self, visit: Visit, token: bytes, grant: tokens.Grant) -> None:
        """Take the caller for whom the token stands for; a bound one with the proof of its key only."""
        if grant.jkt is None and not visit.bound:
            visit.grant, visit.authorization = grant, grant.authorization
            return
        if grant.jkt is None or not visit.bound:
            raise proofs.unbound()
        self._refuse_if_spent(visit)  # a signature costs more than all the rest
        self._proofs.check(
            visit.fields.known.get(b"dpop"),
            grant.jkt,
            method=visit.head.method,
            path=visit.path,
            token=token,
            now=clock.now().timestamp(),
        )
        visit.grant, visit.authorization = grant, grant.authorization

    def admit(self, visit: Visit) -> None:
        """Count the request against the caller's limit; raises `TooManyRequests` beyond it."""
        _, verdict = self._count(visit)
        if not verdict.allowed:
            raise _too_many(verdict)

    def inward(self, visit: Visit) -> list[Pair]:
        """The headers for the service."""
        passed = visit.fields.passed
        if visit.terms and not visit.terms.cookies:
            passed = [pair for pair in passed if pair[0] != b"cookie"]
        sent = [
            *passed,
            *self._forwarding.headers(visit.head.client),
            (b"x-request-id", visit.request_id),
            (b"traceparent", visit.trace.traceparent),
        ]
        if visit.trace.tracestate:
            sent.append((b"tracestate", visit.trace.tracestate))
        if visit.authorization:
            sent.append((b"authorization", visit.authorization))
        if b"dpop" in visit.fields.known and visit.terms and visit.terms.access is Access.CLIENT:
            sent.append((b"dpop", visit.fields.known[b"dpop"]))  # identity gives tokens, and checks it
        return sent

    def outward(self, visit: Visit, given: Iterable[Pair]) -> list[Pair]:
        """The headers for the client, from those that came with the answer."""
        own = [(b"x-request-id", visit.request_id), *self._limit_fields(visit)]
        if visit.bound:
            given = proofs.challenged(given)
        if visit.terms is None or visit.terms.cors:
            origin = visit.fields.known.get(b"origin")
            own += (
                self._cross_origin.preflight(origin)
                if visit.preflight
                else self._cross_origin.headers(origin)
            )
        return self._dress.put_on(given, own, cookies=visit.terms is None or visit.terms.cookies)

    def refusal(self, visit: Visit, problem: Problem) -> Answer:
        """The problem as the caller gets it (RFC 9457), in their language."""
        instance = visit.path or visit.head.path.decode("ascii", "replace")
        shown = problems.body(problem, visit.language, self._texts, self._public_origin, instance)
        body = orjson.dumps(shown | {"trace_id": visit.trace.trace_id})
        given = [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"content-language", visit.language.encode()),
            *((name.encode(), value.encode("latin-1")) for name, value in problem.headers.items()),
        ]
        return Answer(problem.status, self.outward(visit, given), body)

    def conclude(self, visit: Visit, now: float) -> None:
        """Leave the line in the access log, and end the span."""
        method = visit.head.method if visit.head.method in _METHODS else "-"
        template = visit.template
        if visit.terms and not visit.terms.operation_id:
            template = self._find_template(visit.terms.service, method, visit.path) or template
        visit.trace.end(method, template, visit.status)
        if template in _QUIET:
            return
        if visit.grant:
            self._usage.count(visit.grant.client_id, visit.status)
            for behaviour in self._conduct.seen(visit, now):
                self._usage.note(visit.grant.client_id, behaviour)
        self._log.add(
            at=clock.now(),
            method=method,
            route=template,
            status=visit.status,
            seconds=now - visit.began,
            sent=visit.sent,
            client_id=visit.grant.client_id if visit.grant else None,
            request_id=visit.request_id.decode(),
            trace_id=visit.trace.trace_id,
        )

    def _limit_fields(self, visit: Visit) -> list[Pair]:
        """What is left to the caller; what was refused before it was counted is counted here."""
        policy, verdict = visit.counted or self._count(visit)
        return [(b"ratelimit-policy", policy.field), (b"ratelimit", policy.remaining_field(verdict))]

    def _count(self, visit: Visit) -> tuple[Policy, Verdict]:
        limiter, key = self._limiter(visit)
        visit.counted = limiter.policy, limiter.take(key, int(visit.began * _NANOSECONDS))
        return visit.counted

    def _refuse_if_spent(self, visit: Visit) -> None:
        """Guessing tokens is limited by address, before identity is asked."""
        limiter, key = self._limiter(visit)
        verdict = limiter.look(key, int(visit.began * _NANOSECONDS))
        if not verdict.allowed:
            visit.counted = limiter.policy, verdict
            raise _too_many(verdict)

    def _limiter(self, visit: Visit) -> tuple[Limiter, str]:
        if visit.grant and visit.terms:
            plan = self._plans.get(visit.grant.plan)
            if plan and visit.terms.signed_in == self._table.signed_in_policy:
                return plan[0], visit.grant.client_id if plan[1] else visit.grant.caller
            return self._limiters[visit.terms.signed_in], visit.grant.caller
        name = visit.terms.anonymous if visit.terms else self._table.default_policy
        return self._limiters[name], addresses.network_of(visit.head.client)


def _too_many(verdict: Verdict) -> problems.TooManyRequests:
    return problems.TooManyRequests(headers={"retry-after": str(verdict.reset)})
