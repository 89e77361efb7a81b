"""The addresses of the living page, and the server that answers them."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from trailstats.boundary import reason_of
from trailstats.errors import (
    ConfigError,
    MissingExtraError,
    TrailstatsError,
    WorkerError,
)
from trailstats.report.living._archive import LiveArchive, Setup
from trailstats.report.living._guard import Guard
from trailstats.report.living._kept import Kept

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

ADDRESS = "127.0.0.1"
"""The loopback address: no other machine can reach it."""

MOST_STATED = 64 << 10
"""Largest request that states something [bytes] (our choice)."""

_ORIGIN = re.compile(
    r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?"
)
_ASSETS = {"page.js": "text/javascript", "page.css": "text/css"}


@dataclass(frozen=True)
class Door:
    """How the page is reached.

    Attributes
    ----------
    port : int
        0 takes one that is free.
    opened : callable or None
        Called with the page's address once it can be opened.
    origin : str
        Where a proxy offers the page, such as ``https://runs.example.org``; it passes the header
        ``Host`` on.
    """

    port: int = 0
    opened: Callable[[str], None] | None = None
    origin: str = ""

    def origins(self, port: int) -> dict[str, str]:
        """Return the hosts that may be asked, with the origins of their pages; the first stands in
        the address.

        Raises
        ------
        ConfigError
            When ``origin`` is none.
        """
        local = [f"{ADDRESS}:{port}", f"localhost:{port}"]
        out = {host: f"http://{host}" for host in local}
        if not self.origin:
            return out
        origin = self.origin.lower().removesuffix("/")
        if not _ORIGIN.fullmatch(origin):
            raise ConfigError(
                f"{self.origin!r} is no origin: https://NAME, perhaps with a port, and no path"
            )
        return {origin.partition("://")[2]: origin} | out


def serve(
    folder: str | os.PathLike[str] = ".",
    *,
    profile: str | os.PathLike[str] | None = None,
    setup: Setup | None = None,
    door: Door | None = None,
) -> None:
    """Serve the report of a folder as a living page on this machine, until interrupted.

    Parameters
    ----------
    folder : path
        It is watched; files that are dropped on the page are put into it.
    profile : path, optional
        By default ``athlete.toml`` in the folder; written when something is stated on the page.
    setup : Setup, optional
    door : Door, optional

    Raises
    ------
    ConfigError
        When the folder is none, or the origin.
    MissingExtraError
        Without the extra ``app``.
    WorkerError
        When the port is taken.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise MissingExtraError("uvicorn", "app") from error
    door = door or Door()
    archive = LiveArchive(Kept(folder, profile), setup or Setup())
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((ADDRESS, door.port))
        except OSError as error:
            raise WorkerError(
                f"port {door.port} can't be used: {reason_of(error)}"
            ) from error
        # From here on a browser may come: it waits until the server takes it.
        listening.listen()
        port = listening.getsockname()[1]
        token = secrets.token_urlsafe(24)
        config = uvicorn.Config(
            make_app(archive, token, door.origins(port), door.opened),
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        uvicorn.Server(config).run(sockets=[listening])


def make_app(
    archive: LiveArchive,
    token: str,
    origins: Mapping[str, str],
    opened: Callable[[str], None] | None = None,
) -> Any:  # noqa: ANN401 - an ASGI application
    """Return the application.

    Parameters
    ----------
    archive : LiveArchive
        It is started and stopped with the application.
    token : str
    origins : mapping of str to str
        Names and ports under which it is reached, with the origins of their pages; the first
        stands in the address.
    opened : callable, optional

    Returns
    -------
    ASGI application

    Raises
    ------
    MissingExtraError
        Without the extra ``app``.
    """
    try:
        from starlette.applications import Starlette
        from starlette.routing import Route
    except ImportError as error:
        raise MissingExtraError("starlette", "app") from error

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        archive.start()
        if opened is not None:
            opened(f"{next(iter(origins.values()))}/{token}/")
        try:
            yield
        finally:
            archive.stop()

    pages = _Pages(archive)
    routes = [
        Route("/", pages.front),
        Route("/page.js", pages.asset),
        Route("/page.css", pages.asset),
        Route("/state", pages.state),
        Route("/report", pages.report),
        Route("/export", pages.export),
        Route("/profile", pages.profile),
        Route("/profile", pages.set_profile, methods=["POST"]),
        Route("/label", pages.set_label, methods=["POST"]),
        Route("/intent", pages.set_intent, methods=["POST"]),
        Route("/files", pages.take, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes, lifespan=life), token, origins)


class _Pages:
    """What each address answers."""

    def __init__(self, archive: LiveArchive) -> None:
        self.archive = archive

    async def front(self, _: Request) -> Response:
        """Return the page."""
        return _file("page.html", "text/html")

    async def asset(self, request: Request) -> Response:
        """Return its script or style."""
        name = request.url.path.rpartition("/")[2]
        return _file(name, _ASSETS[name])

    async def state(self, request: Request) -> Response:
        """Return what the page does not know yet."""
        try:
            turn, rows = (
                int(request.query_params.get(name, "-1"))
                for name in ("turn", "rows")
            )
        except ValueError:
            return _problem("turn and rows are numbers")
        return _json(self.archive.state(turn, max(rows, 0)))

    async def report(self, _: Request) -> Response:
        """Return the report."""
        return await self._report({})

    async def export(self, _: Request) -> Response:
        """Return the report as a file to keep."""
        name = 'attachment; filename="trailstats-report.html"'
        return await self._report({"Content-Disposition": name})

    async def _report(self, headers: dict[str, str]) -> Response:
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import HTMLResponse

        try:
            page = await run_in_threadpool(self.archive.report)
        except TrailstatsError as error:
            return _problem(str(error))
        if page is None:
            return _problem("there is no report yet", 404)
        # The report has a policy of its own, which allows its own scripts alone.
        policy = {"Content-Security-Policy": "frame-ancestors 'self'"}
        return HTMLResponse(page, headers=headers | policy)

    async def profile(self, _: Request) -> Response:
        """Return what the profile states."""
        try:
            return _json(self.archive.kept.stated())
        except ConfigError as error:
            return _problem(str(error))

    async def set_profile(self, request: Request) -> Response:
        """State keys of the profile."""
        return await self._stated(request, self.archive.kept.state)

    async def set_label(self, request: Request) -> Response:
        """Say what the ground of a recording was."""

        def label(asked: dict[str, object]) -> None:
            self.archive.kept.label(
                str(asked.get("file", "")), str(asked.get("surface", ""))
            )

        return await self._stated(request, label)

    async def set_intent(self, request: Request) -> Response:
        """Say what a recording was meant to be."""

        def intend(asked: dict[str, object]) -> None:
            self.archive.kept.intend(
                str(asked.get("file", "")), str(asked.get("intent", ""))
            )

        return await self._stated(request, intend)

    async def _stated(
        self, request: Request, keep: Callable[[dict[str, object]], None]
    ) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_STATED:
                return _problem("that is too much", 413)
        try:
            asked = json.loads(body)
            if not isinstance(asked, dict):
                raise ConfigError("an object is needed")
            keep(asked)
        except (ValueError, RecursionError):
            return _problem("that is no JSON")
        except TrailstatsError as error:
            return _problem(str(error))
        self.archive.ask()
        return _json({})

    async def take(self, request: Request) -> Response:
        """Put a file into the folder."""
        size = request.headers.get("content-length", "")
        try:
            name = await self.archive.kept.take(
                request.query_params.get("name", ""),
                int(size) if size.isdecimal() else None,
                request.stream(),
            )
        except TrailstatsError as error:
            return _problem(str(error))
        return _json({"name": name})


def _file(name: str, kind: str) -> Response:
    from starlette.responses import Response

    file = resources.files("trailstats.report.living").joinpath(name)
    return Response(file.read_bytes(), media_type=kind)


def _json(content: object, status: int = 200) -> Response:
    from starlette.responses import Response

    text = json.dumps(content, allow_nan=False)
    return Response(text, status, media_type="application/json")


def _problem(words: str, status: int = 422) -> Response:
    return _json({"problem": words}, status)
