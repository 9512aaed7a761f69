import pytest

from hub_core.language import Language, negotiate


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.RO),
        ("", Language.RO),
        ("en", Language.EN),
        ("en-GB,en;q=0.9", Language.EN),
        ("HU-hu", Language.HU),
        ("de, hu;q=0.4, en;q=0.7", Language.EN),
        ("hu;q=0.5, en;q=0.5", Language.HU),  # of equals the first
        ("en;q=0", Language.RO),
        ("de, fr;q=0.5", Language.RO),
        ("*", Language.RO),
        ("en;q=abc, hu;q=0.1", Language.HU),
        ("en;level=1", Language.EN),
        (";;;,,=,q", Language.RO),
        ("en;q=nan, hu;q=0.2", Language.HU),
    ],
)
def test_a_language_is_picked_by_quality_and_romanian_is_the_fallback(
    header: str | None, language: Language
) -> None:
    assert negotiate(header) is language
