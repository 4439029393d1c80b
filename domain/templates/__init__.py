"""Templates: ready sets of actions for a kind of challenge. Ours are the JSON files beside this one, each written here.

A school edits a copy of its own, which names what it was made from as `id@version`, so that it can be told when ours
has moved on. A change of ours that a school should hear of gets a new version.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain.errors import Fault, Invalid, invalid

MOST_DAYS = 3_660
MOST_ACTIONS = 50
KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"

Key = Annotated[str, Meta(pattern=KEY, max_length=64)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(min_length=1, max_length=10_000)]
Sentence = Annotated[str, Meta(min_length=1, max_length=1_000)]
Days = Annotated[int, Meta(ge=0, le=MOST_DAYS)]
Interval = Annotated[int, Meta(ge=1, le=MOST_DAYS)]


class TemplateMilestone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of an action, due so many days after the action starts."""

    title: Title
    due_after_days: Days


class TemplateAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An action to be made, with days counted from the day on which the template is started."""

    key: Key
    title: Title
    due_after_days: Days
    starts_after_days: Days = 0
    intent: Words | None = None
    role: Title | None = None
    """Who usually owns it, such as attendance lead."""
    success_criteria: tuple[Sentence, ...] = ()
    cohorts: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    depends_on: tuple[Key, ...] = ()
    repeats: Literal["termly", "half_termly", "weekly"] | Interval | None = None
    milestones: tuple[TemplateMilestone, ...] = ()


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template of ours."""

    id: Key
    version: Annotated[int, Meta(ge=1)]
    written_on: date
    kind: str
    title: Title
    purpose: Words
    source_note: Words
    actions: Annotated[tuple[TemplateAction, ...], Meta(min_length=1, max_length=MOST_ACTIONS)]
    kind_label: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    own_choice: bool = False
    """Whether each action is its owner's own choice, so that nobody may give it to somebody else."""

    @property
    def name(self) -> str:
        """How a copy names it."""
        return f"{self.id}@{self.version}"


def read_template(text: bytes) -> Template:
    """The template in a JSON text; raises `Invalid` for what is none, or has actions that don't go together."""
    try:
        template = msgspec.json.decode(text, type=Template)
    except msgspec.MsgspecError as error:
        raise invalid("", str(error)) from error
    check_actions(template.actions)
    return template


def check_actions(actions: Sequence[TemplateAction]) -> None:
    """Raises `Invalid` with a fault for each key that comes twice or isn't there, day that comes before another that it
    follows, and for actions that wait for each other.
    """
    faults = [*_faults_of_keys(actions), *_faults_of_days(actions)]
    if not faults:
        faults = list(_faults_of_cycles(actions))
    if faults:
        raise Invalid(f"{faults[0].pointer}: {faults[0].detail}", faults=faults)


def in_order(actions: Sequence[TemplateAction]) -> list[TemplateAction]:
    """The actions so that each comes after all that it waits for; what isn't among them is not waited for."""
    by_key = {action.key: action for action in actions}
    waits = {action.key: [key for key in action.depends_on if key in by_key] for action in actions}
    return [by_key[key] for key in TopologicalSorter(waits).static_order()]


def named_in(based_on: str) -> tuple[str, int | None]:
    """The id and version that a copy's `id@version` names; without a version, None."""
    id, _, version = based_on.partition("@")
    return id, int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None


def _faults_of_keys(actions: Sequence[TemplateAction]) -> Iterator[Fault]:
    keys = [action.key for action in actions]
    for place, action in enumerate(actions):
        if action.key in keys[:place]:
            yield Fault("another action has this key already", pointer=f"/actions/{place}/key")
        for position, key in enumerate(action.depends_on):
            if key not in keys:
                yield Fault(
                    f"there is no action with the key {key}",
                    pointer=f"/actions/{place}/depends_on/{position}",
                )


def _faults_of_days(actions: Sequence[TemplateAction]) -> Iterator[Fault]:
    for place, action in enumerate(actions):
        length = action.due_after_days - action.starts_after_days
        if length < 0:
            yield Fault("it can't be due before it starts", pointer=f"/actions/{place}/due_after_days")
            continue
        for position, milestone in enumerate(action.milestones):
            if milestone.due_after_days > length:
                yield Fault(
                    f"a step counts from the day on which its action starts, and the action lasts {length} days",
                    pointer=f"/actions/{place}/milestones/{position}/due_after_days",
                )


def _faults_of_cycles(actions: Sequence[TemplateAction]) -> Iterator[Fault]:
    try:
        in_order(actions)
    except CycleError as error:
        cycle: list[str] = error.args[1]
        place = next(place for place, action in enumerate(actions) if action.key in cycle)
        yield Fault(
            f"these wait for each other, so none could start: {' → '.join(cycle)}",
            pointer=f"/actions/{place}/depends_on",
        )


def _read_ours() -> dict[str, Template]:
    texts = (path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.json")))
    return {template.id: template for template in map(read_template, texts)}


OURS: dict[str, Template] = _read_ours()
"""Id → template, in the order of the ids."""
