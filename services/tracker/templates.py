"""Templates: ours, which come with the product and stay as they are, and those of schools, which are theirs to edit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from domain.errors import Fault, NotOffered, invalid
from domain.frameworks import check_area
from domain.templates import OURS, Template, TemplateAction, check_actions, named_in
from services.ids import is_id
from services.paging import Page, PageRequest
from services.tracker import records
from services.tracker.checks import check_cohort, refuse_all
from services.tracker.held import Held, get_row
from services.tracker.kinds import TEMPLATE, Content
from services.tracker.sight import named_school, schools_in_sight, sees
from services.unit_of_work import UnitOfWork

OF_OURS, OF_SCHOOLS = "ours", "schools"
NEEDED = ("kind", "title", "actions")
COPIED = ("kind", "title", "purpose", "actions")


@dataclass(frozen=True)
class Ours:
    """A template of ours where a row of a school's stands otherwise."""

    template: Template
    deleted_at: None = None

    @property
    def id(self) -> str:
        """Its name in paths."""
        return self.template.id

    @property
    def revision(self) -> int:
        """Its version."""
        return self.template.version


def get_template(work: UnitOfWork, id: str, *, hidden: bool = False) -> Any:
    """What an id in a path names: one of ours, or the row of a school's; `NotFound` where there is none."""
    return Ours(OURS[id]) if id in OURS else get_row(work, TEMPLATE, id, hidden=hidden)


def get_own(work: UnitOfWork, id: str) -> Any:
    """The row of a school's template, to be written; ours are refused."""
    _refuse_ours(id)
    return get_row(work, TEMPLATE, id)


def get_own_or_hidden(work: UnitOfWork, id: str) -> Any:
    """The same, though it was deleted."""
    _refuse_ours(id)
    return get_row(work, TEMPLATE, id, hidden=True)


def named_template(work: UnitOfWork, id: str, pointer: str) -> Content:
    """What a body names, as it is read; raises `Invalid` at the pointer where the key sees none.

    Unlike what a path names, its school's ledger isn't locked: another's may be, and two in any order would block.
    """
    if id in OURS:
        return content_of_ours(OURS[id])
    row = work.db.get(TEMPLATE.model, id) if is_id(id) else None
    if row is None or row.deleted_at is not None or not sees(TEMPLATE, schools_in_sight(work), row):
        raise invalid(pointer, "there is no such template")
    return _answer(work, row)


def create_template(work: UnitOfWork, values: dict[str, Any]) -> Content:
    """A school's own template: written new, or made from one of ours and whatever is given instead."""
    given = dict(values)
    school = named_school(work, given.pop("school"), "/school")
    if given.get("based_on") is not None:
        given = _copied(given)
    words = "this is needed, unless based_on names a template to copy it from"
    refuse_all([Fault(words, pointer=f"/{name}") for name in NEEDED if not given.get(name)])
    given["actions"] = _checked(given["actions"])
    return _answer(work, records.create(work, TEMPLATE, given | {"school_id": school.id}))


def change_template(work: UnitOfWork, row: Any, values: dict[str, Any]) -> Content:
    """Change what is given; `based_on` moves to another version of the same template, once its news were taken over."""
    given = dict(values)
    if "based_on" in given:
        given["based_on"] = _moved(row.based_on, given["based_on"])
    if "actions" in given:
        if not given["actions"]:
            raise invalid("/actions", "a template has at least one action")
        given["actions"] = _checked(given["actions"])
    records.change(work, TEMPLATE, row, given)
    return _answer(work, row)


def restore_template(work: UnitOfWork, row: Any) -> Content:
    """Bring back what was deleted."""
    records.restore(work, TEMPLATE, row)
    return _answer(work, row)


def answers(held: Held, contents: list[Content]) -> list[Content]:
    """Schools' templates as they are read: with their version, and whether what they were made from has moved on."""
    return [content | _computed(content) for content in contents]


