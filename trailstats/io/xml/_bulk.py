"""The bulk path for regular GPX and TCX: all points at once, by the places of the brackets.

It reads documents in which every ``<`` and ``>`` is a tag's: without comments, CDATA, processing
instructions and a document type. Whatever else it meets that it is not sure of, it hands the
document over to the walk of `_walk` by returning None; what it does return is what that walk
would find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from trailstats.arrays import Ints
from trailstats.io.xml._groups import (
    Dialect,
    Document,
    Group,
    Leaves,
    Section,
    Spans,
)
from trailstats.io.xml._shapes import Points, find_points
from trailstats.io.xml._spans import Words, first_of, read_numbers, words_of
from trailstats.io.xml._tokens import IrregularError, Texts, local, require, tags
from trailstats.io.xml._walk import MAX_DEPTH

_MOST_OUTSIDE = 20_000  # tags outside points, which are looked at one by one
# Bytes at a time, so that what is derived from them stays in the processor's cache.
_BLOCK = 1 << 18
_LESS, _GREATER, _BLANK = 60, 62, 32
_BLANKS = (10, 13, 9)  # the only control characters in XML, frequent ones first
_DECLARATION = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?:<\?xml[ \t\r\n]+version=[\"']1\.0[\"']"
    rb"(?:[ \t\r\n]+encoding=[\"']([A-Za-z][\w.-]*)[\"'])?"
    rb"(?:[ \t\r\n]+standalone=[\"'](?:yes|no)[\"'])?"
    rb"[ \t\r\n]*\?>)?"
)
_ENCODINGS = (b"utf-8", b"us-ascii")
_ENCODINGS_OF_ASCII = (b"iso-8859-1", b"windows-1252")


def read_in_bulk(
    data: bytes, dialect: Dialect, *, max_points: int
) -> Document | None:
    """Return what a regular document holds, None when it has to be document."""
    try:
        return _read(data, dialect, max_points)
    except IrregularError:
        return None


def _read(data: bytes, dialect: Dialect, max_points: int) -> Document:
    head = _DECLARATION.match(data)
    begin = head.end() if head else 0
    declared = ((head and head[1]) or b"utf-8").lower()
    require(
        declared in _ENCODINGS
        or (declared in _ENCODINGS_OF_ASCII and data.isascii())
    )
    point = re.search(
        rb"<((?:[A-Za-z_][\w.-]*:)?" + dialect.point.encode() + rb")[ \t\r\n/>]",
        data,
    )
    if point is None:
        raise IrregularError
    points = find_points(data, *_openings(data, begin), point[1], MAX_DEPTH // 2)
    require(len(points.first) <= max_points)
    texts = Texts()
    out = _outline(points, begin, dialect, _leaves(points, dialect.time), texts)
    require(b"&" not in data or texts.references == data.count(b"&"))
    return out


def _leaves(points: Points, time: str) -> dict[str, Leaves]:
    """Return the values of all elements of points; all numbers are read at once."""
    spans = {
        name: Spans(points.data, *_filled(*places))
        for name, places in points.values.items()
    }
    numeric = [leaf for name, leaf in spans.items() if name != time]
    if numeric:
        start, end = (
            np.concatenate(side)
            for side in zip(
                *((leaf.start, leaf.end) for leaf in numeric), strict=True
            )
        )
        values = read_numbers(points.data, start, end)
        for leaf, last in zip(
            numeric,
            np.cumsum([len(leaf.rows) for leaf in numeric]).tolist(),
            strict=True,
        ):
            leaf.values = values[last - len(leaf.rows) : last]
    return dict(spans)


def _filled(start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the numbers of the points that have a value, and where it begins and ends."""
    rows = np.flatnonzero(start < end)
    return (
        (rows, start, end)
        if len(rows) == len(start)
        else (rows, start[rows], end[rows])
    )


def _openings(data: bytes, begin: int) -> tuple[Ints, Words]:
    """Return the places of all ``<``, and the first eight bytes of each tag, of shorter ones all,
    or zeros at the end.

    Hand over a document with a ``>`` of no tag, or that is no text.
    """
    content = np.frombuffer(data, dtype=np.uint8)
    words = words_of(data)
    opening, heads = [], []
    closing = 0
    foreign: list[int] = []  # first and last byte that isn't ASCII
    for at in range(begin, len(content), _BLOCK):
        block = content[at : at + _BLOCK]
        places = np.flatnonzero(block == _LESS) + at
        opening.append(places)
        head = words[places[: np.searchsorted(places, len(words))]]
        heads.append(head & (first_of(head, _GREATER) << 1) - 1)
        closing += int(np.count_nonzero(block == _GREATER))
        control = block < _BLANK
        for blank in _BLANKS:
            if not control.any():
                break
            control &= block != blank
        require(not control.any())
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
    require(
        closing == len(places)
    )  # every tag that is understood later holds one, so that there is no other
    # A tag within the last seven bytes is too short for a point's; it has no word.
    heads.append(np.zeros(len(places) - sum(map(len, heads)), dtype=np.uint64))
    return places, np.concatenate(heads)


def _outside(
    points: Points, begin: int
) -> Iterator[tuple[int, list[tuple[bytes, bytes, bytes, bytes, bytes]]]]:
    """Yield the tags between points, with the number of points before them."""
    at, tag = begin, 0
    gaps = np.flatnonzero(points.first[1:] != points.last[:-1] + 1) + 1
    left = _MOST_OUTSIDE
    for before in [0, *gaps.tolist(), len(points.first)]:
        if before:
            at, tag = (
                int(points.close[before - 1]),
                int(points.last[before - 1]) + 1,
            )
        after = (
            int(points.first[before])
            if before < len(points.first)
            else len(points.open)
        )
        end = (
            int(points.open[after])
            if after < len(points.open)
            else len(points.data)
        )
        left -= after - tag
        require(left >= 0)
        found = tags(points.data, at, end)
        require(len(found) == after - tag > 0)
        if not before:
            require(not points.data[at : int(points.open[0])].strip(b" \t\r\n"))
        if after == len(points.open):
            require(not found[-1][-1].strip(b" \t\r\n"))
        yield before, found


def _outline(
    points: Points,
    begin: int,
    dialect: Dialect,
    leaves: Mapping[str, Leaves],
    texts: Texts,
) -> Document:
    """Go through the tags outside points one by one."""
    out = Document()
    path: list[bytes] = []
    group: Group | None = None
    for before, found in _outside(points, begin):
        require(before == 0 or bool(path))
        for i, (ended, started, written, alone, text) in enumerate(found):
            if ended:
                if not path or path.pop() != ended:
                    raise IrregularError
                if group is not None and local(ended) == dialect.group:
                    group.last = before
                    group = None
                continue
            name = local(started)
            if name == dialect.point or len(path) >= MAX_DEPTH // 2:
                raise IrregularError
            attributes = texts.attributes(written) if written else {}
            if not path:
                require(not out.root)
                out.root, out.attributes = name, attributes
            out.seen.add(name)
            if name == dialect.group:
                require(group is None)
                group = Group(attributes, leaves, before, before)
                out.groups.append(group)
                if alone:
                    group = None
            elif group is not None and name in dialect.parts:
                group.parts.append(
                    Section(name, before - group.first, attributes)
                )
            if alone:
                continue
            if (
                text
                and i + 1 < len(found)
                and found[i + 1][0]
                and (plain := texts.text(text))
            ):
                parent = local(path[-1]) if path else ""
                out.keep_text(group, parent, name, plain)
            path.append(started)
    require(not path)
    return out
