"""Writing tables as CSV, Parquet or JSON, whole or in parts; what was there is replaced only by
something complete.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pandas as pd

from trailstats import schema
from trailstats.boundary import reason_of, shown
from trailstats.errors import MissingExtraError, WriteError
from trailstats.schema.arrow import METADATA_KEY
from trailstats.schema.documents import iso_times, rows

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = [
    "FORMAT_KEY",
    "defuse",
    "parquet_of",
    "write_atomically",
    "write_partitioned",
    "write_table",
]

_ROWS_AT_A_TIME = 5_000  # our choice: some 10 MB

FORMAT_KEY = METADATA_KEY.encode()
"""Key of a Parquet file's metadata that holds the table's name and the version of its columns, as
JSON.
"""


def write_atomically(path: Path, content: bytes) -> Path:
    """Write a file beside its place and move it there, so that a crash leaves the old one.

    Raises
    ------
    WriteError
        When the place can't be written to.
    """
    return write_pieces_atomically(path, (content,))


def write_pieces_atomically(path: Path, pieces: Iterable[bytes]) -> Path:
    """Write a file as `write_atomically` does, piece by piece.

    Raises
    ------
    WriteError
        When the place can't be written to.
    """
    with _replacing(path) as stream:
        stream.writelines(pieces)
    return path


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """Yield a stream beside a file's place, which takes the place when it is complete; see
    `write_atomically`.
    """
    temporary: Path | None = None
    try:
        target, mode = _target_of(path)
        # A new file gets the mode that a plain write would give; what replaces another is private
        # until it has that one's.
        beside = target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        number = os.open(beside, flags, 0o666 if mode is None else 0o600)
        temporary = beside
        with os.fdopen(number, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    except BaseException as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise WriteError(
                f"{shown(path)}: can't be written: {reason_of(error)}"
            ) from error
        raise


def _target_of(path: Path) -> tuple[Path, int | None]:
    """Return the file to replace and its permissions, None where there is none yet; a link stays,
    and what it leads to is replaced.

    Raises
    ------
    OSError
        When something else stands there: a folder, a pipe or a device is not replaced.
    """
    try:
        target = Path(os.path.realpath(path))
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target, None
    except ValueError as error:  # a NUL in the name
        raise OSError(None, str(error)) from None
    if not stat.S_ISREG(mode):
        raise OSError(
            None, "no regular file stands there, and it is left as it is"
        )
    return target, stat.S_IMODE(mode)


def write_table(
    frame: pd.DataFrame | Iterable[pd.DataFrame],
    path: Path,
    *,
    table: schema.Table,
) -> Path:
    """Write a table as CSV (text cells defused), Parquet or JSON, after the suffix.

    Parameters
    ----------
    frame : pandas.DataFrame, or an iterable of these
        May have columns besides those of ``table``. Parts, which follow one another, are not held
        together; all their times have fractions of seconds, so that they are alike throughout.
    path : Path
    table : schema.Table
        Brings the units, which stand in the metadata of Parquet's fields.

    Raises
    ------
    WriteError
        When the suffix is none of these, or the place can't be written to.
    MissingExtraError
        For Parquet without pyarrow.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".json", ".parquet"):
        raise WriteError(
            f"{path}: can't write {suffix or 'a file without a suffix'}; use .csv .parquet .json"
        )
    whole = isinstance(frame, pd.DataFrame)
    parts = [frame] if isinstance(frame, pd.DataFrame) else _joined_parts(frame)
    with _replacing(path) as stream:
        if suffix == ".parquet":
            _write_parquet(parts, stream, table)
        elif suffix == ".csv":
            stream.writelines(_csv_blocks(parts, fractions=not whole))
        else:
            stream.writelines(
                _json_blocks(parts, table.name, fractions=not whole)
            )
    return path


