"""All events of the hub as one AsyncAPI 3 document, from what the services have committed.

It is made of each service's `contract/events` and its manifest, so that it says of an event who tells it,
who hears it, how it looks on the wire, and in which stream it is kept. The gateway serves it.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from hub_core.manifest import Manifest, stream_name
from hub_events import subjects, topology
from hub_service import contract

Document = dict[str, Any]

_HEADERS: Final = {
    "type": "object",
    "required": [subjects.MESSAGE_ID],
    "properties": {
        subjects.MESSAGE_ID: {
            "type": "string",
            "format": "uuid",
            "description": "The event's id: the broker drops a second message with it, so does a consumer.",
        },
        "traceparent": {
            "type": "string",
            "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
            "description": "W3C Trace Context of the publication.",
        },
    },
}
_INFO: Final = {
    "title": "Hub: events",
    "version": "1.0.0",
    "description": (
        "What the services of the hub tell each other, over NATS JetStream. An event is a CloudEvent 1.0 in "
        "structured JSON. It may come twice, late, or out of order between aggregates; within an aggregate "
        "(`subject`) it comes in the order of `data.version`. It carries identifiers and facts, never "
        "personal data. A `v1` is never narrowed: members are added, and readers pass over what they do "
        "not know."
    ),
    "license": contract.LICENSE,
    "contact": {"name": "Hub", "email": "developers@example.org"},
}


def document(services: Mapping[str, Path], manifests: Iterable[Manifest]) -> Document:
    """The AsyncAPI 3 document of all events; `services` gives each service's folder `contract/events`."""
    known = sorted(manifests, key=lambda manifest: manifest.name)
    made: Document = {
        "asyncapi": "3.1.0",
        "info": dict(_INFO),
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "localhost:14222",
                "protocol": "nats",
                "description": "The broker of a local run; each service has a user of its own.",
            }
        },
        "channels": {},
        "operations": {},
        "components": {"messages": {}, "messageTraits": {"CloudEvent": {"headers": _HEADERS}}, "schemas": {}},
    }
    for service, folder in sorted(services.items()):
        for file in sorted(folder.glob("*.schema.json")):
            example = json.loads(file.with_name(file.name.replace(".schema.", ".example.")).read_text())
            _add(made, service, json.loads(file.read_text()), example, known)
    return made


def _add(
    made: Document, service: str, schema: Document, example: Document, manifests: Iterable[Manifest]
) -> None:
    subject = schema["title"]
    said = schema["properties"]["data"].get("description", subject)
    name = _name(subject)
    components = made["components"]
    definitions = {f"{name}_{key}": value for key, value in schema.pop("$defs", {}).items()}
    components["schemas"] |= {key: _placed(value, name) for key, value in definitions.items()}
    payload = _placed({key: value for key, value in schema.items() if key != "$schema"}, name)
    components["messages"][name] = {
        "name": subject,
        "title": subject,
        "summary": said.split("\n")[0],
        "description": said,
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/CloudEvent"}],
        "payload": payload,
        "examples": [
            {
                "headers": {
                    subjects.MESSAGE_ID: example["id"],
                    "traceparent": example.get("traceparent", ""),
                },
                "payload": example,
            }
        ],
    }
    made["channels"][name] = {
        "address": subject,
        "summary": said.split("\n")[0],
        "description": (
            f"Told by `{service}` in the stream `{stream_name(service)}`, kept for "
            f"{topology.MAX_AGE.days} days."
        ),
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {"nats": {"bindingVersion": "0.1.0"}},
    }
    for manifest in manifests:
        durable = _durable(manifest, subject)
        if manifest.name == service:
            _operate(made, "tell", service, name)
        if durable is not None:
            _operate(made, "hear", manifest.name, name, durable)


def _operate(made: Document, verb: str, service: str, name: str, durable: str = "") -> None:
    made["operations"][f"{service}_{verb}_{name}".replace("-", "_")] = {
        "action": "send" if verb == "tell" else "receive",
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
        "summary": f"`{service}` {verb}s it" + (f", as `{durable}`" if durable else ""),
        "tags": [{"name": service}],
        "bindings": {"nats": ({"queue": durable} if durable else {}) | {"bindingVersion": "0.1.0"}},
    }


def _durable(manifest: Manifest, subject: str) -> str | None:
    """The consumer by which a service hears a subject: empty when each replica listens, `None` without."""
    for consumer in manifest.consumers:
        if any(subjects.covers(asked, subject) for asked in consumer.subjects):
            return consumer.durable
    return "" if any(subjects.covers(asked, subject) for asked in manifest.listens) else None


def _name(subject: str) -> str:
    """`hub.petitions.petition.registered.v1` → `petitions_petition_registered_v1`."""
    return subject.removeprefix("hub.").replace(".", "_").replace("-", "_")


def _placed(node: Any, name: str) -> Any:
    """The same with the schema's own definitions looked for where they stand now."""
    if isinstance(node, dict):
        return {key: _placed(value, name) for key, value in node.items()}
    if isinstance(node, list):
        return [_placed(value, name) for value in node]
    if isinstance(node, str) and node.startswith("#/$defs/"):
        return f"#/components/schemas/{name}_{node.removeprefix('#/$defs/')}"
    return node
