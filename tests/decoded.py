"""What two recordings say, compared field by field.

Numpy picks its vector functions by what the processor can do, and they round differently in the
last of 53 bits. Where a simulated value lies half-way between two units of the field it is written
to, the written number then moves by one unit. So a file written on another processor is the same
file if every decoded number is within one unit of its field and all else is equal; and because such
ties are rare, few numbers may differ at all.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import fitdecode

MOST_ONE_UNIT_OFF = 0.001
"""Share of a file's values that may be one unit off; seen was one of 14,000."""

Value = tuple[str, object]
"""Where a value stands, and the value: a Decimal or an int may be one unit off, others not."""


def _fit_frames(content: bytes) -> Iterator[Any]:
    """Yield what a FIT file holds, and "cut" where it ends too early."""
    check = fitdecode.CrcCheck.RAISE
    with fitdecode.FitReader(io.BytesIO(content), check_crc=check) as reader:
        try:
            yield from reader
        except fitdecode.FitEOFError:
            yield "cut"


def _fit_values(content: bytes) -> Iterator[Value]:
    for number, frame in enumerate(_fit_frames(content)):
        if frame == "cut":
            yield "end", "cut"
        elif frame.frame_type == fitdecode.FIT_FRAME_HEADER:
            yield "header", str((frame.proto_ver, frame.profile_ver))
            yield "size", str(frame.body_size)
        elif frame.frame_type == fitdecode.FIT_FRAME_DEFINITION:
            fields = [
                (f.def_num, f.base_type.name, f.size) for f in frame.field_defs
            ]
            yield f"definition {number}", str((frame.global_mesg_num, fields))
        elif frame.frame_type == fitdecode.FIT_FRAME_DATA:
            for field in frame.fields:
                raw = field.raw_value
                kind = field.type.name if field.type else ""
                fixed = kind == "date_time" or field.base_type.name == "enum"
                where = f"{frame.name} {number} {field.name}"
                yield where, str(raw) if fixed else raw


def _xml_values(content: bytes) -> Iterator[Value]:
    for number, element in enumerate(ElementTree.fromstring(content).iter()):
        yield f"tag {number}", element.tag
        for name, text in element.attrib.items():
            yield _printed(f"{element.tag} {number} {name}", text)
        yield _printed(f"{element.tag} {number}", element.text or "")
        yield f"tail of {number}", element.tail


def _printed(where: str, text: str) -> Value:
    """Return a text as a number where it is one, its count of decimals as part of its place."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return where, text
    return f"{where}, {number.as_tuple().exponent} decimals", number


def _json_values(value: Any, where: str = "") -> Iterator[Value]:
    if isinstance(value, dict):
        yield f"{where} keys", list(value)
        for key, member in value.items():
            yield from _json_values(member, f"{where}.{key}")
    elif isinstance(value, list):
        yield f"{where} length", str(len(value))
        for index, member in enumerate(value):
            yield from _json_values(member, f"{where}[{index}]")
    else:
        yield where, value


def values(path: Path) -> list[Value]:
    """Return all that a file holds, in order; text that is no recording as one value."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if not content:
        return []
    if ".fit" in path.suffixes:
        return list(_fit_values(content))
    if {".gpx", ".tcx"} & set(path.suffixes) and content.startswith(b"<?xml"):
        return list(_xml_values(content))
    return [("text", content.decode("utf-8"))]


def values_of_json(text: str) -> list[Value]:
    """Return the values of a JSON document, in order."""
    return list(_json_values(json.loads(text, parse_float=Decimal)))


def unit(number: Decimal) -> Decimal:
    """Return one unit of a number's last printed digit."""
    return Decimal(1).scaleb(int(number.as_tuple().exponent))


def one_unit_apart(a: object, b: object) -> bool:
    """Return whether two values are numbers that differ by one unit at most."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return abs(a - b) <= min(unit(a), unit(b))
    return type(a) is int and type(b) is int and abs(a - b) <= 1


def differences(written: list[Value], kept: list[Value]) -> list[str]:
    """Return what makes two files other than the same on two processors."""
    if [where for where, _ in written] != [where for where, _ in kept]:
        return [f"other values: {len(written)} against {len(kept)}"]
    unlike = [
        (where, a, b)
        for (where, a), (_, b) in zip(written, kept, strict=True)
        if a != b
    ]
    found = [
        f"{at}: {a} against {b}"
        for at, a, b in unlike
        if not one_unit_apart(a, b)
    ]
    if len(unlike) > max(1.0, MOST_ONE_UNIT_OFF * len(kept)):
        found.append(f"{len(unlike)} of {len(kept)} values differ")
    return found
