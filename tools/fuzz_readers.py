"""Search for bytes that the readers can't take, guided by the code that they reach.

Needs the package atheris (Linux; ``pip install atheris``). Run from the checkout::

    python tools/fuzz_readers.py fit SEEDS --seconds 900    # also: gpx, tcx, container
    python tools/fuzz_readers.py gpx SEEDS --found FOLDER   # keeps its finds for the next run
    python tools/fuzz_readers.py gpx --again FOLDER/crash-...  # one input, with its traceback

SEEDS is a folder of files to start from, best small ones (below ``--longest``). A crash is every
exception but a `TrailstatsError`, a reading that takes longer than ``--slowest`` or more memory at
once than ``--memory``, and for GPX and TCX a document that the bulk path and the walk read
differently. The process ends at the first crash and writes its input into the folder of the finds.
"""

from __future__ import annotations

import argparse
import io
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from trailstats.io.xml._groups import Document

MOST_RECORDS = 100_000
MOST_BYTES = 1 << 26


def import_atheris() -> ModuleType:
    """Return the fuzzer, or end with a word on how to get it."""
    try:
        return import_module("atheris")
    except ImportError:
        raise SystemExit(
            "fuzzing needs the package atheris (Linux): pip install atheris"
        ) from None


def reader(format: str) -> Callable[[bytes], object]:
    """Return the function that reads bytes as a format, or as a container of any."""
    from trailstats.errors import TrailstatsError
    from trailstats.io import containers, formats

    limits = formats.ReadLimits(
        bytes=MOST_BYTES, records=MOST_RECORDS, members=100
    )

    def read_one(data: bytes) -> None:
        try:
            formats.decode(data, "fuzz", format=format, limits=limits)
        except TrailstatsError:
            return
        if format != "fit":
            compare_ways(format, data)

    def read_container(data: bytes) -> None:
        try:
            for item in containers.iter_activities(
                io.BytesIO(data), limits=limits
            ):
                if isinstance(item, containers.Failure) and not item.message:
                    raise AssertionError("a failure without a message")
        except TrailstatsError:
            return

    return read_container if format == "container" else read_one


def compare_ways(format: str, data: bytes) -> None:
    """Raise `AssertionError` when the bulk path reads a document other than the walk does."""
    from trailstats.io.xml import _bulk as _xml_bulk
    from trailstats.io.xml import _walk as _xml_walk
    from trailstats.io.xml import gpx, tcx

    dialect = (gpx if format == "gpx" else tcx).DIALECT
    bulk = _xml_bulk.read_in_bulk(data, dialect, max_points=MOST_RECORDS)
    if bulk is None:
        return
    walk = _xml_walk.walk(data, dialect, max_points=MOST_RECORDS)
    if _contents(bulk, dialect.time) != _contents(walk, dialect.time):
        raise AssertionError("the bulk path and the walk differ")


def _contents(document: Document, time: str) -> list[object]:
    """Return all that a document holds as plain values; elements without a number are left out."""
    out: list[object] = [
        document.root,
        dict(document.attributes),
        document.texts,
        sorted(document.seen),
    ]
    for group in document.groups:
        parts = [
            (part.name, part.at, dict(part.attributes), part.texts)
            for part in group.parts
        ]
        out += [
            group.first,
            group.last,
            dict(group.attributes),
            group.texts,
            parts,
        ]
        out.append(group.times(time).tobytes())
        for name in sorted(set(group.leaves) - {time}):
            values = group.numbers(name)
            if not np.isnan(values).all():
                out.append((name, values.tobytes()))
    return out


def main() -> int:
    """Fuzz one target until the time is over or something is found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=("fit", "gpx", "tcx", "container"))
    parser.add_argument(
        "seeds", type=Path, nargs="?", help="folder of files to start from"
    )
    parser.add_argument(
        "--found",
        type=Path,
        default=Path("fuzz"),
        help="folder for new inputs and for crashes",
    )
    parser.add_argument("--seconds", type=int, default=900)
    parser.add_argument(
        "--longest", type=int, default=1 << 15, help="bytes of an input"
    )
    parser.add_argument(
        "--slowest", type=int, default=5, help="seconds for one reading"
    )
    parser.add_argument(
        "--memory", type=int, default=300, help="MiB of one allocation"
    )
    parser.add_argument(
        "--again", type=Path, help="an input to read once, without fuzzing"
    )
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.again:
        reader(arguments.target)(arguments.again.read_bytes())
        return 0
    if arguments.seeds is None or not arguments.seeds.is_dir():
        parser.error("name a folder of seeds")
    atheris = import_atheris()
    with atheris.instrument_imports(include=["trailstats.io", "zipfile"]):
        read = reader(arguments.target)
    finds = arguments.found / arguments.target
    finds.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={arguments.seconds}",
        f"-max_len={arguments.longest}",
        f"-timeout={arguments.slowest}",
        f"-malloc_limit_mb={arguments.memory}",
        "-rss_limit_mb=4096",  # of the whole process: the fuzzer itself keeps some kilobytes a run
        f"-artifact_prefix={arguments.found}/{arguments.target}-",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(finds), str(arguments.seeds)], read)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
