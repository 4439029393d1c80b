"""What a reader of a page meets: its text, and the attributes that are shown or read aloud, with their places."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from itertools import accumulate

from domain.wording.shown import SEAM, Placed, Shown

INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong "
        "sub sup time tt u var wbr",
    )
)
"""Elements that don't end a paragraph: a word may go on behind them."""
UNSEEN = frozenset({"script", "style", "template"})
SPOKEN = frozenset({"alt", "title", "aria-label", "placeholder"})
SPOKEN_META = re.compile(r"(?:og|twitter):|description$|title$|keywords$", re.IGNORECASE)

REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s"'>/=]++)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s"'>]++)))?+"""
)
AMPERSAND = "\ue000"
"""Stands for `&` while tags are looked for, so that references are ours to read and places stay."""


def shown_pages(html: str) -> list[Shown]:
    """The text of a page, and each attribute that is shown or read aloud as a text of its own."""
    page = _Page(html)
    page.read()
    return [Shown(page.text), *(Shown(attribute) for attribute in page.attributes)]


class _Page(HTMLParser):
    """Collects the text of a page and its spoken attributes; knows no page that it can't read."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text: list[Placed] = []
        self.attributes: list[list[Placed]] = []
        self._html = html
        self._lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self._unseen: str | None = None

    def read(self) -> None:
        # Never `close()`: on an end that is cut off it tries again at each character.
        self.feed(self._html.replace("&", AMPERSAND))
        begun = len(self._html) - len(self.rawdata)
        if self._unseen is None and not self.rawdata.startswith("<!--"):
            self.text.extend(self._unescaped(begun, len(self._html)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._pass_by(tag)
        if tag in UNSEEN and self._unseen is None:
            self._unseen = tag
        if attrs:
            self._keep_spoken(tag, self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._pass_by(tag)
        self._keep_spoken(tag, self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = None
        self._pass_by(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen is None:
            here = self._here()
            self.text.extend(self._unescaped(here, here + len(data)))

    def parse_marked_section(self, i: int, report: bool | int = 1) -> int:
        """`<![…`, which the standard library's parser fails on where it isn't well-formed: skipped."""
        return self.parse_bogus_comment(i)

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _pass_by(self, tag: str) -> None:
        here = self._here()
        self.text.append((SEAM if tag in INLINE else " " if tag == "br" else "", here, here + 1))

    def _keep_spoken(self, tag: str, raw: str) -> None:
        here = self._here()
        found = list(ATTRIBUTE.finditer(raw, 1 + len(tag)))
        values = {part["name"].lower(): part.span(part.lastgroup or 0) for part in found if _has_value(part)}
        names = set(SPOKEN & values.keys())
        about = next((raw[slice(*values[name])] for name in ("property", "name") if name in values), "")
        if tag == "meta" and "content" in values and SPOKEN_META.match(about):
            names = {"content"}
        for name in sorted(names):
            start, end = values[name]
            self.attributes.append(list(self._unescaped(here + start, here + end)))

    def _unescaped(self, start: int, end: int) -> Iterator[Placed]:
        for reference in REFERENCE.finditer(self._html, start, end):
            if reference.start() > start:
                yield self._html[start : reference.start()], start, reference.start()
            letters = unescape(reference.group())
            if letters:
                yield letters, *reference.span()
            start = reference.end()
        if start < end:
            yield self._html[start:end], start, end


def _has_value(attribute: re.Match[str]) -> bool:
    return attribute.lastgroup not in (None, "name")
