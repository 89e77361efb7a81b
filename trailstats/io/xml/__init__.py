"""GPX and TCX: plain documents are read in bulk, all others element by element; both ways give the
same.
"""

from __future__ import annotations

from trailstats.io.xml._bulk import read_in_bulk
from trailstats.io.xml._groups import Dialect, Document
from trailstats.io.xml._walk import walk

__all__ = ["read_document"]


def read_document(data: bytes, dialect: Dialect, *, max_points: int) -> Document:
    """Return what a document holds: in bulk where it is regular, else by a walk through it.

    Raises
    ------
    CorruptFileError
        When it is broken and no point could be read, or when it declares entities.
    LimitError
        When it has more than ``max_points``, or nests too deep.
    """
    document = read_in_bulk(data, dialect, max_points=max_points)
    return document or walk(data, dialect, max_points=max_points)
