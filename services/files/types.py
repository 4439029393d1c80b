"""What types of file there are: by which names clients call each, and how its files end.

Whether a file is of a type is found in its content (`services/files/recognition.py`); what a client calls it is a
claim that has to agree.
"""

from collections.abc import Collection
from dataclasses import dataclass

from services.files.names import extension_of

OPEN_XML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
ZIPS = ("application/zip", "application/x-zip-compressed", "application/x-zip")
SAYS_NOTHING = frozenset(
    {"application/octet-stream", "binary/octet-stream", "application/x-www-form-urlencoded", ""}
)
"""What clients send that don't know; the last but one is curl's for `--data-binary`."""


@dataclass(frozen=True)
class FileType:
    """A type of file: its media type, what it is in words, its extensions (the usual one first), its other names."""

    media_type: str
    label: str
    extensions: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


TEXTS = (
    FileType("text/plain", "plain text", (".txt", ".text", ".log")),
    FileType(
        "text/csv",
        "a table in CSV",
        (".csv",),
        # Windows calls it by the program that opens it.
        ("application/csv", "text/x-csv", "text/comma-separated-values", "application/vnd.ms-excel"),
    ),
    FileType("text/markdown", "Markdown", (".md", ".markdown"), ("text/x-markdown",)),
    FileType("text/tab-separated-values", "a table in TSV", (".tsv", ".tab")),
    FileType("text/calendar", "a calendar", (".ics",)),
    FileType("text/vcard", "a visiting card", (".vcf",), ("text/x-vcard",)),
    FileType("application/json", "JSON", (".json",), ("text/json",)),
    FileType("text/css", "a style sheet", (".css",)),
    FileType(
        "text/javascript",
        "a script",
        (".js", ".mjs", ".bat", ".cmd", ".ps1", ".vbs", ".wsf", ".hta", ".sh", ".py", ".php"),
        ("application/javascript", "application/x-javascript", "application/x-sh", "text/x-python"),
    ),
)
"""What is all text to its content: only its name tells which."""

RECOGNISED = (
    FileType("text/html", "an HTML page", (".html", ".htm", ".xhtml"), ("application/xhtml+xml",)),
    FileType("image/svg+xml", "an SVG drawing", (".svg",)),
    FileType("application/xml", "XML", (".xml",), ("text/xml",)),
    FileType("application/rtf", "rich text (RTF)", (".rtf",), ("text/rtf",)),
    FileType("application/postscript", "PostScript", (".ps", ".eps")),
    FileType("application/pdf", "a PDF document", (".pdf",), ("application/x-pdf",)),
    FileType("image/png", "a PNG image", (".png",), ("image/x-png",)),
    FileType("image/jpeg", "a JPEG image", (".jpg", ".jpeg", ".jpe", ".jfif"), ("image/jpg", "image/pjpeg")),
    FileType("image/gif", "a GIF image", (".gif",)),
    FileType("image/webp", "a WebP image", (".webp",)),
    FileType("image/heic", "a HEIC image", (".heic", ".heif", ".hif"), ("image/heif",)),
    FileType("image/avif", "an AVIF image", (".avif",)),
    FileType("image/tiff", "a TIFF image", (".tif", ".tiff")),
    FileType("image/bmp", "a bitmap image", (".bmp",), ("image/x-ms-bmp", "image/x-bmp")),
    FileType(OPEN_XML + "wordprocessingml.document", "a Word document", (".docx",), ZIPS),
    FileType(OPEN_XML + "spreadsheetml.sheet", "an Excel workbook", (".xlsx",), ZIPS),
    FileType(OPEN_XML + "presentationml.presentation", "a PowerPoint presentation", (".pptx",), ZIPS),
    FileType(OPEN_DOCUMENT + "text", "an OpenDocument text", (".odt",), ZIPS),
    FileType(OPEN_DOCUMENT + "spreadsheet", "an OpenDocument spreadsheet", (".ods",), ZIPS),
    FileType(OPEN_DOCUMENT + "presentation", "an OpenDocument presentation", (".odp",), ZIPS),
    FileType(OPEN_DOCUMENT + "graphics", "an OpenDocument drawing", (".odg",), ZIPS),
    FileType(
        "application/vnd.ms-word.document.macroenabled.12", "a Word document with macros", (".docm",), ZIPS
    ),
    FileType(
        "application/vnd.ms-excel.sheet.macroenabled.12", "an Excel workbook with macros", (".xlsm",), ZIPS
    ),
    FileType(
        "application/vnd.ms-powerpoint.presentation.macroenabled.12",
        "a PowerPoint presentation with macros",
        (".pptm",),
        ZIPS,
    ),
    FileType("application/zip", "a ZIP archive", (".zip",), ZIPS[1:]),
    FileType("application/gzip", "a gzip archive", (".gz", ".tgz"), ("application/x-gzip",)),
    FileType("application/x-7z-compressed", "a 7-Zip archive", (".7z",)),
    FileType("application/vnd.rar", "a RAR archive", (".rar",), ("application/x-rar-compressed",)),
    FileType(
        "application/vnd.microsoft.portable-executable",
        "a program",
        (".exe", ".dll", ".scr"),
        ("application/x-msdownload", "application/x-dosexec"),
    ),
    FileType("audio/mpeg", "an MP3 recording", (".mp3",)),
    FileType("audio/wav", "a WAV recording", (".wav",), ("audio/wave", "audio/x-wav")),
    FileType("audio/mp4", "an MP4 recording", (".m4a",), ("audio/x-m4a",)),
    FileType("video/mp4", "an MP4 film", (".mp4", ".m4v")),
    FileType("video/quicktime", "a QuickTime film", (".mov",)),
)

