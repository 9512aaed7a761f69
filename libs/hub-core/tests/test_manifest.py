import pytest

from hub_core import manifest
from hub_core.manifest import Manifest


class _Point:
    def __init__(self, value: Manifest) -> None:
        self.value = value

    def load(self) -> Manifest:
        return self.value


def test_a_stream_is_named_after_its_service() -> None:
    assert manifest.stream_name("petitions") == "PETITIONS"
    assert manifest.stream_name("passport-booking") == "PASSPORT_BOOKING"


def test_installed_manifests_come_by_port(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Manifest("notify", "svc_notify", "svc_notify.main:create_app", 8104)
    early = Manifest("catalog", "svc_catalog", "svc_catalog.main:create_app", 8102)
    monkeypatch.setattr(manifest, "entry_points", lambda **_: [_Point(late), _Point(early)])
    assert manifest.installed() == [early, late]
