"""The points of a regular GPX or TCX document at once, by their shapes.

A shape is the sequence of tags that points consist of. Recorders write one or a few, so a tag has
to be understood only once a shape; that of any other point is compared with it, eight bytes at a
time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from trailstats.arrays import Flags, Ints
from trailstats.io.xml._spans import FIRST, Bytes, Words, strip, words_of
from trailstats.io.xml._tokens import Token, pairs, require, tokens

_MOST_SHAPES = 64  # our choice: more would cost more than to walk
_LONGEST_START = 256  # bytes of a point's first tag
# Tags at a time, so that what is derived from them stays in the processor's cache.
_BATCH = 1 << 13
_QUOTE, _BLANK = 34, 32
_LAT, _LON = (int.from_bytes(name, "little") for name in (b"lat=", b"lon="))


@dataclass
class Points:
    """The points of a document.

    Attributes
    ----------
    data, content : bytes and the same as an array
        The document.
    open : ndarray
        Places of all tags.
    first, last : ndarray
        Numbers of the first and the last tag of each point.
    close : ndarray
        Place after each point.
    values : dict
        By element, where its text begins and ends in each point; both the same in those without.
    """

    data: bytes
    content: Bytes
    open: Ints
    first: Ints
    last: Ints
    close: Ints
    values: dict[str, tuple[Ints, Ints]] = field(default_factory=dict)

    def add(self, name: str, rows: Ints, start: Ints, end: Ints) -> None:
        """Take a value of some points, where they have none of that name yet."""
        if name not in self.values:
            if len(rows) == len(self.first):
                self.values[name] = start, end
                return
            self.values[name] = (
                np.zeros_like(self.first),
                np.zeros_like(self.first),
            )
        starts, ends = self.values[name]
        new = starts[rows] == ends[rows]
        if not new.all():
            rows, start, end = rows[new], start[new], end[new]
        starts[rows], ends[rows] = start, end


def find_points(
    data: bytes, opening: Ints, heads: Words, name: bytes, depth: int
) -> Points:
    """Return all points of a document, or hand it over.

    Parameters
    ----------
    data : bytes
    opening : ndarray
        Places of all ``<``.
    heads : ndarray
        The first eight bytes of each tag; zeros after shorter ones.
    name : bytes
        Of points, with its prefix.
    depth : int
        How deep elements within a point may lie.
    """
    first = np.flatnonzero(_begin(heads, b"<" + name))
    last = np.flatnonzero(_begin(heads, b"</" + name))
    if not len(last):
        last = first  # <trkpt .../>
    require(len(first) == len(last) and int(last[-1]) + 1 < len(opening))
    require((first <= last).all() and (last[:-1] < first[1:]).all())
    content = np.frombuffer(data, dtype=np.uint8)
    points = Points(
        data, content, opening, first, last, close=np.zeros_like(first)
    )
    words = words_of(data)
    for rows in _alike(heads, points):
        _read_shape(points, words, heads, rows, name, depth)
    return points


def _begin(heads: Words, text: bytes) -> Flags:
    """Return which words are the first eight bytes of a text, or all of it."""
    return np.asarray(
        heads & FIRST[min(len(text), 8)] == int.from_bytes(text[:8], "little")
    )


def _alike(heads: Words, points: Points) -> Iterator[Ints]:
    """Yield the points whose tags are as many and begin alike."""
    bounds = np.stack((points.first, points.last + 1), axis=1).ravel()
    sums = np.add.reduceat(heads, bounds)[::2] + (
        points.last - points.first
    ).view(np.uint64)
    if (sums == sums[0]).all():
        yield np.arange(len(sums))
        return
    kinds, kind = np.unique(sums, return_inverse=True)
    require(len(kinds) <= _MOST_SHAPES)
    for i in range(len(kinds)):
        yield np.flatnonzero(kind == i)


def _read_shape(
    points: Points,
    words: Words,
    heads: Words,
    rows: Ints,
    name: bytes,
    depth: int,
) -> None:
    """Read the points of one shape, given by their numbers."""
    first = points.first[rows]
    count = int(points.last[rows[0]] - first[0]) + 1
    shape = tokens(
        points.data,
        int(points.open[first[0]]),
        int(points.open[first[0] + count]),
    )
    require(
        [tag.open for tag in shape]
        == points.open[first[0] : first[0] + count].tolist()
    )
    leaves = _leaves(shape, name, depth)
    width = np.array([tag.close - tag.open for tag in shape])
    attributed = bool(shape[0].attributes)
    numbers = np.arange(count)
    # Further words of tags of more than eight bytes: the number of the tag, and where the word
    # begins in it.
    wide = [
        (i, min(at, w - 8))
        for i, w in enumerate(width.tolist())
        for at in range(8, w, 8)
        if i or not attributed
    ]
    tag, within = np.array(wide, dtype=np.int64).reshape(-1, 2).T
    expected = words[points.open[first[0] + tag] + within]
    valued = np.array([i for i, _ in leaves], dtype=np.int64)
    spans = np.empty((2, len(leaves), len(rows)), dtype=np.int64)
    quotes = np.empty((len(rows), 4), dtype=np.int64)
    step = -(-_BATCH // count)
    for at in range(0, len(rows), step):
        batch = slice(at, at + step)
        tags = first[batch, None] + numbers
        require((heads[tags] == heads[first[0] + numbers]).all())
        places = points.open[tags]
        require((words[places[:, tag] + within] == expected).all())
        start, end = strip(
            points.content,
            places[:, valued] + width[valued],
            places[:, valued + 1],
        )
        spans[:, :, batch] = start.T, end.T
        if attributed:
            quotes[batch] = _quotes(points, first[batch])
    points.close[rows] = points.open[first + count - 1] + width[-1]
    if attributed:
        _add_position(points, words, rows, shape[0], quotes)
    for (_, leaf), (start, end) in zip(leaves, spans.swapaxes(0, 1), strict=True):
        points.add(leaf, rows, start, end)


def _quotes(points: Points, tags: Ints) -> Ints:
    """Return the places of the four quotes in each of some tags."""
    start = points.open[tags]
    width = int((points.open[tags + 1] - start).max())
    require(
        width <= _LONGEST_START and int(start[-1]) + width <= len(points.data)
    )
    windows = np.ndarray(
        (len(points.data) - width + 1,),
        dtype=f"V{width}",
        buffer=points.data,
        strides=(1,),
    )
    found = np.flatnonzero(windows[start].view(np.uint8) == _QUOTE)
    require(len(found) == 4 * len(tags))
    row, place = np.divmod(found.reshape(-1, 4), width)
    require((row == np.arange(len(tags))[:, None]).all())
    return np.asarray(place + start[:, None])


def _add_position(
    points: Points, words: Words, rows: Ints, tag: Token, quotes: Ints
) -> None:
    """Add latitude and longitude from the attributes of points; others, or none of these, are
    handed over.
    """
    content = points.content
    start = points.open[points.first[rows]]
    a, b, c, d = np.ascontiguousarray(quotes.T)
    head = 1 + len(tag.name)
    require((a == start + head + 5).all() and (c == b + 6).all())
    require((content[a - 5] <= _BLANK).all() and (content[b + 1] <= _BLANK).all())
    for i in range(8, head):
        require((content[start + i] == points.data[tag.open + i]).all())
    one, two = words[a - 4] & FIRST[4], words[c - 4] & FIRST[4]
    turned = bool(one[0] == _LON)
    require(
        (one == (_LON if turned else _LAT)).all()
        and (two == (_LAT if turned else _LON)).all()
    )
    rest = points.data[int(d[0]) + 1 : tag.close]
    for i, byte in enumerate(rest, start=1):
        require((content[d + i] == byte).all())
    if tag.alone:
        points.close[rows] = d + 1 + len(rest)
    points.add("lon" if turned else "lat", rows, *strip(content, a + 1, b))
    points.add("lat" if turned else "lon", rows, *strip(content, c + 1, d))


def _leaves(shape: list[Token], name: bytes, depth: int) -> list[tuple[int, str]]:
    """Return which of a point's tags begin an element without children, and what its value is
    called.

    Hand over what is no well-formed point.
    """
    found = []
    path: list[Token] = []
    point = shape[0].local
    require(shape[0].name == name)
    for i, tag in enumerate(shape):
        require(tag.local != point or i in (0, len(shape) - 1))
        if tag.ends:
            require(bool(path) and path.pop().name == tag.name)
        else:
            pairs(tag.attributes)
            if not tag.alone:
                path.append(tag)
                if i + 1 < len(shape) and shape[i + 1].ends and i:
                    # A bare <Value> (heart rate in TCX) is named after its parent.
                    found.append(
                        (i, (path[-2] if tag.local == "Value" else tag).local)
                    )
        require(bool(path) == (i < len(shape) - 1) and len(path) <= depth)
    return found
