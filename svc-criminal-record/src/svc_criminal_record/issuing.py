"""Issuing: from what the register says of a holder to a sealed certificate, stored with its row."""

import asyncio
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import httpx2
from cryptography import x509
from cryptography.x509.oid import NameOID
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids, typed_codes
from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.rules import Option, Rules
from hub_documents import facts as signed_facts
from hub_documents import revocation, seal, signers, timestamps, wallet
from hub_documents.store import Store

from .clients import Identity
from .documents import models, printing
from .documents.files import Files
from .domain import facts as facts_of
from .domain.certificates import SERIES, Certificate
from .domain.credential_types import OF_PRODUCT
from .domain.facts import Credential, Facts
from .domain.hints import Hint
from .domain.holders import ROMANIAN, Holder, Person
from .domain.motives import OTHER
from .domain.products import Product
from .domain.records import Entry, Match, PersonMatch
from .domain.requests import valid_until
from .errors.certificates import SealOutOfForce
from .keys import MasterKey, Purpose
from .registers.records import Records
from .settings import Settings
from .storage import certificates, status_lists

_CONTENT: Final = TypeAdapter(models.Document)
_CITIZENSHIP: Final = {ROMANIAN: "română"}
_AUTHORITY: Final = models.Gloss(
    ro="Inspectoratul General al Poliției Române", en="General Inspectorate of the Romanian Police"
)
_UNIT: Final = models.Gloss(
    ro="Direcția Cazier Judiciar, Statistică și Evidențe Operative",
    en="Directorate for Criminal Records, Statistics and Operational Records",
)
_SEALED_BY: Final = "Inspectoratul General al Poliției Române"
_SEAL_REASON: Final = "Eliberarea certificatului (Legea nr. 290/2004)"
_API: Final = "/criminal-record/v1"
FOLDER: Final = "certificates/"
"""Before the names of the files of certificates: `certificates/<id>.pdf`."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ToIssue:
    """What is to be issued, and of what.

    `match` is the register's record of the holder, none where it knows nobody: then nothing stands of
    them. `request_id` is none for a correction or an extract; `corrects` is the label of the certificate
    that this one takes the place of, `recipient` the institution that an extract goes to.
    """

    product: Product
    holder: Holder
    holder_key: bytes
    holder_id: UUID | None
    match: Match | None
    motive: Option
    motive_text: str | None
    requested_on: date
    request_id: UUID | None = None
    extract_id: UUID | None = None
    recipient: models.Recipient | None = None
    corrects: str | None = None


class Issuer:
    """The press: facts → QR → PDF → seal → store → row, within the caller's transaction."""

    def __init__(
        self,
        key: MasterKey,
        origin: str,
        sealer: seal.Sealer,
        material: revocation.Material,
        seal_issuer: str,
        signer: signed_facts.FactsSigner,
        store: Store,
    ) -> None:
        self._key = key
        self._origin = origin
        self._sealer = sealer
        self._signer = signer
        self.material = material
        self.store = store
        self._renderer = printing.renderer()
        # One: each thread that renders has a compiler of its own, which is slow and large at first.
        self._thread = ThreadPoolExecutor(1, "press")
        self._seal_issuer = seal_issuer

    async def issue(self, session: AsyncSession, what: ToIssue, legal: Rules, now: datetime) -> Certificate:
        """A certificate, sealed and stored; its event is the caller's. `legal` has the rules of its validity.

        A kill before the caller's commit leaves a file that no row knows, which is swept. Raises
        `render.Unprintable` and `SealOutOfForce` before anything is stored.
        """
        certificate_id = ids.new_id()
        code = typed_codes.code_of(secrets.token_bytes(typed_codes.RANDOM_BYTES))
        number, list_number, index = await status_lists.take(session)
        issued_on = local_date(now)
        hint = _hint(what.holder)
        facts = Facts(
            product=what.product,
            number=f"{SERIES[what.product]} {number:07d}",
            code=code,
            holder=hint,
            motive=what.motive.code,
            issued_at=now,
            valid_until=valid_until(what.product, issued_on, legal),
            status_list=self.status_list(list_number),
            status_index=index,
        )
        try:
            document, begun = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._pressed, what, facts, number
            )
        except seal.SealRevoked:
            raise SealOutOfForce from None
        sealed = await self._sealer.finish(begun)
        stored = await self.store.put(f"{FOLDER}{certificate_id}.pdf", sealed.content)
        certificate = Certificate(
            id=certificate_id,
            request_id=what.request_id,
            extract_id=what.extract_id,
            product=what.product,
            series=SERIES[what.product],
            number=number,
            holder_key=what.holder_key,
            holder_id=what.holder_id,
            motive=what.motive.code,
            code_key=certificates.code_key(self._key, code),
            issued_at=now,
            issued_on=issued_on,
            valid_until=facts.valid_until,
            file_key=stored.name,
            file_sha256=stored.sha256,
            file_bytes=stored.size,
            seal_level=sealed.level,
            status_list=list_number,
            status_index=index,
        )
        await certificates.add(session, self._key, certificate, _CONTENT.dump_json(document), hint)
        return certificate

    def status_list(self, number: int) -> str:
        """The address of a status list."""
        return f"{self._origin}{_API}/status-lists/{number}"

    def credential(
        self, certificate: Certificate, document: models.Document, wallet_key: Mapping[str, Any] | None
    ) -> str:
        """The same for the holder's wallet: an SD-JWT VC, bound to the wallet's key if it gives one.

        Raises `wallet.HolderKeyInvalid`.
        """
        holder = document.holder
        said = Credential(
            number=certificate.label,
            code=document.code.replace("-", ""),
            holder=(
                facts_of.person(holder.family_name, holder.given_names, holder.birth_date, holder.cnp)
                if isinstance(holder, models.PersonHolder)
                else facts_of.organisation(holder.name, holder.cui)
            ),
            purpose=document.purpose.ro,
            issued_on=certificate.issued_on,
            valid_until=certificate.valid_until,
            has_entries=bool(document.entries),
        )
        return wallet.issue(
            said.claims(),
            self._signer,
            issuer=self._origin,
            kind=f"{self._origin}{_API}/credential-types/{OF_PRODUCT[certificate.product]}",
            issued_at=certificate.issued_at,
            expires_at=facts_of.expires_at(certificate.valid_until),
            status=(self.status_list(certificate.status_list), certificate.status_index),
            holder_key=wallet_key,
        )

    def _pressed(self, what: ToIssue, facts: Facts, number: int) -> tuple[models.Document, seal.Begun]:
        document = self._document(what, facts, number)
        return document, self._sealer.begin(printing.pdf(self._renderer, document), facts.issued_at)

    def _document(self, what: ToIssue, facts: Facts, number: int) -> models.Document:
        token = signed_facts.sign(facts.claims(), self._signer)
        code = typed_codes.grouped(facts.code)
        return models.Document(
            product=what.product,
            series=SERIES[what.product],
            number=number,
            code=code,
            link=signed_facts.address(self._origin, code, token),
            authority=_AUTHORITY,
            unit=_UNIT,
            seal_issuer=self._seal_issuer,
            requested_on=what.requested_on,
            issued_at=facts.issued_at,
            valid_until=facts.valid_until,
            purpose=_purpose(what.motive, what.motive_text),
            holder=_holder(what.holder, what.match),
            entries=tuple(_entry(one) for one in what.match.entries) if what.match else (),
            recipient=what.recipient,
            corrects=what.corrects,
        )


