"""A template applied to a challenge: its actions made, with the owners and dates that the caller chose."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from domain.errors import Fault
from domain.templates import TemplateAction, in_order
from domain.templates.plan import Fixed, Planned, plan_of
from services.tracker import actions
from services.tracker.checks import refuse_all
from services.tracker.held import Held
from services.tracker.kinds import ACTION, Content
from services.tracker.milestones import create_milestone
from services.tracker.people import check_people
from services.tracker.templates import named_template
from services.unit_of_work import UnitOfWork

Owners = dict[str, tuple[str, str]]
"""Key of an action → the person who is to own it, and the pointer where the body names them."""


def apply_template(work: UnitOfWork, challenge: Any, values: Mapping[str, Any]) -> Content:
    """Make the actions of a template, all or none; answers them with what one should know of it.

    Raises `Invalid` for a key that the template hasn't, an action without an owner, dates that can't be right, and for
    an owner who isn't the one asking where the template is each one's own choice.
    """
    template = named_template(work, values["template"], "/template")
    offered = msgspec.convert(template["actions"], tuple[TemplateAction, ...])
    _check_keys(offered, values)
    chosen = [action for action in offered if not values.get("only") or action.key in values["only"]]
    owners = _owners(chosen, values)
    if template["own_choice"]:
        _check_own_choice(work, owners)
    check_people(
        work,
        {pointer: id for id, pointer in owners.values()},
        active=[pointer for _, pointer in owners.values()],
    )
    plans = _plans(work, chosen, values)
    ids: dict[str, str] = {}
    for action in in_order(chosen):
        ids[action.key] = _make(work, challenge, action, owners[action.key][0], plans[action.key], ids)
    return {
        "template": template["id"],
        "version": template["version"],
        "actions": _read(work, [ids[action.key] for action in chosen]),
        "warnings": _warnings(template, challenge, chosen),
    }


def _check_keys(offered: Sequence[TemplateAction], values: Mapping[str, Any]) -> None:
    keys = [action.key for action in offered]
    named = [(key, f"/only/{place}") for place, key in enumerate(values.get("only") or ())]
    named += [(key, f"/{field}/{key}") for field in ("owners", "dates") for key in values.get(field) or ()]
    words = f"the template has no action of this key; its keys are {', '.join(keys)}"
    refuse_all([Fault(words, pointer=pointer) for key, pointer in named if key not in keys])


def _owners(chosen: Sequence[TemplateAction], values: Mapping[str, Any]) -> Owners:
    owners: Owners = {}
    faults = []
    for action in chosen:
        own = (values.get("owners") or {}).get(action.key)
        if own is not None:
            owners[action.key] = own, f"/owners/{action.key}"
        elif values.get("owner") is not None:
            owners[action.key] = values["owner"], "/owner"
        else:
            usually = f"; usually that is the {action.role}" if action.role else ""
            words = f"“{action.title}” needs an owner{usually}"
            faults.append(Fault(words, pointer=f"/owners/{action.key}"))
    refuse_all(faults)
    return owners


def _check_own_choice(work: UnitOfWork, owners: Owners) -> None:
    pointers = dict.fromkeys(pointer for id, pointer in owners.values() if id != work.actor.person_id)
    words = "each leader's own choice, never assigned to others: only the person whom the key stands for may own this"
    refuse_all([Fault(words, pointer=pointer) for pointer in pointers])


def _plans(
    work: UnitOfWork, chosen: Sequence[TemplateAction], values: Mapping[str, Any]
) -> dict[str, Planned]:
    start_on = values.get("start_on") or work.today
    dates = values.get("dates") or {}
    return {
        action.key: plan_of(action, start_on, Fixed(**(dates.get(action.key) or {}))) for action in chosen
    }


def _make(
    work: UnitOfWork,
    challenge: Any,
    action: TemplateAction,
    owner: str,
    plan: Planned,
    ids: Mapping[str, str],
) -> str:
    made = actions.create_action(
        work,
        challenge,
        {
            "title": action.title,
            "intent": action.intent,
            "owner": owner,
            "start_on": plan.start_on,
            "due_on": plan.due_on,
            "success_criteria": [{"text": text, "met": "not_yet"} for text in action.success_criteria],
            "cohorts": list(action.cohorts),
            "depends_on": [ids[key] for key in action.depends_on if key in ids],
            "repeats": action.repeats,
        },
    )
    row = work.db.get(ACTION.model, made["id"])
    for milestone, due_on in zip(action.milestones, plan.milestones, strict=True):
        create_milestone(work, row, {"title": milestone.title, "due_on": due_on})
    return str(made["id"])


def _read(work: UnitOfWork, ids: Sequence[str]) -> list[Content]:
    held = Held(work)
    contents = held.with_ids(ACTION, ids)
    return actions.answers(held, [contents[id] for id in ids])


def _warnings(template: Content, challenge: Any, chosen: Sequence[TemplateAction]) -> list[str]:
    warnings = []
    if template["kind"] != challenge.kind:
        warnings.append(
            f"the template is meant for challenges of the kind {template['kind']}, and this one is of the kind "
            f"{challenge.kind}"
        )
    made = {action.key for action in chosen}
    left_out = sorted({key for action in chosen for key in action.depends_on} - made)
    if left_out:
        warnings.append(f"some of these would have waited for what was left out: {', '.join(left_out)}")
    return warnings
