"""Cloud Storage: a few thousand objects per region, filters, offset pages, bulk downloads that take time."""

from __future__ import annotations

import hashlib
import io
import json
import random
import threading
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .._fiql import FilterError, Lookup, Test, compile_filter
from .._ranges import file_reply
from .._replies import Problem, Reply
from .._specs import is_node

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler

__all__ = ["Storage"]

REGIONS: Final = ("us-west", "us-east", "uk", "ap", "ca")
TYPES: Final = (
    ("callcenterrecording", "audio/mpeg", "mp3"),
    ("callrecording", "audio/mpeg", "mp3"),
    ("voicemail", "audio/wav", "wav"),
    ("transcription", "application/json", "json"),
    ("screenrecording", "video/mp4", "mp4"),
    ("meeting", "video/mp4", "mp4"),
)
OBJECTS_PER_REGION: Final = 2400
SECONDS: Final = 2.0  # for a bulk download, unless it is small
RESTORE_SECONDS: Final = 20.0  # for a restore, which takes the service hours
BUCKET: Final = "3314J06662K7SOEQD0"  # of all objects
BUCKETS: Final = 7  # in each region
_STEP: Final = timedelta(minutes=17)  # between objects
_PEOPLE: Final = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Radia", "Ken", "Frances")
_CHUNK: Final = 16 * 1024


