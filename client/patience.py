"""One request until it is answered: tried again while the server is busy or out of reach, for as long as asked."""

import email.utils
import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from client.endings import GaveUp
from client.server import LOST, Answer

BUSY = (408, 429, 502, 503, 504)
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0


def _nobody_listens(text: str) -> None:
    """Waits in silence."""


@dataclass
class Patience:
    """How long to go on trying, in seconds, and how to wait; `say` is told of each wait.

    The longest wait doubles with each try, up to a minute, and the wait is drawn at random below it, so that clients
    that failed together don't come back together; a server's Retry-After is waited for before that. `clock` gives
    seconds that only grow, `now` the time of day, `chance` a number from 0 to below 1.
    """

    seconds: float = 900.0
    say: Callable[[str], None] = _nobody_listens
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def ask(self, request: Callable[[], Answer]) -> Answer:
        """The first answer that isn't "try again"; raises `GaveUp` once the next try would come too late."""
        end = self.clock() + self.seconds
        tries = 0
        while True:
            tries += 1
            try:
                answer = request()
            except ssl.SSLCertVerificationError as error:
                raise GaveUp(f"the server's certificate can't be trusted: {error.verify_message}") from error
            except LOST as error:
                why, least = f"no answer ({_in_words(error)})", 0.0
            else:
                if not is_busy(answer):
                    return answer
                why, least = f"the server is busy ({answer.status})", self._asked_for(answer)
            wait = least + self.chance() * min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries - 1, 10))
            if self.clock() + wait > end:
                raise GaveUp(f"{why}; gave up after {tries} {'try' if tries == 1 else 'tries'}")
            self.say(f"{why}; trying again in {wait:.0f} s")
            self.sleep(wait)

    def _asked_for(self, answer: Answer) -> float:
        """The seconds that Retry-After asks for, as a number or as a date; none where it can't be read."""
        said = answer.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return float(said)
        try:
            then = email.utils.parsedate_to_datetime(said)
        except (ValueError, IndexError):
            return 0.0
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
        return max(0.0, (then - self.now()).total_seconds())


def is_busy(answer: Answer) -> bool:
    """Whether the same request may be answered otherwise later.

    409 says so with Retry-After, while the first request of the same Idempotency-Key still runs; without it what is
    held stands against the push, and will.
    """
    return answer.status in BUSY or (answer.status == 409 and "retry-after" in answer.headers)


def _in_words(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
