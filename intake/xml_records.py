"""The records of XML as they stream in: one element with what is taken of it, never the whole tree.

The parser is the standard library's expat, handed text and told to give up at a DOCTYPE: without one there are no
entities but XML's own five, so nothing can be expanded and nothing fetched. Byte-order marks, UTF-16, and Windows-1252
(also the stray letters of it in a body that says it is UTF-8) are taken.
"""

import codecs
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from domain.errors import Fault, Malformed
from intake.body import in_blocks
from intake.layout import How
from intake.recognition import Opening
from intake.tables import quoted

LONGEST_TAG = 1 << 20
"""Bytes of one tag or comment: expat reads what isn't finished again with each block, so it mustn't grow for long."""
LONGEST_RECORD = 1 << 22
"""Letters that are kept of one record; a year of a pupil's marks takes about 1,000."""
DEEPEST = 64
MOST_NAMES = 1000
"""Different names of elements and attributes: expat remembers each, and real layouts have some dozens."""

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "unicode"})
_LATIN = frozenset({"windows-1252", "cp1252", "iso-8859-1", "iso-8859-15", "latin1"})
_OF_XML_ITSELF = frozenset({"xmlns", "xml", "xsi"})
_UTF_16_SIGNS = (codecs.BOM_UTF16_LE[:1], codecs.BOM_UTF16_BE[:1], b"\0")
_ENOUGH = 256
_FOR_ROOT = 1 << 14


@dataclass(slots=True)
class Element:
    """An element that was taken: its name in small letters, its text without blanks round it, and those within it."""

    name: str
    text: str = ""
    within: list["Element"] = field(default_factory=list)

    def texts(self, name: str) -> list[str]:
        """The texts of the elements with a name directly within this one."""
        return [element.text for element in self.within if element.name == name]

    def one_text(self, name: str) -> str | None:
        """The text of the only element with a name, None where there is none; `ValueError` where there are more."""
        found = self.texts(name)
        if len(found) > 1:
            raise ValueError(f"The {name} stands there {len(found)} times; write it once.")
        return found[0] if found else None


