"""What is kept in memory, and for how long."""

from services.memory import Memory


def test_a_thing_is_found_at_its_version_alone() -> None:
    memory: Memory[str, str] = Memory(most=10)
    memory.keep("a", 1, "kept", weight=1)

    assert memory.find("a", 1) == "kept"
    assert memory.find("a", 2) is None
    assert memory.find("b", 1) is None


def test_a_new_version_takes_the_place_of_the_old() -> None:
    memory: Memory[str, str] = Memory(most=10)
    memory.keep("a", 1, "old", weight=6)
    memory.keep("a", 2, "new", weight=6)

    assert memory.find("a", 1) is None
    assert memory.find("a", 2) == "new"


def test_what_nobody_asked_for_longest_makes_room() -> None:
    memory: Memory[str, str] = Memory(most=10)
    memory.keep("a", 1, "first", weight=5)
    memory.keep("b", 1, "second", weight=5)
    memory.find("a", 1)
    memory.keep("c", 1, "third", weight=5)

    assert [memory.find(key, 1) for key in "abc"] == ["first", None, "third"]


def test_what_is_too_heavy_is_not_kept() -> None:
    memory: Memory[str, str] = Memory(most=10)
    memory.keep("a", 1, "heavy", weight=11)

    assert memory.find("a", 1) is None


def test_nothing_is_left_once_it_forgets() -> None:
    memory: Memory[str, str] = Memory(most=10)
    memory.keep("a", 1, "kept", weight=5)
    memory.forget()
    memory.keep("b", 1, "kept", weight=10)

    assert memory.find("a", 1) is None
    assert memory.find("b", 1) == "kept"
