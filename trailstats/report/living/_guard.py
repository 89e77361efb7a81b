"""Who is answered: this page alone, on this machine."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.responses import PlainTextResponse

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CHANGING = ("POST", "PUT", "DELETE", "PATCH")


class Guard:
    """Answer only requests that name this address, know the token and come from no other origin.

    Parameters
    ----------
    app : ASGI application
        It sees paths without the token.
    token : str
        First part of every path.
    origins : mapping of str to str
        What the header ``Host`` may say, and the origin of pages from there: another name that
        leads here is someone else's page.
    """

    def __init__(self, app: Asgi, token: str, origins: Mapping[str, str]) -> None:
        self.app = app
        self.token = token
        self.origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            # Starting and ending; there are no web sockets.
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        from starlette.datastructures import MutableHeaders

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", POLICY)
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        inner = dict(scope)
        inner["path"] = scope["path"][len(self.token) + 1 :]
        inner["raw_path"] = inner["path"].encode()
        await self.app(inner, receive, guarded)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        """Return the answer to a request that is not this page's; None for one that is."""
        from starlette.datastructures import Headers
        from starlette.responses import PlainTextResponse

        headers = Headers(scope=scope)
        own = self.origins.get(headers.get("host", "").lower())
        if own is None:
            return PlainTextResponse("another host is meant", 421)
        first, slash, _ = scope["path"].removeprefix("/").partition("/")
        known = hmac.compare_digest(
            first.encode("utf-8", "replace"), self.token.encode()
        )
        if not (known and slash):
            return PlainTextResponse("nothing here", 404)
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        foreign = origin not in (None, own) or site in ("cross-site", "same-site")
        # What changes something has to say where it comes from.
        unnamed = scope["method"] in CHANGING and origin != own
        if unnamed or (foreign and site != "none"):
            return PlainTextResponse("another page asks", 403)
        return None
