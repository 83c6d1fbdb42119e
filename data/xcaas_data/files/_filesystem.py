"""The fsspec file system of the protocol `xcaas`."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn, get_args

from fsspec.callbacks import DEFAULT_CALLBACK, Callback
from fsspec.spec import AbstractFileSystem

from xcaas import ConfigurationError, XCaaS
from xcaas.storage.models import ObjectType

from .._clients import check_reference, client_for
from ..paths import file_name, path_of
from ._content import Content
from ._errors import missing, os_errors, read_only
from ._file import XCaaSFile
from ._paths import BY_ID, Location, days_between, location_of

if TYPE_CHECKING:
    from xcaas.storage.models import StorageObject

__all__ = ["XCaaSFileSystem"]

_TYPES: Final[tuple[str, ...]] = get_args(get_args(ObjectType)[0])
_OPTIONS: Final = {"use_listings_cache", "listings_expiry_time", "max_paths", "asynchronous", "loop", "batch_size"}
_LISTINGS_EXPIRY: Final = 60  # seconds; short, since recordings are added all day


class XCaaSFileSystem(AbstractFileSystem):
    """Recordings as read-only files. `xcaas_data.files` describes their paths.

    `storage_options` hold references only, never secrets, so that they can be stored, sent and printed.

    Args:
        credentials: Where they are, as for slices: `environment` (as for `XCaaS.from_env`), `profile:NAME`, or
            `provider:MODULE:FUNCTION`, a function that returns an `XCaaS`.
        base_url: Replaces the origin of the service, such as that of a local sandbox.
        options: fsspec's own, such as `use_listings_cache`. Lists are kept for a minute.
    """

    protocol: ClassVar[str | tuple[str, ...]] = "xcaas"
    root_marker: ClassVar[str] = ""

    def __init__(
        self,
        *,
        credentials: str = "environment",
        base_url: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**{"listings_expiry_time": _LISTINGS_EXPIRY, **options})
        if unknown := sorted(options.keys() - _OPTIONS):
            raise TypeError(
                f"xcaas:// has no option {', '.join(unknown)}. Credentials are given by reference: credentials='profile:NAME'"
            )
        self._credentials = check_reference(credentials)
        self._base_url = base_url
        self._ranges: dict[str, bool] = {}

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        stripped = super()._strip_protocol(path)
        return stripped.lstrip("/") if isinstance(stripped, str) else stripped

    # --- lists -------------------------------------------------------------------

    def ls(self, path: str, detail: bool = True, refresh: bool = False, **options: Any) -> list[Any]:
        """List a folder: regions, types, days, or the objects of one day that are available."""
        path = self._strip_protocol(path)
        entries = None if refresh else self.dircache.get(path)
        if entries is None:
            with os_errors(path):
                entries = self._list(path, self._locate(path))
            self.dircache[path] = entries
        return entries if detail else [entry["name"] for entry in entries]

    def _list(self, path: str, location: Location) -> list[dict[str, Any]]:
        if location.object_id is not None:
            return [self.info(path)]
        self._check_folder(path, location)
        if location.region is None:
            names = [str(region) for region in self._client(path, location).storage.regions.list()]
        elif location.type is None:
            names = [] if path.endswith(BY_ID) else list(_TYPES)
        elif location.day is None:
            names = [day.isoformat() for day in self._days(location)]
        else:
            items = self._client(path, location).storage.objects.search(
                filter=location.filter(), sort_field="createdTime"
            )
            return [_file_info(f"{path}/{file_name(item)}", item) for item in items]
        return [_folder_info(f"{path}/{name}".lstrip("/")) for name in names]

    def _days(self, location: Location) -> list[Any]:
        """Return the days from that of the first object to that of the last one."""
        search = self._client("", location).storage.objects.search
        dates = [
            item.created_time.date()
            for direction in ("ASC", "DESC")
            for item in search(
                filter=location.filter(), sort_field="createdTime", sort_direction=direction, limit=1
            ).limit(1)
            if item.created_time is not None
        ]
        return days_between(dates[0], dates[-1]) if dates else []

    def walk(
        self,
        path: str,
        maxdepth: int | None = None,
        topdown: bool = True,
        on_error: str | Callable[[OSError], object] | None = None,
        **options: Any,
    ) -> Iterator[Any]:
        """Yield folders with their contents. A folder that cannot be listed raises an error, unless `on_error` says otherwise:
        copies would silently lack its files."""
        return super().walk(path, maxdepth, topdown, on_error or _raise_unless_missing, **options)

    def find(
        self, path: str, maxdepth: int | None = None, withdirs: bool = False, detail: bool = False, **options: Any
    ) -> Any:
        """Return all files below a folder. Raises FileNotFoundError if the folder does not exist."""
        self.info(path)
        return super().find(path, maxdepth=maxdepth, withdirs=withdirs, detail=detail, **options)

    def glob(self, path: str, maxdepth: int | None = None, **options: Any) -> Any:
        """Find files by a pattern. Lists only folders that match their part of it."""
        parts = self._strip_protocol(path).split("/")
        pattern_index = next((index for index, part in enumerate(parts[:-1]) if _is_pattern(part)), None)
        if pattern_index is None or "**" in path:
            return super().glob(path, maxdepth, **options)
        detail = options.pop("detail", False)
        matches: dict[str, Any] = {}
        for folder in self.ls("/".join(parts[:pattern_index])):
            name = folder["name"].rpartition("/")[2]
            if folder["type"] == "directory" and fnmatchcase(name, parts[pattern_index]):
                subpattern = "/".join([folder["name"], *parts[pattern_index + 1 :]])
                matches.update(self.glob(subpattern, maxdepth, detail=True, **options))
        return matches if detail else list(matches)

    # --- single files ------------------------------------------------------------

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        """Return the details of a file or folder. A file is requested by id, unless its folder was just listed."""
        path = self._strip_protocol(path)
        location = self._locate(path)
        if location.object_id is None:
            with os_errors(path):
                self._check_folder(path, location)
            return _folder_info(path)
        siblings = self.dircache.get(self._parent(path)) or ()
        entry = next((entry for entry in siblings if entry["name"] == path), None)
        if entry is not None:
            return entry
        with os_errors(path):
            item = self._client(path, location).storage.objects.get(location.object_id)
        if item.object_state not in (None, "AVAILABLE"):
            archived = "; restore it first" if item.object_state == "ARCHIVED" else ""
            raise missing(path, f"the object is {item.object_state}{archived}")
        if location.type is not None and path_of(item, location.region or "") != path:
            raise missing(path, "the object with this id is another file")
        return _file_info(path, item)

    def _check_folder(self, path: str, location: Location) -> None:
        if location.region is not None:
            client = self._client(path, location)
            if location.type not in (None, *_TYPES) and not list(
                client.storage.objects.search(filter=location.filter(), limit=1).limit(1)
            ):
                raise missing(path)

    def created(self, path: str) -> datetime | None:
        """Return when an object was stored."""
        return self.info(path).get("created")

    def modified(self, path: str) -> datetime | None:
        """Return when an object or its tags last changed."""
        return self.info(path).get("modified")

    def ukey(self, path: str) -> str:
        """Return an identifier of the content, which changes with it."""
        details = self.info(path)
        return f"{details.get('id')}-{details.get('checksum')}-{details['size']}"

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **options: Any) -> bytes:
        """Return the bytes of a file, verified; or those from `start` up to `end`, which count from the end if negative."""
        path = self._strip_protocol(path)
        details = self._file_details(path)
        if details["size"] is None or (start is None and end is None):
            with os_errors(path):
                return self._content(path).whole().read()[start:end]
        begin, stop, _ = slice(start, end).indices(details["size"])
        with self._create_file(path, details, max(1, stop - begin), cache_type="none") as file:
            file.seek(begin)
            data: bytes = file.read(max(0, stop - begin))
        return data

    def get_file(
        self, rpath: str, lpath: Any, callback: Callback = DEFAULT_CALLBACK, outfile: Any = None, **options: Any
    ) -> None:
        """Download one file. It appears under its name only when it is complete and verified."""
        path = self._strip_protocol(rpath)
        target = lpath if isinstance(lpath, str) and outfile is None else None
        if target is None or self._locate(path).object_id is None:
            super().get_file(rpath, lpath, callback=callback, outfile=outfile, **options)
            return
        self._file_details(path)
        os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)

        def update_callback(done: int, total: int | None) -> None:
            callback.set_size(total)
            callback.absolute_update(done)

        with os_errors(path):
            self._content(path).whole().save(target, progress=update_callback)

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,
        cache_options: dict[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        if mode != "rb":
            raise read_only(path)
        details = self._file_details(path)
        return self._create_file(
            path, details, block_size or XCaaSFile.DEFAULT_BLOCK_SIZE, cache_options=cache_options, **options
        )

    def _create_file(self, path: str, details: dict[str, Any], block_size: int, **options: Any) -> Any:
        content = self._content(path)
        region = path.partition("/")[0]
        with os_errors(path):
            if details["size"] is None:  # the service did not report it
                return io.BytesIO(content.whole().read())
            if details["size"] > block_size and region not in self._ranges:
                self._ranges[region] = content.has_ranges()
        ranges = self._ranges.get(region, False)
        return XCaaSFile(self, path, content, ranges=ranges, details=details, block_size=block_size, **options)

    def _file_details(self, path: str) -> dict[str, Any]:
        details = self.info(path)
        if details["type"] == "directory":
            raise IsADirectoryError(path)
        return details

    def _content(self, path: str) -> Content:
        location = self._locate(path)
        if location.object_id is None:
            raise IsADirectoryError(path)
        return Content(lambda: self._client(path, location), location.object_id)

    def _client(self, path: str, location: Location) -> XCaaS:
        client = client_for(self._credentials)
        if self._base_url is not None:
            client = client.with_options(base_url=self._base_url)
        if location.region is None:
            return client
        try:
            return client.with_options(region={"storage": location.region})
        except ConfigurationError as error:
            raise missing(path, str(error)) from error

    def _locate(self, path: str) -> Location:
        location = location_of(path)
        if location is None:
            raise missing(path)
        return location

    # --- unsupported: recordings are read-only -----------------------------------

    def _refuse(self, path: str, *others: Any, **options: Any) -> NoReturn:
        raise read_only(path)

    mkdir = makedirs = rmdir = cp_file = _rm = rm_file = rm = mv = touch = pipe_file = put_file = _refuse


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _is_pattern(part: str) -> bool:
    return any(character in part for character in "*?[")


def _folder_info(path: str) -> dict[str, Any]:
    return {"name": path, "size": 0, "type": "directory"}


def _file_info(path: str, item: StorageObject) -> dict[str, Any]:
    return {
        "name": path,
        "size": item.stored_bytes,
        "type": "file",
        "id": item.id,
        "object_name": item.object_name,
        "mime_type": item.mime_type,
        "checksum": item.checksum,
        "created": item.created_time,
        "modified": item.updated_time,
        "tags": {tag.key: tag.value for tag in item.tags or ()},
    }
