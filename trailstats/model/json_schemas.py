"""The JSON Schema of every document that trailstats prints, made from ``documents.toml``, the
tables and the values themselves.

A schema lists every key that this release writes. It lets others through, so that it also fits the
documents of a later release with the same ``format_version``, and requires none that an earlier
release did not write.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from importlib import resources
from typing import Any

from trailstats import schema
from trailstats.model.activity import ActivityMeta, DeviceTotals, Issue
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import Metric, Totals
from trailstats.schema import TABLES, Table
from trailstats.schema.documents import LATER_KEYS

__all__ = ["DOCUMENTS", "document_schema", "table_schema"]

Schema = dict[str, object]

_SHAPES: dict[str, dict[str, Any]] = tomllib.loads(
    resources.files("trailstats.model")
    .joinpath("documents.toml")
    .read_text("utf-8")
)
_VALUES: dict[str, tuple[str, type[Any]]] = {
    "ActivityMeta": ("meta", ActivityMeta),
    "Athlete": ("athlete", Athlete),
    "DeviceTotals": ("device_totals", DeviceTotals),
    "HeartRateLimits": ("limits", HeartRateLimits),
    "Issue": ("issue", Issue),
    "Metric": ("metric", Metric),
    "Totals": ("totals", Totals),
}
"""Dataclasses by name, each with the part of the documents that holds it."""

_BY_TYPE = {
    "bool": "boolean",
    "datetime64[ns, UTC]": "time",
    "float": "number",
    "float | None": "number",
    "float64": "number",
    "int": "whole",
    "int64": "whole",
    "int | None": "number",
    "pd.Timestamp | None": "time",
    "str": "text",
    "tuple[dt.date, ...]": "[date]",
    "tuple[str, ...]": "[text]",
    "tuple[tuple[float, float, float], ...]": "[[real]]",
    "tuple[tuple[str, float], ...]": "{real}",
    "tuple[tuple[str, str], ...]": "{text}",
}
"""Kinds of values by the dtype of a column or the annotation of a field."""

DOCUMENTS: tuple[str, ...] = tuple(_SHAPES["documents"])
"""The documents by name."""


def document_schema(name: str) -> Schema:
    """Return the JSON Schema (draft 2020-12) of a document.

    Parameters
    ----------
    name : str
        One of `DOCUMENTS`.

    Raises
    ------
    KeyError
        When there is no such document.

    Examples
    --------
    >>> from trailstats.model.json_schemas import document_schema
    >>> document_schema("problem")["required"]
    ['format_version', 'problem']
    """
    body = _object(name, _SHAPES["documents"][name])
    if name == "claims":
        body["$defs"] = {"claim": _kind("claim")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:trailstats:{name}:{schema.FORMAT_VERSION}",
        "title": f"trailstats {name}",
        "description": f"Document {name!r}, format_version {schema.FORMAT_VERSION}. SI units; null "
        "is missing.",
        **body,
    }


def table_schema(table: Table) -> Schema:
    """Return the JSON Schema of one row of a table, with units and meanings."""
    properties: dict[str, Schema] = {}
    for column in table:
        unit = {"unit": column.unit} if column.unit else {}
        properties[column.name] = {
            **_kind(_BY_TYPE[column.dtype]),
            "description": column.meaning,
            **unit,
        }
    return _object(table.name, properties) | {
        "title": table.name,
        "description": f"A row is {table.row}.",
    }


def _object(part: str, shape: Mapping[str, str | Schema]) -> Schema:
    """Return the schema of an object with the keys of a shape; those that may be absent are
    ``optional``, or joined the part later.
    """
    needed = [
        key
        for key, kind in shape.items()
        if not str(kind).startswith("optional ")
        and f"{part}.{key}" not in LATER_KEYS
    ]
    properties = {
        key: _kind(kind.removeprefix("optional "))
        if isinstance(kind, str)
        else kind
        for key, kind in shape.items()
    }
    return {"type": "object", "properties": properties, "required": needed}


def _kind(kind: str) -> Schema:
    """Return the schema of a kind of value, in the words of ``documents.toml``."""
    if kind.startswith("["):
        return {"type": "array", "items": _kind(kind[1:-1])}
    if kind.startswith("{"):
        return {"type": "object", "additionalProperties": _kind(kind[1:-1])}
    if " | " in kind:
        return {"oneOf": [_kind(one) for one in kind.split(" | ")]}
    if kind.startswith("#"):
        return {"$ref": f"#/$defs/{kind[1:]}"}
    if kind == "version":
        return {"const": schema.FORMAT_VERSION}
    if kind in _VALUES:
        return _object(*_shape_of_value(kind))
    if kind in TABLES:
        return table_schema(TABLES[kind])
    words = getattr(schema, kind, None)
    if isinstance(words, type) and issubclass(words, Enum):
        return {"enum": [word.value for word in words]}
    return _SHAPES["plain"].get(kind) or _object(kind, _SHAPES["parts"][kind])


def _shape_of_value(name: str) -> tuple[str, dict[str, str | Schema]]:
    """Return the part of the documents that holds a dataclass, and its fields; ratios of the totals
    are numbers too.
    """
    part, kind = _VALUES[name]
    shape: dict[str, str | Schema] = {
        field.name: _BY_TYPE.get(str(field.type), str(field.type))
        for field in fields(kind)
    }
    ratios = [
        name for name, item in vars(kind).items() if isinstance(item, property)
    ]
    return part, shape | dict.fromkeys(ratios, "number")