def _joined_parts(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield the parts, short ones together; one without rows when there is nothing else."""
    held: list[pd.DataFrame] = []
    columns, count, given = pd.DataFrame(), 0, False
    for frame in frames:
        if len(frame):
            held.append(frame)
            count += len(frame)
        elif columns.empty:
            columns = frame
        if count >= _ROWS_AT_A_TIME:
            yield pd.concat(held, ignore_index=True)
            held, count, given = [], 0, True
    if held or not given:
        yield pd.concat(held, ignore_index=True) if held else columns


def _json_blocks(
    parts: Iterable[pd.DataFrame], name: str, *, fractions: bool
) -> Iterator[bytes]:
    yield f'{{"format_version": {schema.FORMAT_VERSION}, "{name}": ['.encode()
    for number, part in enumerate(parts):
        text = json.dumps(rows(part, fractions=fractions), allow_nan=False)[1:-1]
        yield (f", {text}" if number and text else text).encode()
    yield b"]}"


def _write_parquet(
    parts: Iterable[pd.DataFrame], stream: IO[bytes], table: schema.Table
) -> None:
    writer: pq.ParquetWriter | None = None
    for part in parts:
        arrow = _arrow_table(part, table)
        if writer is None:
            from pyarrow.parquet import ParquetWriter

            writer = ParquetWriter(stream, arrow.schema)
        writer.write_table(arrow)
    if writer is not None:
        writer.close()


def parquet_of(
    parts: Iterable[pd.DataFrame], table: schema.Table
) -> tuple[bytes, int]:
    """Return a table of parts as the content of a Parquet file, and how many rows it has.

    Raises
    ------
    MissingExtraError
        Without pyarrow.
    """
    stream = io.BytesIO()
    count = 0

    def counted() -> Iterator[pd.DataFrame]:
        nonlocal count
        for part in _joined_parts(parts):
            count += len(part)
            yield part

    _write_parquet(counted(), stream, table)
    return stream.getvalue(), count


def write_partitioned(
    frame: pd.DataFrame, folder: Path, *, table: schema.Table, by: Sequence[str]
) -> Path:
    """Write a table as a folder of Parquet files, one for each combination of the values of some
    columns.

    The folders are named ``column=value``, as DuckDB, polars and pyarrow read them. The whole
    folder is made beside its place and then moved there.

    Parameters
    ----------
    frame : pandas.DataFrame
    folder : Path
        An earlier one of this kind is replaced.
    table : schema.Table
    by : sequence of str
        Columns of ``frame``.

    Raises
    ------
    WriteError
        When the place can't be written to, or holds something else.
    MissingExtraError
        Without pyarrow.
    """
    arrow = _arrow_table(frame, table)
    import pyarrow.parquet as pq

    if folder.exists() and not _is_partitioned(folder, by[0]):
        raise WriteError(
            f"{folder}: it is there and no folder of such parts; it is left as it is"
        )
    temporary = None
    try:
        temporary = Path(
            tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.")
        )
        new, old = temporary / "new", temporary / "old"
        new.mkdir()
        pq.write_to_dataset(
            arrow,
            str(new),
            partition_cols=list(by),
            basename_template="part-{i}.parquet",
        )
        if folder.exists():
            folder.replace(old)
        new.replace(folder)
    except OSError as error:
        raise WriteError(
            f"{folder}: can't be written: {reason_of(error)}"
        ) from error
    finally:
        if temporary is not None:
            if (temporary / "old").exists() and not folder.exists():
                (temporary / "old").replace(folder)
            shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _is_partitioned(folder: Path, column: str) -> bool:
    return folder.is_dir() and all(
        p.name.startswith(f"{column}=") for p in folder.iterdir()
    )


def _arrow_table(frame: pd.DataFrame, table: schema.Table) -> pa.Table:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError("pyarrow", "parquet") from error
    units = {c.name: c.unit for c in table}
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    about = json.dumps(
        {"table": table.name, "format_version": schema.FORMAT_VERSION}
    ).encode()
    fields = [
        f.with_metadata({"unit": units[f.name]}) if units.get(f.name) else f
        for f in arrow.schema
    ]
    return arrow.cast(
        pa.schema(
            fields, metadata={**(arrow.schema.metadata or {}), FORMAT_KEY: about}
        )
    )


def _csv_blocks(
    parts: Iterable[pd.DataFrame], *, fractions: bool
) -> Iterator[bytes]:
    for number, part in enumerate(parts):
        out = part.copy()
        for name in out.columns:
            if isinstance(out[name].dtype, pd.DatetimeTZDtype):
                out[name] = iso_times(out[name], fractions=fractions)
            elif out[name].dtype == "str":
                out[name] = out[name].map(_csv_cell)
        yield out.to_csv(index=False, header=number == 0).encode()


def _csv_cell(text: str) -> str:
    """Return a cell's text for CSV; a lone carriage return would end the row."""
    if not isinstance(text, str):
        return text
    return defuse(text).replace("\r\n", "\n").replace("\r", "\n")


def defuse(text: str) -> str:
    """Return a cell's text with a quote before it where a spreadsheet would run it as a formula."""
    if isinstance(text, str) and text.startswith(
        ("=", "+", "-", "@", "\t", "\r")
    ):
        return f"'{text}"
    return text