OLD_OFFICE = (
    FileType("application/msword", "an older Word document", (".doc",)),
    FileType("application/vnd.ms-excel", "an older Excel workbook", (".xls",)),
    FileType("application/vnd.ms-powerpoint", "an older PowerPoint presentation", (".ppt",)),
    FileType("application/vnd.ms-outlook", "an Outlook message", (".msg",)),
)
"""What is one container to its content; documents of today that are locked with a password are this too."""

KNOWN = {known.media_type: known for known in (*TEXTS, *RECOGNISED, *OLD_OFFICE)}

USUAL = tuple(
    known.media_type
    for known in (*RECOGNISED, *TEXTS)
    if known.media_type in ("application/pdf", "text/plain", "text/csv", "text/markdown")
    or known.media_type.startswith((OPEN_XML, OPEN_DOCUMENT))
    or known.media_type in ("image/png", "image/jpeg", "image/gif", "image/webp", "image/heic")
)
"""What is taken unless told otherwise: no SVG, which can hold scripts, and nothing that can hold macros."""


def called(media_type: str) -> frozenset[str]:
    """The types that a client may mean by a media type; none where it says nothing."""
    name = media_type.strip().lower()
    if name in SAYS_NOTHING:
        return frozenset()
    if name == "text/plain":  # what many send for any text
        return frozenset(known.media_type for known in TEXTS)
    meant = {known.media_type for known in KNOWN.values() if name in (known.media_type, *known.also)}
    return frozenset(meant or {name})


def ending(name: str) -> frozenset[str]:
    """The types whose files end as this name does; none where the ending tells nothing."""
    extension = extension_of(name)
    return frozenset(known.media_type for known in KNOWN.values() if extension in known.extensions)


def in_words(media_types: Collection[str]) -> str:
    """What types are, for a person: `a PNG image`."""
    if all(known.media_type in media_types for known in TEXTS):
        return KNOWN["text/plain"].label
    names = [KNOWN[each].label if each in KNOWN else each for each in sorted(set(media_types))]
    return " or ".join(dict.fromkeys(names)) or "of no type that is known here"


def extensions_of(media_type: str) -> tuple[str, ...]:
    """How files of a type end, the usual way first."""
    return KNOWN[media_type].extensions if media_type in KNOWN else ()


def allowed_in_words(types: Collection[str]) -> str:
    """The types that are taken, as a refusal names them."""
    return ", ".join(sorted(types))
