"""What a process keeps in memory of what the database holds, as long as the database says that it is still so."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


@dataclass
class Memory(Generic[Key, Kept]):
    """The things that were asked for last, each with its weight, together of at most `most`.

    A thing is kept under a version, which whoever asks reads from the database in its own transaction: so no process
    ever answers from what another has changed.
    """

    most: int
    _things: OrderedDict[Key, tuple[object, int, Kept]] = field(default_factory=OrderedDict)
    _weight: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, key: Key, version: object) -> Kept | None:
        """What was kept under this key at just this version; None for anything else."""
        with self._lock:
            held = self._things.get(key)
            if held is None or held[0] != version:
                return None
            self._things.move_to_end(key)
            return held[2]

    def holds(self, key: Key) -> bool:
        """Whether anything is kept under this key, at whatever version."""
        return key in self._things

    def keep(self, key: Key, version: object, thing: Kept, weight: int) -> None:
        """Keep it in place of what was there; those that nobody has asked for longest make room."""
        with self._lock:
            self._drop(key)
            self._things[key] = version, weight, thing
            self._weight += weight
            while self._weight > self.most:
                self._drop(next(iter(self._things)))

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._things.clear()
            self._weight = 0

    def _drop(self, key: Key) -> None:
        if key in self._things:
            self._weight -= self._things.pop(key)[1]
