"""Clients built for documents: their methods, and the arguments of these by wire name."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.document import JSON, is_object
from tests.conformance.requests import SampleRequest
from xcaas_core.models import Model
from xcaas_generator.generate.pipeline import run
from xcaas_generator.generate.request import BuildRequest, Source
from xcaas_generator.progress import Progress

__all__ = ["BuiltClient", "Method", "MissingArgumentError", "build_client", "generate"]


class MissingArgumentError(Exception):
    """The method has no argument for a parameter of the document."""


class _Recorder:
    """A fake resource that records operations and their arguments."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, tuple[Any, ...], Any]] = []
        self._caller = self

    def __getattr__(self, name: str) -> Callable[..., None]:
        def record(operation: Any, args: tuple[Any, ...] = (), body: Any = None) -> None:
            self.calls.append((operation, args, body))

        return record


@dataclass(frozen=True)
class Method:
    """A method of a generated resource."""

    call: str
    names: Mapping[tuple[str, str], str]
    body: str | None
    annotations: Mapping[str, str]
    models: Any
    operation: Any
    function: Any

    @property
    def returns_helper(self) -> bool:
        """Whether the method returns a pager, poller or download, which may call more than this operation."""
        return any(getattr(self.operation, kind) is not None for kind in ("paging", "poller", "download"))

    @property
    def downloads(self) -> bool:
        """Whether the method returns a download, which has no raw variant."""
        return "Download" in str(inspect.signature(self.function).return_annotation)

    def once(self, resource: Any, arguments: dict[str, object]) -> Any:
        """Call the operation of a pager, poller or download once, and return the complete response."""
        recorder = _Recorder()
        self.function(recorder, **arguments)
        return resource._caller.call(*recorder.calls[0])

    def arguments(self, sample: SampleRequest, *, typed: bool) -> dict[str, object]:
        """Return the arguments for a sample; if `typed`, objects become models where the annotation has one."""
        arguments: dict[str, object] = {}
        for (location, wire), value in sample.arguments.items():
            key = (location, wire.lower() if location == "header" else wire)
            if key not in self.names:
                raise MissingArgumentError(
                    f"{wire} in {location} has no argument in {self.call}({', '.join(self.annotations)})"
                )
            name = self.names[key]
            arguments[name] = self._typed(name, value) if typed else value
        if sample.media_type is not None:
            if self.body is None:
                raise MissingArgumentError(f"the body has no argument in {self.call}({', '.join(self.annotations)})")
            arguments[self.body] = self._typed(self.body, sample.body) if typed and sample.alone else sample.body
            if (
                "content_type" in self.annotations
                and "content_type" not in self.names.values()
                and "*" not in sample.media_type
            ):
                arguments["content_type"] = sample.media_type
            if sample.alone and sample.media_type == "image/*":  # only callers know the type
                arguments["content_type"] = "image/png"
        return arguments

    def _typed(self, name: str, value: JSON) -> object:
        if not is_object(value):
            return value
        classes = {
            cls
            for class_name in re.findall(r"_models\.(\w+)", self.annotations.get(name, ""))
            if isinstance(cls := getattr(self.models, class_name), type) and issubclass(cls, Model)
        }
        if len(classes) != 1 or "[" in self.annotations.get(name, ""):
            return value
        model: Any = classes.pop()
        return model.from_dict(value)


@dataclass(frozen=True)
class BuiltClient:
    """The package built for a document."""

    package: Any
    manifest: Mapping[str, Any]

    def settings(self, base_url: str) -> dict[str, Any]:
        """Return options for a client of the loopback server, without rate limits."""
        options = {"base_url": base_url, "retries": 0, "timeout": 10, "rate_limits": False, "verify": False}
        return {**options, "tenant": "acme", "cluster": "na12"}

    def method(self, call: str) -> Method:
        """Return a method with the parameters that its arguments stand for."""
        client_class: Any = self.package.Client
        resource = _resource(client_class, call)
        function = getattr(resource, call.rpartition(".")[2])
        recorder = _Recorder()
        signature = inspect.signature(function)
        names = [name for name in signature.parameters if name != "self"]
        sentinels = {name: object() for name in names}
        function(recorder, **sentinels)
        operation, args, body = recorder.calls[0]
        by_id = {id(sentinel): name for name, sentinel in sentinels.items()}
        argument_names: dict[tuple[str, str], str] = {}
        for parameter, argument in zip(operation.parameters, args, strict=False):
            if id(argument) in by_id:
                wire = parameter.wire.lower() if parameter.location == "header" else parameter.wire
                argument_names[parameter.location, wire] = by_id[id(argument)]
        annotations = {name: str(signature.parameters[name].annotation) for name in names}
        models = importlib.import_module(f"{self.package.__name__}.models")
        return Method(call, argument_names, by_id.get(id(body)), annotations, models, operation, function)


class _FakeOwner:
    """A fake client or resource that records the class of the resource that a property creates."""

    resource_class: Any = None

    def _resource(self, cls: Any) -> None:
        self.resource_class = cls


def _resource(client_class: Any, call: str) -> Any:
    """Return the class of the resource that has a method."""
    resource = client_class
    for name in call.split(".")[:-1]:
        owner = _FakeOwner()
        getattr(resource, name).fget(owner)
        resource = owner.resource_class
    return resource


def generate(document: Path, target: Path) -> None:
    """Write the package of a document."""
    run(BuildRequest(target, (Source(target.name, document),), suite=False), Progress(sys.stderr, quiet=True))


def build_client(document: Path, folder: Path, name: str) -> BuiltClient:
    """Build the package of a document and import it. Raises `InputError` if the generator rejects the document."""
    target = folder / name
    generate(document, target)
    sys.path.insert(0, str(folder))
    package = importlib.import_module(name)
    return BuiltClient(package, json.loads((target / "_manifest.json").read_text("utf-8")))
