"""Flask without what Headway has no use for: sessions, and views that are coroutines."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface


class _NoSessions(SessionInterface):
    """Each call brings its own token: nothing is kept between two, and no cookie is ever set."""

    none = NullSession()
    """It can't be written to, so one serves all."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self.none


class Application(Flask):
    """The WSGI application."""

    session_interface = _NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: Flask would look through it at each call for whether it is a coroutine."""
        return func
