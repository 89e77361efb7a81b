"""All tags of a regular XML document at once, by the places of their brackets.

Whatever can't surely be read rightly this way raises `IrregularError`, and the document is walked instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trailstats.io._spans import Bytes, Places
from trailstats.io._xml_walk import MAX_DEPTH

Mask = NDArray[np.bool_]
Words = NDArray[np.uint64]

PAD = 64
"""Bytes after the document in `Tags.content`, so that words can be read at its end."""
QUOTE, BLANK = 34, 32

_DECLARATION = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?:<\?xml[ \t\r\n]+version=[\"']1\.0[\"']"
    rb"(?:[ \t\r\n]+encoding=[\"']([A-Za-z][\w.-]*)[\"'])?(?:[ \t\r\n]+standalone=[\"'](?:yes|no)[\"'])?"
    rb"[ \t\r\n]*\?>)?"
)
_ENCODINGS = (b"utf-8", b"us-ascii")
_ENCODINGS_OF_ASCII = (b"iso-8859-1", b"windows-1252")
_NAME = re.compile(r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?")
_ATTRIBUTES = re.compile(r"(?:\s+[A-Za-z_][\w.:-]*\s*=\s*\"[^\"]*\")*\s*/?")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w.:-]*)\s*=\s*\"([^\"]*)\"")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_SLASH, _BANG, _QUERY = 47, 33, 63
_LONGEST_NAME = 48
_MOST_DISTINCT = 1000  # texts of attributes that are looked at one by one
_SLOTS = 4096
# Blocks of bytes and batches of tags at a time, so that what is derived from them stays in the processor's
# cache.
_BLOCK, _BATCH = 1 << 17, 1 << 13
_EIGHT = np.uint64(8)
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


class IrregularError(Exception):
    """Something that only the walk can judge."""


def require(condition: bool | np.bool_) -> None:
    """Raise `IrregularError` unless the condition holds."""
    if not condition:
        raise IrregularError


@dataclass
class Tags:
    """All tags of a document, in order: places of their brackets, kinds and roles."""

    data: bytes
    content: Bytes
    open: Places  # place of <
    close: Places  # place of >
    name_end: Places
    kind: NDArray[np.int16]
    locals: list[str]  # by kind
    ends: Mask  # </a>
    alone: Mask  # <a/>
    attributed: Mask
    references: int = 0  # seen in texts and attributes

    def __len__(self) -> int:
        return len(self.open)

    def of(self, name: str) -> Mask:
        """Return which tags have a local name."""
        return np.array([local == name for local in self.locals])[self.kind]

    def attributes(self, i: int) -> dict[str, str]:
        """Return the attributes of one tag."""
        pairs = _pairs(self.data[int(self.name_end[i]) : int(self.close[i])])
        return {name: self._plain(re.sub(r"\r\n|[\t\r\n]", " ", value)) for name, value in pairs}

    def text(self, i: int) -> str:
        """Return the text between a tag and the next."""
        text = self.data[int(self.close[i]) + 1 : int(self.open[i + 1])].decode()
        return self._plain(text.replace("\r\n", "\n").replace("\r", "\n")).strip()

    def _plain(self, text: str) -> str:
        """Return a text with references to characters replaced; others are handed over."""
        if "&" not in text:
            return text
        self.references += text.count("&")
        plain, count = _REFERENCE.subn(_character, text)
        require(count == text.count("&"))
        return plain

    def check_nesting(self) -> None:
        """Hand over a document whose tags do not match, or lie too deep."""
        depth = np.cumsum(1 - 2 * self.ends.astype(np.int8) - self.alone, dtype=np.int32)
        require(depth[-1] == 0 and int(depth[:-1].min()) > 0 and int(depth.max()) < MAX_DEPTH)
        kind, ends = self.kind[~self.alone], self.ends[~self.alone]
        while len(kind):
            # Innermost elements are a start tag and an end tag side by side; without them the next become so.
            pair = ends[1:] & ~ends[:-1]
            require(pair.any() and ((kind[1:] == kind[:-1]) | ~pair).all())
            keep = np.ones(len(kind), dtype=bool)
            keep[:-1] &= ~pair
            keep[1:] &= ~pair
            kind, ends = kind[keep], ends[keep]

    def check_attributes(self, which: Mask) -> None:
        """Hand over a document in which some tags have other attributes than plain ones."""
        rows = np.flatnonzero(self.attributed & which)
        start = self.name_end[rows]
        size = self.close[rows] - start
        left = np.ones(len(rows), dtype=bool)
        # Mostly they are the same throughout: compare each with the first of its length.
        for width in np.flatnonzero(np.bincount(size))[:8].tolist() if len(rows) else []:
            mine = np.flatnonzero(size == width)
            texts = np.ndarray((len(self.data) - width,), dtype=f"S{width}", buffer=self.data, strides=(1,))[
                start[mine]
            ]
            left[mine[texts == texts[0]]] = False
            left[mine[0]] = True
        places = zip(start[left].tolist(), (start + size)[left].tolist(), strict=True)
        distinct = {self.data[a:b] for a, b in places}
        require(len(distinct) <= _MOST_DISTINCT)
        for content in distinct:
            _pairs(content)


def _character(reference: re.Match[str]) -> str:
    """Return the character that a reference stands for; hand over what XML can't hold."""
    name, decimal, hexadecimal = reference.groups()
    if name:
        return _CHARACTERS[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    require(code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF)
    return chr(code)


def _pairs(content: bytes) -> list[tuple[str, str]]:
    """Return the attributes in what follows a tag's name; hand over what has others than plain ones."""
    text = content.decode()
    require(_ATTRIBUTES.fullmatch(text) is not None)
    pairs = _ATTRIBUTE.findall(text)
    require(len({name for name, _ in pairs}) == len(pairs))
    return pairs


def find_tags(data: bytes) -> Tags:
    """Return all tags of a document, or hand it over."""
    head = _DECLARATION.match(data)
    first = head.end() if head else 0
    declared = ((head and head[1]) or b"utf-8").lower()
    require(declared in _ENCODINGS or (declared in _ENCODINGS_OF_ASCII and data.isascii()))
    padded = data + bytes(PAD)
    content = np.frombuffer(padded, dtype=np.uint8)
    opening, closing = _brackets(data, content[:-PAD], first)
    require(len(opening) == len(closing) > 1)
    require((opening < closing).all() and (closing[:-1] < opening[1:]).all())
    require(not data[first : int(opening[0])].strip() and not data[int(closing[-1]) + 1 :].strip())
    tags = Tags(
        data,
        content,
        opening,
        closing,
        name_end=np.empty_like(opening),
        kind=np.empty(len(opening), dtype=np.int16),
        locals=[],
        ends=np.empty(len(opening), dtype=bool),
        alone=np.empty(len(opening), dtype=bool),
        attributed=np.empty(len(opening), dtype=bool),
    )
    names = _Names(padded)
    for at in range(0, len(opening), _BATCH):
        _classify(tags, slice(at, at + _BATCH), names)
    found = names.finish(tags)
    require(all(_NAME.fullmatch(name) for name in found))
    tags.locals = [name.rsplit(":", 1)[-1] for name in found]
    return tags


def _brackets(data: bytes, content: Bytes, first: int) -> tuple[Places, Places]:
    """Return the places of all ``<`` and ``>`` from ``first`` on; hand over what is no text."""
    opening, closing = [], []
    foreign: list[int] = []  # first and last byte that isn't ASCII
    for at in range(first, len(content), _BLOCK):
        block = content[at : at + _BLOCK]
        opening.append(np.flatnonzero(block == 60) + at)
        closing.append(np.flatnonzero(block == 62) + at)
        control = np.count_nonzero(block < BLANK)
        if control != np.count_nonzero(block == 10):
            require(control == sum(np.count_nonzero(block == blank) for blank in (9, 10, 13)))
        if block.max() > 127:
            places = np.flatnonzero(block > 127) + at
            foreign = [foreign[0] if foreign else int(places[0]), int(places[-1])]
    if foreign:
        try:
            text = data[foreign[0] : foreign[1] + 1].decode()
        except UnicodeDecodeError:
            raise IrregularError from None
        require("\ufffe" not in text and "\uffff" not in text)
    require(bool(opening))
    return np.concatenate(opening), np.concatenate(closing)


def _classify(tags: Tags, which: slice, names: _Names) -> None:
    """Fill in the roles and the names of some tags."""
    content, opening, closing = tags.content, tags.open[which], tags.close[which]
    mark, tail = content[opening + 1], content[closing - 1]
    require(not ((mark == _BANG) | (mark == _QUERY)).any())  # comments, CDATA, a document type, instructions
    ends = mark == _SLASH
    alone = (tail == _SLASH) & ~ends
    end = closing - alone
    if alone.any():
        tail = content[end - 1]
    while (blank := (tail <= BLANK) & (end - 1 > opening)).any():
        end = end - blank
        tail = content[end - 1]
    attributed = (tail == QUOTE) & ~ends
    start = opening + 1 + ends
    rows = np.flatnonzero(attributed)
    if len(rows):
        end[rows] = start[rows] + _first_blank(names.padded, start[rows])
    tags.ends[which], tags.alone[which], tags.attributed[which] = ends, alone, attributed
    tags.name_end[which] = end
    tags.kind[which] = names.slots(start, end, which.start)


def _first_blank(padded: bytes, start: Places) -> NDArray[np.int64]:
    """Return how many bytes from each place on come before the next blank."""
    windows = np.ndarray((len(padded) - _LONGEST_NAME,), dtype=f"V{_LONGEST_NAME}", buffer=padded, strides=(1,))
    blank = windows[start].view(np.uint8).reshape(len(start), _LONGEST_NAME) <= BLANK
    require(blank.any(axis=1).all())
    return np.asarray(blank.argmax(axis=1), dtype=np.int64)


class _Names:
    """Gives each distinct name a slot, by its length, its first and its last eight bytes."""

    def __init__(self, padded: bytes) -> None:
        self.padded = padded
        self.words: Words = np.ndarray((len(padded) - 7,), dtype="<u8", buffer=padded, strides=(1,))
        self.sample = np.full(_SLOTS, -1)
        self.known = np.zeros((3, _SLOTS), dtype=np.uint64)

    def slots(self, start: Places, end: Places, number: int) -> NDArray[np.int16]:
        """Return the slots of names between ``start`` and ``end``; ``number`` is that of the first tag."""
        size = (end - start).astype(np.uint64)
        require(int(size.max()) <= _LONGEST_NAME and int(size.min()) > 0)
        first: Words = self.words[start] << ((_EIGHT - np.minimum(size, _EIGHT)) * _EIGHT)
        last: Words = self.words[np.maximum(end - 8, 0)] * (size > _EIGHT)
        sums = first * _MIX[0] + last * _MIX[1] + size * _MIX[2]
        slot: NDArray[np.int16] = (sums >> np.uint64(65 - _SLOTS.bit_length())).astype(np.int16)
        fresh = np.flatnonzero(self.sample[slot] < 0)
        if len(fresh):
            self.sample[slot[fresh]] = fresh + number
            self.known[:, slot[fresh]] = size[fresh], first[fresh], last[fresh]
        # Should two names share a slot, one of the three differs.
        for values, held in zip((size, first, last), self.known, strict=True):
            require((values == held[slot]).all())
        return slot

    def finish(self, tags: Tags) -> list[str]:
        """Turn the slots in ``tags.kind`` into numbers from 0 on, and return the names of these."""
        used = np.flatnonzero(self.sample >= 0)
        number = np.zeros(_SLOTS, dtype=np.int16)
        number[used] = np.arange(len(used))
        tags.kind = number[tags.kind]
        names = []
        for i, tag in enumerate(self.sample[used].tolist()):
            start = int(tags.open[tag]) + 1 + int(tags.ends[tag])
            name = self.padded[start : int(tags.name_end[tag])]
            if len(name) > 16:
                rows = np.flatnonzero(tags.kind == i)
                places = tags.open[rows] + 9 + tags.ends[rows]
                span = len(name) - 16
                middle = np.ndarray((len(self.padded) - span,), dtype=f"S{span}", buffer=self.padded, strides=(1,))
                require((middle[places] == name[8:-8]).all())
            require(name.isascii())
            names.append(name.decode("ascii"))
        return names
