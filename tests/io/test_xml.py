"""The two ways of reading GPX and TCX find the same in every recording."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trailstats.io.xml import gpx, tcx
from trailstats.io.xml._bulk import read_in_bulk
from trailstats.io.xml._groups import Document
from trailstats.io.xml._walk import walk

DIALECTS = {"gpx": gpx.DIALECT, "tcx": tcx.DIALECT}
MANY = 10**7


def assert_equal(quick: Document, slow: Document, time: str) -> None:
    """Compare all that two ways found: texts, parts, and each value to the last bit."""
    assert slow.issues == []
    assert quick.root == slow.root
    assert dict(quick.attributes) == dict(slow.attributes)
    assert (quick.texts, quick.seen) == (slow.texts, slow.seen)
    assert len(quick.groups) == len(slow.groups)
    for one, other in zip(quick.groups, slow.groups, strict=True):
        assert (one.first, one.last, one.texts) == (
            other.first,
            other.last,
            other.texts,
        )
        assert dict(one.attributes) == dict(other.attributes)
        assert one.parts == other.parts
        for name in {*one.leaves, *other.leaves} - {time}:
            np.testing.assert_array_equal(one.numbers(name), other.numbers(name))
        np.testing.assert_array_equal(one.times(time), other.times(time))


def compare(data: bytes, format: str) -> bool:
    """Compare both ways where the bulk reader takes a document; return whether it did."""
    dialect = DIALECTS[format]
    quick = read_in_bulk(data, dialect, max_points=MANY)
    if quick is None:
        return False
    assert_equal(quick, walk(data, dialect, max_points=MANY), dialect.time)
    return True


def test_both_ways_agree_on_every_sample(samples: Path) -> None:
    """So they do for the generated recordings, most of which are regular."""
    paths = [
        p for p in sorted(samples.rglob("*")) if p.suffix in (".gpx", ".tcx")
    ]
    taken = [compare(path.read_bytes(), path.suffix[1:]) for path in paths]
    assert sum(taken) > len(taken) / 2


@pytest.mark.corpus
@pytest.mark.parametrize("format", ["gpx", "tcx"])
def test_both_ways_agree_on_every_recording(corpus: Path, format: str) -> None:
    """Real recordings of all makers give the same whichever way they are read; most are regular."""
    index = pd.read_csv(corpus / "index.csv")
    names = index.loc[index["format"] == format, "file"]
    taken = [
        compare(gzip.decompress((corpus / n).read_bytes()), format) for n in names
    ]
    assert sum(taken) > len(taken) / 2
