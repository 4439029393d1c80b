"""Names of files: kept readable, and harmless wherever they are shown or saved."""

import re
import unicodedata
from collections.abc import Callable, Sequence

MOST = 200
"""The most characters of a name, its extension among them."""

NOTHING_LEFT = "file"

DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Characters that aren't seen: controls, what turns the direction of text, halves of pairs, private ones."""

TAKEN_BY_SYSTEMS = re.compile(r'[<>:"|?*]')
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


def clean_name(given: str, pseudonymise: Callable[[str], str] = str) -> str:
    """The last part of a path without what isn't seen or what a system reads otherwise; "" where nothing is left.

    It is cleaned before the pupils' numbers are looked for: an unseen character within one would hide it.
    """
    seen = "".join(_seen(character) for character in unicodedata.normalize("NFC", given))
    last = re.split(r"[/\\]", seen.rstrip("/\\ "))[-1]
    plain = TAKEN_BY_SYSTEMS.sub("_", " ".join(last.split())).lstrip(". ").rstrip(". ")
    safe = f"_{plain}" if DEVICES.match(plain) else plain
    return _cut(pseudonymise(_cut(safe)))


def named_as(name: str, instead: str, extensions: Sequence[str]) -> str:
    """A clean name that ends as files of its type do: where it doesn't, the usual extension is added.

    `instead` names a file that came without a name. So a text that was called `run.bat` is saved as `run.bat.txt`.
    """
    named = name or clean_name(instead) or NOTHING_LEFT
    if not extensions or extension_of(named) in extensions:
        return named
    return named[: MOST - len(extensions[0])].rstrip(". ") + extensions[0]


def extension_of(name: str) -> str:
    """`.pdf` of `Register.PDF`; "" where there is none."""
    stem, dot, extension = name.rpartition(".")
    return f".{extension.lower()}" if dot and stem else ""


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in DROPPED else character


def _cut(name: str) -> str:
    """At most `MOST` characters, with the extension kept where it is one."""
    if len(name) <= MOST:
        return name
    extension = extension_of(name)
    if len(extension) > 16:
        extension = ""
    return name[: MOST - len(extension)].rstrip(". ") + name[len(name) - len(extension) :]
