"""One entry in the vocabulary of the EU for public services (CPSV-AP 3.2.0)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from hub_core.language import Language
from hub_core.rules import Rule, Unit

from ..domain.evidence import EvidenceType
from ..domain.institutions import Contact, ContactKind, Institution
from ..domain.services import Cost, LegalBasis, Service
from ..domain.text import Texts
from ..reference import concepts
from . import duration
from .addresses import Addresses, cited
from .graph import XSD, Graph, Text, Value, address, double, slug
from .organisations import organisation, places
from .surroundings import Surroundings
from .vocabulary import (
    ADMS,
    CPSV,
    CV,
    DCAT,
    DCT,
    ELI,
    FOAF,
    LANGUAGES,
    LEU,
    OWL,
    PUBLIC_ADMINISTRATION,
    SKOS,
    TIME,
)

_DESIGN: Final = "design"
"""How the legal basis of a number begins that no law gives."""


class Entry:
    """One entry, on its way into a graph.

    `pointers` say from which member of the entry a thing comes.
    """

    def __init__(
        self, service: Service, around: Surroundings, on: date, graph: Graph, addresses: Addresses
    ) -> None:
        self._service = service
        self._around = around
        self._on = on
        self._graph = graph
        self._addresses = addresses
        self._uri = addresses.service(service.code)
        self.pointers: Final = {self._uri: ""}

    def describe(self) -> None:
        """Say all of it."""
        graph, service, uri = self._graph, self._service, self._uri
        self._name(service)
        graph.add(uri, f"{OWL}versionInfo", Value(str(service.version)))
        graph.link(uri, f"{DCT}isPartOf", self._addresses.catalogue)
        graph.link(uri, f"{ADMS}status", self._concept("status", service.status))
        graph.link(uri, f"{DCT}language", *(self._language(each) for each in service.languages))
        graph.words(uri, f"{DCAT}keyword", service.keywords)
        self._classify()
        graph.link(uri, f"{DCT}spatial", *places(graph, self._addresses, service.counties))
        if service.legal_deadline and (rule := self._on_day(service.legal_deadline)):
            length = duration.of(rule)
            time = Value(length, f"{XSD}duration") if length else None
            graph.add(uri, f"{CV}processingTime", time)
        graph.link(uri, f"{CPSV}follows", *(self._rule(code) for code in sorted(service.rules)))
        graph.link(uri, f"{CV}hasLegalResource", *(self._act(each) for each in service.legal_basis))
        self._participations()
        self._contact_point()
        channels = self._channels()
        self._costs(channels)
        self._inputs()
        self._requirements()
        self._outputs()
        self._related(f"{CV}relatedService", "related", service.related)
        self._related(f"{DCT}requires", "requires", service.requires)

    def _name(self, service: Service) -> str:
        """What must be said of every service."""
        graph, uri = self._graph, self._addresses.service(service.code)
        graph.thing(uri, f"{CPSV}PublicService")
        graph.add(uri, f"{DCT}identifier", Value(service.code))
        graph.text(uri, f"{DCT}title", service.title)
        graph.text(uri, f"{DCT}description", service.description)
        authority = self._around.institutions.get(service.authority_id or service.provider_id)
        if authority:
            graph.link(uri, f"{CV}hasCompetentAuthority", self._organisation(authority))
        return uri

    def _related(self, name: str, member: str, codes: Iterable[str]) -> None:
        for at, code in enumerate(codes):
            known = self._around.related.get(code)
            if known:
                self._graph.link(self._uri, name, self._name(known))
                self.pointers.setdefault(self._addresses.service(code), f"/{member}/{at}")

    def _classify(self) -> None:
        graph, service, uri = self._graph, self._service, self._uri
        graph.link(uri, f"{DCT}audience", *(self._concept("audience", each) for each in service.audiences))
        graph.link(uri, f"{CV}thematicArea", *(self._concept("topic", each) for each in service.topics))
        graph.link(uri, f"{CV}sector", graph.thing(PUBLIC_ADMINISTRATION, f"{SKOS}Concept"))
        graph.link(uri, f"{CV}isClassifiedBy", self._concept("assurance", service.min_assurance))
        if service.sophistication:
            level = self._concept("sophistication", str(service.sophistication.value))
            graph.link(uri, f"{CV}isClassifiedBy", level)
        for at, each in enumerate(service.life_events):
            event = graph.thing(self._addresses.concept("life_event", each), f"{CV}LifeEvent", f"{CV}Event")
            self.pointers[event] = f"/life_events/{at}"
            graph.add(event, f"{DCT}identifier", Value(each))
            graph.text(event, f"{DCT}title", concepts.name("life_event", each))
            graph.link(uri, f"{CV}isGroupedBy", event)

    def _participations(self) -> None:
        service = self._service
        for role, institution_id in (
            ("PROVIDER", service.provider_id),
            ("AUTHORITY", service.authority_id or service.provider_id),
        ):
            institution = self._around.institutions.get(institution_id)
            if institution:
                part = self._part("participation", role, f"{CV}Participation")
                self._graph.text(part, f"{DCT}description", concepts.name("role", role))
                self._graph.link(part, f"{CV}role", self._concept("role", role))
                self._graph.link(part, f"{CV}hasParticipant", self._organisation(institution))
                self._graph.link(self._uri, f"{CV}hasParticipation", part)

    def _contact_point(self) -> None:
        provider = self._around.institutions.get(self._service.provider_id)
        contacts: tuple[Contact, ...] = self._service.contacts or (provider.contacts if provider else ())
        reached = [each for each in contacts if each.kind is not ContactKind.ADDRESS]
        if not reached:
            return
        graph, part = self._graph, f"{self._uri}#contact"
        graph.link(self._uri, f"{CV}contactPoint", graph.thing(part, f"{CV}ContactPoint"))
        for each in reached:
            if each.kind is ContactKind.PHONE:
                graph.add(part, f"{CV}telephone", Value(each.value))
            elif each.kind is ContactKind.EMAIL:
                graph.add(part, f"{CV}email", Value(each.value))
            else:
                page = graph.thing(address(each.value), f"{FOAF}Document")
                graph.link(part, f"{CV}contactPage", page)

    def _channels(self) -> Mapping[str, str]:
        """Describe the channels; the first of each kind by the kind."""
        graph, found = self._graph, dict[str, str]()
        for at, channel in enumerate(self._service.channels, 1):
            name = channel.kind.lower() if channel.kind not in found else f"{channel.kind.lower()}-{at}"
            part = self._part("channel", name, f"{CV}Channel")
            self.pointers[part] = f"/channels/{at - 1}"
            graph.link(part, f"{DCT}type", self._concept("channel", channel.kind))
            graph.text(part, f"{DCT}description", channel.note)
            if channel.url:
                graph.link(part, f"{FOAF}page", graph.thing(address(channel.url), f"{FOAF}Document"))
            if channel.hours:
                hours = graph.thing(f"{part}-hours", f"{TIME}TemporalEntity")
                graph.text(hours, f"{DCT}description", channel.hours)
                graph.link(part, f"{CV}openingHours", hours)
            owner = self._around.institutions.get(self._service.provider_id)
            if owner:
                graph.link(part, f"{CV}ownedBy", self._addresses.institution(owner.code))
            graph.link(self._uri, f"{CV}hasChannel", part)
            found.setdefault(channel.kind, part)
        return found

    def _costs(self, channels: Mapping[str, str]) -> None:
        """Describe the costs, one for each channel where a cost is not the same for all."""
        for at, cost in enumerate(self._service.costs, 1):
            through = [channels[kind] for kind in cost.channels if kind in channels]
            for number, channel in enumerate(through or [None], 1):
                part = self._cost(f"{at}-{number}" if len(through) > 1 else str(at), cost, channel)
                self.pointers[part] = f"/costs/{at - 1}"

    def _cost(self, name: str, cost: Cost, channel: str | None) -> str:
        graph, part = self._graph, self._part("cost", name, f"{CV}Cost")
        rule = self._on_day(cost.rule)
        if rule and rule.unit is Unit.LEI:
            graph.add(part, f"{CV}hasValue", double(rule.value))
            graph.link(part, f"{CV}currency", graph.thing(LEU, f"{SKOS}Concept"))
        table = self._around.rules.get(cost.rule)
        graph.text(part, f"{DCT}description", cost.note or (table.title if table else None))
        if channel:
            graph.link(part, f"{CV}ifAccessedThrough", channel)
        provider = self._around.institutions.get(self._service.provider_id)
        if provider:
            graph.link(part, f"{CV}isDefinedBy", self._addresses.institution(provider.code))
        graph.link(self._uri, f"{CV}hasCost", part)
        return part

    def _inputs(self) -> None:
        for at, each in enumerate(self._service.inputs):
            known = self._around.evidence.get(each.evidence)
            if known is None:
                continue
            graph, kind = self._graph, self._evidence_type(known)
            part = self._part("evidence", each.evidence, f"{CV}Evidence")
            self.pointers[part] = self.pointers[kind] = f"/inputs/{at}/evidence"
            graph.text(part, f"{DCT}title", known.title)
            graph.text(part, f"{DCT}description", each.note or known.description)
            graph.link(part, f"{DCT}conformsTo", kind)
            graph.link(self._uri, f"{CPSV}hasInput", part)
            graph.link(self._uri, f"{CV}hasInputType", kind)

    def _evidence_type(self, known: EvidenceType) -> str:
        graph = self._graph
        uri = graph.thing(self._addresses.evidence(known.code), f"{CV}EvidenceType")
        graph.add(uri, f"{DCT}identifier", Value(known.code))
        graph.text(uri, f"{DCT}title", known.title)
        graph.text(uri, f"{DCT}description", known.description)
        way = "REGISTER" if known.obtained_from_register else "UPLOAD" if known.formats else "COUNTER"
        graph.link(uri, f"{CV}evidenceTypeClassification", self._concept("evidence", way))
        return uri

    def _requirements(self) -> None:
        for at, each in enumerate(self._service.requirements):
            graph = self._graph
            part = self._part("requirement", each.code, f"{CV}Requirement", f"{CV}Criterion")
            self.pointers[part] = f"/requirements/{at}"
            graph.text(part, f"{DCT}title", each.text)
            graph.text(part, f"{DCT}description", each.otherwise)
            graph.link(self._uri, f"{CV}holdsRequirement", part)

    def _outputs(self) -> None:
        for at, each in enumerate(self._service.outputs):
            graph, part = self._graph, self._part("output", each.code, f"{CV}Output")
            self.pointers[part] = f"/outputs/{at}"
            graph.text(part, f"{DCT}title", each.title)
            graph.text(part, f"{DCT}description", each.legal_effect)
            graph.link(self._uri, f"{CPSV}produces", part)

    def _rule(self, code: str) -> str:
        graph, uri = self._graph, self._addresses.rule(code)
        table, row = self._around.rules.get(code), self._on_day(code)
        graph.thing(uri, f"{CPSV}Rule")
        graph.add(uri, f"{DCT}identifier", Value(code))
        if table:
            graph.text(uri, f"{DCT}title", table.title)
            graph.text(uri, f"{DCT}description", _said(row) if row else table.title)
        if row and not row.legal_basis.startswith(_DESIGN):
            graph.link(uri, f"{CPSV}implements", self._act(LegalBasis(row.legal_basis)))
        return uri

    def _on_day(self, code: str) -> Rule | None:
        table = self._around.rules.get(code)
        return table.find(self._on) if table else None

    def _act(self, basis: LegalBasis) -> str:
        graph = self._graph
        uri = graph.thing(self._addresses.act(basis), f"{ELI}LegalResource")
        graph.add(uri, f"{DCT}title", Text(cited(basis), Language.RO))
        if basis.url:
            graph.link(uri, f"{FOAF}page", graph.thing(address(basis.url), f"{FOAF}Document"))
        return uri

    def _organisation(self, institution: Institution) -> str:
        uri = organisation(self._graph, self._addresses, institution)
        is_provider = institution.id == self._service.provider_id
        self.pointers[uri] = "/provider_id" if is_provider else "/authority_id"
        return uri

    def _language(self, language: Language) -> str:
        return self._graph.thing(LANGUAGES[language], f"{DCT}LinguisticSystem")

    def _part(self, kind: str, name: str, *types: str) -> str:
        """Something that belongs to the entry alone."""
        part = self._graph.thing(f"{self._uri}#{kind}-{slug(name)}", *types)
        self._graph.add(part, f"{DCT}identifier", Value(f"{self._service.code}/{kind}-{slug(name)}"))
        return part

    def _concept(self, kind: str, code: str) -> str:
        uri = self._graph.thing(self._addresses.concept(kind, code), f"{SKOS}Concept")
        self._graph.text(uri, f"{SKOS}prefLabel", concepts.name(kind, code))
        return uri


def _said(rule: Rule) -> Texts:
    """A legal number in words, with its source."""
    unit = concepts.name("unit", rule.unit)
    value = f"{rule.value:f}".replace(".", ",")
    number = "" if rule.unit is Unit.CODES else value
    return Texts(
        ro=f"{number} {unit.ro} ({rule.legal_basis})".strip(),
        hu=f"{number} {unit.hu} ({rule.legal_basis})".strip(),
        en=f"{number.replace(',', '.')} {unit.en} ({rule.legal_basis})".strip(),
    )