def content_of_ours(template: Template) -> Content:
    """One of ours as it is read, with the same fields as a school's."""
    at = f"{template.written_on}T00:00:00Z"
    kept = {"revision": template.version, "created_at": at, "updated_at": at, "created_by": "Headway"}
    own: Content = msgspec.to_builtins(template)
    return own | {"school": None, "based_on": None, "newer_version": None} | kept


def page_of_templates(
    listed: Sequence[Template], request: PageRequest, read: Callable[[PageRequest], Page]
) -> Page:
    """A page of ours and then of the schools', which `read` gives; the cursor says in which of the two it goes on."""
    group, after = request.after or (OF_OURS, "")
    waiting = [one for one in listed if one.id > after] if group == OF_OURS else []
    shown = [content_of_ours(one) for one in waiting[: request.limit]]
    left = request.limit - len(shown)
    further = len(waiting) > request.limit
    page = (
        Page([], None) if further else read(PageRequest(max(left, 1), None if group == OF_OURS else [after]))
    )
    if left == 0:
        return Page(shown, [OF_OURS, shown[-1]["id"]] if further or page.items else None)
    return Page(shown + page.items, page.next and [OF_SCHOOLS, *page.next], page.also)


def _refuse_ours(id: str) -> None:
    if id in OURS:
        raise NotOffered(
            f"this template comes with Headway and stays as it is; POST /v1/templates with based_on {OURS[id].name} "
            "makes a copy that is the school's to edit"
        )


def _computed(content: Content) -> Content:
    ours = OURS.get(named_in(content["based_on"])[0]) if content["based_on"] else None
    version = named_in(content["based_on"])[1] if content["based_on"] else None
    return {
        "version": content["revision"],
        "newer_version": ours.version if ours and version and ours.version > version else None,
        "kind_label": ours.kind_label if ours and content["kind"] == ours.kind else None,
        "own_choice": bool(ours and ours.own_choice),
        "source_note": ours.source_note if ours else None,
    }


def _copied(values: dict[str, Any]) -> dict[str, Any]:
    """What is given, and where something isn't, that of the template it is based on."""
    base, version = _base(values["based_on"])
    if version != base.version and not all(values.get(name) for name in NEEDED):
        raise invalid(
            "/based_on", f"version {version} is no longer kept; the current one to copy is {base.name}"
        )
    ours = content_of_ours(base)
    given = {name: value for name, value in values.items() if value is not None}
    return {name: ours[name] for name in COPIED} | given | {"based_on": f"{base.id}@{version}"}


def _base(based_on: str) -> tuple[Template, int]:
    """The template of ours that a copy names and its version, the current one where it names none."""
    id, version = named_in(based_on)
    if id not in OURS:
        raise invalid("/based_on", f"there is no such template of ours; there are {', '.join(OURS)}")
    newest = OURS[id].version
    if version is None and "@" not in based_on:
        return OURS[id], newest
    if version is None or not 1 <= version <= newest:
        raise invalid("/based_on", f"the versions of {id} go from 1 to {newest}; write it as {OURS[id].name}")
    return OURS[id], version


def _moved(held: str | None, given: str | None) -> str | None:
    if held == given:
        return held
    if held is None or given is None or _base(given)[0].id != named_in(held)[0]:
        origin = "no template of ours" if held is None else f"another version of {named_in(held)[0]}"
        raise invalid("/based_on", f"a template keeps where it comes from; this may name {origin}")
    base, version = _base(given)
    return f"{base.id}@{version}"


def _checked(actions: Any) -> list[Content]:
    """Actions as they are kept, in the shape of ours; raises `Invalid` for what doesn't go together."""
    typed = msgspec.convert(actions, tuple[TemplateAction, ...])
    check_actions(typed)
    for place, action in enumerate(typed):
        for position, cohort in enumerate(action.cohorts):
            check_cohort(cohort, f"/actions/{place}/cohorts/{position}")
        for position, area in enumerate(action.areas):
            check_area(area, f"/actions/{place}/areas/{position}")
    kept: list[Content] = msgspec.to_builtins(typed)
    return kept


def _answer(work: UnitOfWork, row: Any) -> Content:
    held = Held(work)
    return answers(held, [held.one(TEMPLATE, row)])[0]
