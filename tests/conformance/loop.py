"""The check of one document: build a client, call all operations, check requests, and compare the values read."""

from __future__ import annotations

import asyncio
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import httpx

from tests.conformance.addresses import (
    RELATIVE_TO,
    RecordingTransport,
    address_faults,
    header_faults,
    hosts,
    is_complete,
    is_relative,
    servers,
)
from tests.conformance.answers import SampleResponse, accepts, error_class, hollow, same_value, sample_responses
from tests.conformance.calls import attempt, attempt_async
from tests.conformance.clients import BuiltClient, Method, MissingArgumentError, build_client
from tests.conformance.document import JSON, Document, Node, OperationNode, is_list
from tests.conformance.requests import SampleRequest, request_faults, sample_requests
from tests.conformance.security import credentials_for
from tests.conformance.server import Server, StubResponse
from xcaas_core import RedirectError, XCaaSError
from xcaas_generator.problems import InputError

__all__ = ["Failure", "Result", "check_document"]


@dataclass(frozen=True)
class Failure:
    """A fault of an operation. `document` is the name of its file."""

    document: str
    operation: str
    kind: str
    detail: str


@dataclass
class Result:
    """The result for a document."""

    document: str
    operations: int = 0
    valid: int = 0
    responses: int = 0
    equal: int = 0
    refused: int = 0
    hollow: int = 0
    unsampled: int = 0
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list[Failure])


@dataclass
class _Round:
    """One call: the request and the response."""

    request: SampleRequest
    response: SampleResponse


_Plan: TypeAlias = tuple[OperationNode, Method, list[_Round]]


