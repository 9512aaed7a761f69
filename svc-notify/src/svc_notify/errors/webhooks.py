"""The problems that a client can meet with its endpoints."""

from hub_core.problem import Problem


class ClientRequired(Problem):
    """Endpoints belong to clients that stand for themselves or for an institution."""

    type, status = "webhook-client-required", 403
    title = "Only an application may do this"
    detail = "Endpoints are set with a token that an application has got for itself."
    remedy = "Ask for a token with the grant client_credentials."


class EndpointNotFound(Problem):
    """No such endpoint, or another client's: the two look the same on purpose."""

    type, status = "webhook-endpoint-not-found", 404
    title = "There is no such endpoint"
    detail = "Your application has no endpoint with this identifier."
    remedy = "Check the identifier, and which application the token is of."


class WebhookDeliveryNotFound(Problem):
    """No event with this id was queued for the endpoint, or it is no longer kept."""

    type, status = "webhook-delivery-not-found", 404
    title = "There is no such delivery"
    detail = "No event with this identifier was to be handed to this endpoint."
    remedy = "Check the identifier. Deliveries can be seen for some weeks."


class TooManyEndpoints(Problem):
    """The client has as many endpoints as it may."""

    type, status = "too-many-webhook-endpoints", 409
    title = "Your application has too many endpoints"
    detail = "One application may have {most} endpoints."
    remedy = "Delete an endpoint that is no longer needed."


class AddressRefused(Problem):
    """The address is not one that is called."""

    type, status = "webhook-address-refused", 422
    title = "This address is not called"
    detail = "Give an https address at port 443, with a name of the public internet."
    remedy = "Leave out user names, fragments and other ports; write the name in its ASCII form."


class EndpointNotVerified(Problem):
    """The endpoint did not answer the challenge as it is documented."""

    type, status = "webhook-endpoint-not-verified", 409
    title = "The endpoint did not prove that it has the secret"
    detail = "The challenge was sent, and its answer was not the wanted one ({reason})."
    remedy = "Answer 200 with the signed challenge, as the guide shows, and try again."


class SecretMissing(Problem):
    """The endpoint has no secret yet: nothing can be signed."""

    type, status = "webhook-secret-missing", 409
    title = "The endpoint has no secret yet"
    detail = "What is sent is signed, and there is no secret to sign with."
    remedy = "Make a secret first, and put it where the endpoint finds it."


class EndpointStateForbids(Problem):
    """The state of the endpoint forbids the transition."""

    type, status = "webhook-endpoint-state", 409
    title = "This is not possible in the present state of the endpoint"
    detail = "The state is {state}."
    remedy = "Read the endpoint again. One that is unverified or disabled has to be verified."
