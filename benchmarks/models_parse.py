"""CPU time and memory from bytes to typed objects, compared with models of plain `openapi-python-client`.

10,000 storage objects with 15 tags each, with datetimes, open enums and unknown fields kept.
"""

from __future__ import annotations

import gc
import json
import tempfile
import tracemalloc
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from benchmarks._measure import compare, show
from benchmarks._plain_client import page_json, plain_models
from xcaas.storage.models import StorageObjectPage

PEER: Final = "plain openapi-python-client"
FIELDS: Final = [
    "id",
    "mime_type",
    "object_name",
    "object_state",
    "checksum_type",
    "checksum",
    "customer_id",
    "user_id",
    "bucket_id",
    "stored_bytes",
    "created_time",
    "updated_time",
    "shared",
]

# Reads the fields of a parsed page, as programs do: all of them, or all but the tags.
Read = Callable[[Any], object]


def read_all(type_name: str) -> Read:
    """Return a function that reads all fields of all objects and tags."""
    fields, tag_fields = attrgetter(*FIELDS, type_name), attrgetter("key", "value")

    def read(page: Any) -> object:
        for item in page.content:
            fields(item)
            for tag in item.tags:
                tag_fields(tag)
        return page

    return read


def read_flat(type_name: str) -> Read:
    """Return a function that reads all fields except the nested list."""
    fields = attrgetter(*FIELDS, type_name)

    def read(page: Any) -> object:
        for item in page.content:
            fields(item)
        return page

    return read


def peak_memory(run: Callable[[], object]) -> int:
    """Return the peak of memory allocated by Python during `run`, including its result."""
    gc.collect()
    tracemalloc.start()
    result = run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del result
    return peak


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = plain_models(Path(folder)).ObjectPage
        # The plain generator renames `type`.
        ours_all, peer_all = read_all("type"), read_all("type_")
        ours_flat, peer_flat = read_flat("type"), read_flat("type_")
        many, few = page_json(10_000), page_json(10)
        print(f"{len(many) / 1e6:.1f} MB of JSON")

        everything = compare(
            lambda: ours_all(StorageObjectPage.from_json(many)), lambda: peer_all(plain.from_dict(json.loads(many)))
        )
        show("every field read", everything, peer=PEER, budget=0.45)
        flat = compare(
            lambda: ours_flat(StorageObjectPage.from_json(many)), lambda: peer_flat(plain.from_dict(json.loads(many)))
        )
        show("nested lists not read", flat, peer=PEER, budget=0.45)
        small = compare(
            lambda: [ours_all(StorageObjectPage.from_json(few)) for _ in range(100)],
            lambda: [peer_all(plain.from_dict(json.loads(few))) for _ in range(100)],
        )
        show("10 objects, 100 times", small, peer=PEER, budget=0.80)

        ours = peak_memory(lambda: ours_all(StorageObjectPage.from_json(many)))
        peer = peak_memory(lambda: peer_all(plain.from_dict(json.loads(many))))
        verdict = "held" if ours / peer <= 0.75 else "MISSED"
        print(
            f"peak memory: {ours / peer:.2f} × {PEER}  ({ours / 1e6:.0f} MB against {peer / 1e6:.0f} MB)  budget 0.75: {verdict}"
        )


if __name__ == "__main__":
    main()