class _Checker:
    """Calls the operations of one document and counts faults."""

    def __init__(self, document: Document, server: Server, built: BuiltClient, result: Result, deadline: float) -> None:
        self.document = document
        self.server = server
        self.built = built
        self.result = result
        self.deadline = deadline
        self.wrong: set[str] = set()
        self._received_before = 0
        credentials = credentials_for(document)
        self.options = {**built.settings(server.url), **({"credentials": credentials} if credentials else {})}

    def fail(self, operation: OperationNode, kind: str, detail: str) -> None:
        self.result.failures.append(Failure(self.result.document, operation.key, kind, detail))

    # --- one call ---------------------------------------------------------------

    def check_request(
        self, operation: OperationNode, method: Method, sample: SampleRequest, label: str, received_before: int
    ) -> bool:
        """Check the request received for a call. Return False if there is none."""
        received = self.server.received[received_before:]
        if not received:
            return False
        skipped = {parameter.wire for parameter in method.operation.parameters} - {wire for _, wire in method.names}
        faults = request_faults(
            self.document, operation, sample, received[0], skipped=skipped | set(method.operation.headers)
        )
        for fault in faults:
            self.fail(operation, f"request: {fault.kind}", f"{label}: {fault.detail}")
        if faults:
            self.wrong.add(operation.key)
        return True

    def check_response(
        self, operation: OperationNode, response: SampleResponse, value: object, error: BaseException | None, label: str
    ) -> None:
        """Check the value or error of a call."""
        result = self.result
        result.responses += 1
        where = f"{label}: {response.status} {response.stub.media_type or 'without a body'}"
        if response.fails:
            error_type = error_class(response.status)
            if type(error) is not error_type:
                return self.fail(
                    operation, f"error: {type(error).__name__}", f"{where}: {error_type.__name__} was expected: {error}"
                )
            value = getattr(error, "body", None)
            value = None if response.value is None and value in ("", b"") else value
            if isinstance(response.value, bytes) and isinstance(value, str):
                # Errors have bodies other than JSON as text.
                response = replace(response, value=response.value.decode("utf-8", "replace"))
        elif error is not None and _is_expected_redirect(operation, response, error):
            result.equal += 1
            return None
        elif error is not None:
            return self.fail(
                operation, f"answer: {type(error).__name__}", f"{where}: {_shortened(response.value)}: {error}"
            )
        missing = hollow(value, response.value, response.schema, response.extras)
        if missing is not None:
            result.hollow += 1
            return self.fail(operation, "hollow", f"{where}: {missing}; sent {_shortened(response.value)}")
        if not same_value(value, response.value):
            return self.fail(
                operation,
                "answer: differs",
                f"{where}: sent {_shortened(response.value)}, read {_shortened(_plain(value))}",
            )
        result.equal += 1
        return None

    # --- all calls --------------------------------------------------------------

    def plans(self) -> list[_Plan]:
        """Return the calls to make. Operations that cannot be planned count as wrong."""
        plans: list[_Plan] = []
        for operation in self.document.operations():
            try:
                method_and_rounds = self.plan(operation)
            except Exception:
                self.mark_broken(operation)
            else:
                plans += [(operation, *method_and_rounds)] if method_and_rounds is not None else []
        self.result.operations = len(plans) + len(self.wrong)
        return plans

    def mark_broken(self, operation: OperationNode) -> None:
        """Count an operation for which the check itself failed."""
        self.wrong.add(operation.key)
        self.fail(operation, "broken", traceback.format_exc()[-1500:])

    def count_refused(self, operation: OperationNode, *, expected: bool) -> None:
        """Count an operation that was not generated, which is a fault unless expected."""
        path_and_method = (operation.path, operation.method)
        reasons = [
            refused["reason"]
            for refused in self.built.manifest["refused"]
            if (refused["path"], refused["method"]) == path_and_method
        ]
        self.result.refused += 1
        if not (expected and reasons):
            self.fail(operation, "refused", str(reasons[0]) if reasons else "neither generated nor refused")

    def plan(self, operation: OperationNode) -> tuple[Method, list[_Round]] | None:
        """Return the rounds of an operation, with each request and each response at least once."""
        entry = next(
            (
                entry
                for entry in self.built.manifest["operations"]
                if entry["path"] == operation.path and entry["method"] == operation.method
            ),
            None,
        )
        fields = operation.node.fields
        expects_refusal = fields.get("x-conformance") == "refused" or "$ref" in fields
        if entry is None:
            self.count_refused(operation, expected=expects_refusal)
            return None
        if expects_refusal:
            self.wrong.add(operation.key)
            self.fail(operation, "not refused", f"{entry['call']} was generated")
            return None
        method = self.built.method(entry["call"])
        requests = sample_requests(self.document, operation)
        responses, missing = sample_responses(self.document, operation)
        if missing or not requests:
            self.result.unsampled += 1
            self.fail(operation, "no sample", f"answers {', '.join(missing)}" if requests else "request")
        if not requests:
            return None
        no_response = SampleResponse(StubResponse(), None)
        count = max(len(requests), len(responses))
        checked = responses or [no_response]
        return method, [_Round(requests[turn % len(requests)], checked[turn % len(checked)]) for turn in range(count)]

    def is_unrequested(self, operation: OperationNode, sample: SampleResponse, accept: str | None) -> bool:
        """Return whether the client did not request a media type; a fault if it requested no equivalent one."""
        kind = sample.stub.media_type
        if kind is None or sample.fails or operation.method.upper() == "HEAD" or accepts(accept, kind):
            return False
        content = operation.node.child("responses")
        for _, response in content.items():
            media = response.get("content")
            accepted_types = [name for name, _ in media.items() if accepts(accept, name)] if media is not None else []
            if accepted_types and any(word in kind for word in ("xml", "yaml", "json", "text/")):
                return True
            if (
                accepted_types
                and media is not None
                and _value(sample.schema) in (None, *_schemas(media, accepted_types))
            ):
                return True
        self.result.responses += 1
        self.fail(operation, "answer: not asked for", f"{kind} is not in Accept: {accept}")
        return True

    def run_sync(self, plans: list[_Plan]) -> None:
        with self.built.package.Client(**self.options) as client:
            for operation, method, rounds in plans:
                for round_ in rounds:
                    arguments = self._prepare(operation, method, round_, typed=False, label="sync")
                    if arguments is None:
                        continue
                    value, error = attempt(client, method, arguments)
                    self._check_call(operation, method, round_, value, error, "sync")

    def run_servers(self, plans: list[_Plan]) -> None:
        """Call all operations at each of their servers with `client.raw`."""
        count = max((len(servers(self.document, operation)) for operation, _, _ in plans), default=0)
        for index in range(count):
            for relative in (False, True):
                chosen = [
                    (plan, operation_servers[index])
                    for plan in plans
                    if index < len(operation_servers := servers(self.document, plan[0]))
                    and is_complete(operation_servers[index])
                    and is_relative(operation_servers[index]) == relative
                ]
                if chosen:
                    self._run_server(chosen, index, relative=relative)

    def _run_server(self, chosen: list[tuple[_Plan, Node]], index: int, *, relative: bool) -> None:
        transport = RecordingTransport()
        options = {key: value for key, value in self.options.items() if key not in ("base_url", "verify")}
        options |= {"server": index, "insecure_hosts": hosts(self.document)}
        options |= {"base_url": RELATIVE_TO} if relative else {}
        with (
            httpx.Client(transport=transport) as http_client,
            self.built.package.Client(**options, http_client=http_client) as client,
        ):
            for (operation, method, rounds), server in chosen:
                transport.addresses.clear()
                transport.sample = rounds[0].response
                try:
                    value, error = attempt(client, method, method.arguments(rounds[0].request, typed=False), raw=True)
                except (MissingArgumentError, XCaaSError):
                    continue  # counted where requests are checked
                if not transport.addresses:
                    self._fail_call(
                        operation, f"server: {type(error).__name__}", f"server {index}: nothing was sent: {error}"
                    )
                    continue
                faults = list(address_faults(operation, server, transport.addresses[0]))
                if type(value).__name__ == "RawResponse":
                    faults += header_faults(rounds[0].response, value)
                for fault in faults:
                    self.fail(operation, f"raw: {fault.kind}", f"server {index}: {fault.detail}")
                    self.wrong.add(operation.key)

    async def run_async(self, plans: list[_Plan]) -> None:
        async with self.built.package.AsyncClient(**self.options) as client:
            for operation, method, rounds in plans:
                for round_ in rounds:
                    arguments = self._prepare(operation, method, round_, typed=True, label="async")
                    if arguments is None:
                        continue
                    value, error = await attempt_async(client, method, arguments)
                    self._check_call(operation, method, round_, value, error, "async")

    def _prepare(
        self, operation: OperationNode, method: Method, round_: _Round, *, typed: bool, label: str
    ) -> dict[str, object] | None:
        self._received_before = len(self.server.received)
        self.server.response = round_.response.stub
        if time.monotonic() > self.deadline:
            self._fail_call(operation, "out of time", label)
            return None
        try:
            return method.arguments(round_.request, typed=typed)
        except MissingArgumentError as error:
            self._fail_call(operation, "request: no argument", f"{label}: {error}")
        except XCaaSError as error:
            self._fail_call(operation, f"request: {type(error).__name__}", f"{label}: making a model: {error}")
        return None

    def _fail_call(self, operation: OperationNode, kind: str, detail: str) -> None:
        self.fail(operation, kind, detail)
        self.wrong.add(operation.key)
        self.result.responses += 1

    def _check_call(
        self,
        operation: OperationNode,
        method: Method,
        round_: _Round,
        value: object,
        error: BaseException | None,
        label: str,
    ) -> None:
        try:
            if not self.check_request(operation, method, round_.request, label, self._received_before):
                arguments = f"{_shortened(round_.request.body)} {_shortened(dict(round_.request.arguments))}"
                detail = f"{label}: nothing was sent for {arguments}: {error}"
                self._fail_call(operation, f"request: {type(error).__name__}", detail)
            elif not self.is_unrequested(
                operation, round_.response, self.server.received[self._received_before].header("Accept")
            ):
                self.check_response(operation, round_.response, value, error, label)
        except Exception:
            self.mark_broken(operation)


