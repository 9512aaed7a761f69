"""What each service is told: its environment variables (`hub_service.settings`), and the secrets in them."""

import base64
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hub_core.manifest import Manifest

from . import ports, roles, vault
from .broker import OPERATOR, NatsBox
from .mailbox import sms
from .outside import demo
from .outside.trust import authority
from .place import GATEWAY, MAILBOX, OUTSIDE, SMTP, Place
from .postgres import PostgresBox

_IDENTITY: Final = "identity"
_CATALOG: Final = "catalog"
_CRIMINAL_RECORD: Final = "criminal-record"
_NOTIFY: Final = "notify"
_PASSPORT_BOOKING: Final = "passport-booking"
_PETITIONS: Final = "petitions"
_TRAFFIC_HISTORY: Final = "traffic-history"


def of_preparation(
    place: Place, manifests: Sequence[Manifest], postgres: PostgresBox, nats: NatsBox
) -> tuple[dict[str, Any], dict[str, str]]:
    """What `hub_cli.preparation.prepare` is told of the databases and of the broker."""
    databases = {
        "superuser": postgres.dsn(),
        "hub": postgres.dsn(roles.DATABASE),
        "passwords": {
            manifest.name: _passwords(place, manifest.name) for manifest in manifests if manifest.has_database
        },
    }
    return databases, {"url": nats.url, "seed": nats.seed(OPERATOR)}


def of_service(
    manifest: Manifest, place: Place, manifests: Sequence[Manifest], postgres: PostgresBox, nats: NatsBox
) -> dict[str, str]:
    """The environment of one service, beside what the supervisor itself was given."""
    addresses = {other.name: place.url(other.name) for other in manifests if other.name != GATEWAY}
    given = {
        "HUB_PUBLIC_ORIGIN": place.origin,
        "HUB_IDENTITY_URL": addresses.get(_IDENTITY, ""),
        "HUB_SERVICE_SECRET": _secret(place, f"{manifest.name}.service"),
        "HUB_NATS_URL": nats.url,
        "HUB_NATS_SEED": nats.seed(manifest.name),
        "HUB_GATEWAY_UPSTREAMS": json.dumps(addresses),
    }
    if manifest.has_database:
        _, application = _passwords(place, manifest.name)
        hub = postgres.dsn(roles.DATABASE)
        given["HUB_DATABASE_DSN"] = roles.service_dsn(hub, f"{manifest.name}_app", application)
    if manifest.name == _IDENTITY:
        outside = place.url(OUTSIDE)
        given["HUB_IDENTITY_POPULATION_REGISTER_URL"] = f"{outside}/population"
        given["HUB_IDENTITY_COMPANY_REGISTER_URL"] = f"{outside}/companies"
        given["HUB_IDENTITY_OUTSIDE_PROVIDERS"] = json.dumps(_outside_providers(place))
        given["HUB_IDENTITY_KEY"] = _key(place, "identity.key")
        given["HUB_IDENTITY_HOLDERS"] = json.dumps(
            {other.name: addresses[other.name] for other in manifests if other.holds_personal_data}
        )
        given["HUB_IDENTITY_SERVICES"] = json.dumps(
            {
                other.name: {"secret": _secret(place, f"{other.name}.service"), "scopes": other.calls}
                for other in manifests
            }
        )
    if manifest.name == _CRIMINAL_RECORD:
        outside = place.url(OUTSIDE)
        given["HUB_CRIMINAL_RECORD_KEY"] = _key(place, "criminal-record.key")
        given["HUB_CRIMINAL_RECORD_REGISTER_URL"] = f"{outside}/records"
        given["HUB_CRIMINAL_RECORD_STORE"] = (place.folder / "documents/criminal-record").absolute().as_uri()
        given["HUB_CRIMINAL_RECORD_TRUST"] = str(place.trust)
        given["HUB_CRIMINAL_RECORD_TIMESTAMPS_URL"] = f"{trust_address(place)}/timestamps"
    if manifest.name == _NOTIFY:
        given["HUB_NOTIFY_KEY"] = _key(place, "notify.key")
        given["HUB_OUTSIDE_ALLOWED"] = json.dumps(["localhost", ports.LOOPBACK])
        given |= {
            "HUB_NOTIFY_BOUNCE_SECRET": _secret(place, "notify.bounces"),
            "HUB_NOTIFY_DKIM_KEYS": json.dumps({"hub": _rsa_key(place, "notify.dkim.pem")}),
            "HUB_NOTIFY_SMTP_HOST": ports.LOOPBACK,
            "HUB_NOTIFY_SMTP_PORT": str(place.ports[SMTP]),
        }
        given["HUB_NOTIFY_SMS_PROVIDERS"] = json.dumps(_sms_providers(place))
        given["HUB_NOTIFY_PASSPORT_BOOKING_URL"] = addresses.get(_PASSPORT_BOOKING, "")
        given["HUB_NOTIFY_PETITIONS_URL"] = addresses.get(_PETITIONS, "")
    if manifest.name == _PASSPORT_BOOKING:
        given["HUB_PASSPORT_BOOKING_KEY"] = _key(place, "passport-booking.key")
        given["HUB_CATALOG_URL"] = addresses.get(_CATALOG, "")
    if manifest.name == _PETITIONS:
        given["HUB_PETITIONS_KEY"] = _key(place, "petitions.key")
        given["HUB_PETITIONS_STORE"] = (place.folder / "documents/petitions").absolute().as_uri()
        given["HUB_PETITIONS_SCANNER"] = "none"  # no virus scanner comes from PyPI
        given["HUB_PETITIONS_TRUST"] = str(place.trust)
        given["HUB_PETITIONS_SEALS"] = str(place.trust / authority.SEALS)
        given["HUB_PETITIONS_SEALS_URL"] = f"{trust_address(place)}/seals"
        given["HUB_PETITIONS_TIMESTAMPS_URL"] = f"{trust_address(place)}/timestamps"
    if manifest.name == _TRAFFIC_HISTORY:
        given["HUB_TRAFFIC_HISTORY_KEY"] = _key(place, "traffic-history.key")
        given["HUB_TRAFFIC_HISTORY_REGISTER_URL"] = f"{place.url(OUTSIDE)}/drivers"
        given["HUB_TRAFFIC_HISTORY_PETITIONS_URL"] = addresses.get(_PETITIONS, "")
        given["HUB_TRAFFIC_HISTORY_VEHICLES_URL"] = f"{place.url(OUTSIDE)}/vehicles"
        given["HUB_TRAFFIC_HISTORY_STORE"] = (place.folder / "documents/traffic-history").absolute().as_uri()
        given["HUB_TRAFFIC_HISTORY_TRUST"] = str(place.trust)
        given["HUB_TRAFFIC_HISTORY_TIMESTAMPS_URL"] = f"{trust_address(place)}/timestamps"
    return given


