"""FIT: records, sessions, laps and timer events as columns; a damaged file gives what can be
salvaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from trailstats.arrays import Floats, Ints, Times
from trailstats.errors import CorruptFileError, LimitError, NotAnActivityError
from trailstats.io._build import (
    CADENCE_PER_LEG_BELOW,
    Parsed,
    ParseOptions,
    beyond_one_leg,
    doubled,
)
from trailstats.io._times import NAT
from trailstats.io.fit import _frame as frame
from trailstats.io.fit._meta import (
    FIRST_DATE,
    Laps,
    Pauses,
    Rows,
    device_meta,
    fit_times,
    pauses_within,
    read_heartbeats,
    read_laps,
    read_pauses,
    read_wearer,
    session_meta,
)
from trailstats.io.fit._profile import message_number
from trailstats.io.fit._records import Records, read_records
from trailstats.io.fit._salvage import salvage
from trailstats.io.fit._table import Table
from trailstats.io.fit._wire import Part, walk
from trailstats.model.activity import ActivityMeta, Issue, Wearer
from trailstats.schema import NO_CADENCE, Severity, is_on_foot

_KEPT_FAULTS = 20  # our choice: the rest is counted


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is FIT; some that lost their header are
    recognised too.
    """
    return frame.starts(head)


def parse(data: bytes, options: ParseOptions) -> list[Parsed]:
    """Return one `Parsed` a session of each chained file; one a file where it has a single session
    or none.

    Parameters
    ----------
    data : bytes
    options : ParseOptions

    Raises
    ------
    CorruptFileError
        When the file is damaged and holds no record.
    NotAnActivityError
        When it is sound and holds no records: a course, a workout, device settings.
    LimitError
        When there are more records than the options allow.
    """
    activities: list[Parsed] = []
    faults: list[Issue] = []
    kinds: list[str] = []
    for part, table in read_parts(
        data,
        max_records=options.max_records,
        max_layouts=options.max_layouts,
        max_parts=options.max_activities,
    ):
        faults += part.issues
        kind = Rows(part, "file_id").names("type", "file")[:1]
        if len(table) and kind != [
            "course"
        ]:  # a course has records too, of a virtual partner
            activities += _activities(
                part,
                read_records(
                    part, table, merge_heart_rate=options.merge_heart_rate
                ),
                options,
            )
            options.check_activities(len(activities), "fit")
        else:
            kinds += kind
    if activities:
        activities[0].issues[:0] = _shortened(faults)
        return activities
    serious = [issue for issue in faults if issue.severity is Severity.ERROR]
    if serious:
        message = f"damaged FIT without readable records: {serious[0].message}"
        raise CorruptFileError(
            message,
            format="fit",
            offset=int(serious[0].where.removeprefix("byte ")),
        )
    found = ", ".join(kinds).replace("_", " ") or "unknown"
    why = "not a recording" if "course" in kinds else "without records"
    raise NotAnActivityError(
        f"FIT file of the kind {found!r}, {why}", format="fit"
    )


def read_parts(
    data: bytes,
    *,
    max_records: int,
    max_layouts: int = 1_000,
    max_parts: int = 1_000,
) -> Iterator[tuple[Part, Table]]:
    """Yield the chained files with their record messages.

    Raises
    ------
    LimitError
        When there are more records, files or definitions than are allowed.
    """
    count = 0
    for number, part in enumerate(frame.parts(data), 1):
        if number > max_parts:
            raise LimitError(
                f"more than {max_parts} files in one of its size "
                "(limits: activities, activity_bytes)",
                format="fit",
            )
        part.most_layouts = max_layouts
        fault = walk(part, 4 * max_records + 10_000)
        if fault >= 0 or any(
            issue.code == "crc_mismatch" for issue in part.issues
        ):
            _walk_again(part)
        table = Table(part, message_number("record"))
        count += len(table)
        if count > max_records:
            raise LimitError(
                f"more than {max_records} records (limit: records)", format="fit"
            )
        yield part, table


def _walk_again(part: Part) -> None:
    """Walk a damaged part with care; where that finds no record, keep what the quick walk found."""
    quick = part.layouts
    salvage(part)
    if not any(
        o.message == message_number("record") and len(o) for o in part.layouts
    ):
        part.layouts = quick


def _shortened(issues: list[Issue]) -> list[Issue]:
    rest = issues[_KEPT_FAULTS:]
    if not rest:
        return issues
    message = f"{len(rest)} further faults in the same file"
    return [
        *issues[:_KEPT_FAULTS],
        Issue(
            "further_faults", Severity.ERROR, message, len(rest), rest[0].where
        ),
    ]


