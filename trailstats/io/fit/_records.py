"""FIT record messages as columns in our words and units, with developer and unknown fields beside
them.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np

from trailstats.arrays import Flags, Floats, Ints
from trailstats.io.fit._heart import merge_heart_rates
from trailstats.io.fit._profile import Fact, fields, message_number
from trailstats.io.fit._table import MAX_ITEMS, Table, scaled
from trailstats.io.fit._wire import BASE_TYPES, FieldSpec, Part
from trailstats.model.activity import Issue
from trailstats.schema import Severity

# Our column: fields of the record message in order of preference, and the factor from their unit to
# SI.
COLUMNS: dict[str, tuple[tuple[str, ...], float]] = {
    "latitude": (("position_lat",), 180.0 / 2**31),
    "longitude": (("position_long",), 180.0 / 2**31),
    "elevation": (("enhanced_altitude", "altitude"), 1.0),
    "distance": (("distance",), 1.0),
    "speed": (("enhanced_speed", "speed"), 1.0),
    "heart_rate": (("heart_rate",), 1.0),
    "power": (("power",), 1.0),
    "temperature": (("temperature",), 1.0),
    "vertical_oscillation": (("vertical_oscillation",), 1e-3),
    "stance_time": (("stance_time",), 1e-3),
    "stance_time_balance": (("stance_time_balance",), 1e-2),
    "step_length": (("step_length",), 1e-3),
    "vertical_ratio": (("vertical_ratio",), 1e-2),
}
_HANDLED = {name for names, _ in COLUMNS.values() for name in names} | {
    "timestamp",
    "cadence",
    "cadence256",
    "fractional_cadence",
    "compressed_speed_distance",
}
_UNITS = {
    "w": "watts",
    "watt": "watts",
    "spm": "",
    "beats/min": "bpm",
    "ms-1": "m/s",
    "meters": "m",
    "metres": "m",
}


@dataclass
class Records:
    """The records of a part: places, FIT seconds, columns in our words (cadence as stored), extras,
    issues.
    """

    offsets: Ints
    seconds: Floats
    columns: dict[str, Floats]
    extras: dict[str, Floats]
    issues: list[Issue] = field(default_factory=list)


def read_records(part: Part, table: Table, *, merge_heart_rate: bool) -> Records:
    """Return the record messages of a part as columns."""
    facts = fields("record")
    columns: dict[str, Floats] = {}
    for name, (wanted, factor) in COLUMNS.items():
        values = _first_known(table, [facts[w] for w in wanted])
        if values is not None:
            values *= factor
            columns[name] = values
    cadence = _cadence(table, facts)
    if cadence is not None:
        columns["cadence"] = cadence
    _expand_speed_distance(table, facts, columns)
    out = Records(table.offsets, table.seconds(), columns, _unknown(table, facts))
    _read_developer(part, table, facts, out)
    if merge_heart_rate:
        merged, count = merge_heart_rates(
            part, out.seconds, columns.get("heart_rate")
        )
        if merged is not None:
            columns["heart_rate"] = merged
            message = f"{count} heart rates were taken from the strap's own memory (hr messages)"
            out.issues.append(
                Issue("heart_rate_merged", Severity.INFO, message, count)
            )
    return out


def _first_known(table: Table, facts: list[Fact]) -> Floats | None:
    """Return the first field that has a value, row by row."""
    out: Floats | None = None
    for fact in facts:
        if out is not None and not np.isnan(out).any():
            break
        values = table.values(fact.number, fact.scale, fact.offset)
        if out is None:
            out = values
        elif values is not None:
            np.copyto(out, values, where=np.isnan(out))
    return out


def _cadence(table: Table, facts: dict[str, Fact]) -> Floats | None:
    """Return cadence with its fraction, as stored: revolutions or strides a minute."""
    whole = _first_known(table, [facts["cadence"], facts["cadence256"]])
    if whole is None:
        return None
    fact = facts["fractional_cadence"]
    fraction = table.values(fact.number, fact.scale)
    return whole if fraction is None else whole + np.nan_to_num(fraction)


def _expand_speed_distance(
    table: Table, facts: dict[str, Fact], columns: dict[str, Floats]
) -> None:
    """Fill speed and distance where only the packed field of 2 x 12 bits has them.

    Speed is in 1/100 m/s, distance in 1/16 m since the message before, modulo 256 m.
    """
    packed = [
        (rows, raw)
        for rows, raw in table.raw(facts["compressed_speed_distance"].number)
        if raw.shape[1] == 3
    ]
    if not packed:
        return
    rows = np.concatenate([r for r, _ in packed])
    raw = np.concatenate([b for _, b in packed]).astype(np.int64)
    order = np.argsort(rows, kind="stable")
    rows, raw = rows[order], raw[order]
    speed = raw[:, 0] | (raw[:, 1] & 0x0F) << 8
    ticks = raw[:, 1] >> 4 | raw[:, 2] << 4
    distance = _unrolled(ticks, ticks != 0xFFF)
    for name, bits, stored in (
        ("speed", speed, speed / 100.0),
        ("distance", ticks, distance / 16.0),
    ):
        valid = (raw != 0xFF).any(axis=1) & (bits != 0xFFF)
        if valid.any():
            out = columns.setdefault(name, np.full(len(table), np.nan))
            at = rows[valid]
            out[at] = np.where(np.isnan(out[at]), stored[valid], out[at])


def _unrolled(ticks: Ints, valid: Flags) -> Ints:
    """Return the running total of a 12-bit counter; invalid entries repeat the one before."""
    known = ticks[valid]
    total = np.zeros(len(ticks), dtype=np.int64)
    total[valid] = np.cumsum(np.diff(known, prepend=0) & 0xFFF)
    return total


def _unknown(table: Table, facts: dict[str, Fact]) -> dict[str, Floats]:
    """Return all further numeric fields, by their published names or as ``unknown_N``."""
    by_number = {fact.number: fact for fact in facts.values()}
    out: dict[str, Floats] = {}
    most = _most_columns(table)
    for number, sizes in sorted(table.numbers().items()):
        fact = by_number.get(
            number, Fact(number, f"unknown_{number}", 1.0, 0.0, "")
        )
        if fact.name in _HANDLED:
            continue
        count = min(max(sizes), MAX_ITEMS)
        for item in range(count):
            if len(out) >= most:
                return out
            values = table.values(number, fact.scale, fact.offset, item=item)
            if values is not None:
                out[fact.name if max(sizes) == 1 else f"{fact.name}_{item}"] = (
                    values
                )
    return out


def _most_columns(table: Table) -> int:
    """Return how many further columns a table may have."""
    return table.cells() // max(len(table), 1)


@dataclass(frozen=True)
class _Description:
    """A field_description message."""

    at: int
    index: int
    number: int
    base: int
    name: str
    scale: float
    offset: float
    unit: str
    native: int


def _descriptions(part: Part) -> dict[tuple[int, int], list[_Description]]:
    """Return the descriptions of each developer field, in file order."""
    table = Table(part, message_number("field_description"))
    if not len(table):
        return {}
    facts = fields("field_description")
    record = message_number("record")

    def column(name: str, default: float) -> list[float]:
        values = table.values(facts[name].number)
        if values is None:
            return [default] * len(table)
        known: list[float] = np.nan_to_num(values, nan=default).tolist()
        return known

    columns = (
        table.offsets.tolist(),
        column("developer_data_index", -1),
        column("field_definition_number", -1),
        column("fit_base_type_id", 0x0D),
        table.texts(facts["field_name"].number),
        column("scale", 1),
        column("offset", 0),
        table.texts(facts["units"].number),
        column("native_field_num", -1),
        column("native_mesg_num", record),
    )
    out: dict[tuple[int, int], list[_Description]] = {}
    for row in zip(*columns, strict=True):
        at, index, number, base, name, scale, offset, unit, native, message = row
        if message != record:
            native = -1  # a field of another message
        out.setdefault((int(index), int(number)), []).append(
            _Description(
                at,
                int(index),
                int(number),
                int(base),
                name,
                scale or 1.0,
                offset,
                unit,
                int(native),
            )
        )
    return out


def _read_developer(
    part: Part, table: Table, facts: dict[str, Fact], out: Records
) -> None:
    """Add developer fields as ``dev_NAME``; one fills a native column only where that is empty
    throughout.
    """
    columns: dict[tuple[int, int, str], Floats] = {}
    meaning: dict[tuple[int, int, str], _Description] = {}
    described: dict[tuple[int, int], list[_Description]] | None = None
    nameless: set[tuple[int, int, int]] = set()
    most = _most_columns(table)
    for spec, defined_at, rows, stored in table.developer():
        described = _descriptions(part) if described is None else described
        description = _description_for(spec, defined_at, described)
        base = BASE_TYPES.get(description.base) if description else None
        if description is None or base is None:
            nameless.add((spec.base, spec.number, defined_at))
            continue
        key = (description.index, description.number, description.name)
        values = stored(base)
        if values is None or (key not in columns and len(columns) >= most):
            continue
        meaning[key] = description
        held = columns.setdefault(key, np.full(len(table), np.nan))
        values = scaled(values, description.scale, description.offset)
        held[rows] = np.where(np.isnan(held[rows]), values, held[rows])
    if nameless:
        message = f"{len(nameless)} developer fields without a description were left out"
        out.issues.append(
            Issue(
                "developer_field_undescribed",
                Severity.WARNING,
                message,
                len(nameless),
            )
        )
    for (index, number, name), values in columns.items():
        label = f"dev_{name or f'{index}_{number}'}"
        if label in out.extras:
            label = f"{label}_{index}_{number}"
        out.extras[label] = values
        _use_as_native(meaning[index, number, name], values, facts, out)


def _description_for(
    spec: FieldSpec,
    defined_at: int,
    described: dict[tuple[int, int], list[_Description]],
) -> _Description | None:
    """Return the last description before a definition, or the first after it: some write it
    late.
    """
    own = described.get((spec.base, spec.number), [])
    before = bisect_left(own, defined_at, key=lambda d: d.at)
    return own[max(before - 1, 0)] if own else None


def _use_as_native(
    description: _Description,
    values: Floats,
    facts: dict[str, Fact],
    out: Records,
) -> None:
    """Fill a column that is empty throughout from a developer field that declares to be it."""
    fact = next(
        (f for f in facts.values() if f.number == description.native), None
    )
    if fact is None:
        return
    unit = description.unit.strip().lower()
    if _UNITS.get(unit, unit) != fact.unit.lower():
        return
    for name, (wanted, factor) in COLUMNS.items():
        if (
            name in {"latitude", "longitude", *out.columns}
            or fact.name not in wanted
        ):
            continue
        out.columns[name] = values * factor
        message = (
            f"{name} was taken from the developer field {description.name!r}"
        )
        count = int((~np.isnan(values)).sum())
        out.issues.append(
            Issue("developer_field_used", Severity.INFO, message, count)
        )
