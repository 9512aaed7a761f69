"""What every service reads from its environment (prefix `HUB_`)."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """The settings all services share; a service adds its own in a subclass.

    `public_origin` is the one address clients see, and the issuer of all tokens; `contact_email` is where
    its contract sends their developers. `database_dsn` is
    the application role's (`postgresql+asyncpg://…`); the gateway has none. Each replica holds
    `database_pool_size` connections at most, one more for the relay and three for what is done apart; the
    role may have 30: two replicas, and an operator's commands. `outside_allowed` names hosts that
    `outside` calls without TLS, at any port and in private networks: for tests and the embedded run.
    """

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore")

    public_origin: str = "http://localhost:8080"
    contact_email: str = "developers@example.org"
    identity_url: str = "http://127.0.0.1:8101"
    service_secret: SecretStr = SecretStr("")
    database_dsn: SecretStr = SecretStr("")
    database_pool_size: int = 9
    nats_url: str = "nats://127.0.0.1:14222"
    nats_seed: SecretStr = SecretStr("")
    otlp_endpoint: str | None = None
    log_level: str = "INFO"
    outside_allowed: frozenset[str] = frozenset()
