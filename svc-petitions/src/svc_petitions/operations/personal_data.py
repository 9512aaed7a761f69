"""Everything that is held of a person, for the copy they are given."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.attachments import Attachment
from ..domain.audiences import AudienceFile, Minutes
from ..domain.files import Step
from ..domain.messages import Message, Side
from ..domain.petitioners import Signature
from ..domain.petitions import Petition
from ..keys import MasterKey
from ..storage import attachments, audiences, files, messages, petitioners, petitions


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """The petitions that a person made or signed, oldest first, and what belongs to them, by petition.

    Steps and messages are of those that are theirs or that they stand behind, attachments of those that are
    theirs. Of messages, those of institutions, and their own: `is_cut` says that there are others, which are
    left out.
    """

    petitions: Sequence[Petition]
    messages: Sequence[Message]
    steps: Mapping[UUID, Sequence[Step]]
    attachments: Mapping[UUID, Sequence[Attachment]]
    signatures: Mapping[UUID, Signature]
    audiences: Sequence[tuple[AudienceFile, Minutes | None]]
    is_cut: bool


async def held_of(session: AsyncSession, key: MasterKey, person_id: UUID) -> Held:
    """Everything that is held of a person."""
    readable = petitions.readable_by(person_id)
    async with session.begin():
        found = await petitions.all_of(session, person_id)
        written = await messages.of_petitions(session, key, petitions.ever_of(person_id))
        steps = await files.steps_of(session, readable)
        uploaded = await attachments.of_petitions(session, key, petitions.made_by(person_id))
        signatures = await petitioners.of_person(session, person_id)
        received = [
            (one, await audiences.minutes(session, one.audience.petition_id))
            for one in await audiences.all_of(session, person_id)
        ]
    stand_behind = {petition_id for petition_id, one in signatures.items() if one.withdrawn_at is None}
    by_id = {petition.id: petition for petition in found}
    own = [
        message
        for message in written
        if message.sender_id == person_id
        or _is_theirs(message, by_id[message.petition_id], person_id, stand_behind)
    ]
    return Held(found, own, steps, uploaded, signatures, received, is_cut=len(own) < len(written))


def _is_theirs(message: Message, petition: Petition, person_id: UUID, stand_behind: Container[UUID]) -> bool:
    """Whether an institution wrote to them, or who filed the petition in their name has written."""
    if message.side is Side.INSTITUTION:
        return petition.signatory == person_id or petition.id in stand_behind
    return petition.signatory == person_id and message.sender_id == petition.acting.person_id
