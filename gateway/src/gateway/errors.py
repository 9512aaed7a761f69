"""The problems a caller can meet at the door, besides those every service has."""

from hub_core.problem import Problem


class AddressTooLong(Problem):
    """Path and query are longer than anything the hub offers (RFC 9110, 414)."""

    type, status = "address-too-long", 414
    title = "The address is too long"
    detail = "Path and query may have at most {limit} bytes together."
    remedy = "Send less in the query; long content belongs in the body."


class HeadersTooLarge(Problem):
    """Too many headers, or too long ones (RFC 6585, 431)."""

    type, status = "headers-too-large", 431
    title = "The request's headers are too large"
    detail = "A request may have at most {count} headers, and {limit} bytes of them."
    remedy = "Send fewer and shorter headers; a browser may need its cookies for this site cleared."


class ConflictingHeaders(Problem):
    """Headers that two readers could understand in two ways: the raw material of smuggling."""

    type, status = "conflicting-headers", 400
    title = "The request's headers contradict each other"
    detail = "The header {name} is missing, malformed, repeated, or contradicts another one."
    remedy = "Send this header once, with one value that fits the others."


class RequestTimeout(Problem):
    """The client stopped sending before its request was whole (RFC 9110, 408)."""

    type, status = "request-timeout", 408
    title = "The request did not arrive in time"
    detail = "The body stopped coming before it was complete. Nothing was carried out."
    remedy = "Check the connection and send the request again."


class BadGateway(Problem):
    """The service broke off, or answered something that is not HTTP (RFC 9110, 502)."""

    type, status = "bad-gateway", 502
    title = "The service broke off its answer"
    detail = "The request may or may not have been carried out."
    remedy = "Send the same request again after the time that Retry-After gives; keep its Idempotency-Key."


class GatewayTimeout(Problem):
    """The service took longer than the route allows (RFC 9110, 504)."""

    type, status = "gateway-timeout", 504
    title = "The service did not answer in time"
    detail = "The request may or may not have been carried out."
    remedy = "Send the same request again after the time that Retry-After gives; keep its Idempotency-Key."


class InvalidProof(Problem):
    """The DPoP proof does not show, for this request, the key that the token is bound to (RFC 9449, 7.1)."""

    type, status = "invalid-dpop-proof", 401
    title = "The proof of the key is not valid"
    detail = "The DPoP proof is missing, old, used before, or made for another request, token or key."
    remedy = "Make a new proof for each request: its method, its address, the time, and the access token."


class UnknownProblem(Problem):
    """There is no such page under `/problems/`."""

    type, status = "unknown-problem", 404
    title = "There is no such problem"
    detail = "No service of the hub answers with a problem of this name."
    remedy = "Check the address; it is the type member of a problem answer."


class ContractIncomplete(Problem):
    """A service whose part of the contract was never read cannot be reached."""

    type, status = "contract-incomplete", 503
    title = "The contract is incomplete for the moment"
    detail = "The document of {service} cannot be read now, and part of a contract is worse than none."
    remedy = "Try again after the time that Retry-After gives."
