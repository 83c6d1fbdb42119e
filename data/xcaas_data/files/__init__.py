"""Recordings as files: `xcaas://` addresses for everything that reads through fsspec.

    us-west/                                   a region of the customer
    us-west/callrecording/                     a type of object
    us-west/callrecording/2026-01-05/          the day, in UTC, on which objects were stored
    us-west/callrecording/2026-01-05/<id>.mp3  an object: its id, and an extension for its media type
    us-west/by-id/<id>                         any object of the region, by id

The service searches objects by type and time, and returns single ones by id. So no listing covers more than a day, and a
single file is requested by its id, without a listing.
"""

from __future__ import annotations

from .._clients import close_clients as close_clients
from ._filesystem import XCaaSFileSystem as XCaaSFileSystem

__all__ = ["XCaaSFileSystem", "close_clients"]
