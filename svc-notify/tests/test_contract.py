"""The committed contract is the code, and every text has its translations."""

from pathlib import Path
from uuid import UUID

import pytest

from hub_testing import contract, texts
from svc_notify import errors, events, schemas
from svc_notify.domain.deliveries import Channel, Failure
from svc_notify.errors import MessageNotFound
from svc_notify.main import create_app
from svc_notify.settings import Settings

FOLDER = Path(__file__).parents[1] / "contract"
LOCALE = Path(errors.__file__).parent / "locale"
DELIVERY_ID = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")
CAUSE_ID = UUID("01936f3a-5e00-7000-8000-000000000002")
SENT = events.DeliverySent(delivery_id=DELIVERY_ID, cause_id=CAUSE_ID, channel=Channel.EMAIL, version=3)
FAILED = events.DeliveryFailed(
    delivery_id=DELIVERY_ID, cause_id=CAUSE_ID, channel=Channel.EMAIL, reason=Failure.REFUSED, version=3
)


def test_the_contract_is_the_code() -> None:
    contract.check(FOLDER, app=create_app(Settings()), events=[SENT, FAILED])


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_a_problem_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language, "svc_notify")
    assert catalog.keys() == {MessageNotFound.title, MessageNotFound.detail, MessageNotFound.remedy}
    assert all(catalog.values())


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_a_copy_of_a_persons_data_calls_things_by_their_names(language: str) -> None:
    catalog = texts.translations(LOCALE, language, "personal_data")
    assert catalog.keys() == {schemas.PERSONAL_DATA, *schemas.PERSONAL_DATA_LABELS.values()}
    assert all(catalog.values())