class Records:
    """Iterates over the records of a body, as many at a time as a block completes.

    `record` is the name of the element that is one, wherever it stands, and `taken` says for it, and for each element
    within it that is more than a text, what is taken from there. The rest is passed over unread; `dropped` names what
    was, as written. A body without any record must have one of the `roots` at least. Names are compared in small
    letters and without prefix. Attributes aren't read.

    Raises `Malformed`, naming record and line, for what isn't sound XML, has a DOCTYPE, an encoding that isn't taken,
    or goes past one of the limits above.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        how: How,
        *,
        roots: Sequence[str],
        record: str,
        taken: Mapping[str, frozenset[str]],
    ) -> None:
        self.dropped: dict[str, None] = {}
        self.begun = 0
        self._texts = _texts(in_blocks(chunks, how.block))
        self._how = how
        self._roots = roots
        self._record = record
        self._taken = taken
        self._root = ""
        self._keys: dict[str, str] = {}
        self._open: list[Element] = []
        self._pieces: list[str] = []
        self._done: list[Element] = []
        self._depth = self._skipped = self._kept = self._fed = 0
        self._parser = _parser()
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def __iter__(self) -> Iterator[list[Element]]:
        for text in self._texts:
            self._parse(text)
            yield self._taken_so_far()
        self._parse("", last=True)
        if not self.begun and self._root not in self._roots:
            self._fail(f"it has no {self._record} and isn't {' or '.join(self._roots)}.")
        yield self._taken_so_far()

    def _parse(self, text: str, *, last: bool = False) -> None:
        try:
            self._parser.Parse(text, last)
        except expat.ExpatError as error:
            self._fail(f"{expat.ErrorString(error.code)}.")
        self._fed += len(text)
        if self._fed - self._parser.CurrentByteIndex > LONGEST_TAG:
            self._fail(f"a tag or comment is longer than {LONGEST_TAG:,} bytes, or never closed.")

    def _taken_so_far(self) -> list[Element]:
        done, self._done = self._done, []
        return done

    def _start(self, name: str, attributes: list[str]) -> None:
        key = self._key_of(name)
        self._depth += 1
        self._root = self._root or key
        if self._depth > DEEPEST:
            self._fail(f"elements are nested more than {DEEPEST} deep.")
        if self._skipped:
            self._skipped += 1
        elif not self._open:
            if key == self._record:
                self.begun += 1
                self._kept = 0
                self._open.append(Element(key))
        elif key in self._taken.get(self._open[-1].name, ()):
            self._begin(key)
        else:
            self._drop(name)
            self._skipped = 1
        for attribute in attributes[::2]:
            self._key_of(attribute)
            if self._open and attribute.partition(":")[0] not in _OF_XML_ITSELF:
                self._drop(attribute)

    def _begin(self, key: str) -> None:
        element = Element(key)
        self._open[-1].within.append(element)
        self._open.append(element)
        self._pieces.clear()
        self._keep(len(key))

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._skipped:
            self._skipped -= 1
        elif self._open:
            element = self._open.pop()
            if element.name not in self._taken:
                element.text = "".join(self._pieces).strip()
            if not self._open:
                self._done.append(element)

    def _text(self, text: str) -> None:
        if self._open and not self._skipped and self._open[-1].name not in self._taken:
            self._keep(len(text))
            self._pieces.append(text)

    def _keep(self, size: int) -> None:
        self._kept += size
        if self._kept > LONGEST_RECORD:
            self._fail(f"the record is longer than {LONGEST_RECORD:,} letters.")

    def _key_of(self, name: str) -> str:
        key = self._keys.get(name)
        if key is None:
            if len(self._keys) >= MOST_NAMES:
                self._fail(f"elements and attributes have more than {MOST_NAMES:,} different names.")
            key = self._keys[name] = name.rpartition(":")[2].casefold()
        return key

    def _drop(self, name: str) -> None:
        self.dropped.setdefault(quoted(name, self._how.pseudonymise))

    def _fail(self, problem: str) -> NoReturn:
        detail = f"The XML can't be read in record {self.begun}, in line {self._parser.CurrentLineNumber}: {problem}"
        raise Malformed(detail, faults=[Fault(detail, row=self.begun or None)])


def root_of(opening: Opening) -> str | None:
    """The name of a body's outermost element, in small letters and without prefix; None where it isn't XML.

    Raises `Malformed` for one with a DOCTYPE.
    """
    if opening.sign not in (b"<", *_UTF_16_SIGNS):
        return None
    found: list[str] = []
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: found.append(name)
    try:
        for text in _texts([opening.text[:_FOR_ROOT]], whole=False):
            parser.Parse(text)
    except expat.ExpatError:
        pass
    return found[0].rpartition(":")[2].casefold() if found else None


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(intern={})
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*declared: object) -> NoReturn:
    raise Malformed("The XML has a DOCTYPE, which isn't taken here; leave it out.")


def _texts(blocks: Iterable[bytes], *, whole: bool = True) -> Iterator[str]:
    """The body as text, without blanks before its first sign; `whole` says that it may not end within a letter."""
    rest = iter(blocks)
    opening = b""
    # Enough to tell the encoding by, however small the blocks are.
    while len(opening) < _ENOUGH and (block := next(rest, b"")):
        opening = (opening + block).lstrip(b" \t\r\n")
    decoder = _decoder(opening)
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        opening = opening.removeprefix(mark)
    for block in itertools.chain([opening], rest):
        yield _decoded(decoder, block)
    yield _decoded(decoder, b"", last=whole)


def _decoded(decoder: codecs.IncrementalDecoder, block: bytes, *, last: bool = False) -> str:
    try:
        return decoder.decode(block, last)
    except UnicodeDecodeError:
        raise Malformed("The XML is broken: it begins as UTF-16 and isn't all of it.") from None


def _decoder(opening: bytes) -> codecs.IncrementalDecoder:
    """What decodes a body that begins so: by its first bytes, then by what it declares, then UTF-8."""
    if opening.startswith((codecs.BOM_UTF16_LE, b"<\0")):
        return codecs.getincrementaldecoder("utf-16-le")()
    if opening.startswith((codecs.BOM_UTF16_BE, b"\0<")):
        return codecs.getincrementaldecoder("utf-16-be")()
    match = _DECLARED.match(opening)
    declared = match.group(1).decode().lower() if match else "utf-8"
    if declared in _LATIN:
        return codecs.getincrementaldecoder("cp1252")("replace")
    if declared in _UTF_8:
        return codecs.getincrementaldecoder("utf-8")("stray-windows-1252")
    raise Malformed("The XML declares an encoding that isn't taken; write it in UTF-8.")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("stray-windows-1252", _as_windows_1252)
