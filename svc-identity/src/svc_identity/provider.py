"""What the provider holds besides its database: made once, without I/O."""

from dataclasses import dataclass

from .callbacks import Callbacks
from .key_ring import KeyRing
from .master_key import MasterKey, derived_from
from .outside_providers import OutsideProviders
from .passwords import Passwords
from .registers.companies import CompanyRegister, HttpCompanyRegister
from .registers.population import HttpPopulationRegister, PopulationRegister
from .registers.questions import Questions
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Provider:
    """Settings, keys and the doors to the outside of one process; `app.state.provider`."""

    settings: Settings
    master_key: MasterKey
    passwords: Passwords
    key_ring: KeyRing
    population: PopulationRegister
    companies: CompanyRegister
    outside: OutsideProviders
    callbacks: Callbacks

    @property
    def issuer(self) -> str:
        """The `iss` of every token: the one public origin."""
        return self.settings.public_origin


def build(settings: Settings) -> Provider:
    """The provider of these settings."""
    master_key = derived_from(settings.identity_key.get_secret_value())
    return Provider(
        settings,
        master_key,
        Passwords(settings),
        KeyRing(master_key),
        HttpPopulationRegister(Questions(settings.identity_population_register_url)),
        HttpCompanyRegister(Questions(settings.identity_company_register_url)),
        OutsideProviders(settings.identity_outside_providers),
        Callbacks(embedded=not settings.is_https),
    )
