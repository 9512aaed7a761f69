"""An account: one person, known by an e-mail address that was confirmed."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hub_core.language import Language
from hub_core.principal import Assurance

from ..errors.proofing import NamesFromRegister
from .login_name import LoginName


class State(StrEnum):
    """Where an account stands; it is open for sign-in when CREATED."""

    STARTED = "STARTED"
    CREATED = "CREATED"
    DECEASED = "DECEASED"


@dataclass(frozen=True, slots=True)
class Account:
    """`id` is the person's id everywhere in the hub; `version` grows with each change.

    Without `password_hash` the person signs in by other means only.
    """

    id: UUID
    email: str
    email_key: str
    given_name: str
    family_name: str
    language: Language
    password_hash: str | None
    state: State
    assurance: Assurance
    version: int
    created_at: datetime
    confirmed_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name for display: family name first for those who are served in Hungarian."""
        if self.language is Language.HU:
            return f"{self.family_name} {self.given_name}"
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person says and may change about themselves."""

    given_name: str
    family_name: str
    language: Language


def start(
    account_id: UUID, email: LoginName, profile: Profile, password_hash: str | None, now: datetime
) -> Account:
    """A sign-up whose address is not confirmed yet.

    Several may stand side by side for one address, each with its own password and its own code:
    who starts one with the address of another person cannot choose the password of that person's.
    """
    return Account(
        id=account_id,
        email=email.address,
        email_key=email.key,
        given_name=profile.given_name,
        family_name=profile.family_name,
        language=profile.language,
        password_hash=password_hash,
        state=State.STARTED,
        assurance=Assurance.LOW,
        version=1,
        created_at=now,
    )


def confirm(account: Account, now: datetime) -> Account:
    """The account once its address is confirmed: it may sign in, at level LOW."""
    if account.state is not State.STARTED:
        raise ValueError(f"an account that is {account.state} cannot be confirmed")
    return replace(account, state=State.CREATED, version=account.version + 1, confirmed_at=now)


def validate(account: Account, level: Assurance, family_name: str, given_name: str) -> Account:
    """The account of a person whose identity was established, with the names of the source."""
    return replace(
        account,
        assurance=level,
        family_name=family_name,
        given_name=given_name,
        version=account.version + 1,
    )


def close_for_death(account: Account) -> Account:
    """The account of a person who has died: nobody signs in with it any more."""
    return replace(account, state=State.DECEASED, version=account.version + 1)


def change(account: Account, profile: Profile) -> Account:
    """The account with what the person says of themselves now; the same one when nothing changed.

    Raises `NamesFromRegister` when other names are given to a validated account.
    """
    names = (profile.given_name, profile.family_name)
    if account.assurance is not Assurance.LOW and names != (account.given_name, account.family_name):
        raise NamesFromRegister
    changed = replace(
        account,
        given_name=profile.given_name,
        family_name=profile.family_name,
        language=profile.language,
    )
    return account if changed == account else replace(changed, version=account.version + 1)
