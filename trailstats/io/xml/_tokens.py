"""The tags in a stretch of a regular XML document, one by one.

Whatever can't surely be read rightly this way raises `IrregularError`, and the document is walked
instead.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np

_NAME = rb"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?"
_TAG = re.compile(
    rb"<(?:/("
    + _NAME
    + rb")[ \t\r\n]*>|("
    + _NAME
    + rb")((?:[ \t\r\n]+"
    + _NAME
    + rb"[ \t\r\n]*=[ \t\r\n]*"
    rb"\"[^\"<>]*\")*)[ \t\r\n]*(/?)>)"
)
_TAG_AND_TEXT = re.compile(_TAG.pattern + rb"([^<]*)")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w.:-]*)\s*=\s*\"([^\"]*)\"")
_REFERENCE = re.compile(
    r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));"
)
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class IrregularError(Exception):
    """Something that only the walk can judge."""


def require(condition: bool | np.bool_) -> None:
    """Raise `IrregularError` unless the condition holds."""
    if not condition:
        raise IrregularError


class Token(NamedTuple):
    """A tag: where it begins and ends, its name with and without prefix, attributes as written, and
    role.
    """

    open: int
    close: int  # after the bracket
    name: bytes
    local: str
    attributes: bytes
    ends: bool  # </a>
    alone: bool  # <a/>


def tokens(data: bytes, first: int, last: int) -> list[Token]:
    """Return the tags between two places; what is no such tag is left out, so that their number
    shows.
    """
    found = []
    for match in _TAG.finditer(data, first, last):
        ends, starts, attributes, alone = match.groups()
        name = ends or starts
        found.append(
            Token(
                *match.span(),
                name,
                local(name),
                attributes or b"",
                ends is not None,
                alone == b"/",
            )
        )
    return found


def tags(
    data: bytes, first: int, last: int
) -> list[tuple[bytes, bytes, bytes, bytes, bytes]]:
    """Return the tags between two places as plain tuples, which takes a quarter of the time.

    Each is the name in an end tag, the name in a start tag, attributes as written, ``b"/"`` of
    ``<a/>``, and the text that follows; what a tag lacks is empty. What is no such tag is left out.
    """
    return _TAG_AND_TEXT.findall(data, first, last)


@lru_cache(maxsize=256)
def local(name: bytes) -> str:
    """Return a name without its prefix."""
    return name.decode("ascii").rpartition(":")[2]


def pairs(written: bytes) -> list[tuple[str, str]]:
    """Return the names and values of the attributes of a tag as they are written."""
    if not written:
        return []
    found = _ATTRIBUTE.findall(written.decode())
    require(len({name for name, _ in found}) == len(found))
    return found


class Texts:
    """Attributes and texts with references to characters replaced; these are counted."""

    def __init__(self) -> None:
        self.references = 0

    def attributes(self, written: bytes) -> dict[str, str]:
        """Return the attributes of a tag."""
        if not written:
            return {}
        return {
            name: self._without_references(re.sub(r"\r\n|[\t\r\n]", " ", value))
            for name, value in pairs(written)
        }

    def text(self, written: bytes) -> str:
        """Return the text of an element."""
        text = written.decode()
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return self._without_references(text).strip()

    def _without_references(self, text: str) -> str:
        if "&" not in text:
            return text
        plain, count = _REFERENCE.subn(_character, text)
        require(count == text.count("&"))
        self.references += count
        return plain


def _character(reference: re.Match[str]) -> str:
    """Return the character that a reference stands for; hand over what XML can't hold."""
    name, decimal, hexadecimal = reference.groups()
    if name:
        return _CHARACTERS[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    require(
        code in (9, 10, 13)
        or 32 <= code < 0xD800
        or 0xE000 <= code < 0xFFFE
        or 0x10000 <= code <= 0x10FFFF
    )
    return chr(code)
