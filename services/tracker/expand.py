"""`?expand=`: a resource with what lies below it, so that one call gives it whole."""

from collections.abc import Callable, Sequence

from services.paging import Page
from services.tracker import actions, indicators
from services.tracker.evidence_about import evidence_about_actions, evidence_about_challenges
from services.tracker.held import Answers, Held
from services.tracker.kinds import (
    ACTION,
    CHALLENGE,
    COMMENT,
    INDICATOR,
    MILESTONE,
    REVIEW,
    UPDATE,
    Content,
    Kind,
)

Below = dict[str, list[Content]]
Expansion = Callable[[Held, list[str]], Below]


def expanded(held: Held, kind: Kind, page: Page, names: Sequence[str] | None) -> Page:
    """A page whose items have, under each of these names, the list of what is below them."""
    if not names:
        return page
    ids = [content["id"] for content in page.items]
    found = {name: EXPANSIONS[kind][name](held, ids) for name in names}
    items = [
        content | {name: below[content["id"]] for name, below in found.items()} for content in page.items
    ]
    return Page(items, page.next, page.also)


def _below(kind: Kind, parent: Kind, answers: Answers | None = None) -> Expansion:
    def expand(held: Held, ids: list[str]) -> Below:
        found = held.below(kind, ids, parent)
        if answers is None:
            return found
        flat = [content for contents in found.values() for content in contents]
        read = {content["id"]: content for content in answers(held, flat)}
        return {id: [read[content["id"]] for content in contents] for id, contents in found.items()}

    return expand


EXPANSIONS: dict[Kind, dict[str, Expansion]] = {
    CHALLENGE: {
        "actions": _below(ACTION, CHALLENGE, actions.answers),
        "indicators": _below(INDICATOR, CHALLENGE, indicators.answers),
        "evidence": evidence_about_challenges,
        "reviews": _below(REVIEW, CHALLENGE),
        "comments": _below(COMMENT, CHALLENGE),
    },
    ACTION: {
        "milestones": _below(MILESTONE, ACTION),
        "updates": _below(UPDATE, ACTION),
        "evidence": evidence_about_actions,
        "comments": _below(COMMENT, ACTION),
    },
}
"""What each kind can be given with."""
