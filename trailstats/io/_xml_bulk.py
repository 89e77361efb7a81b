"""The bulk path for regular GPX and TCX: all tags at once, by the places of their brackets.

It reads documents in which every ``<`` and ``>`` is a tag's: without comments, CDATA, processing instructions
and a document type. Whatever else it meets that it is not sure of, it hands the document over to the walk of
`_xml_walk` by returning None; what it does return is what that walk would find.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from trailstats.io._spans import Places, strip
from trailstats.io._xml import Dialect, Group, Leaves, Section, Spans, Walked
from trailstats.io._xml_tags import BLANK, PAD, QUOTE, IrregularError, Mask, Tags, find_tags, require

_MOST_OUTSIDE = 20_000  # tags outside points that are looked at one by one
_LAT, _LON = (int.from_bytes(name, "little") for name in (b"lat=", b"lon="))


def walk(data: bytes, dialect: Dialect, *, max_points: int) -> Walked | None:
    """Return what a regular document holds, None when it has to be walked."""
    try:
        return _read(data, dialect, max_points)
    except IrregularError:
        return None


def _read(data: bytes, dialect: Dialect, max_points: int) -> Walked:
    tags = find_tags(data)
    tags.check_nesting()
    points = tags.of(dialect.point)
    starts, finishes = points & ~tags.ends, points & tags.ends
    within = np.cumsum((starts & ~tags.alone).astype(np.int8) - finishes, dtype=np.int32)
    row = np.cumsum(starts) - 1
    count = int(row[-1]) + 1
    require(int(within.max(initial=0)) <= 1 and 0 < count <= max_points)
    inside = (within > 0) & ~starts
    leaf = np.zeros(len(tags), dtype=bool)
    leaf[:-1] = ~tags.ends[:-1] & ~tags.alone[:-1] & tags.ends[1:]
    tags.check_attributes(inside)
    leaves = _leaves(tags, leaf & inside, row)
    _add_attributes(tags, np.flatnonzero(starts), leaves)
    outside = np.flatnonzero((within == 0) & ~starts & ~finishes)
    require(len(outside) <= _MOST_OUTSIDE)
    out = _outline(tags, dialect, outside, leaf, row, leaves)
    require(b"&" not in data or tags.references == data.count(b"&"))
    return out


def _leaves(tags: Tags, leaf: Mask, row: NDArray[np.int64]) -> dict[str, Leaves]:
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
        require(not (tags.ends[parent] | tags.alone[parent]).any())
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


def _add_attributes(tags: Tags, points: Places, leaves: dict[str, Leaves]) -> None:
    """Add latitude and longitude from attributes of points; other attributes, or none of these, are handed over."""
    if not tags.attributed[points].any():
        return
    require(tags.attributed[points].all())
    quotes = np.flatnonzero(tags.content[:-PAD] == QUOTE)
    first = np.searchsorted(quotes, tags.open[points])
    require(int(first[-1]) + 4 <= len(quotes))
    a, b, c, d = (quotes[first + i] for i in range(4))
    stop = tags.close[points] - tags.alone[points]
    require((a == tags.name_end[points] + 5).all() and (c == b + 6).all())
    rest = stop - d - 1
    require((rest >= 0).all() and (rest <= 1).all() and (tags.content[d[rest == 1] + 1] == BLANK).all())
    require((tags.content[b + 1] <= BLANK).all())
    words = np.ndarray((len(tags.content) - 3,), dtype="<u4", buffer=tags.content, strides=(1,))
    one, two = words[a - 4], words[c - 4]
    turned = bool(one[0] == _LON)
    require((one == (_LON if turned else _LAT)).all() and (two == (_LAT if turned else _LON)).all())
    rows = np.arange(len(points))
    for name, start, end in (("lat", a, b), ("lon", c, d)) if not turned else (("lon", a, b), ("lat", c, d)):
        start, end = strip(tags.content, start + 1, end)
        require((start < end).all())
        leaves[name] = Spans(tags.data, rows, start, end)


def _outline(
    tags: Tags,
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
                require(group is not None)
                assert group is not None
                group.last = before
                group = None
            continue
        attributes = tags.attributes(i) if tags.attributed[i] else {}
        if not path:
            out.root, out.attributes = name, attributes
        out.seen.add(name)
        if name == dialect.group:
            require(group is None)
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
