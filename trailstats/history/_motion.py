"""How someone moved, as bytes and back: what other measures of the runner's are applied to."""

from __future__ import annotations

import json
import zlib
from itertools import pairwise
from typing import Any

import numpy as np

from trailstats import schema
from trailstats.analysis import Motion, OwnResults
from trailstats.analysis._samples import MotionSamples
from trailstats.analysis._sums import GroundOfSamples
from trailstats.arrays import Flags, Floats, as_floats
from trailstats.history._pack import join_columns, pack_table, sound
from trailstats.metrics import effort
from trailstats.metrics.impact import POPULATION_CADENCE
from trailstats.model.metric import metric_from_dict

MOTION = "motion"
OWN = "own"

_SMOOTH = ("speed", "grade")
"""Columns whose every bit differs from sample to sample: squeezing them saves nothing."""
_PLAIN = ("time", "cadence", "heart_rate")
_RECORDS = ("temperature", "stance_time")
_FLAGS = ("on_foot", "has_distance", "has_elevation")


def pack_motion(motion: Motion) -> bytes:
    """Return a block of how someone moved."""
    s, ground = motion.samples, motion.ground
    head = {
        "count": len(s.time),
        "distance": ground.distance.tolist(),
        **{name: getattr(s, name) for name in _FLAGS},
    }
    squeezed = [
        *(as_floats(getattr(s, name)).tobytes() for name in _PLAIN),
        *(as_floats(s.records[name]).tobytes() for name in _RECORDS),
        s.walking.tobytes(),
        ground.code.astype("u1").tobytes(),
    ]
    parts = [
        json.dumps(head).encode(),
        *(as_floats(getattr(s, name)).tobytes() for name in _SMOOTH),
        zlib.compress(b"".join(squeezed), 1),
    ]
    sizes = json.dumps([len(part) for part in parts]).encode()
    return b"".join([sizes, b"\n", *parts])


def unpack_motion(block: bytes) -> Motion:
    """Return how someone moved.

    Raises
    ------
    SchemaError
        When the block is not sound.
    """
    with sound("block of samples"):
        end = block.index(b"\n")
        ends = np.cumsum([end + 1, *json.loads(block[:end])]).tolist()
        parts = [block[begin:stop] for begin, stop in pairwise(ends)]
        head: dict[str, Any] = json.loads(parts[0])
        count = int(head["count"])
        columns = {
            name: np.frombuffer(part)
            for name, part in zip(_SMOOTH, parts[1:3], strict=True)
        }
        data = zlib.decompress(parts[3])
        for number, name in enumerate((*_PLAIN, *_RECORDS)):
            offset = 8 * count * number
            columns[name] = np.frombuffer(data, "<f8", count, offset)
        bytes_at = 8 * count * len((*_PLAIN, *_RECORDS))
        walking = np.frombuffer(data, "?", count, bytes_at)
        code = np.frombuffer(data, "u1", count, bytes_at + count)
        samples = _samples(columns, walking, head)
        ground = GroundOfSamples(
            code.astype(np.int64), as_floats(head["distance"])
        )
    return Motion(samples, ground)


def _samples(
    columns: dict[str, Floats],
    walking: Flags,
    head: dict[str, Any],
) -> MotionSamples:
    speed, grade = columns["speed"], columns["grade"]
    given: dict[str, Any] = {name: columns[name] for name in (*_SMOOTH, *_PLAIN)}
    given |= {name: bool(head[name]) for name in _FLAGS}
    return MotionSamples(
        records={name: columns[name] for name in _RECORDS},
        level_speed=effort.grade_adjusted_speed(
            speed, grade, walking=walking & bool(head["on_foot"])
        ),
        walking=walking,
        cadence_model=POPULATION_CADENCE,
        **given,
    )


def pack_own(own: OwnResults) -> bytes:
    """Return a block of what rests on the runner's own measures."""
    metrics = {name: metric.to_dict() for name, metric in own.metrics.items()}
    line = zlib.compress(json.dumps(metrics, ensure_ascii=False).encode(), 1)
    return b"".join(
        [str(len(line)).encode(), b"\n", line, pack_table(own.impact)]
    )


def unpack_own(block: bytes) -> OwnResults:
    """Return what rests on the runner's own measures.

    Raises
    ------
    SchemaError
        When the block is not sound.
    """
    names = schema.IMPACT.names
    held, _ = join_columns([impact_of_own(block)], schema.IMPACT, names)
    impact = schema.IMPACT.columns_of(held)
    with sound("block of metrics"):
        begin, size = _line_of(block)
        found = json.loads(zlib.decompress(block[begin : begin + size]))
        metrics = {name: metric_from_dict(data) for name, data in found.items()}
    return OwnResults(metrics, impact)


def impact_of_own(block: bytes) -> bytes:
    """Return the block of the table ``schema.IMPACT`` in one of what rests on own measures."""
    with sound("block of metrics"):
        begin, size = _line_of(block)
    return block[begin + size :]


def _line_of(block: bytes) -> tuple[int, int]:
    end = block.index(b"\n")
    return end + 1, int(block[:end])