def _value(schema: Node | None) -> JSON:
    return None if schema is None else schema.value


def _schemas(content: Node, media_types: list[str]) -> Iterator[JSON]:
    return (_value(content.child(name).get("schema")) for name in media_types)


def _is_expected_redirect(operation: OperationNode, response: SampleResponse, error: BaseException) -> bool:
    """Return whether an error is expected: a redirect of an operation with successes, or 304."""
    if type(error) is not RedirectError or error.status != response.status:
        return False
    successes = any(code[:1] == "2" for code in operation.node.fields.get("responses", {}))
    return "not modified" in str(error).lower() if response.status == 304 else successes


def _plain(value: object) -> object:
    if is_list(value):
        return [_plain(item) for item in value]
    to_dict: Any = getattr(value, "to_dict", None)
    return to_dict() if to_dict is not None else value


def _shortened(value: JSON) -> str:
    return text if len(text := repr(value)) < 500 else text[:500] + "…"


def check_document(path: Path, name: str, seconds: float) -> Result:
    """Check one document. Operations not called in time count as wrong."""
    result = Result(name)
    started = time.monotonic()
    try:
        _check(path, result, started + seconds)
    except InputError as error:
        result.refused += max(1, len(_operations(path)))
        result.failures.append(Failure(name, "*", "refused", "; ".join(map(str, error.problems))[:600]))
    except Exception:
        result.failures.append(Failure(name, "*", "broken", traceback.format_exc()[-1500:]))
        result.operations = max(result.operations, 1)
    result.seconds = time.monotonic() - started
    return result


def _operations(path: Path) -> list[OperationNode]:
    try:
        return Document(path).operations()
    except Exception:
        return []


def _check(path: Path, result: Result, deadline: float) -> None:
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        built = build_client(path, Path(folder), "conformance_client")
        document = Document(path)
        checker = _Checker(document, server, built, result, deadline)
        plans = checker.plans()
        checker.run_sync(plans)
        checker.run_servers(plans)
        asyncio.run(checker.run_async(plans))
        result.valid = result.operations - len(checker.wrong)
