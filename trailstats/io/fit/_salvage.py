"""The careful walk through a damaged FIT part: messages prove themselves by their times.

Messages with a time verify themselves: 32 bits that fall within days of the message before are not
there by chance. Where a message does not verify, the walk goes on at the next place at which one
does, or at which a definition stands; what lies between is reported. Only damaged parts come here,
so a loop over messages is affordable.
"""

from __future__ import annotations

import numpy as np

from trailstats.arrays import Ints
from trailstats.io.fit._places import timed_places
from trailstats.io.fit._wire import (
    Book,
    Layout,
    Part,
    definition,
    find_definition,
)
from trailstats.schema import Severity

RECORD = 20
_MINUTE, _DAY = 60, 86_400
_EARLIEST = 0x10000000  # 1998; below, a time counts from power-on
_LATEST = 0x60000000  # 2041
_BACK, _FORTH = _DAY, 7 * _DAY  # our choice: within one recording
_PROBES = 3  # our choice: messages in a row that convince
_SEARCHES = 2000  # our choice: more breaks than that leave nothing to trust
_AHEAD = 64  # definitions that are remembered
_REPAIRS = 64  # our choice
_UNSURE = 10_000  # messages that may wait for one with a time


def salvage(part: Part) -> None:
    """Walk a damaged part, replace its layouts by what verifies, and note what was skipped."""
    walker = _Walker(part)
    walker.run()
    part.layouts = list(walker.book.layouts.values())


