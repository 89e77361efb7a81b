"""Heart rates that a strap stored by itself and that the device added later as FIT `hr`
messages.
"""

from __future__ import annotations

import numpy as np

from trailstats.arrays import Flags, Floats
from trailstats.io.fit._profile import fields, message_number
from trailstats.io.fit._table import Table, unrolled
from trailstats.io.fit._wire import Part

_WIDTH = 8  # values of a message that there always is room for; our choice
_TICKS = 1024.0  # per second, of the strap's clock
_LONGEST = 5.0  # s; our choice: a record stands for at most this time before it


def merge_heart_rates(
    part: Part, seconds: Floats, recorded: Floats | None
) -> tuple[Floats | None, int]:
    """Return heart rate per record with the strap's own values put in, and how many records that
    concerns.

    A record gets the mean, in whole beats, of the values since the record before; it keeps its own
    where there is none. None and 0 when the part holds no such messages.

    Parameters
    ----------
    part : Part
    seconds : ndarray, shape (n,)
        Times of the records [FIT s].
    recorded : ndarray, shape (n,), optional
        Heart rates in the records [bpm].
    """
    table = Table(part, message_number("hr"))
    if not len(table):
        return None, 0
    at, beats = _stored_rates(table)
    if not len(at):
        return None, 0
    order = np.argsort(at, kind="stable")
    at, total = at[order], np.concatenate([[0.0], np.cumsum(beats[order])])
    before = np.concatenate([[-np.inf], seconds[:-1]])
    before = np.fmax(before, seconds - _LONGEST)
    first = np.searchsorted(at, before, side="right")
    last = np.searchsorted(at, seconds, side="right")
    count = np.where(np.isnan(seconds), 0, last - first)
    found = count > 0
    out = np.full(len(seconds), np.nan) if recorded is None else recorded.copy()
    out[found] = np.floor(
        (total[last[found]] - total[first[found]]) / count[found] + 0.5
    )
    return (out, int(found.sum())) if found.any() else (None, 0)


def _stored_rates(table: Table) -> tuple[Floats, Floats]:
    """Return times [FIT s] and rates [bpm] of all stored values that have both."""
    facts = fields("hr")
    size = len(table)
    ticks, anchored = _ticks(table)
    rates: Floats = np.full(ticks.shape, np.nan)
    for rows, raw in table.raw(facts["filtered_bpm"].number):
        width = min(raw.shape[1], rates.shape[1])
        rates[rows, :width] = np.where((raw == 0xFF) | (raw == 0), np.nan, raw)[
            :, :width
        ]
    fact = facts["fractional_timestamp"]
    fraction = table.values(fact.number, fact.scale)
    clock = table.seconds() + (
        0.0 if fraction is None else np.nan_to_num(fraction)
    )
    # The device's time of a message belongs to the first value of the strap's clock in it.
    known = anchored & ~np.isnan(clock)
    last = np.maximum.accumulate(np.where(known, np.arange(size), -1))
    row = np.maximum(last, 0)
    shift = np.where(last >= 0, clock[row] - ticks[row, 0] / _TICKS, np.nan)
    at = ticks / _TICKS + shift[:, None]
    usable = ~np.isnan(at) & ~np.isnan(rates)
    return at[usable], rates[usable]


def _ticks(table: Table) -> tuple[Floats, Flags]:
    """Return the strap's clock of every value, a row a message, NaN beyond a message's values.

    Most messages hold only the low 12 bits, two values in three bytes; each follows the one before
    by less than a full turn. Also return which messages hold the whole clock.
    """
    facts = fields("hr")
    part_size = table.part.end - table.part.body
    whole = table.raw(facts["event_timestamp"].number)
    whole = [(rows, raw) for rows, raw in whole if raw.shape[1] % 4 == 0]
    packed = table.raw(facts["event_timestamp_12"].number)
    packed = [(rows, raw) for rows, raw in packed if raw.shape[1] % 3 == 0]
    widths = [raw.shape[1] // 4 for _, raw in whole]
    widths += [raw.shape[1] // 3 * 2 for _, raw in packed]
    # Messages are as long as each other; a long one among many gives no grid of its width.
    fair = max(2 * (part_size // max(len(table), 1)), _WIDTH)
    width = min(max(widths, default=1), fair)
    value = np.full((len(table), width), -1, dtype=np.int64)
    anchor = np.zeros(value.shape, dtype=bool)
    for rows, raw in packed:
        triple = raw.reshape(len(raw), -1, 3).astype(np.int64)
        low = triple[:, :, 0] | (triple[:, :, 1] & 0x0F) << 8
        high = triple[:, :, 1] >> 4 | triple[:, :, 2] << 4
        pairs = np.stack([low, high], axis=2).reshape(len(raw), -1)
        value[rows, : pairs.shape[1]] = pairs[:, :width]
    for rows, raw in whole:
        full = np.ascontiguousarray(raw).view("<u4").astype(np.int64)[:, :width]
        held = full != 0xFFFFFFFF
        count = full.shape[1]
        value[rows, :count] = np.where(held, full, value[rows, :count])
        anchor[rows, :count] = held
    present = value >= 0
    ticks = np.full(value.shape, np.nan)
    ticks[present] = unrolled(value[present], anchor[present], 0xFFF)
    return ticks, anchor[:, 0]
