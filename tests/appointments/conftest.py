"""Appointments and the catalog, as two services that run side by side."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

import svc_catalog.main
import svc_passport_booking.main
from hub_core import clock, ids
from hub_service.clients import ServiceClient
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from hub_testing import rules
from svc_catalog.operations import evidence, institutions, loading
from svc_catalog.operations import rules as tables
from svc_catalog.reference.evidence import evidence_types
from svc_catalog.reference.institutions import institutions as first_institutions
from svc_catalog.reference.rules import rule_tables
from svc_catalog.reference.services import services
from svc_passport_booking.clients import Catalog
from svc_passport_booking.domain.offices import Office
from svc_passport_booking.operations import offices, schedules
from svc_passport_booking.reference import offices as directory
from svc_passport_booking.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
async def catalog(provision: Any, service_settings: Any, running: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """The catalog with its entries, and what it takes to read them."""
    manifest = svc_catalog.main.MANIFEST
    await provision(manifest)
    settings: ServiceSettings = service_settings(manifest, ServiceSettings)
    database = Database(settings)
    now = clock.now()
    async with database.sessions() as session:
        await tables.load(session, rule_tables(), now)
        await institutions.load(session, first_institutions(), now)
        await evidence.load(session, evidence_types(), now)
        await loading.load(session, services(), now)
    await database.close()
    async with running(svc_catalog.main.create_app(settings)) as client:
        yield client


@pytest.fixture(scope="session")
async def licence_office(provision: Any, service_settings: Any) -> Office:
    """An office for licences and vehicles as those of the first day, with places for two weeks.

    Its ids are its own: other tests have offices of the same data, with other hours.
    """
    manifest = svc_passport_booking.main.MANIFEST
    await rules.load(await provision(manifest), ROOT / "svc-catalog/contract/rules.json")
    model = next(each for each in directory.offices() if each.code == "SPCRPCIV-CJ-1")
    own = ids.new_id()
    week = {}
    pools = []
    for pool in model.pools:
        pools.append(replace(pool, id=ids.new_id(), office_id=own))
        week[pools[-1].id] = directory.weeks()[pool.id]
    office = replace(
        model,
        id=own,
        code=f"SPCRPCIV-{own.hex[-8:].upper()}",
        institution_id=ids.new_id(),
        pools=tuple(pools),
    )
    database, now = Database(service_settings(manifest, Settings)), clock.now()
    async with database.sessions() as session:
        await offices.load(session, [office], week)
        await schedules.generate(session, clock.local_date(now) + timedelta(days=14), now)
    await database.close()
    return office


@pytest.fixture(scope="session")
async def booking(provision: Any, service_settings: Any) -> FastAPI:
    """The service of appointments."""
    manifest = svc_passport_booking.main.MANIFEST
    await rules.load(await provision(manifest), ROOT / "svc-catalog/contract/rules.json")
    return svc_passport_booking.main.create_app(service_settings(manifest, Settings))


@pytest.fixture(scope="session")
async def appointments(
    booking: FastAPI, running: Any, catalog: httpx2.AsyncClient
) -> AsyncIterator[httpx2.AsyncClient]:
    """Appointments, which ask that catalog."""
    async with running(booking) as client:
        booking.state.catalog = Catalog(ServiceClient("", booking.state.hub.own_token, catalog))
        yield client