class _Object:
    """One stored object. Its content is generated from its id, to use little memory."""

    def __init__(self, region: str, index: int, created: datetime) -> None:
        self._random = random.Random(f"{region}/{index}")
        self.id = f"{region}-{hashlib.sha1(f'{region}/{index}'.encode()).hexdigest()[:24]}"
        self.type, self.mime_type, self.suffix = TYPES[index % len(TYPES)]
        self.created = created
        self.state = {96: "FAILED", 95: "ARCHIVED"}.get(index % 97, "AVAILABLE")
        self.size = 4_000 + self._random.randrange(56_000)
        self.index = index

    @cached_property
    def tags(self) -> dict[str, str]:
        agent = self._random.randrange(40)
        milliseconds = int(self.created.timestamp() * 1000)
        duration = self._random.randrange(5_000, 900_000)
        return {
            "callId": f"int-{self.id[-12:]}",
            "direction": self._random.choice(("INBOUND", "OUTBOUND")),
            "startTime": str(milliseconds),
            "endTime": str(milliseconds + duration),
            "duration": str(duration),
            "agentId": f"ag{agent:04}",
            "agentName": f"{_PEOPLE[agent % len(_PEOPLE)]} Agent {agent}",
            "queueName": f"Queue {101 + self.index % 12}",
            "queueNumber": str(101 + self.index % 12),
            "address": f"+1408555{self._random.randrange(10_000):04}",
            "recording_start_time": self.created.strftime("%Y%m%dT%H%M%S"),
            "tenantId": "demotenant",
        }

    def content(self) -> Iterator[bytes]:
        if self.type == "transcription":
            words = [f"word {number} of {self.id}" for number in range(5)]
            text = json.dumps([{"channel": number % 2, "text": text} for number, text in enumerate(words)])
            yield text.encode().ljust(self.size)
            return
        block = hashlib.sha256(self.id.encode()).digest() * (_CHUNK // 32)
        for start in range(0, self.size, _CHUNK):
            yield block[: min(_CHUNK, self.size - start)]

    @cached_property
    def checksum(self) -> str:
        digest = hashlib.md5(usedforsecurity=False)
        for chunk in self.content():
            digest.update(chunk)
        # Objects that were uploaded in parts have the digest of the parts' digests.
        if self.index % 50 == 49:
            return hashlib.md5(digest.digest(), usedforsecurity=False).hexdigest() + "-1"
        return digest.hexdigest()

    @property
    def name(self) -> str:
        return f"{self.type}-{self.created:%Y%m%dT%H%M%S}-{self.id[-6:]}.{self.suffix}"

    def data(self, state: str | None = None) -> dict[str, Any]:
        stamp = self.created.strftime("%Y-%m-%dT%H:%M:%S")
        return {
            "id": self.id,
            "type": self.type,
            "mimeType": self.mime_type,
            "objectName": self.name,
            "checksumType": "MD5",
            "checksum": self.checksum,
            "customerId": "0012J00002K7SOFQA3",
            "userId": "b4ZRdTEnToOh6vRAq79U_g",
            "storedBytes": self.size,
            "createdTime": stamp,
            "updatedTime": stamp,
            "objectState": state or self.state,
            "bucketId": BUCKET,
            "tags": [{"key": key, "value": value} for key, value in self.tags.items()],
            "shared": False,
        }

    def lookup(self, selector: str) -> Sequence[str | int]:
        if selector in ("createdTime", "updatedTime"):
            return [int(self.created.timestamp() * 1000)]
        if selector in self.tags:
            return [self.tags[selector]]
        values: dict[str, str | int] = {
            "id": self.id,
            "type": self.type,
            "mimeType": self.mime_type,
            "objectName": self.name,
            "objectState": self.state,
            "storedBytes": self.size,
            "bucketId": BUCKET,
            "customerId": "0012J00002K7SOFQA3",
            "userId": "b4ZRdTEnToOh6vRAq79U_g",
        }
        return [values[selector]] if selector in values else []


@dataclass
class _Job:
    """A bulk download. Its status depends on how long it has been running."""

    name: str
    objects: list[_Object]
    missing: int
    seconds: float
    clock: Clock
    started: float
    cancelled: bool = False

    @property
    def status(self) -> str:
        if self.cancelled:
            return "CANCELLED"
        progress = self.clock.progress(self.started, self.seconds) if self.seconds else 1.0
        if progress < 1:
            return "NOT_STARTED" if progress < 0.3 else "IN_PROGRESS"
        if not self.objects:
            return "FAILED"
        return "PARTIAL_DONE" if self.missing else "DONE"

    def data(self, url: str | None = None) -> dict[str, Any]:
        body: dict[str, Any] = {"zipName": self.name, "status": self.status}
        return {**body, "url": url} if url else body


class Storage:
    """All regions, with separate objects and jobs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.until - OBJECTS_PER_REGION * _STEP
        self._buckets = [_bucket(index, self._start + timedelta(days=index)) for index in range(BUCKETS)]
        self._lock = threading.Lock()
        self._jobs: dict[str, dict[str, _Job]] = {region: {} for region in REGIONS}
        self._deleted: set[str] = set()
        self._restores: dict[str, float] = {}  # time of the request by object
        self._numbers = iter(range(1, 1_000_000))
        self.handlers: dict[str, Handler] = {
            "searchObjects": self.search,
            "getObject": self.get,
            "getObjectMetadata": self.get,
            "downloadObject": self.download,
            "restoreObject": self.restore,
            "deleteObjects": self.delete,
            "startBulkDownload": self.start,
            "listBulkDownloads": self.list_jobs,
            "getBulkDownload": self.job,
            "fetchBulkDownload": self.fetch,
            "cancelBulkDownload": self.cancel,
            "clearBulkDownloads": self.clear,
            "listBuckets": self.list_buckets,
            "getBucket": self.get_bucket,
            "listRegions": lambda _: Reply(list(REGIONS)),
        }

    def search(self, call: Call) -> Reply:
        offset, limit = call.number("pageKey", 0), call.number("limit", 100)
        text = call.query.get("filter", "")
        matches = _compile_filter(text)
        # Deleted and failed objects are listed only if the filter is about states.
        any_state = "objectState" in text
        rows = [
            item
            for item in self._objects(call).values()
            if (any_state or self._state(item) == "AVAILABLE") and matches(self._lookup(item))
        ]
        key = call.query.get("sortField", "createdTime")
        if key != "createdTime":  # their order already
            rows.sort(key=lambda item: str(next(iter(item.lookup(key)), "")))
        if call.query.get("sortDirection") == "DESC":
            rows.reverse()
        return _page([item.data(self._state(item)) for item in rows[offset : offset + limit]], offset, len(rows))

    def get(self, call: Call) -> Reply:
        item = self._object(call)
        return Reply(item.data(self._state(item)))

    def restore(self, call: Call) -> Reply:
        item = self._object(call)
        if self._state(item) != "ARCHIVED" or item.id in self._restores:
            raise Problem(400, f"{item.id} is not archived, or is being restored", code="BAD_REQUEST")
        self._restores[item.id] = self._clock.ticks()
        body = call.json()
        return Reply({"expirationDays": body.get("expirationDays", 7) if is_node(body) else 7})

    def download(self, call: Call) -> Reply:
        item = self._object(call)
        if self._state(item) == "ARCHIVED":
            raise Problem(404, f"{item.id} is archived; restore it first", code="NOT_FOUND")
        if call.flag("presignUrl"):
            return Reply(stream=[call.url.partition("?")[0].encode()], media_type="text/plain")
        content = b"".join(item.content())
        return file_reply(call, content, name=item.name, etag=item.checksum, media_type="application/octet-stream")

    def delete(self, call: Call) -> Reply:
        known = self._objects(call)
        with self._lock:
            self._deleted.update(object_id for object_id in call.json() if object_id in known)
        return Reply(status=204)

    def start(self, call: Call) -> Reply:
        ids = call.json()
        known = self._objects(call)
        objects = [known[object_id] for object_id in ids if object_id in known]
        with self._lock:
            name = f"bulk-{next(self._numbers):06}.zip"
            seconds = 0.0 if 0 < len(ids) <= 2 else SECONDS
            job = _Job(name, objects, len(ids) - len(objects), seconds, self._clock, self._clock.ticks())
            self._jobs[_region(call)][name] = job
        return Reply(job.data())

    def list_jobs(self, call: Call) -> Reply:
        return Reply([job.data() for job in self._jobs[_region(call)].values()])

    def job(self, call: Call) -> Reply:
        url = call.url.partition("?")[0].replace("/status/", "/") if call.flag("presignUrl") else None
        return Reply(self._job(call).data(url))

    def fetch(self, call: Call) -> Reply:
        job = self._job(call)
        if job.status not in ("DONE", "PARTIAL_DONE"):
            raise Problem(404, f"{job.name} is {job.status}, there is nothing to fetch yet")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
            for item in job.objects:
                target.writestr(zipfile.ZipInfo(item.name, item.created.timetuple()[:6]), b"".join(item.content()))
        return file_reply(call, archive.getvalue(), name=job.name, etag=job.name, media_type="application/zip")

    def cancel(self, call: Call) -> Reply:
        job = self._job(call)
        if job.status in ("NOT_STARTED", "IN_PROGRESS"):
            job.cancelled = True
        return Reply(job.data())

    def clear(self, call: Call) -> Reply:
        jobs = self._jobs[_region(call)]
        finished = [name for name, job in jobs.items() if job.status not in ("NOT_STARTED", "IN_PROGRESS")]
        return Reply([jobs.pop(name).data() for name in finished])

    def list_buckets(self, call: Call) -> Reply:
        offset, limit = call.number("pageKey", 0), call.number("limit", 100)
        matches = _compile_filter(call.query.get("filter", ""))
        rows = [bucket for bucket in self._buckets if matches(_bucket_lookup(bucket))]
        if call.query.get("sortDirection") == "DESC":
            rows.reverse()
        return _page(rows[offset : offset + limit], offset, len(rows))

    def get_bucket(self, call: Call) -> Reply:
        bucket_id = call.parameter("bucketId")
        match = next((bucket for bucket in self._buckets if bucket["bucketId"] == bucket_id), None)
        if match is None:
            raise Problem(404, f"no bucket {bucket_id}")
        return Reply(match)

    def _state(self, item: _Object) -> str:
        requested = self._restores.get(item.id)
        restored = requested is not None and self._clock.progress(requested, RESTORE_SECONDS) >= 1
        return "AVAILABLE" if restored else item.state

    def _lookup(self, item: _Object) -> Lookup:
        return lambda selector: [self._state(item)] if selector == "objectState" else item.lookup(selector)

    def _objects(self, call: Call) -> dict[str, _Object]:
        objects = _region_objects(_region(call), self._start)
        return {key: item for key, item in objects.items() if key not in self._deleted} if self._deleted else objects

    def _object(self, call: Call) -> _Object:
        object_id = call.parameter("objectId")
        item = self._objects(call).get(object_id)
        if item is None:
            raise Problem(404, f"no object {object_id} in region {_region(call)}", code="NOT_FOUND")
        return item

    def _job(self, call: Call) -> _Job:
        name = call.parameter("zipName")
        job = self._jobs[_region(call)].get(name)
        if job is None:
            raise Problem(404, f"no bulk download {name} in region {_region(call)}", code="NOT_FOUND")
        return job


@lru_cache(maxsize=16)
def _region_objects(region: str, start: datetime) -> dict[str, _Object]:
    objects = (_Object(region, index, start + index * _STEP) for index in range(OBJECTS_PER_REGION))
    return {item.id: item for item in objects}


def _region(call: Call) -> str:
    return urlsplit(call.url).path.split("/")[2]


def _page(rows: list[dict[str, Any]], offset: int, total: int) -> Reply:
    """Return a page with the offset of the next one, which even the last one has."""
    end = offset + len(rows)
    return Reply({"content": rows, "pageKey": end, "pageSize": len(rows), "lastPage": end >= total})


def _bucket(index: int, created: datetime) -> dict[str, Any]:
    stamp = created.strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "bucketId": f"3314J06662K7SOEQD{index}",
        "customerId": "0012J00002K7SOFQA3",
        "userId": "b4ZRdTEnToOh6vRAq79U_g",
        "createdTime": stamp,
        "updatedTime": stamp,
        "objectList": [],
        "tags": [],
    }


def _bucket_lookup(bucket: dict[str, Any]) -> Lookup:
    created = datetime.fromisoformat(bucket["createdTime"]).replace(tzinfo=UTC)
    milliseconds = int(created.timestamp() * 1000)
    values: dict[str, object] = {"id": bucket["bucketId"], "createdTime": milliseconds, "updatedTime": milliseconds}
    return lambda selector: [value] if (value := values.get(selector, bucket.get(selector))) is not None else []


def _compile_filter(text: str) -> Test:
    if not text:
        return lambda _: True
    try:
        return compile_filter(text)
    except FilterError as error:
        raise Problem(400, f"filter: {error}", code="BAD_REQUEST") from None
