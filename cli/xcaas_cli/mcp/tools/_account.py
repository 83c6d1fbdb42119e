"""The server's account, and continuing truncated lists."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from xcaas import MissingCredentialsError, TokenInfo, XCaaSError

from ..._connection import find_credentials
from .._arguments import Limit
from .._results import Result
from .._session import Session
from .._tool import reads

__all__ = ["read_on", "who_am_i"]

_STORAGE = "storage"


@reads("Who am I", rows=False)
async def who_am_i(session: Session) -> Result:
    """Tell which credentials this server has, which API products their key opens, how long its token lives (seconds),
    and which region, tenant and cluster it calls. Shows no secret. Use it when a call is refused, and for the regions of
    recordings.
    """
    source, credentials = find_credentials(session.profile)
    options = session.client.options
    result: dict[str, Any] = {
        "credentials": [type(credential).__name__ for credential in credentials],
        "source": source,
        "settings": {
            "regions": list(session.regions) or options.region,
            "tenant": options.tenant,
            "cluster": options.cluster,
            "baseUrl": options.base_url,
        },
    }
    info = await _token(session)
    if info is not None:
        result |= {"products": list(info.products), "tokenRemainingSeconds": round(info.remaining)}
        if _STORAGE in info.products:
            result["recordingRegions"] = await _regions(session)
    return session.single_result(result)


@reads("Read on in a cut list")
async def read_on(
    session: Session,
    cursor: Annotated[str, Field(description="The cursor of a result that was cut.")],
    limit: Limit = 50,
) -> Result:
    """Return the next rows of a list that another tool returned in part."""
    return await session.read_on(cursor, limit)


async def _token(session: Session) -> TokenInfo | None:
    try:
        return await session.client.token_info()
    except MissingCredentialsError:
        return None


async def _regions(session: Session) -> list[str]:
    """Return the regions that hold recordings; none if the call fails."""
    try:
        return list(await session.client.with_options(region=None).storage.regions.list())
    except XCaaSError:
        return []
