"""Every environment variable of the gateway (prefix `HUB_`)."""

from pydantic import Field

from hub_service.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    """The shared settings and the gateway's own.

    `gateway_upstreams` gives each service of the route table its address, as JSON.
    `gateway_cors_origins` are the origins whose pages may call the API from a browser; `*` is all
    of them, which is safe as long as the API takes tokens and no cookies.
    `gateway_rate_scale` multiplies every quota of the route table: for load tests.
    `gateway_trace_ratio` is the part of new traces that is recorded, when `otlp_endpoint` is set;
    a trace that a client has begun keeps its own decision.
    """

    gateway_upstreams: dict[str, str] = Field(default_factory=dict)
    gateway_cors_origins: tuple[str, ...] = ("*",)
    gateway_rate_scale: float = Field(default=1.0, gt=0)
    gateway_trace_ratio: float = Field(default=1.0, ge=0, le=1)
