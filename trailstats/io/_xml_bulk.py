"""The bulk path for regular GPX and TCX: all points at once, by the places of the brackets.

It reads documents in which every ``<`` and ``>`` is a tag's: without comments, CDATA, processing instructions and a
document type. Whatever else it meets that it is not sure of, it hands the document over to the walk of `_xml_walk` by
returning None; what it does return is what that walk would find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from trailstats.io._spans import PAD, Places, Words, first_of, words_of
from trailstats.io._xml import Dialect, Group, Leaves, Section, Spans, Walked
from trailstats.io._xml_shapes import Points, find_points
from trailstats.io._xml_tokens import IrregularError, Texts, Token, require, tokens
from trailstats.io._xml_walk import MAX_DEPTH

_MOST_OUTSIDE = 20_000  # tags outside points, which are looked at one by one
_BLOCK = 1 << 17  # bytes at a time, so that what is derived from them stays in the processor's cache
_LESS, _GREATER, _BLANK, _LINE_END, _ONE = 60, 62, 32, 10, np.uint64(1)
_DECLARATION = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?:<\?xml[ \t\r\n]+version=[\"']1\.0[\"']"
    rb"(?:[ \t\r\n]+encoding=[\"']([A-Za-z][\w.-]*)[\"'])?(?:[ \t\r\n]+standalone=[\"'](?:yes|no)[\"'])?"
    rb"[ \t\r\n]*\?>)?"
)
_ENCODINGS = (b"utf-8", b"us-ascii")
_ENCODINGS_OF_ASCII = (b"iso-8859-1", b"windows-1252")


def walk(data: bytes, dialect: Dialect, *, max_points: int) -> Walked | None:
    """Return what a regular document holds, None when it has to be walked."""
    try:
        return _read(data, dialect, max_points)
    except IrregularError:
        return None


def _read(data: bytes, dialect: Dialect, max_points: int) -> Walked:
    head = _DECLARATION.match(data)
    begin = head.end() if head else 0
    declared = ((head and head[1]) or b"utf-8").lower()
    require(declared in _ENCODINGS or (declared in _ENCODINGS_OF_ASCII and data.isascii()))
    point = re.search(rb"<((?:[A-Za-z_][\w.-]*:)?" + dialect.point.encode() + rb")[ \t\r\n/>]", data)
    if point is None:
        raise IrregularError
    padded = data + bytes(PAD)
    points = find_points(padded, *_openings(padded, begin), point[1], MAX_DEPTH // 2)
    require(len(points.first) <= max_points)
    leaves: dict[str, Leaves] = {}
    for name, (start, end) in points.values.items():
        rows = np.flatnonzero(start < end)
        every = len(rows) == len(start)
        leaves[name] = Spans(padded, rows, start if every else start[rows], end if every else end[rows])
    texts = Texts()
    out = _outline(points, begin, dialect, leaves, texts)
    require(b"&" not in data or texts.references == data.count(b"&"))
    return out


def _openings(data: bytes, begin: int) -> tuple[Places, Words]:
    """Return the places of all ``<``, and the first eight bytes of each tag, of shorter ones all.

    Hand over a document with a ``>`` of no tag, or that is no text.
    """
    content = np.frombuffer(data, dtype=np.uint8)[:-PAD]
    words = words_of(data)
    opening, heads = [], []
    closing = 0
    foreign: list[int] = []  # first and last byte that isn't ASCII
    for at in range(begin, len(content), _BLOCK):
        block = content[at : at + _BLOCK]
        places = np.flatnonzero(block == _LESS) + at
        head = words[places]
        opening.append(places)
        heads.append(head & (first_of(head, _GREATER) << _ONE) - _ONE)
        closing += int(np.count_nonzero(block == _GREATER))
        control = np.count_nonzero(block < _BLANK)
        if control != np.count_nonzero(block == _LINE_END):
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
    places = np.concatenate(opening)
    require(closing == len(places))  # every tag that is understood later holds one, so that there is no other
    return places, np.concatenate(heads)


def _outside(points: Points, begin: int) -> Iterator[tuple[int, list[Token]]]:
    """Yield the tags between points, with the number of points before them."""
    at, tag = begin, 0
    gaps = np.flatnonzero(points.first[1:] != points.last[:-1] + 1) + 1
    left = _MOST_OUTSIDE
    for before in [0, *gaps.tolist(), len(points.first)]:
        if before:
            at, tag = int(points.close[before - 1]), int(points.last[before - 1]) + 1
        after = int(points.first[before]) if before < len(points.first) else len(points.open)
        end = int(points.open[after]) if after < len(points.open) else len(points.data) - PAD
        left -= after - tag
        require(left >= 0)
        found = tokens(points.data, at, end)
        require(len(found) == after - tag > 0)
        if not before:
            require(not points.data[at : found[0].open].strip(b" \t\r\n"))
        if after == len(points.open):
            require(not points.data[found[-1].close : end].strip(b" \t\r\n"))
        yield before, found


def _outline(points: Points, begin: int, dialect: Dialect, leaves: Mapping[str, Leaves], texts: Texts) -> Walked:
    """Go through the tags outside points one by one."""
    out = Walked()
    path: list[Token] = []
    group: Group | None = None
    for before, found in _outside(points, begin):
        require(before == 0 or bool(path))
        for i, tag in enumerate(found):
            name = tag.local
            if tag.ends:
                require(bool(path) and path.pop().name == tag.name)
                if name == dialect.group and group is not None:
                    group.last = before
                    group = None
                continue
            require(bool(path) or not out.root)
            require(name != dialect.point and len(path) < MAX_DEPTH // 2)
            attributes = texts.attributes(tag.attributes)
            if not path:
                out.root, out.attributes = name, attributes
            out.seen.add(name)
            if name == dialect.group:
                require(group is None)
                group = Group(attributes, leaves, before, before)
                out.groups.append(group)
                if tag.alone:
                    group = None
            elif group is not None and name in dialect.parts:
                group.parts.append(Section(name, before - group.first, attributes))
            if tag.alone:
                continue
            if i + 1 < len(found) and found[i + 1].ends:
                text = texts.text(points.data[tag.close : found[i + 1].open])
                if text:
                    parent = path[-1].local if path else ""
                    (out if group is None else group).texts.setdefault(f"{parent}/{name}", text)
                    if group is not None and group.parts and group.parts[-1].name == parent:
                        group.parts[-1].texts.setdefault(name, text)
            path.append(tag)
    require(not path)
    return out
