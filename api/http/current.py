"""What is current while a request is answered, itself and not Flask's proxy of it, which looks it up at each use."""

from typing import Any

from flask import Request, current_app, g, request
from flask.ctx import _AppCtxGlobals

from api.http.work_in_hand import WorkInHand
from services.unit_of_work import Tools


def the_request() -> Request:
    """The request that is being answered."""
    return request._get_current_object()  # type: ignore[attr-defined, no-any-return]


def kept_with_it() -> _AppCtxGlobals:
    """What is kept as long as the request is answered."""
    return g._get_current_object()  # type: ignore[no-any-return]


def tools_and_work() -> tuple[Tools, WorkInHand]:
    """What the installation has one of, and what this process has taken on."""
    headway: Any = current_app.extensions["headway"]
    return headway.tools, headway.work_in_hand
