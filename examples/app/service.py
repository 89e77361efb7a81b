"""The service: its addresses, what they answer, and its description in OpenAPI."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, File, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from app.child import Job
from app.docs_page import docs_page
from app.engine import Engine, routes
from app.keep import Keep
from app.limits import Limits
from app.problems import HEADERS, MEDIA_TYPE, SCHEMA, Problem
from app.uploads import CountBytes, save
from app.work import Crew
from trailstats import __version__
from trailstats.model.json_schemas import document_schema

Files = Annotated[
    list[UploadFile],
    File(
        description="Recordings (FIT, GPX, TCX, plain or gzipped) or zips of them."
    ),
]
OneFile = Annotated[
    UploadFile,
    File(description="A recording: FIT, GPX or TCX, plain, gzipped or zipped."),
]


def _problems(words: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": "#/components/schemas/http_problem"}
    content = {MEDIA_TYPE: {"schema": schema}}
    return {
        status: {"description": text, "content": content}
        for status, text in words.items()
    }


PROBLEMS = _problems(
    {
        400: "No request that can be understood",
        408: "The request came too slowly",
        413: "The request, or what is in it, is too large",
        422: "The files can't be used",
        500: "A fault of this service",
        503: "Too many requests wait",
        504: "The work took too long",
    }
)


def _answers(name: str) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {
        200: {
            "description": f"The document {name!r}",
            "content": {"application/json": {"schema": schema}},
        }
    } | PROBLEMS


def make_app(limits: Limits | None = None, keep: Path | None = None) -> FastAPI:
    """Return the service.

    Parameters
    ----------
    limits : Limits, optional
        What one request may cost.
    keep : Path, optional
        Where recordings of those who have a token are kept; without it nothing is.
    """
    limits = limits or Limits()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.crew = Crew(limits)
        # All folders of requests lie in one, which goes with the service.
        with tempfile.TemporaryDirectory(
            prefix="trailstats-service-", ignore_cleanup_errors=True
        ) as place:
            app.state.place = place
            if keep is None:
                yield
                return
            app.state.engine = Engine(Keep(keep), app.state.crew, limits)
            app.state.engine.resume()
            yield
            await app.state.engine.end()

    app = FastAPI(
        title="trailstats",
        version=__version__,
        lifespan=life,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(CountBytes, limits=limits)
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(Exception, _answer_fault)

    async def do(job: Job, uploads: list[UploadFile]) -> bytes:
        folder = Path(
            tempfile.mkdtemp(prefix="trailstats-app-", dir=app.state.place)
        )
        try:
            (folder / "files").mkdir()
            names = await save(uploads, folder / "files", limits)
            crew: Crew = app.state.crew
            return await crew.do(job, folder, names)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def home() -> HTMLResponse:
        page = resources.files("app").joinpath("upload.html").read_text("utf-8")
        policy = (
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
        )
        return HTMLResponse(
            page, headers=HEADERS | {"Content-Security-Policy": policy}
        )

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Tell that the service is up, and its version."""
        return {"status": "ok", "version": __version__}

    @app.post("/analysis", responses=_answers("analysis"))
    async def analysis(file: OneFile) -> Response:
        """Analyse one recording."""
        return _json(await do(Job.ANALYSIS, [file]))

    @app.post("/history", responses=_answers("history"))
    async def history(files: Files) -> Response:
        """Analyse many recordings: one row each, failures too."""
        return _json(await do(Job.HISTORY, files))

    @app.post("/claims", responses=_answers("claims"))
    async def claims(files: Files) -> Response:
        """Answer the article's claims from many recordings."""
        return _json(await do(Job.CLAIMS, files))

    @app.post("/report", response_class=HTMLResponse, responses=PROBLEMS)
    async def report(files: Files) -> Response:
        """Return the report of many recordings as one page."""
        return HTMLResponse(await do(Job.REPORT, files), headers=HEADERS)

    @app.get("/docs", response_class=HTMLResponse, include_in_schema=False)
    async def docs() -> HTMLResponse:
        policy = "default-src 'none'; style-src 'unsafe-inline'"
        return HTMLResponse(
            docs_page(app.openapi()),
            headers=HEADERS | {"Content-Security-Policy": policy},
        )

    if keep is not None:
        more = {
            401: "No token, or an unknown one",
            404: "There is none",
            429: "Too many requests",
        }
        app.include_router(routes(PROBLEMS | _problems(more)))
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign]  # the documented way to change it
    return app


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers=HEADERS)


async def _answer_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _answer_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Problem(
        error.status_code, "http", str(error.detail), headers=error.headers
    ).response()


async def _answer_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = "; ".join(
        f"{'/'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors()
    )
    return Problem(422, "invalid_request", found).response()


async def _answer_fault(_: Request, error: Exception) -> Response:
    return Problem(500, "internal", "a fault of this service").response()


def _describe(app: FastAPI) -> dict[str, Any]:
    """Return the description in OpenAPI, with the documents' own schemas as components."""
    if app.openapi_schema is None:
        found = get_openapi(
            title=app.title, version=app.version, routes=app.routes
        )
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for name in ("analysis", "history", "claims"):
            body = copy.deepcopy(document_schema(name))
            del body["$schema"], body["$id"]
            parts = body.pop("$defs", {})
            for part in (body, *parts.values()):  # type: ignore[attr-defined]
                _redirect(part)
            schemas |= {name: body, **parts}  # type: ignore[dict-item]
        schemas["http_problem"] = SCHEMA
        app.openapi_schema = found
    return app.openapi_schema


def _redirect(body: object) -> None:
    """Let references within a document's schema lead to where its parts now stand."""
    if isinstance(body, list):
        for item in body:
            _redirect(item)
    elif isinstance(body, dict):
        if isinstance(body.get("$ref"), str):
            body["$ref"] = body["$ref"].replace(
                "#/$defs/", "#/components/schemas/"
            )
        for item in body.values():
            _redirect(item)
