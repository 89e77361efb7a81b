"""The bulk path for regular GPX and TCX: all tags at once, by the places of their brackets.

It reads documents in which every ``<`` and ``>`` is a tag's: without comments, CDATA, processing instructions
and a document type. Whatever else it meets that it is not sure of, it hands the document over to the walk of
`_xml_walk` by returning None; what it does return is what that walk would find.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trailstats.io._spans import Bytes, Places, strip
from trailstats.io._xml import Dialect, Group, Leaves, Section, Spans, Walked
from trailstats.io._xml_walk import MAX_DEPTH

Mask = NDArray[np.bool_]
Words = NDArray[np.uint64]

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
_SLOTS = 4096
_BATCH = 1 << 14  # tags
_EIGHT = np.uint64(8)
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_PAD = 64
_BLOCK = 1 << 17
_LONGEST_NAME = 48
_MOST_OUTSIDE = 20_000  # tags outside points that are looked at one by one
_MOST_DISTINCT = 1000
_QUOTE, _SLASH, _BLANK = 34, 47, 32
_LAT, _LON = (int.from_bytes(name, "little") for name in (b"lat=", b"lon="))


class _Irregular(Exception):
    """Something that only the walk can judge."""


def walk(data: bytes, dialect: Dialect, *, max_points: int) -> Walked | None:
    """Return what a regular document holds, None when it has to be walked."""
    try:
        return _read(data, dialect, max_points)
    except _Irregular:
        return None


def _character(reference: re.Match[str]) -> str:
    """Return the character that a reference stands for; hand over what XML can't hold."""
    name, decimal, hexadecimal = reference.groups()
    if name:
        return _CHARACTERS[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    _require(code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF)
    return chr(code)


def _pairs(content: bytes) -> list[tuple[str, str]]:
    """Return the attributes in what follows a tag's name; hand over what has others than plain ones."""
    text = content.decode()
    _require(_ATTRIBUTES.fullmatch(text) is not None)
    pairs = _ATTRIBUTE.findall(text)
    _require(len({name for name, _ in pairs}) == len(pairs))
    return pairs


def _require(condition: bool | np.bool_) -> None:
    if not condition:
        raise _Irregular


@dataclass
class _Tags:
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
        _require(count == text.count("&"))
        return plain


def _read(data: bytes, dialect: Dialect, max_points: int) -> Walked:
    _check_characters(data)
    tags = _find_tags(data)
    _check_nesting(tags)
    points = tags.of(dialect.point)
    starts, finishes = points & ~tags.ends, points & tags.ends
    within = np.cumsum((starts & ~tags.alone).astype(np.int8) - finishes, dtype=np.int32)
    row = np.cumsum(starts) - 1
    count = int(row[-1]) + 1
    _require(int(within.max(initial=0)) <= 1 and 0 < count <= max_points)
    inside = (within > 0) & ~starts
    leaf = np.zeros(len(tags), dtype=bool)
    leaf[:-1] = ~tags.ends[:-1] & ~tags.alone[:-1] & tags.ends[1:]
    _check_attributes(tags, inside)
    leaves = _leaves(tags, leaf & inside, row)
    _add_attributes(tags, np.flatnonzero(starts), leaves)
    outside = np.flatnonzero((within == 0) & ~starts & ~finishes)
    _require(len(outside) <= _MOST_OUTSIDE)
    out = _outline(tags, dialect, outside, leaf, row, leaves)
    _require(b"&" not in data or tags.references == data.count(b"&"))
    return out


def _check_characters(data: bytes) -> None:
    head = _DECLARATION.match(data)
    _require(head is not None)
    assert head is not None
    declared = (head[1] or b"utf-8").lower()
    _require(declared in _ENCODINGS or (declared in _ENCODINGS_OF_ASCII and data.isascii()))
    _require(data[head.end() : head.end() + 1] in (b"<", b" ", b"\n", b"\r", b"\t"))


def _find_tags(data: bytes) -> _Tags:
    head = _DECLARATION.match(data)
    first = head.end() if head else 0
    padded = data + bytes(_PAD)
    content = np.frombuffer(padded, dtype=np.uint8)
    opening, closing = _brackets(data, content[:-_PAD], first)
    _require(len(opening) == len(closing) > 1)
    _require((opening < closing).all() and (closing[:-1] < opening[1:]).all())
    _require(not data[first : int(opening[0])].strip() and not data[int(closing[-1]) + 1 :].strip())
    mark = content[opening + 1]
    _require(not ((mark == 33) | (mark == 63)).any())  # comments, CDATA, a document type, instructions
    ends = mark == _SLASH
    alone = (content[closing - 1] == _SLASH) & ~ends
    stop = closing - alone
    while (blank := (content[stop - 1] <= _BLANK) & (stop - 1 > opening)).any():
        stop = stop - blank
    attributed = (content[stop - 1] == _QUOTE) & ~ends
    start = opening + 1 + ends
    name_end = stop.copy()
    rows = np.flatnonzero(attributed)
    if len(rows):
        name_end[rows] = start[rows] + _first_blank(padded, start[rows])
    kind, names = _kinds(padded, start, name_end)
    _require(all(_NAME.fullmatch(name) for name in names))
    local = [name.rsplit(":", 1)[-1] for name in names]
    return _Tags(data, content, opening, closing, name_end, kind, local, ends, alone, attributed)


def _brackets(data: bytes, content: Bytes, first: int) -> tuple[Places, Places]:
    """Return the places of all ``<`` and ``>`` from ``first`` on; hand over what is no text.

    Goes block by block, so that the masks stay in the processor's cache.
    """
    opening, closing = [], []
    foreign: list[int] = []  # first and last byte that isn't ASCII
    for at in range(first, len(content), _BLOCK):
        block = content[at : at + _BLOCK]
        opening.append(np.flatnonzero(block == 60) + at)
        closing.append(np.flatnonzero(block == 62) + at)
        control = np.count_nonzero(block < _BLANK)
        if control != np.count_nonzero(block == 10):
            _require(control == sum(np.count_nonzero(block == blank) for blank in (9, 10, 13)))
        if block.max() > 127:
            places = np.flatnonzero(block > 127) + at
            foreign = [foreign[0] if foreign else int(places[0]), int(places[-1])]
    if foreign:
        try:
            text = data[foreign[0] : foreign[1] + 1].decode()
        except UnicodeDecodeError:
            raise _Irregular from None
        _require("\ufffe" not in text and "\uffff" not in text)
    return np.concatenate(opening), np.concatenate(closing)


def _first_blank(padded: bytes, start: Places) -> NDArray[np.int64]:
    """Return how many bytes from each place on come before the next blank."""
    windows = np.ndarray((len(padded) - _LONGEST_NAME,), dtype=f"V{_LONGEST_NAME}", buffer=padded, strides=(1,))
    blank = windows[start].view(np.uint8).reshape(len(start), _LONGEST_NAME) <= _BLANK
    _require(blank.any(axis=1).all())
    return np.asarray(blank.argmax(axis=1), dtype=np.int64)


def _kinds(padded: bytes, start: Places, end: Places) -> tuple[NDArray[np.int16], list[str]]:
    """Return a number for each distinct name between ``start`` and ``end``, and the names."""
    words = np.ndarray((len(padded) - 7,), dtype="<u8", buffer=padded, strides=(1,))
    slots = np.empty(len(start), dtype=np.int16)
    sample = np.full(_SLOTS, -1)
    known = np.zeros((3, _SLOTS), dtype=np.uint64)
    for at in range(0, len(start), _BATCH):
        left, right = start[at : at + _BATCH], end[at : at + _BATCH]
        size = (right - left).astype(np.uint64)
        _require(int(size.max()) <= _LONGEST_NAME and int(size.min()) > 0)
        first: Words = words[left] << ((_EIGHT - np.minimum(size, _EIGHT)) * _EIGHT)
        last: Words = words[np.maximum(right - 8, 0)] * (size > _EIGHT)
        # Names of different length, beginning or end get different sums; should two share a slot, it is
        # noticed.
        sums = first * _MIX[0] + last * _MIX[1] + size * _MIX[2]
        slot = (sums >> np.uint64(64 - _SLOTS.bit_length() + 1)).astype(np.int16)
        slots[at : at + _BATCH] = slot
        fresh = np.flatnonzero(sample[slot] < 0)
        if len(fresh):
            sample[slot[fresh]] = fresh + at
            known[:, slot[fresh]] = size[fresh], first[fresh], last[fresh]
        for values, held in zip((size, first, last), known, strict=True):
            _require((values == held[slot]).all())
    used = np.flatnonzero(sample >= 0)
    number = np.zeros(_SLOTS, dtype=np.int16)
    number[used] = np.arange(len(used))
    kind = number[slots]
    names = [padded[int(start[i]) : int(end[i])] for i in sample[used]]
    for i, name in enumerate(names):
        if len(name) > 16:
            rows = start[kind == i] + 8
            middle = np.ndarray((len(padded) - len(name),), dtype=f"S{len(name) - 16}", buffer=padded, strides=(1,))
            _require((middle[rows] == name[8:-8]).all())
    try:
        return kind, [name.decode("ascii") for name in names]
    except UnicodeDecodeError:
        raise _Irregular from None


def _check_nesting(tags: _Tags) -> None:
    """Hand over a document whose tags do not match, or lie too deep."""
    step = 1 - 2 * tags.ends.astype(np.int8) - tags.alone
    after = np.cumsum(step, dtype=np.int32)
    _require(after[-1] == 0 and (after[:-1] > 0).all())
    level = after + tags.ends + tags.alone
    _require(int(level.max()) <= MAX_DEPTH)
    paired = np.flatnonzero(~tags.alone)
    order = paired[np.argsort(level[paired].astype(np.uint8), kind="stable")]
    ends, kind = tags.ends[order], tags.kind[order]
    _require(not ends[::2].any() and ends[1::2].all() and (kind[::2] == kind[1::2]).all())


def _check_attributes(tags: _Tags, inside: Mask) -> None:
    """Hand over a document whose attributes within points are not all plain."""
    rows = np.flatnonzero(tags.attributed & inside)
    places = zip(tags.name_end[rows].tolist(), tags.close[rows].tolist(), strict=True)
    distinct = {tags.data[a:b] for a, b in places}
    _require(len(distinct) <= _MOST_DISTINCT)
    for content in distinct:
        _pairs(content)


def _leaves(tags: _Tags, leaf: Mask, row: NDArray[np.int64]) -> dict[str, Leaves]:
    """Return the values of the elements without children within points, by local name."""
    at = np.flatnonzero(leaf)
    start, end = strip(tags.content, tags.close[at] + 1, tags.open[at + 1])
    found = start < end
    at, start, end = at[found], start[found], end[found]
    kind = tags.kind[at]
    bare = np.array([local == "Value" for local in tags.locals])[kind]
    if bare.any():
        # A bare <Value> (heart rate in TCX) is named after its parent, the tag before it.
        parent = at[bare] - 1
        _require(not (tags.ends[parent] | tags.alone[parent]).any())
        kind[bare] = tags.kind[parent]
    out: dict[str, Leaves] = {}
    for name in {tags.locals[int(k)] for k in np.flatnonzero(np.bincount(kind, minlength=1))}:
        same = [i for i, local in enumerate(tags.locals) if local == name]
        mine = np.flatnonzero(kind == same[0] if len(same) == 1 else np.isin(kind, same))
        rows = row[at[mine]]
        if len(rows) > 1 and not (rows[1:] > rows[:-1]).all():
            rows, firsts = np.unique(rows, return_index=True)
            mine = mine[firsts]
        out[name] = Spans(tags.data, rows, start[mine], end[mine])
    return out


def _add_attributes(tags: _Tags, points: Places, leaves: dict[str, Leaves]) -> None:
    """Add latitude and longitude from attributes of points; other attributes, or none of these, are handed over."""
    if not tags.attributed[points].any():
        return
    _require(tags.attributed[points].all())
    quotes = np.flatnonzero(tags.content[:-_PAD] == _QUOTE)
    first = np.searchsorted(quotes, tags.open[points])
    _require(int(first[-1]) + 4 <= len(quotes))
    a, b, c, d = (quotes[first + i] for i in range(4))
    stop = tags.close[points] - tags.alone[points]
    _require((a == tags.name_end[points] + 5).all() and (c == b + 6).all())
    rest = stop - d - 1
    _require((rest >= 0).all() and (rest <= 1).all() and (tags.content[d[rest == 1] + 1] == _BLANK).all())
    _require((tags.content[b + 1] <= _BLANK).all())
    words = np.ndarray((len(tags.content) - 3,), dtype="<u4", buffer=tags.content, strides=(1,))
    one, two = words[a - 4], words[c - 4]
    turned = bool(one[0] == _LON)
    _require((one == (_LON if turned else _LAT)).all() and (two == (_LAT if turned else _LON)).all())
    rows = np.arange(len(points))
    for name, start, end in (("lat", a, b), ("lon", c, d)) if not turned else (("lon", a, b), ("lat", c, d)):
        start, end = strip(tags.content, start + 1, end)
        _require((start < end).all())
        leaves[name] = Spans(tags.data, rows, start, end)


def _outline(
    tags: _Tags,
    dialect: Dialect,
    outside: Places,
    leaf: Mask,
    row: NDArray[np.int64],
    leaves: Mapping[str, Leaves],
) -> Walked:
    """Go through the tags outside points one by one."""
    out = Walked()
    path: list[str] = []
    group: Group | None = None
    for i, kind, ends, alone, is_leaf, before in zip(
        outside.tolist(),
        tags.kind[outside].tolist(),
        tags.ends[outside].tolist(),
        tags.alone[outside].tolist(),
        leaf[outside].tolist(),
        (row[outside] + 1).tolist(),
        strict=True,
    ):
        name = tags.locals[kind]
        if ends:
            path.pop()
            if name == dialect.group:
                _require(group is not None)
                assert group is not None
                group.last = before
                group = None
            continue
        attributes = tags.attributes(i) if tags.attributed[i] else {}
        if not path:
            out.root, out.attributes = name, attributes
        out.seen.add(name)
        if name == dialect.group:
            _require(group is None)
            group = Group(attributes, leaves, before, before)
            out.groups.append(group)
            if alone:
                group = None
        elif group is not None and name in dialect.parts:
            group.parts.append(Section(name, before - group.first, attributes))
        if is_leaf and (text := tags.text(i)):
            key = f"{path[-1] if path else ''}/{name}"
            (out if group is None else group).texts.setdefault(key, text)
            if group is not None and group.parts and path and group.parts[-1].name == path[-1]:
                group.parts[-1].texts.setdefault(name, text)
        if not alone:
            path.append(name)
    return out
