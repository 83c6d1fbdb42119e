"""A client for storage objects as plain `openapi-python-client` makes it, and answers to read with it.

The spec here says the same as ours, in the words that the plain generator understands.
"""

from __future__ import annotations

import importlib
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

__all__ = ["answer", "plain_models"]

_TEXT: Final = [
    "type",
    "mimeType",
    "objectName",
    "objectState",
    "checksumType",
    "checksum",
    "customerId",
    "userId",
    "bucketId",
]
_TAGS: Final = [
    "callId",
    "guid",
    "pbxId",
    "branchId",
    "extensionNumber",
    "address",
    "callerId",
    "calleeId",
    "callerName",
    "calleeName",
    "direction",
    "startTime",
    "endTime",
    "duration",
    "agentId",
]


def _spec() -> dict[str, object]:
    text, moment = {"type": "string"}, {"type": "string", "format": "date-time"}
    properties: dict[str, object] = {
        "id": text,
        **dict.fromkeys(_TEXT, text),
        "storedBytes": {"type": "integer"},
        "createdTime": moment,
        "updatedTime": moment,
        "shared": {"type": "boolean"},
        "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}},
    }
    page: dict[str, object] = {
        "content": {"type": "array", "items": {"$ref": "#/components/schemas/StorageObject"}},
        "pageKey": {"type": "integer"},
        "pageSize": {"type": "integer"},
        "lastPage": {"type": "boolean"},
    }
    reference = {"$ref": "#/components/schemas/ObjectPage"}
    answers = {"200": {"description": "A page.", "content": {"application/json": {"schema": reference}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Storage", "version": "1"},
        "paths": {"/objects": {"get": {"operationId": "search", "responses": answers}}},
        "components": {
            "schemas": {
                "ObjectPage": {"type": "object", "required": ["content", "lastPage"], "properties": page},
                "StorageObject": {"type": "object", "required": ["id"], "properties": properties},
                "Tag": {"type": "object", "properties": {"id": text, "key": text, "value": text}},
            }
        },
    }


def plain_models(folder: Path) -> Any:
    """The `models` module that the plain generator makes, freshly generated into `folder`."""
    (folder / "spec.json").write_text(json.dumps(_spec()))
    command = [str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--meta", "none"]
    target = folder / "plain_storage_client"
    subprocess.run(
        [*command, "--path", "spec.json", "--output-path", str(target)], cwd=folder, check=True, capture_output=True
    )
    sys.path.insert(0, str(folder))
    return importlib.import_module("plain_storage_client.models")


def answer(objects: int, seed: int = 1) -> bytes:
    """A page of so many objects with 15 tags each; 10,000 of them are about 11.5 MB."""
    chance = random.Random(seed)

    def code(length: int) -> str:
        return "".join(chance.choices("0123456789abcdef", k=length))

    def moment() -> str:
        day, clock = chance.randrange(1, 28), chance.randrange(24 * 3600)
        return f"2024-{chance.randrange(1, 13):02}-{day:02}T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"

    def stored() -> dict[str, object]:
        return {
            "id": f"{code(8)}-{code(4)}-{code(4)}-{code(12)}",
            "type": "callcenterrecording",
            "mimeType": "audio/mpeg",
            "objectName": f"ipbx:demo:callrecording:users:1000:{chance.randrange(10**13)}.mp3",
            "objectState": "AVAILABLE",
            "checksumType": "MD5",
            "checksum": code(32),
            "customerId": code(18),
            "userId": code(22),
            "bucketId": code(18),
            "storedBytes": chance.randrange(10**7),
            "createdTime": moment(),
            "updatedTime": moment(),
            "shared": False,
            "tags": [{"key": key, "value": code(chance.randrange(10, 22))} for key in _TAGS],
        }

    page = {"content": [stored() for _ in range(objects)], "pageKey": 1, "pageSize": objects, "lastPage": True}
    return json.dumps(page, separators=(",", ":")).encode()
