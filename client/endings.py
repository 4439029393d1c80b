"""How a push can end, and the exit code that tells a scheduler of it."""

ALL_IN = 0
SOME_REJECTED = 1
WRONG_USE = 2
REFUSED = 3
NOT_REACHED = 4
NOT_ALLOWED = 5
FAULT = 70
"""A fault of the client itself."""
INTERRUPTED = 130


class PushError(Exception):
    """A push that came to nothing, or not to its end."""

    code = FAULT

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class WrongUse(PushError):
    """The command, its settings or its file can't be used so."""

    code = WRONG_USE


class NotReadable(WrongUse):
    """The file can't be read as it is now, perhaps because somebody is still writing it."""


class Refused(PushError):
    """The server, or the client beforehand, takes nothing of this file, or of the rest of it, as it is."""

    code = REFUSED


class GaveUp(PushError):
    """The server wasn't reached, stayed busy for too long, or had a fault: the same again later may go through."""

    code = NOT_REACHED


class NotAllowed(PushError):
    """The token isn't valid, may not push, or may not see the school."""

    code = NOT_ALLOWED
