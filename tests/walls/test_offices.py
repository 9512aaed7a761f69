"""The offices of the appointments are those of the catalog's directory: two files, one truth."""

from svc_catalog.domain.institutions import institution_id
from svc_catalog.domain.places import Office as DirectoryOffice
from svc_catalog.reference import offices as directory
from svc_catalog.reference.institutions import institutions
from svc_identity import seed as officials
from svc_passport_booking.domain.offices import Office
from svc_passport_booking.reference import offices
from svc_passport_booking.reference.types import types


def topics(office: Office) -> set[str]:
    return {types()[code].topic for pool in office.pools for code in pool.types}


def facts(office: Office | DirectoryOffice) -> tuple[object, ...]:
    return office.id, office.institution_id, office.county, office.valid_from


def test_every_office_of_the_directory_for_what_can_be_booked_is_known_here_by_the_same_facts() -> None:
    bookable = {each.topic for each in types().values()}
    listed = {each.code: each for each in directory.offices() if bookable.intersection(each.topics)}
    known = {each.code: each for each in offices.offices()}
    assert known.keys() == listed.keys()
    for code, office in known.items():
        told = listed[code]
        assert facts(office) == facts(told)
        assert dict(office.names) == {"ro": told.names.ro, "hu": told.names.hu, "en": told.names.en}
        assert topics(office) == set(told.topics)


def test_the_hours_are_those_of_the_directory_where_it_has_some() -> None:
    listed = {each.id: each.hours for each in directory.offices() if each.hours}
    for office in offices.offices():
        for pool in office.pools if office.id in listed else ():
            told = {(each.opens, each.closes) for each in listed[office.id]}
            assert {(each.hours.opens, each.hours.closes) for each in offices.weeks()[pool.id]} == told


def test_the_institutions_are_those_of_the_catalog_and_deal_with_what_is_served() -> None:
    known = {each.id: each for each in institutions()}
    for office in offices.offices():
        assert topics(office) <= {each.topic for each in known[office.institution_id].attributions}
    assert offices.declares_bridge_days() == institution_id("DGP")


def test_the_demo_has_officials_of_an_office() -> None:
    known = {office.institution_id for office in offices.offices()}
    assert {officials.SPCP_CJ, officials.SPCRPCIV_CJ} <= known
