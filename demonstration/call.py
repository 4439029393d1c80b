"""One call of the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Answers = dict[str, Any]
"""What the answers before were remembered under."""


@dataclass(frozen=True)
class Call:
    """A method, a path and a body; `remember` names the answer's id for paths and bodies that come later.

    Texts of the form `{name}` in the path, and values that are functions of what was remembered in the body, are filled
    in when the call is made.
    """

    method: str
    path: str
    body: Any
    remember: str | None = None

    def filled(self, ids: Answers) -> tuple[str, Any]:
        """The path and the body with the ids that are known by then."""
        return self.path.format(**ids), _filled(self.body, ids)


def the(name: str) -> Callable[[Answers], Any]:
    """The id that an earlier answer was remembered under."""
    return lambda ids: ids[name]


def _filled(value: Any, ids: Answers) -> Any:
    if callable(value):
        return value(ids)
    if isinstance(value, dict):
        return {key: _filled(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, ids) for item in value]
    return value