def of_mailbox(place: Place) -> dict[str, str]:
    """What the mailbox is told of who may send SMS by its gateways."""
    return {"HUB_MAILBOX_SMS": json.dumps(asdict(_sms_keys(place)))}


def outside_secret(place: Place) -> str:
    """What the hub shows to the identity providers outside."""
    return _secret(place, "outside.client")


def trust_address(place: Place) -> str:
    """Where the authority of the embedded run stamps times and tells what it revoked."""
    return f"{place.url(OUTSIDE)}/trust"


def _sms_keys(place: Place) -> sms.Keys:
    return sms.Keys(
        alfa_key=_secret(place, "sms.alfa.key"),
        alfa_reports=_secret(place, "sms.alfa.reports"),
        beta_account="AC" + "0" * 32,
        beta_token=_secret(place, "sms.beta.token"),
    )


def _sms_providers(place: Place) -> list[dict[str, Any]]:
    """The gateways of the mailbox as svc-notify knows them."""
    keys, address = _sms_keys(place), place.url(MAILBOX)
    return [
        {
            "protocol": "json",
            "name": sms.ALFA,
            "url": f"{address}/{sms.ALFA}",
            "weight": 50,
            "per_second": 100,
            "key": keys.alfa_key,
            "reports_password": keys.alfa_reports,
        },
        {
            "protocol": "form",
            "name": sms.BETA,
            "url": f"{address}/{sms.BETA}",
            "weight": 50,
            "per_second": 100,
            "account": keys.beta_account,
            "token": keys.beta_token,
        },
    ]


def _outside_providers(place: Place) -> list[dict[str, Any]]:
    """ROeID and the eIDAS node as the hub knows them, and as people see them."""
    levels = {f"{demo.LOA}{level}": level for level in demo.LEVELS}
    names = {"family_name": "family_name", "given_name": "given_name", "birth_date": "birthdate"}
    return [
        {
            "name": name,
            "shown": shown,
            "issuer": f"http://localhost:{place.ports[OUTSIDE]}/{name}",
            "client_id": demo.CLIENT_ID,
            "client_secret": outside_secret(place),
            "scheme": scheme,
            "claims": names | {"identifier": claim},
            "levels": levels,
            "highest": highest,
        }
        for name, shown, scheme, claim, highest in (
            ("roeid", "ROeID", "CNP", "cnp", "substantial"),
            ("eidas", "eIDAS", "EIDAS", "person_identifier", "high"),
        )
    ]


def _passwords(place: Place, service: str) -> tuple[str, str]:
    """Of the migrator and of the application."""
    return _secret(place, f"{service}.migrator"), _secret(place, f"{service}.application")


def _key(place: Place, name: str) -> str:
    return vault.keep(place.secrets / name, lambda: base64.b64encode(os.urandom(32)).decode())


def _rsa_key(place: Place, name: str) -> str:
    """The file of a key that signs e-mails."""
    file = place.secrets / name
    vault.keep(file, lambda: _pem(rsa.generate_private_key(65537, 2048)))
    return str(file.absolute())


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _secret(place: Place, name: str) -> str:
    return vault.keep(place.secrets / name, lambda: secrets.token_urlsafe(24))
