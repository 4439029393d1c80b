"""Text as a reader sees it, each character with the place where it stands in what was given.

Curly quotes, dashes, spaces, soft hyphens, ligatures and letters in bold or circled shapes are brought to plain ones,
so that a rule has one spelling to look for. A line end in it ends a paragraph; every other space is one blank.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator

PLAIN = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("–—―−", "–"),
    **dict.fromkeys("‐‑", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
}
PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
SPACED_OUT = re.compile(r"(?<![A-Za-z])(?:[A-Z] ){3,30}[A-Z](?![A-Za-z])")
WITH_DOTS = re.compile(r"(?<![A-Za-z])R\. ?I\.?(?![A-Za-z])")

SEAM = "\ue001"
"""A piece that stands between two elements in a line: `Ofsted` and `Good` are two words there."""

Placed = tuple[str, int, int]
"""A piece of text, and where it stands in what was given: its start and its end."""


class Shown:
    """Text in plain letters that can say where each of them came from."""

    def __init__(self, pieces: Iterable[Placed]) -> None:
        letters: list[str] = []
        self._starts, self._ends = array("q"), array("q")
        for letter, start, end in _plain(pieces):
            letters.append(letter)
            self._starts.append(start)
            self._ends.append(end)
        self.text = "".join(letters)
        self._drop(SPACED_OUT, " ")
        self._drop(WITH_DOTS, ". ")

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the text, never an empty one, stands in what was given."""
        return self._starts[start], self._ends[end - 1]

    def _drop(self, where: re.Pattern[str], letters: str) -> None:
        """Take these letters out of what a pattern finds."""
        gone = {
            at
            for found in where.finditer(self.text)
            for at in range(*found.span())
            if self.text[at] in letters
        }
        if gone:
            kept = [at for at in range(len(self.text)) if at not in gone]
            self._starts = array("q", (self._starts[at] for at in kept))
            self._ends = array("q", (self._ends[at] for at in kept))
            self.text = "".join(self.text[at] for at in kept)


def shown_text(text: str) -> Shown:
    """Plain text as it is read: an empty line ends a paragraph, a single line end doesn't."""
    return Shown(_paragraphs(text))


def _paragraphs(text: str) -> Iterator[Placed]:
    begun = 0
    for gap in PARAGRAPH.finditer(text):
        yield text[begun : gap.start()], begun, gap.start()
        yield "", gap.start(), gap.end()
        begun = gap.end()
    yield text[begun:], begun, len(text)


def _plain(pieces: Iterable[Placed]) -> Iterator[Placed]:
    """Each letter in its plain shape; an empty piece ends a paragraph.

    A piece as long as the place where it stands is taken letter by letter, another one (`&amp;`) as a whole.
    """
    last, seam = "\n", ""
    for piece, start, end in pieces:
        if not piece:
            if last != "\n":
                yield "\n", start, end
            last = "\n"
            continue
        if piece == SEAM:
            seam = last
            continue
        each = len(piece) == end - start
        for number, letter in enumerate(piece):
            place = (start + number, start + number + 1) if each else (start, end)
            for plain in _plain_letter(letter):
                if seam.islower() and plain.isupper():
                    yield " ", *place
                seam = ""
                if plain != " " or last not in " \n":
                    yield plain, *place
                    last = plain


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return " " if letter.isspace() else "'" if letter == "`" else letter
    if letter in PLAIN:
        return PLAIN[letter]
    return "".join(" " if plain.isspace() else plain for plain in unicodedata.normalize("NFKC", letter))
