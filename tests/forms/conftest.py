"""The forms of the reference data, and Node.js with the libraries that validate and render them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub_core.language import Language
from hub_core.rules import Rules
from hub_testing import programs
from svc_catalog.domain import form_hints, form_schema
from svc_catalog.domain.forms import Form, Sources
from svc_catalog.operations import form_data
from svc_catalog.operations.forms import sources_of
from svc_catalog.reference.evidence import evidence_types
from svc_catalog.reference.forms import forms
from svc_catalog.reference.institutions import institutions
from svc_catalog.reference.rules import rule_tables

HERE = Path(__file__).parent
SECONDS = 120
TODAY = date(2026, 11, 21)
ORIGIN = "https://hub.example"
EVIDENCE = {each.code: each for each in evidence_types()}
RULES = Rules(row for table in rule_tables() for row in table.rows)
INSTITUTIONS = [each for each in institutions() if each.accepts_petitions]
FORMS = {form.code: form for form in forms()}


@dataclass(frozen=True)
class Shown:
    """A form as the API shows it in one language."""

    form: Form
    sources: Sources
    schema: dict[str, Any]
    rjsf: dict[str, Any]
    jsonforms: dict[str, Any]

    def asked(self, **more: Any) -> dict[str, Any]:
        return {"schema": self.schema, "rjsf": self.rjsf, "jsonforms": self.jsonforms, **more}

    def faults(self, data: dict[str, Any]) -> set[tuple[str, str]]:
        """What the server finds."""
        found = form_data.faults(self.form, self.sources, data, TODAY)
        return {(fault.pointer, fault.code) for fault in found}


def shown(code: str, language: Language = Language.RO) -> Shown:
    form = FORMS[code]
    sources = sources_of(form, RULES, INSTITUTIONS, EVIDENCE, TODAY)
    address = f"{ORIGIN}/catalog/v1/forms/{code}/schema?lang={language}&version=1"
    return Shown(
        form,
        sources,
        form_schema.schema(form, sources, language, address),
        form_hints.rjsf(form, sources, language),
        form_hints.jsonforms(form, sources, language),
    )


@pytest.fixture(scope="session")
def check() -> Callable[[list[dict[str, Any]]], dict[str, Any]]:
    """What `check.mjs` says of forms; without Node.js or its packages, skipped by name."""
    programs.path("node")
    if not (HERE / "node_modules" / "ajv").is_dir():
        programs.missing("the renderers are not installed: run `npm ci` in tests/forms")

    def run(asked: list[dict[str, Any]]) -> dict[str, Any]:
        done = programs.run("node", "check.mjs", given=json.dumps(asked), folder=HERE, seconds=SECONDS)
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    return run