def _activities(
    part: Part, records: Records, options: ParseOptions
) -> list[Parsed]:
    """Return one `Parsed` a session."""
    time = fit_times(records.seconds)
    if not (records.seconds >= FIRST_DATE).any():
        message = "the clock was not set: times count from power-on, and the dates are not real"
        records.issues.append(
            Issue("clock_not_set", Severity.WARNING, message, len(time))
        )
    sessions = Rows(part, "session")
    starts = fit_times(sessions.numbers("start_time"))
    order = np.argsort(starts, kind="stable")
    order = order[~np.isnat(starts[order])]
    options.check_activities(len(order), "fit")
    shared = _Shared(
        read_laps(part),
        read_pauses(part),
        read_heartbeats(part, records.offsets, records.issues),
        read_wearer(part),
    )
    device = device_meta(part)
    if len(order) < 2:
        meta = session_meta(device, sessions, int(order[0]) if len(order) else 0)
        return [_activity(records, time, None, meta, shared)]
    owner = np.maximum(np.searchsorted(starts[order], time, side="right") - 1, 0)
    owner[np.isnat(time)] = 0
    # The records of each session, in file order, are a stretch of this.
    by_owner = np.argsort(owner, kind="stable")
    edges = np.searchsorted(owner[by_owner], np.arange(len(order) + 1))
    return [
        _activity(
            records,
            time,
            by_owner[first:last],
            session_meta(device, sessions, int(row)),
            replace(shared, laps=shared.laps.of_leg(starts[order], i)),
        )
        for i, (row, first, last) in enumerate(
            zip(order, edges[:-1], edges[1:], strict=True)
        )
        if first < last
    ]


def _steps(cadence: Floats, issues: list[Issue]) -> Floats:
    """Return strides as steps a minute; some converters to FIT write steps where strides belong."""
    moving = cadence[(cadence > 0) & (cadence < NO_CADENCE)]
    median = float(np.median(moving)) if len(moving) else 0.0
    if median >= CADENCE_PER_LEG_BELOW or beyond_one_leg(cadence):
        message = (
            f"cadence counts both feet (median {median:.0f}), against the "
            "format, and was kept"
        )
        issues.append(Issue("cadence_inferred", Severity.INFO, message))
        return cadence
    return doubled(cadence)


@dataclass(frozen=True)
class _Shared:
    """What a part holds beside records and sessions, for the sessions to take their share of."""

    laps: Laps
    pauses: Pauses
    heartbeats: tuple[Ints, Floats] | None
    wearer: Wearer

    @cached_property
    def _pause_times(self) -> tuple[Times, Times]:
        start, end = (
            np.array([pause[side] for pause in self.pauses], "datetime64[ns]")
            for side in (0, 1)
        )
        return start, end

    def pauses_within(self, first: np.datetime64, last: np.datetime64) -> Pauses:
        """Return the parts of pauses that lie between two times."""
        start, end = self._pause_times
        near = np.flatnonzero((start < last) & ~(end <= first))
        return pauses_within([self.pauses[i] for i in near], first, last)


def _activity(
    records: Records,
    time: Times,
    rows: Ints | None,
    meta: ActivityMeta,
    shared: _Shared,
) -> Parsed:
    """Return the activity of the records in ``rows``, of all where that is None."""
    columns, extras, issues = (
        dict(records.columns),
        dict(records.extras),
        list(records.issues),
    )
    heartbeats = shared.heartbeats
    if rows is not None:
        time = time[rows]
        columns = {name: values[rows] for name, values in columns.items()}
        extras = {name: values[rows] for name, values in extras.items()}
        heartbeats = _share_of(heartbeats, rows)
    if "cadence" in columns and (is_on_foot(meta.sport, meta.sub_sport)):
        columns["cadence"] = _steps(columns["cadence"], issues)
    known = time[~np.isnat(time)]
    first, last = (known.min(), known.max()) if len(known) else (NAT, NAT)
    return Parsed(
        time=time,
        columns=columns,
        meta=meta,
        extras=extras,
        laps=shared.laps.within(first, last),
        pauses=shared.pauses_within(first, last),
        issues=issues,
        rr=heartbeats,
        wearer=shared.wearer,
    )


def _share_of(
    heartbeats: tuple[Ints, Floats] | None, rows: Ints
) -> tuple[Ints, Floats] | None:
    """Return the heartbeats that follow some records, given in file order, counted among these."""
    if heartbeats is None:
        return None
    after, seconds = heartbeats
    first, last = np.searchsorted(after, (rows[0], rows[-1] + 1))
    after, seconds = after[first:last], seconds[first:last]
    place = np.searchsorted(rows, after)
    mine = rows[place] == after
    return place[mine], seconds[mine]
