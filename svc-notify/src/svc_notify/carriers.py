"""Who carries deliveries by a channel: writes what its recipient gets, and hands it over."""

import asyncio
from datetime import timedelta
from typing import Protocol, TypeVar

from hub_core.language import Language
from hub_service.chassis import Resources
from hub_service.outside import Outside

from .channels.pace import Pace
from .channels.push import Push, WebPush
from .channels.sms import Sms
from .channels.sms_gateways import Text
from .channels.smtp import Smtp
from .channels.switch import Switch
from .channels.vapid import Vapid
from .clients import Contacts
from .domain.deliveries import Answer, Outcome
from .domain.kinds import Lane
from .operations.sending import Claimed
from .settings import Settings
from .writing import mail, push, sms
from .writing.mail import Mail, Stationery


class Parcel(Protocol):
    """A delivery ready to go; where it goes lives only as long as the attempt."""

    @property
    def language(self) -> Language:
        """The one that it is written in."""


Written = TypeVar("Written", bound=Parcel)


class Carrier(Protocol[Written]):
    """Carries the deliveries of one channel in one lane, several at once.

    What it opens it keeps for its lane, so that no lane waits for another.
    """

    async def write(self, hub: Resources, claimed: Claimed) -> Written | Outcome:
        """A claimed delivery as its recipient gets it, or how its attempt ends before there is that."""

    async def hand_over(self, parcel: Written) -> Outcome:
        """Give it to whom it goes by, once, and say what they answered."""

    async def close(self) -> None:
        """Let go of what is kept open."""


class ByEmail:
    """E-mail by SMTP."""

    def __init__(self, settings: Settings, pace: Pace, lane: Lane) -> None:
        self._settings = settings
        self._pace = pace
        self._is_code = lane is Lane.CODE
        self._contacts = Contacts()
        self._stationery = Stationery(settings)
        self._smtp = Smtp(settings)

    async def write(self, hub: Resources, claimed: Claimed) -> Mail | Outcome:
        """The e-mail of a claimed delivery."""
        return await mail.write(hub, self._settings, self._contacts, self._stationery, claimed)

    async def hand_over(self, parcel: Mail) -> Outcome:
        """Give an e-mail to the server, when its provider of mailboxes may have one more."""
        now = asyncio.get_running_loop().time()
        wait = self._pace.wait(parcel.address, parcel.envelope_id, now, is_code=self._is_code)
        if wait:
            return Outcome(Answer.NOT_YET, retry_after=timedelta(seconds=wait))
        return await self._smtp.hand_over(
            parcel.address, parcel.content, parcel.return_path, parcel.envelope_id
        )

    async def close(self) -> None:
        """End the connections."""
        await self._smtp.close()


class BySms:
    """Text messages by one of several providers."""

    def __init__(self, settings: Settings, switch: Switch) -> None:
        self._settings = settings
        self._contacts = Contacts()
        self._sms = Sms(settings, switch)

    async def write(self, hub: Resources, claimed: Claimed) -> Text | Outcome:
        """The text message of a claimed delivery."""
        return await sms.write(hub, self._settings, self._contacts, claimed)

    async def hand_over(self, parcel: Text) -> Outcome:
        """Give a text message to a provider."""
        return await self._sms.hand_over(parcel)

    async def close(self) -> None:
        """End the connections."""
        await self._sms.close()


class ByPush:
    """Notices for browsers by web push."""

    def __init__(self, settings: Settings, vapid: Vapid) -> None:
        self._settings = settings
        self._contacts = Contacts()
        self._services = WebPush(Outside(settings), vapid)

    async def write(self, hub: Resources, claimed: Claimed) -> Push | Outcome:
        """The notice of a claimed delivery."""
        return await push.write(hub, self._settings, self._contacts, claimed)

    async def hand_over(self, parcel: Push) -> Outcome:
        """Give a notice to the push services of its browsers."""
        return await self._services.hand_over(parcel)

    async def close(self) -> None:
        """End the connections."""
        await self._services.close()
