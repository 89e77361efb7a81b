"""The frame of a FIT file: where each chained file begins and ends, and what its header and
checksum say.
"""

from __future__ import annotations

from collections.abc import Iterator

from trailstats.io.fit._crc import crc16
from trailstats.io.fit._wire import (
    DEFINITION,
    Part,
    definition,
    find_definition,
)
from trailstats.model.activity import Issue
from trailstats.schema import Severity

MAGIC = b".FIT"


def starts(head: bytes) -> bool:
    """Whether these are the first bytes of a FIT file, perhaps with a damaged header or bytes
    before it.
    """
    if is_header(head, 0):
        return True
    return _next_header(head, 0) >= 0 or _headless(head, 0) >= 0


def is_header(data: bytes, at: int) -> bool:
    """Whether a file header stands at ``at``."""
    return at >= 0 and data[at + 8 : at + 12] == MAGIC and 12 <= data[at] <= 0x7F


def parts(data: bytes) -> Iterator[Part]:
    """Yield the parts of a file with their bounds and faults of the frame, not walked yet."""
    at = 0
    while at < len(data):
        part = _part(data, at)
        if part is None:
            return
        yield part
        at = max(part.after, at + 1)


def _part(data: bytes, at: int) -> Part | None:
    """Return the part that begins at ``at`` or, where none does, at the next place that looks like
    one.
    """
    if not is_header(data, at):
        start = _next_header(data, at)
        body = _headless(data, at) if at == 0 else -1
        if body >= 0 and (start < 0 or body < start):
            stop = _bound(data, body)
            part = Part(data, at, body, stop, stop)
            message = "the file header is missing or damaged; the messages after it were read"
            part.note("header_missing", Severity.WARNING, message, at)
            return part
        if start < 0:
            return None
        part = _framed(data, start)
        message = f"{start - at} bytes before the file header were skipped"
        part.issues.insert(
            0,
            Issue(
                "leading_bytes",
                Severity.WARNING,
                message,
                start - at,
                f"byte {at}",
            ),
        )
        return part
    return _framed(data, at)


def _next_header(data: bytes, at: int) -> int:
    """Return the place of the next file header that a definition message follows, -1 where there is
    none; its magic lies behind ``at``.
    """
    found = data.find(MAGIC, at)
    while found >= 0:
        start = found - 8
        if is_header(data, start):
            body = start + data[start]
            if body < len(data) and data[body] & 0xC0 == DEFINITION:
                return start
        found = data.find(MAGIC, found + 1)
    return -1


def _headless(data: bytes, at: int) -> int:
    """Return where the messages begin in a file without a readable header, -1 where that isn't
    known.
    """
    for size in (14, 12):
        place = at + size
        # A reserved byte of 0 and a byte order of 0 or 1 follow the header: nothing that stands in
        # a text.
        if (
            data[place + 1 : place + 3] in (b"\0\0", b"\0\1")
            and data[place] & 0xC0 == DEFINITION
        ):
            layout = definition(data, place, len(data))
            if layout is not None and layout.plausible:
                return place
    return find_definition(data, at, min(len(data), at + 65_536))


def _bound(data: bytes, body: int) -> int:
    """Return where the messages from ``body`` on must end: before the next file header, or at the
    end.
    """
    start = _next_header(data, body + 8)
    return len(data) if start < 0 else start


def _framed(data: bytes, at: int) -> Part:
    """Return the part whose header stands at ``at``, with its true end as far as it is known."""
    total = len(data)
    body = min(at + data[at], total)
    if data[at] not in (12, 14):
        for size in (14, 12):
            if data[at + size : at + size + 2] == b"\x40\0":
                body = at + size
    declared = int.from_bytes(data[at + 4 : at + 8], "little")
    part = Part(data, at, body, body + declared, body + declared + 2)
    _check_header(part)
    if (
        declared
        and part.after <= total
        and crc16(memoryview(data)[at : part.after]) == 0
    ):
        part.sound = True
        rest = total - part.after
        if (
            rest
            and not is_header(data, part.after)
            and data.find(MAGIC, part.after) < 0
        ):
            message = f"{rest} bytes after the end of the file were left out"
            part.note(
                "trailing_bytes", Severity.WARNING, message, part.after, rest
            )
    elif declared and (part.after == total or is_header(data, part.after)):
        _note_checksum(part)
    elif declared and (
        part.end in (total, total - 1) or is_header(data, part.end)
    ):
        part.after = total if part.end >= total - 1 else part.end
        part.note(
            "crc_missing",
            Severity.WARNING,
            "the checksum at the end is missing",
            part.end,
        )
    else:
        _reframe(part, declared)
    return part


def _reframe(part: Part, declared: int) -> None:
    """Find the end of a part whose header states a wrong size."""
    data = part.data
    part.after = _bound(data, part.body)
    found = max(part.after - 2 - part.body, 0)
    sizes = (
        f"the header says {declared} bytes of messages, the file holds {found}"
    )
    if found and crc16(memoryview(data)[part.start : part.after]) == 0:
        part.sound, part.end = True, part.after - 2
    else:
        # Without a right checksum the last two bytes may be messages too.
        part.end = part.after
    if declared > found and not part.sound:
        part.note(
            "truncated", Severity.ERROR, f"the file is cut: {sizes}", part.after
        )
        return
    reason = (
        ", as after a recorder that stopped before closing the file"
        if not declared
        else ""
    )
    part.note("data_size_wrong", Severity.WARNING, sizes + reason, part.start + 4)
    if not part.sound and declared:
        part.note(
            "crc_mismatch",
            Severity.ERROR,
            "the checksum does not fit the content",
            part.end,
        )


def _check_header(part: Part) -> None:
    data, at = part.data, part.start
    stored = (
        int.from_bytes(data[at + 12 : at + 14], "little")
        if part.body - at >= 14
        else 0
    )
    if stored and crc16(memoryview(data)[at : at + 12]) != stored:
        part.note(
            "header_crc_mismatch",
            Severity.WARNING,
            "the checksum of the file header is wrong",
            at + 12,
        )


def _note_checksum(part: Part) -> None:
    if part.data[part.end : part.end + 2] == b"\0\0":
        message = "the checksum at the end is zero: not computed by the recorder"
        part.note("crc_missing", Severity.INFO, message, part.end)
    else:
        message = (
            "the checksum does not fit the content: some values may be damaged"
        )
        part.note("crc_mismatch", Severity.ERROR, message, part.end)
