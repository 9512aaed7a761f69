import pytest

from hub_testing.personal import personal_numbers


@pytest.mark.parametrize(
    "text",
    [
        "1850312149006",
        "person=1850312149006",
        "id1850312149006",
        "d1850312149006",
        "1850312149006af",
        '"key":"a1850312149006"',
        "00-1850312149006-01",
    ],
)
def test_a_personal_number_is_found_wherever_somebody_wrote_it(text):
    assert [found.number for found in personal_numbers(text)] == ["1850312149006"]


@pytest.mark.parametrize("identifier", ["d1850312149006af", "6a4ba9506334ed7329a1850312149006"])
def test_what_chance_wrote_into_the_id_of_a_trace_or_a_span_is_nobody_s(identifier):
    text = f'"traceparent":"00-{identifier}-03" 2850312149008'
    assert [found.number for found in personal_numbers(text)] == ["2850312149008"]
