"""Telling another program of a result: a POST of JSON to the address that the user named."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from trailstats._version import __version__
from trailstats.cli._exit import UsageProblem
from trailstats.errors import WriteError
from trailstats.schema import FORMAT_VERSION

TIMEOUT = 10.0
"""Time after which nobody is waited for [s] (our choice)."""


class _NoOtherPlace(urllib.request.HTTPRedirectHandler):
    """What is sent is for the address that was named, and for no other."""

    def redirect_request(self, *given: Any) -> None:  # noqa: ANN401
        """Follow no redirection."""


@dataclass(frozen=True)
class Webhook:
    """An address that is told of results.

    Attributes
    ----------
    address : str

    Raises
    ------
    UsageProblem
        When it is none of the web.
    """

    address: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageProblem(
                f"--webhook: {self.address!r} is no address such as https://example.org/hook"
            )

    def tell(self, message: Mapping[str, object]) -> None:
        """Send a message.

        Raises
        ------
        WriteError
            When nobody takes it.
        """
        content = json.dumps({"format_version": FORMAT_VERSION, **message})
        request = urllib.request.Request(
            self.address,
            data=content.encode(),
            headers={
                "Content-Type": "application/json",
                "User-Agent": f"trailstats/{__version__}",
            },
            method="POST",
        )
        opener = urllib.request.build_opener(_NoOtherPlace)
        try:
            with opener.open(request, timeout=TIMEOUT) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        except (OSError, ValueError) as error:
            raise WriteError(f"--webhook: {error}") from None
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise WriteError(f"--webhook: the address answered {status}")