@dataclass(frozen=True, slots=True)
class Means:
    """What it takes to decide on a request: the keys, whom to ask, and the press."""

    key: MasterKey
    identity: Identity
    records: Records
    issuer: Issuer


def press(settings: Settings, key: MasterKey, http: httpx2.AsyncClient) -> Issuer:
    """The issuer with the keys and the store of the settings; it reads files.

    `http` asks for time stamps and for what proves that certificates are in force.
    """
    signer = _signer(settings, "seal")
    url = settings.criminal_record_timestamps_url
    authority = timestamps.Authority(url, http) if url else None
    roots = x509.load_pem_x509_certificates((settings.criminal_record_trust / "root.pem").read_bytes())
    material = revocation.Material(signer, roots, http, authority)
    sealer = seal.Sealer(signer, name=_SEALED_BY, reason=_SEAL_REASON, authority=authority, material=material)
    return Issuer(
        key,
        settings.public_origin,
        sealer,
        material,
        _issuer_of(signer.certificate),
        signed_facts.FactsSigner(_signer(settings, "facts")),
        Files.open(settings.criminal_record_store, key.of(Purpose.FILES)),
    )


def _signer(settings: Settings, name: str) -> signers.Signer:
    trust = settings.criminal_record_trust
    return signers.from_files(trust / f"{name}.pem", trust / f"{name}.key", trust / "chain.pem")


def read_content(content: bytes) -> models.Document:
    """What a certificate says, from `storage.certificates.content`."""
    return _CONTENT.validate_json(content)


def _purpose(motive: Option, text: str | None) -> models.Gloss:
    texts = motive.texts
    ro, en = texts[Language.RO], texts.get(Language.EN, texts[Language.RO])
    return models.Gloss(ro=text, en=en) if motive.code == OTHER and text else models.Gloss(ro=ro, en=en)


def _hint(holder: Holder) -> Hint:
    if isinstance(holder, Person):
        return Hint.of(f"{holder.given_name} {holder.family_name}", holder.cnp)
    return Hint.of(holder.name, holder.cui)


def _holder(holder: Holder, match: Match | None) -> models.PersonHolder | models.OrganisationHolder:
    if not isinstance(holder, Person):
        return models.OrganisationHolder(name=holder.name, cui=holder.cui, registration=holder.registration)
    own = match if isinstance(match, PersonMatch) else None
    return models.PersonHolder(
        family_name=holder.family_name,
        given_names=holder.given_name,
        birth_date=holder.birth_date,
        cnp=holder.cnp,
        identity_document=holder.document,
        former_names=own.former_names if own else (),
        birth_place=own.birth_place if own else None,
        father=own.father if own else None,
        mother=own.mother if own else None,
        citizenship=_CITIZENSHIP.get(holder.citizenship or "", holder.citizenship),
    )


def _entry(entry: Entry) -> models.Entry:
    return models.Entry(
        court=entry.court,
        judgment=entry.judgment,
        judged_on=entry.judged_on,
        classification=entry.offence,
        measure=entry.penalty,
        final_on=entry.final_on,
        execution=entry.execution or None,
    )


def _issuer_of(certificate: bytes) -> str:
    """Who vouches for a certificate: the common name of its issuer."""
    issuer = x509.load_der_x509_certificate(certificate).issuer
    names = issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else issuer.rfc4514_string()
