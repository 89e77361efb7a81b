"""Problem documents as RFC 9457 has them, for everything that can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every answer: recordings are private, and no other site shows a page of ours as its own."""

# HTTP status by the stable code of an error of trailstats; everything else that a file can do is
# 422.
STATUS_BY_CODE = {
    "limit": 413,
    "missing_extra": 501,
    "internal": 500,
    "worker_killed": 500,
}


class Problem(Exception):
    """Something that ends a request, with what its answer says.

    Parameters
    ----------
    status : int
    code : str
        Stable name for programs.
    detail : str
        A sentence for a person.
    members : mapping, optional
        Further members of the document, such as ``where``.
    headers : mapping, optional
        Headers of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        members: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.members, self.headers = dict(members or {}), dict(headers or {})

    def response(self) -> JSONResponse:
        """Return the answer."""
        document = {
            "type": f"urn:trailstats:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.members,
        }
        return JSONResponse(
            document,
            self.status,
            headers=HEADERS | self.headers,
            media_type=MEDIA_TYPE,
        )


SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "where": {"type": "string"},
        "file": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail", "code"],
}
"""The JSON Schema of a problem document."""