class _Walker:
    def __init__(self, part: Part) -> None:
        self.part = part
        self.data = part.data
        self.end = part.end
        self.book = Book()
        self.content = np.frombuffer(part.data, dtype=np.uint8)
        self.last: int | None = None
        self.searches = 0
        self.ahead: dict[int, Layout | None] = {}
        # Messages looked at and bytes searched, for all breaks together (our choice).
        self.steps = 2 * (part.end - part.body)
        self.searched = 8 * (part.end - part.body) + (1 << 16)
        self.repairs = 0
        # Messages accepted without a check since the last one that was checked.
        self.unsure: list[tuple[Layout, int]] = []

    def run(self) -> None:
        pos = safe = self.part.body
        while pos < self.end and self.steps > 0:
            self.steps -= 1
            after = self._step(pos)
            if after > 0:
                pos = after
                if not self.unsure:
                    safe = pos
                continue
            found = self._search(safe, pos)
            if found < 0:
                break
            self._keep(found)
            if found > pos:
                self._note_skipped(
                    f"{found - pos} bytes that make no sense were skipped",
                    pos,
                    found,
                )
            pos = safe = found
        self._keep(self.end)
        self._note_rest(pos)

    def _note_rest(self, pos: int) -> None:
        """Report what was left over at the end: a message that is cut, or bytes that make no
        sense.
        """
        rest = self.end - pos
        if rest <= 2:  # may be the checksum
            return
        if self._is_cut(pos):
            if not any(issue.code == "truncated" for issue in self.part.issues):
                message = f"the file ends within a message: its last {rest} bytes were left out"
                self.part.note("truncated", Severity.ERROR, message, pos, rest)
            return
        self._note_skipped(f"the last {rest} bytes make no sense", pos, self.end)

    def _note_skipped(self, message: str, start: int, end: int) -> None:
        self.part.note(
            "bytes_skipped", Severity.ERROR, message, start, end - start
        )

    def _is_cut(self, pos: int) -> bool:
        head = self.data[pos]
        if head & 0xC0 == 0x40:
            return definition(self.data, pos, self.end) is None
        layout = self.book.owners[head]
        return layout is not None and pos + layout.size > self.end

    def _keep(self, before: int) -> None:
        """Accept the unchecked messages that end at ``before`` or earlier; forget the others."""
        for layout, at in self.unsure:
            if at + layout.size <= before:
                self._add(layout, at)
        self.unsure.clear()

    def _add(self, layout: Layout, at: int) -> None:
        layout.add_run(at, 1)
        self.book.count(layout, 1)

    def _step(self, pos: int) -> int:
        """Take the message at ``pos`` and return the place after it, -1 where it makes no sense."""
        head = self.data[pos]
        if head & 0xC0 == 0x40:
            return self._define(pos)
        layout = self.book.owners[head]
        if layout is None:
            # The one bit that makes a definition's header a data header may be what broke.
            return self._mend(pos) if head & 0xC0 in (0x00, 0xC0) else -1
        after = pos + layout.size
        if after > self.end:
            return -1
        if layout.time_at < 0 or head & 0x80:
            self.unsure.append((layout, pos))
            self.part.compressed |= bool(head & 0x80)
            if len(self.unsure) >= _UNSURE:
                self._keep(self.end)
            return after
        time = self._time(layout, pos)
        if self._fits(time, after):
            self._keep(pos)
            self._add(layout, pos)
            self.last = time
            return after
        if self._leads(after, self.last):
            message = "a message with an impossible time was left out"
            self.part.note("message_damaged", Severity.WARNING, message, pos)
            return after
        return -1

    def _fits(self, time: int, after: int) -> bool:
        """Whether a message's time is to be believed: by the one before or, where they are apart,
        by the next.
        """
        if self.last is not None and 0 <= time - self.last <= _MINUTE:
            return True
        if not _EARLIEST <= time < _LATEST:
            return False
        following = self._next_time(after)
        if self.last is None:
            return self._leads(after, time)
        if following is None:
            return _near(time, self.last)
        return abs(following - time) <= abs(following - self.last)

    def _next_time(self, at: int) -> int | None:
        """Return the time of the first of the next few messages that has one."""
        for _ in range(_PROBES):
            if at >= self.end - 2:
                return None
            head = self.data[at]
            if head & 0xC0 == 0x40:
                found = definition(self.data, at, self.end)
                if found is None or not found.plausible:
                    return None
                at += len(found.raw)
                continue
            owner = self.book.owners[head]
            if owner is None or at + owner.size > self.end:
                return None
            if owner.time_at >= 0 and not head & 0x80:
                time = self._time(owner, at)
                return time if _EARLIEST <= time < _LATEST else None
            at += owner.size
        return None

    def _define(self, pos: int) -> int:
        layout = self._defined(pos)
        if layout is None or not layout.raw[5]:
            return self._mend(pos)
        stop = pos + len(layout.raw)
        timeless = layout.message == RECORD and layout.time_at < 0
        book = self.book
        if book.is_full(self.part.most_layouts):
            return -1
        before = (book.sizes[:], book.owners[:], book.adders[:])
        known = len(book.layouts)
        book.define(layout)
        if self._leads(
            stop, self.last, timed=not timeless and layout.time_at >= 0
        ):
            return stop
        mended = self._mend(pos)
        if mended > 0:
            return mended
        if layout.plausible:
            return stop
        book.sizes, book.owners, book.adders = before
        if len(book.layouts) > known:
            book.layouts.popitem()  # the one that was put in last
        return -1

    def _defined(self, at: int) -> Layout | None:
        """Return the well-formed definition at a place: each is looked at several times, from the
        messages before it.
        """
        if at not in self.ahead:
            if len(self.ahead) >= _AHEAD:
                self.ahead.clear()
            self.ahead[at] = _well_formed(self.data, at, self.end)
        return self.ahead[at]

    def _mend(self, pos: int) -> int:
        """Try every single changed bit of a damaged definition; return the place after the one that
        works.
        """
        if self.repairs >= _REPAIRS or pos + 9 > self.end:
            return -1
        self.repairs += 1
        length = min(6 + 3 * self.data[pos + 5], 6 + 3 * 64, self.end - pos)
        saved = self.data[pos : min(pos + 2000, self.end)]
        best: Layout | None = None
        for bit in range(8 * length):
            changed = bytearray(saved)
            changed[bit // 8] ^= 1 << (bit % 8)
            if changed[0] & 0xC0 != 0x40 or not changed[5]:
                continue
            layout = _well_formed(bytes(changed), 0, len(changed))
            if layout is None or layout.time_at < 0 or layout.message != RECORD:
                continue
            if not layout.plausible:
                continue
            # A size that spans several records repeats as well: the smallest is right.
            stop = pos + len(layout.raw)
            if (best is None or layout.size < best.size) and self._repeats(
                layout, changed[0] & 0x0F, stop
            ):
                best = layout
        if best is None:
            return -1
        best.defined_at = pos
        self.book.define(best)
        message = "a damaged definition was mended: one bit of it had changed"
        self.part.note("definition_mended", Severity.WARNING, message, pos)
        return pos + len(best.raw)

    def _repeats(self, layout: Layout, head: int, at: int) -> bool:
        """Whether messages of this layout follow each other from ``at``."""
        last = self.last
        for i in range(_PROBES):
            place = at + i * layout.size
            if place + layout.size > self.end or self.data[place] & 0xCF != head:
                return False
            time = self._time(layout, place)
            if not _EARLIEST <= time < _LATEST or (
                last is not None and not 0 <= time - last <= _DAY
            ):
                return False
            last = time
        return True

    def _time(self, layout: Layout, at: int) -> int:
        place = at + layout.time_at
        return int.from_bytes(
            self.data[place : place + 4], "big" if layout.big else "little"
        )

    def _leads(self, at: int, last: int | None, timed: bool = False) -> bool:
        """Whether sensible messages follow from ``at``: the end, or one whose time is near
        ``last``.

        With ``timed``, it takes two of these.
        """
        convinced, near = 0, 0
        for _ in range(4 * _PROBES):
            if at >= self.end - 2:
                return not timed or convinced > 0
            head = self.data[at]
            if head & 0xC0 == 0x40:
                layout = self._defined(at)
                if layout is None or not layout.plausible:
                    return False
                convinced += 1
                if convinced >= _PROBES or not timed:
                    return True
                at += len(layout.raw)
                continue
            owner = self.book.owners[head]
            if owner is None or at + owner.size > self.end:
                return owner is not None and convinced > 0
            if owner.time_at >= 0 and not head & 0x80:
                time = self._time(owner, at)
                if last is None and _EARLIEST <= time < _LATEST:
                    last = time
                if not _near(time, last):
                    return False
                near += 1
                if near >= 1 + timed:
                    return True
            at += owner.size
            convinced += 1
            if convinced >= _PROBES and not timed:
                return True
        return convinced > 0 and not timed

    def _places(self, start: int, stop: int) -> Ints:
        """Return where in a stretch a message near the last time may stand."""
        low = _EARLIEST if self.last is None else self.last - _BACK
        high = _LATEST if self.last is None else self.last + _FORTH
        between = max(min(stop, self.end), start)
        return timed_places(
            self.content[: self.end],
            self.book.owners,
            (start, between),
            (low, high),
        )

    def _search(self, safe: int, fault: int) -> int:
        """Return the first place after ``safe`` where sense begins again, -1 where there is
        none.
        """
        self.searches += 1
        if self.searches > _SEARCHES or self.searched < 0:
            return -1
        start, width = safe, 4096
        if safe == fault:
            start += 1
        while start < self.end:
            stop = min(start + width, self.end)
            self.searched -= stop - start
            places = self._places(start, stop)
            defined = find_definition(self.data, start, stop)
            for place in places:
                if 0 <= defined < place:
                    return defined
                owner = self.book.owners[self.data[place]]
                if owner is not None and self._leads(
                    place + owner.size, self._time(owner, place)
                ):
                    return int(place)
            if defined >= 0:
                return defined
            start, width = stop, min(width * 2, 1 << 20)
        return -1


def _near(time: int, last: int | None) -> bool:
    return last is not None and -_BACK <= time - last <= _FORTH


def _well_formed(data: bytes, at: int, end: int) -> Layout | None:
    """Return the definition message at ``at``, None where its reserved byte or its byte order is
    none that recorders write.
    """
    layout = definition(data, at, end)
    if layout is None or layout.raw[1] or layout.raw[2] > 1:
        return None
    return layout
