"""The expat walk for GPX and TCX: any XML, and on after a break at the next point."""

from __future__ import annotations

import re
import xml.parsers.expat as expat
from collections.abc import Mapping
from functools import lru_cache

from trailstats.errors import CorruptFileError, LimitError
from trailstats.io.xml._groups import Dialect, Document, Group, Section, Texts
from trailstats.model.activity import Issue
from trailstats.schema import Severity

MAX_DEPTH = 64  # our choice: real files nest to about 12
_RESTARTS = 1000  # our choice: more breaks than that leave nothing to trust


class _Refused(Exception):
    """An entity declaration: expansion attacks start there, and no recorder writes one."""


def walk(data: bytes, dialect: Dialect, *, max_points: int) -> Document:
    """Walk an XML document; where it is broken, go on at the next point.

    Raises
    ------
    CorruptFileError
        When it breaks and no point could be read, or when it declares entities.
    LimitError
        When it has more than ``max_points``, or nests too deep.
    """
    data, encoding = without_declaration(data)
    state = _State(dialect, max_points)
    opening = re.compile(rb"<(?:[\w.-]+:)?" + dialect.point.encode() + rb"[\s>/]")
    start, breaks = 0, 0
    first: tuple[str, int, int] | None = None
    while True:
        error = _feed(state, data, start, encoding, resumed=start > 0)
        if error is None:
            break
        reason, line, offset = error
        if "encoding" in reason and encoding != "ISO-8859-1" and not state.count:
            # Not an encoding that anyone knows: every byte is a character in this one.
            encoding = "ISO-8859-1"
            continue
        if first is None:
            first = reason, line + data.count(b"\n", 0, start), offset
        breaks += 1
        state.abandon_point()
        found = opening.search(data, max(offset, start + 1))
        if found is None or breaks > _RESTARTS:
            break
        start = found.start()
    out = state.out
    if first is not None:
        reason, line, offset = first
        if not state.count:
            raise CorruptFileError(
                f"broken XML: {reason}",
                format=dialect.format,
                line=line,
                offset=offset,
            )
        places = "" if breaks == 1 else f", the first of {breaks} breaks"
        message = (
            f"broken XML ({reason}{places}): the {state.count} points outside "
            "the damage were kept"
        )
        where = f"line {line}, byte {offset}"
        out.issues.append(
            Issue("truncated", Severity.ERROR, message, state.count, where)
        )
    return out


def without_declaration(data: bytes) -> tuple[bytes, str]:
    """Return the document without what stands before it, and the encoding to impose on it.

    UTF-16 is turned into UTF-8, so that a broken document can be searched.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace").encode(), "UTF-8"
    # Blanks before the declaration (some exporters write them) are no XML, but harmless.
    body = data.lstrip(b" \t\r\n") if data[:1] in b" \t\r\n" else data
    declared = re.match(
        rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)", body[:200]
    )
    return body, declared[1].decode() if declared else "UTF-8"


def _feed(
    state: _State, data: bytes, start: int, encoding: str, *, resumed: bool
) -> tuple[str, int, int] | None:
    """Parse from ``start`` to the end or to a break, and return its reason, line and byte."""
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    head = b""
    try:
        if resumed:
            head = state.prologue()
            parser.Parse(head, False)
        parser.StartElementHandler = state.start
        parser.EndElementHandler = state.end
        parser.CharacterDataHandler = state.text.append
        parser.EntityDeclHandler = _refuse
        parser.Parse(memoryview(data)[start:] if start else data, True)
    except _Refused:
        message = "declares XML entities, which no recorder does; refused"
        raise CorruptFileError(message, format=state.dialect.format) from None
    except (expat.ExpatError, LookupError, ValueError) as error:
        reason = str(error)
        if isinstance(error, expat.ExpatError):
            reason = expat.ErrorString(error.code)
        offset = start + max(parser.ErrorByteIndex - len(head), 0)
        return reason, parser.ErrorLineNumber, offset
    return None


def _refuse(*_: object) -> None:
    raise _Refused


@lru_cache(maxsize=256)
def _without_prefix(tag: str) -> str:
    return tag.rsplit(":", 1)[-1]


class _State:
    """What the handlers have seen so far; outlives the parser when a document is broken."""

    def __init__(self, dialect: Dialect, max_points: int) -> None:
        self.dialect = dialect
        self.max_points = max_points
        self.out = Document()
        self.leaves: dict[str, Texts] = {}
        self.text: list[str] = []
        self.path: list[str] = []
        self.group: Group | None = None
        self.count = 0
        self.inside = False  # a point
        self.leaf = False  # no child element since the last start

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.path.append(tag)
        self.leaf = True
        if self.text:
            self.text.clear()
        if len(self.path) > MAX_DEPTH:
            message = f"elements nested deeper than {MAX_DEPTH} (limit: nesting)"
            raise LimitError(message, format=self.dialect.format)
        if self.inside:
            return
        name = _without_prefix(tag)
        if name == self.dialect.point:
            self._start_point(attributes)
        else:
            self._start_other(name, attributes)

    def _start_point(self, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > self.max_points:
            message = f"more than {self.max_points} points (limit: records)"
            raise LimitError(message, format=self.dialect.format)
        self.inside = True
        for name, value in attributes.items():
            self._add(name, value)

    def _start_other(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self.path) == 1 and not self.out.root:
            self.out.root, self.out.attributes = name, attributes
        self.out.seen.add(name)
        if name == self.dialect.group:
            self.group = Group(attributes, self.leaves, self.count, self.count)
            self.out.groups.append(self.group)
        elif self.group is not None and name in self.dialect.parts:
            self.group.parts.append(
                Section(name, self.count - self.group.first, attributes)
            )

    def end(self, tag: str) -> None:
        path = self.path
        if path:
            path.pop()
        name = _without_prefix(tag)
        if self.inside and name == self.dialect.point:
            self.inside = False
            if self.group is not None:
                self.group.last = self.count
        elif self.leaf and self.text:
            value = "".join(self.text).strip()
            if value:
                parent = _without_prefix(path[-1]) if path else ""
                if self.inside:
                    # A bare <Value> (heart rate in TCX) is named after its parent.
                    self._add(parent if name == "Value" else name, value)
                else:
                    self.out.keep_text(self.group, parent, name, value)
        elif name == self.dialect.group and not self.inside:
            self.group = None
        self.leaf = False
        if self.text:
            self.text.clear()

    def _add(self, name: str, value: str) -> None:
        row = self.count - 1
        leaves = self.leaves.get(name)
        if leaves is None:
            leaves = self.leaves[name] = Texts()
        places = leaves.places
        if not places or places[-1] != row:
            places.append(row)
            leaves.texts.append(value)

    def abandon_point(self) -> None:
        """Forget the point that a break lies in."""
        self.text.clear()
        if not self.inside:
            return
        self.inside = False
        self.count -= 1
        for leaves in self.leaves.values():
            if leaves.places and leaves.places[-1] == self.count:
                leaves.places.pop()
                leaves.texts.pop()
        while (
            self.path and _without_prefix(self.path.pop()) != self.dialect.point
        ):
            pass

    def prologue(self) -> bytes:
        """Return the start tags within which the document goes on, and open what is lost of
        them.
        """
        names = [_without_prefix(tag) for tag in self.path]
        if not self.dialect.other & set(names):
            for name in self.dialect.outside:
                if name not in names:
                    self.path.append(name)
                    self._start_other(name, {})
        return "".join(f"<{tag}>" for tag in self.path).encode()
