"""What models cost before the first of them is read: making the classes, and their reading functions.

Against the same class made by attrs, in one run. Budget of a first call: 30 ms for all of its models.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import Final

import attrs

from benchmarks._measure import compare, show
from xcaas_core.models import Model, field, model

FIELDS: Final = [f"field_{number}" for number in range(15)]
CLASSES: Final = 100

FIRST_CALL: Final = """
import time, httpx, json, xcaas.storage
text = b'{"content":[{"id":"a","tags":[{"key":"k","value":"v"}]}],"pageKey":1,"pageSize":1,"lastPage":true}'
start = time.process_time()
from xcaas_core.models import resolve
resolve("StorageObjectPage", "xcaas.storage").decode(json.loads(text)).validate()
print(time.process_time() - start)
"""


def ours() -> list[type[Model]]:
    """Classes as generated modules make them."""
    return [
        model(
            type(
                f"Sample{number}",
                (Model,),
                {"__module__": "benchmarks.sample", **{name: field(name, "str", default=None) for name in FIELDS}},
            )
        )
        for number in range(CLASSES)
    ]


def peer() -> object:
    """The same with attrs alone."""
    return [
        attrs.define(
            type(f"Sample{number}", (), {name: attrs.field(default=None) for name in FIELDS}), auto_attribs=False
        )
        for number in range(CLASSES)
    ]


def main() -> None:
    show(f"{CLASSES} classes with {len(FIELDS)} fields", compare(ours, peer), peer="attrs.define", budget=0.5)
    start = time.perf_counter()
    for cls in ours():
        cls.from_dict({})
    print(f"a class and its reading function: {(time.perf_counter() - start) / CLASSES * 1e3:.2f} ms")
    with tempfile.TemporaryDirectory() as cache:
        # With compiled modules, as after the first run on any machine.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        command = [sys.executable, "-c", FIRST_CALL]
        took = min(
            float(subprocess.run(command, capture_output=True, check=True, env=environment).stdout) for _ in range(5)
        )
    print(f"models in a first call: {took * 1e3:.1f} ms  budget 30: {'held' if took <= 0.03 else 'MISSED'}")


if __name__ == "__main__":
    main()
