"""What a person sees on standard error while a push runs."""

import sys
from contextlib import ExitStack
from typing import Any

import click


class Screen:
    """Tells how far the push of a file is: a bar where standard error is a terminal, lines where it is a log."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._name = ""
        self._bar: Any = None
        self._open = ExitStack()

    def begin(self, name: str, size: int) -> None:
        """A file of that name goes, so many bytes of it."""
        self._name = name
        if not self._quiet and sys.stderr.isatty():
            self._bar = self._open.enter_context(click.progressbar(length=size, label=name, file=sys.stderr))

    def reached(self, place: int) -> None:
        """Move the bar on; what must go again doesn't move it back."""
        if self._bar is not None and place > self._bar.pos:
            self._bar.update(place - self._bar.pos)

    def say(self, text: str) -> None:
        """A line of its own."""
        if not self._quiet:
            click.echo(("\n" if self._bar is not None else "") + f"{self._name}: {text}", err=True)

    def end(self) -> None:
        """Nothing more will come of this file."""
        self._open.close()
        self._bar = None
