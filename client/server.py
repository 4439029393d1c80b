"""The server as the client sees it: an address, a token, and one request at a time over a connection that is kept."""

import base64
import http.client
import ipaddress
import json
import ssl
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from client.endings import GaveUp, NotAllowed, PushError, Refused, WrongUse

SECONDS = 120.0
"""How long one sending or one answer may take before the connection counts as lost."""

LOST = (OSError, http.client.HTTPException)
"""What a connection that is lost, refused, cut short or too slow raises."""


_OF_RECEIPTS = (200, 207, 422)


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object that was answered; empty where it was none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def is_receipt(self) -> bool:
        """Whether it accounts for rows, be it to say that every one was rejected."""
        return self.status in _OF_RECEIPTS and "import_id" in self.document


@dataclass
class Server:
    """A Headway server. The token is in no text that this client writes, its own `repr` included.

    `without_tls` lets it go over the network unencrypted. Raises `WrongUse` for an address or a token that can't be.
    """

    url: str
    token: str = field(repr=False)
    without_tls: bool = False

    def __post_init__(self) -> None:
        self.url = self.url.rstrip("/")
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.username:
            shown = self.url.rpartition("@")[2]  # without what may be a password
            raise WrongUse(f"{shown!r} is no address of a server, such as https://headway.example.org")
        if parts.scheme == "http" and not self.without_tls and not _this_machine(parts.hostname):
            raise WrongUse(
                f"{self.url} would send the token and the marks unencrypted; use https://, "
                "or --without-tls where the network is trusted"
            )
        if not self.token or not all("!" <= letter <= "~" for letter in self.token):
            raise WrongUse("the token is empty or has characters that no token has; copy it again")
        self._base = parts.path
        try:
            self._connection = _connection(parts)
        except ValueError as error:
            raise WrongUse(f"{self.url} is no address of a server: {error}") from error

    def get(self, path: str) -> Answer:
        """What is there. Raises one of `LOST` where no whole answer came."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, body: Iterator[bytes], headers: Mapping[str, str]) -> Answer:
        """Send a body whose length is among the headers. Raises one of `LOST` where no whole answer came.

        A server that refuses early may answer before it has read everything: that answer counts.
        """
        return self._ask("POST", path, body, headers)

    def close(self) -> None:
        """Let go of the connection; the next request opens another one."""
        self._connection.close()

    def _ask(
        self, method: str, path: str, body: Iterator[bytes] | None, headers: Mapping[str, str]
    ) -> Answer:
        said = {"Authorization": f"Bearer {self.token}", "User-Agent": "headway-push", **headers}
        try:
            try:
                self._connection.request(method, self._base + path, body, said)
            except (BrokenPipeError, ConnectionResetError):
                if self._connection.sock is None:  # it was never there
                    raise
            response = self._connection.getresponse()
            content = response.read()
            if response.status in _OF_RECEIPTS and not content:  # cut among the headers
                raise http.client.IncompleteRead(content)
        except BaseException:
            self.close()
            raise
        return Answer(response.status, {name.lower(): text for name, text in response.getheaders()}, content)


def refusal_in(answer: Answer) -> PushError:
    """What an answer that isn't the one hoped for means."""
    problem = answer.document
    detail = str(problem.get("detail") or problem.get("title") or f"status {answer.status}")
    errors = problem.get("errors")
    faults = [fault for fault in errors if isinstance(fault, dict)] if isinstance(errors, list) else []
    faults = [fault for fault in faults[:3] if fault.get("detail") != detail]
    pointed = "; ".join(f"{fault.get('pointer', '')} {fault.get('detail', '')}".strip() for fault in faults)
    said = f"{detail} ({pointed})" if pointed else detail
    if answer.status in _NOT_ALLOWED:
        return NotAllowed(f"{_NOT_ALLOWED[answer.status]}: {said}")
    if 400 <= answer.status < 500 and (problem or answer.status == _TOO_LARGE):
        return Refused(f"refused ({answer.status}): {said}")
    if answer.status >= 500:
        return GaveUp(f"the server has a fault ({answer.status}): {said}")
    if 300 <= answer.status < 400:
        return WrongUse(
            f"the server is elsewhere ({answer.headers.get('location', 'unnamed')}): mend the address"
        )
    return WrongUse(f"what answered ({answer.status}) isn't a Headway server: is the address right?")


_TOO_LARGE = 413
"""The one refusal that a proxy before the server gives for the file's sake, in words of its own."""

_NOT_ALLOWED = {
    401: "the token isn't valid, or not any more",
    403: "the token may not push",
    404: "there is no such school, or the token may not see it",
}


def _connection(parts: urllib.parse.SplitResult) -> http.client.HTTPConnection:
    """A connection that isn't open yet, through the proxy that this machine's settings name for it, if any."""
    host = str(parts.hostname)
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
    trust = ssl.create_default_context()
    proxy = urllib.request.getproxies().get("https")
    if not proxy or urllib.request.proxy_bypass(host):
        return http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=trust)
    through = urllib.parse.urlsplit(proxy if "//" in proxy else f"//{proxy}")
    at = str(through.hostname), through.port or 8080
    connection = http.client.HTTPSConnection(*at, timeout=SECONDS, context=trust)
    connection.set_tunnel(host, parts.port or 443, _known_to(through))
    return connection


def _known_to(proxy: urllib.parse.SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    said = urllib.parse.unquote(f"{proxy.username}:{proxy.password or ''}")
    return {"Proxy-Authorization": "Basic " + base64.b64encode(said.encode()).decode()}


def _this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
