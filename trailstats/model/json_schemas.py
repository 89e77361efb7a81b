"""The JSON Schema of every document that trailstats prints, made from the tables and values
themselves.

A schema lists every key that this release writes. It lets others through, so that it also fits the
documents of a later release with the same ``format_version``, and requires none that an earlier
release did not write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from trailstats import schema
from trailstats.model.activity import ActivityMeta, DeviceTotals
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import Totals
from trailstats.schema import (
    EvidenceStrength,
    Severity,
    Surface,
    SurfaceSource,
    Table,
    Verdict,
)
from trailstats.schema.documents import LATER_KEYS

__all__ = ["DOCUMENTS", "document_schema", "table_schema"]

Schema = dict[str, object]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": ["number", "null"]}
WHOLE: Schema = {"type": "integer"}
TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
TEXTS: Schema = {"type": "array", "items": TEXT}

_BY_DTYPE: dict[str, Schema] = {
    "float64": NUMBER,
    "int64": WHOLE,
    "bool": {"type": "boolean"},
    "str": TEXT,
}


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
    body = DOCUMENTS[name]()
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
        kind = dict(_BY_DTYPE.get(column.dtype, TIME))
        properties[column.name] = {**kind, "description": column.meaning}
        if column.unit:
            properties[column.name]["unit"] = column.unit
    return _object(properties, part=table.name) | {
        "title": table.name,
        "description": f"A row is {table.row}.",
    }


def _object(
    properties: dict[str, Schema],
    optional: frozenset[str] = frozenset(),
    part: str = "",
) -> Schema:
    needed = [
        key
        for key in properties
        if key not in optional and f"{part}.{key}" not in LATER_KEYS
    ]
    return {"type": "object", "properties": properties, "required": needed}


def _rows(table: Table) -> Schema:
    return {"type": "array", "items": table_schema(table)}


def _version() -> Schema:
    return {"const": schema.FORMAT_VERSION}


def _enum(values: type[EvidenceStrength] | type[Severity] | type[Verdict]) -> Schema:
    return {"enum": [v.value for v in values]}


def _metric() -> Schema:
    numbers = dict.fromkeys(("value", "low", "high", "coverage"), NUMBER)
    texts = dict.fromkeys(("unit", "method", "reason"), TEXT)
    return _object({**numbers, **texts, "evidence": _enum(EvidenceStrength)})


def _issue() -> Schema:
    texts = dict.fromkeys(("code", "message", "where"), TEXT)
    return _object({**texts, "severity": _enum(Severity), "count": WHOLE})


def _meta() -> Schema:
    special: dict[str, Schema] = {
        "start_time": TIME,
        "local_offset": NUMBER,
        "feel": NUMBER,
        "rpe": NUMBER,
        "device_totals": _object(
            {f.name: NUMBER for f in fields(DeviceTotals)}, part="device_totals"
        ),
    }
    return _object(
        {f.name: special.get(f.name, TEXT) for f in fields(ActivityMeta)}, part="meta"
    )


def _totals() -> Schema:
    ratios = [name for name in vars(Totals) if isinstance(vars(Totals)[name], property)]
    numbers = dict.fromkeys([*(f.name for f in fields(Totals)), *ratios], NUMBER)
    return _object({**numbers, "n_records": WHOLE}, part="totals")


def _times() -> Schema:
    part = _object(
        {"first": WHOLE, "times": {"type": "array", "items": {"type": "number"}}}
    )
    return _object(dict.fromkeys(("moving", "settled", "climbing"), part))


def _analysis() -> Schema:
    tables = (
        schema.SEGMENTS,
        schema.CLIMBS,
        schema.PROFILE,
        schema.IMPACT,
        schema.EFFORTS,
    )
    return _object(
        {
            "format_version": _version(),
            "meta": _meta(),
            "totals": _totals(),
            "metrics": {"type": "object", "additionalProperties": _metric()},
            **{table.name: _rows(table) for table in tables},
            "heart_rate_times": _times(),
            "issues": {"type": "array", "items": _issue()},
        },
        part="analysis",
    )


def _athlete() -> Schema:
    lists: dict[str, Schema] = {
        "races": {"type": "array", "items": {"type": "string", "format": "date"}},
        "privacy_zones": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "number"}},
        },
        "osm": TEXTS,
        "name": TEXT,
        "sex": TEXT,
        "goal": TEXT,
    }
    return _object(
        {f.name: lists.get(f.name, NUMBER) for f in fields(Athlete)}, part="athlete"
    )


def _limits() -> Schema:
    kinds = {
        f.name: TEXT if f.name in ("sex", "source") else NUMBER
        for f in fields(HeartRateLimits)
    }
    return _object(kinds, part="limits")


def _period() -> Schema:
    return {"oneOf": [{"type": "null"}, _object({"start": TIME, "end": TIME})]}


def _failure() -> Schema:
    return _object(dict.fromkeys(("source", "code", "message", "where"), TEXT))


def _history() -> Schema:
    return _object(
        {
            "format_version": _version(),
            "athlete": _athlete(),
            "limits": _limits(),
            "period": _period(),
            "activities": _rows(schema.ACTIVITIES),
            "weekly": _rows(schema.WEEKLY),
            "daily": _rows(schema.DAILY),
            "training": {"type": "object", "additionalProperties": _metric()},
            "failures": {"type": "array", "items": _failure()},
        },
        part="history",
    )


def _claim() -> Schema:
    numbers = dict.fromkeys(("trail", "road", "difference", "low", "high"), NUMBER)
    return _object(
        {
            **dict.fromkeys(("claim", "statement", "metric", "unit"), TEXT),
            **numbers,
            "n_trail": WHOLE,
            "n_road": WHOLE,
            "verdict": _enum(Verdict),
            "evidence": _enum(EvidenceStrength),
            "caveats": TEXTS,
            "activities": TEXTS,
            "parts": {"type": "array", "items": {"$ref": "#/$defs/claim"}},
        },
        optional=frozenset({"parts"}),
    )


def _rule() -> Schema:
    texts = dict.fromkeys(("rule", "statement", "period", "detail"), TEXT)
    outcome: Schema = {"enum": ["pass", "fail", "not applicable", "not enough data"]}
    return _object(
        {
            **texts,
            "outcome": outcome,
            "evidence": _enum(EvidenceStrength),
            "activities": TEXTS,
        }
    )


def _claims() -> Schema:
    body = _object(
        {
            "format_version": _version(),
            "athlete": _athlete(),
            "period": _period(),
            "claims": {"type": "array", "items": {"$ref": "#/$defs/claim"}},
            "rules": {"type": "array", "items": _rule()},
            "report": TEXT,
        },
        optional=frozenset({"report"}),
    )
    return body | {"$defs": {"claim": _claim()}}


def _problem() -> Schema:
    problem = _object(
        {
            "code": TEXT,
            "message": TEXT,
            "path": {"type": ["string", "null"]},
            "where": {"type": ["string", "null"]},
        }
    )
    return _object({"format_version": _version(), "problem": problem})


def _explanation() -> Schema:
    row: Schema = {
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    }
    return _object(
        {"format_version": _version(), "rows": {"type": "array", "items": row}}
    )


def _terrain() -> Schema:
    surfaces: Schema = {"enum": [surface.value for surface in Surface]}
    sources: Schema = {"enum": [source.value for source in SurfaceSource]}
    reason = _object({"name": TEXT, "words": TEXT, "log_odds": {"type": "number"}})
    reasons: Schema = {"type": "array", "items": reason}
    way = _object(
        {
            "way": WHOLE,
            "share": {"type": "number"},
            "rule": TEXT,
            "p_trail": {"type": "number"},
            "tags": {"type": "object", "additionalProperties": TEXT},
        }
    )
    segment = _object(
        {
            "index": WHOLE,
            "start_distance": NUMBER,
            "end_distance": NUMBER,
            "surface": surfaces,
            "p_trail": NUMBER,
            "surface_source": sources,
            "reasons": reasons,
            "ways": {"type": "array", "items": way},
        }
    )
    return _object(
        {
            "format_version": _version(),
            "file": TEXT,
            "trail_probability": NUMBER,
            "trail_source": sources,
            "tag": NUMBER,
            "whole": reasons,
            "segments": {"type": "array", "items": segment},
        }
    )


def _check() -> Schema:
    compared = _object(
        {
            "column": TEXT,
            "rows": WHOLE,
            "largest_difference": NUMBER,
            "only_here": WHOLE,
            "only_there": WHOLE,
            "note": TEXT,
        }
    )
    read = _object(
        {
            **dict.fromkeys(("file", "format", "sport", "sub_sport", "device"), TEXT),
            "status": {"const": "ok"},
            "start_time": TIME,
            **dict.fromkeys(("n_records", "n_laps", "n_pauses"), WHOLE),
            **dict.fromkeys(("channels", "extras"), TEXTS),
            "issues": {"type": "array", "items": _issue()},
            "differences": {"type": "array", "items": compared},
            "no_comparison": TEXT,
        },
        optional=frozenset({"differences", "no_comparison"}),
    )
    failed = _object({"file": TEXT, "status": {"const": "failed"}, "error": TEXT})
    return _object(
        {
            "format_version": _version(),
            "files": {"type": "array", "items": {"oneOf": [read, failed]}},
        }
    )


def _written() -> Schema:
    return _object({"format_version": _version(), "written": TEXT, "n_records": WHOLE})


DOCUMENTS: dict[str, Callable[[], Schema]] = {
    "analysis": _analysis,
    "history": _history,
    "claims": _claims,
    "explanation": _explanation,
    "terrain": _terrain,
    "check": _check,
    "written": _written,
    "problem": _problem,
}
"""The documents by name, each with the function that makes its schema."""
