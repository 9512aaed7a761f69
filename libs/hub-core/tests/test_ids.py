from hub_core import ids


def test_ids_are_uuid7_of_the_standard_library_and_sorted_by_making() -> None:
    made = [ids.new_id() for _ in range(1000)]
    assert {each.version for each in made} == {7}
    assert type(made[0]).__module__ == "uuid"
    assert made == sorted(made)
    assert len(set(made)) == 1000
