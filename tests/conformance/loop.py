"""The loop over one document: build, call every operation, check what arrives, answer, compare what is read."""

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
from tests.conformance.answers import SampleAnswer, accepted, error_of, hollow, same_value, sample_answers
from tests.conformance.calls import attempt, attempt_async
from tests.conformance.clients import BuiltClient, Method, MissingArgumentError, build_client
from tests.conformance.document import JSON, Document, Node, OperationNode, is_list
from tests.conformance.requests import SampleRequest, request_faults, sample_requests
from tests.conformance.security import credentials_for
from tests.conformance.server import Answer, Server
from xcaas_core import RedirectError, XCaaSError
from xcaas_generator.problems import InputError

__all__ = ["Failure", "Result", "check_document"]


@dataclass(frozen=True)
class Failure:
    """One fault of one operation. `document` is its file's name."""

    document: str
    operation: str
    kind: str
    detail: str


@dataclass
class Result:
    """What came of a document."""

    document: str
    operations: int = 0
    valid: int = 0
    answers: int = 0
    equal: int = 0
    refused: int = 0
    hollow: int = 0
    unsampled: int = 0
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list[Failure])


@dataclass
class _Round:
    """One call: what is sent and what is answered."""

    request: SampleRequest
    answer: SampleAnswer


_Plan: TypeAlias = tuple[OperationNode, Method, list[_Round]]


class _Checker:
    """Calls the operations of one document and keeps count."""

    def __init__(self, document: Document, server: Server, built: BuiltClient, result: Result, deadline: float) -> None:
        self.document = document
        self.server = server
        self.built = built
        self.result = result
        self.deadline = deadline
        self.wrong: set[str] = set()
        self._seen = 0
        credentials = credentials_for(document)
        self.options = {**built.settings(server.url), **({"credentials": credentials} if credentials else {})}

    def fail(self, operation: OperationNode, kind: str, detail: str) -> None:
        self.result.failures.append(Failure(self.result.document, operation.key, kind, detail))

    # --- one call ---------------------------------------------------------------

    def judge_request(
        self, operation: OperationNode, method: Method, sample: SampleRequest, how: str, seen: int
    ) -> bool:
        """Check what arrived for a call."""
        arrived = self.server.arrived[seen:]
        if not arrived:
            return False
        skipped = {one.wire for one in method.operation.parameters} - {wire for _, wire in method.names}
        faults = request_faults(
            self.document, operation, sample, arrived[0], skipped=skipped | set(method.operation.headers)
        )
        for fault in faults:
            self.fail(operation, f"request: {fault.kind}", f"{how}: {fault.detail}")
        if faults:
            self.wrong.add(operation.key)
        return True

    def judge_answer(
        self, operation: OperationNode, answer: SampleAnswer, got: object, error: BaseException | None, how: str
    ) -> None:
        """Check what was read of an answer."""
        result = self.result
        result.answers += 1
        where = f"{how}: {answer.status} {answer.answer.media_type or 'without a body'}"
        if answer.fails:
            wanted = error_of(answer.status)
            if type(error) is not wanted:
                return self.fail(
                    operation, f"error: {type(error).__name__}", f"{where}: {wanted.__name__} was expected: {error}"
                )
            got = getattr(error, "body", None)
            got = None if answer.value is None and got in ("", b"") else got
            if isinstance(answer.value, bytes) and isinstance(got, str):
                # Errors give what is no JSON as text.
                answer = replace(answer, value=answer.value.decode("utf-8", "replace"))
        elif error is not None and _tells_redirect(operation, answer, error):
            result.equal += 1
            return None
        elif error is not None:
            return self.fail(operation, f"answer: {type(error).__name__}", f"{where}: {_shown(answer.value)}: {error}")
        empty = hollow(got, answer.value, answer.schema, answer.extras)
        if empty is not None:
            result.hollow += 1
            return self.fail(operation, "hollow", f"{where}: {empty}; sent {_shown(answer.value)}")
        if not same_value(got, answer.value):
            return self.fail(
                operation, "answer: differs", f"{where}: sent {_shown(answer.value)}, read {_shown(_plain(got))}"
            )
        result.equal += 1
        return None

    # --- all calls --------------------------------------------------------------

    def plans(self) -> list[_Plan]:
        """Return what is to be called. What the loop can't make sense of counts as wrong and spoils nothing else."""
        found: list[_Plan] = []
        for operation in self.document.operations():
            try:
                planned = self.plan(operation)
            except Exception:
                self.spoil(operation)
            else:
                found += [(operation, *planned)] if planned is not None else []
        self.result.operations = len(found) + len(self.wrong)
        return found

    def spoil(self, operation: OperationNode) -> None:
        """Count an operation at which the loop itself fails."""
        self.wrong.add(operation.key)
        self.fail(operation, "broken", traceback.format_exc()[-1500:])

    def refuse(self, operation: OperationNode, *, awaited: bool) -> None:
        """Count an operation that was not generated; a fault where nothing speaks against it."""
        place = (operation.path, operation.method)
        reasons = [one["reason"] for one in self.built.manifest["refused"] if (one["path"], one["method"]) == place]
        self.result.refused += 1
        if not (awaited and reasons):
            self.fail(operation, "refused", str(reasons[0]) if reasons else "neither generated nor refused")

    def plan(self, operation: OperationNode) -> tuple[Method, list[_Round]] | None:
        """Return the rounds of an operation: every request and every answer at least once."""
        row = next(
            (
                one
                for one in self.built.manifest["operations"]
                if one["path"] == operation.path and one["method"] == operation.method
            ),
            None,
        )
        fields = operation.node.fields
        awaited = fields.get("x-conformance") == "refused" or "$ref" in fields
        if row is None:
            self.refuse(operation, awaited=awaited)
            return None
        if awaited:
            self.wrong.add(operation.key)
            self.fail(operation, "not refused", f"{row['call']} was generated")
            return None
        method = self.built.method(row["call"])
        requests = sample_requests(self.document, operation)
        answers, missing = sample_answers(self.document, operation)
        if missing or not requests:
            self.result.unsampled += 1
            self.fail(operation, "no sample", f"answers {', '.join(missing)}" if requests else "request")
        if not requests:
            return None
        nothing = SampleAnswer(Answer(), None)
        number = max(len(requests), len(answers))
        judged = answers or [nothing]
        return method, [_Round(requests[turn % len(requests)], judged[turn % len(judged)]) for turn in range(number)]

    def unasked(self, operation: OperationNode, answer: SampleAnswer, accept: str | None) -> bool:
        """Whether the client did not ask for a type; a fault where it asked for nothing that says the same."""
        kind = answer.answer.media_type
        if kind is None or answer.fails or operation.method.upper() == "HEAD" or accepted(accept, kind):
            return False
        content = operation.node.child("responses")
        for _, response in content.items():
            media = response.get("content")
            same = [name for name, _ in media.items() if accepted(accept, name)] if media is not None else []
            if same and any(word in kind for word in ("xml", "yaml", "json", "text/")):
                return True
            if same and media is not None and _value(answer.schema) in (None, *_schemas(media, same)):
                return True
        self.result.answers += 1
        self.fail(operation, "answer: not asked for", f"{kind} is not in Accept: {accept}")
        return True

    def run_sync(self, plans: list[_Plan]) -> None:
        with self.built.package.Client(**self.options) as client:
            for operation, method, rounds in plans:
                for one in rounds:
                    kept = self._before(operation, method, one, typed=False, how="sync")
                    if kept is None:
                        continue
                    got, error = attempt(client, method, kept)
                    self._after(operation, method, one, got, error, "sync")

    def run_servers(self, plans: list[_Plan]) -> None:
        """Call each operation at each server that the document has for it, and read what comes with `client.raw`."""
        most = max((len(servers(self.document, operation)) for operation, _, _ in plans), default=0)
        for place in range(most):
            for relative in (False, True):
                chosen = [
                    (plan, listed[place])
                    for plan in plans
                    if place < len(listed := servers(self.document, plan[0]))
                    and is_complete(listed[place])
                    and is_relative(listed[place]) == relative
                ]
                if chosen:
                    self._run_server(chosen, place, relative=relative)

    def _run_server(self, chosen: list[tuple[_Plan, Node]], place: int, *, relative: bool) -> None:
        transport = RecordingTransport()
        options = {key: value for key, value in self.options.items() if key not in ("base_url", "verify")}
        options |= {"server": place, "insecure_hosts": hosts(self.document)}
        options |= {"base_url": RELATIVE_TO} if relative else {}
        with (
            httpx.Client(transport=transport) as library,
            self.built.package.Client(**options, http_client=library) as client,
        ):
            for (operation, method, rounds), server in chosen:
                transport.addresses.clear()
                transport.answer = rounds[0].answer
                try:
                    got, error = attempt(client, method, method.arguments(rounds[0].request, typed=False), raw=True)
                except (MissingArgumentError, XCaaSError):
                    continue  # counted where bodies are judged
                if not transport.addresses:
                    self._lost(
                        operation, f"server: {type(error).__name__}", f"server {place}: nothing was sent: {error}"
                    )
                    continue
                faults = list(address_faults(operation, server, transport.addresses[0]))
                if type(got).__name__ == "RawResponse":
                    faults += header_faults(rounds[0].answer, got)
                for fault in faults:
                    self.fail(operation, f"raw: {fault.kind}", f"server {place}: {fault.detail}")
                    self.wrong.add(operation.key)

    async def run_async(self, plans: list[_Plan]) -> None:
        async with self.built.package.AsyncClient(**self.options) as client:
            for operation, method, rounds in plans:
                for one in rounds:
                    kept = self._before(operation, method, one, typed=True, how="async")
                    if kept is None:
                        continue
                    got, error = await attempt_async(client, method, kept)
                    self._after(operation, method, one, got, error, "async")

    def _before(
        self, operation: OperationNode, method: Method, one: _Round, *, typed: bool, how: str
    ) -> dict[str, object] | None:
        self._seen = len(self.server.arrived)
        self.server.answer = one.answer.answer
        if time.monotonic() > self.deadline:
            self._lost(operation, "out of time", how)
            return None
        try:
            return method.arguments(one.request, typed=typed)
        except MissingArgumentError as error:
            self._lost(operation, "request: no argument", f"{how}: {error}")
        except XCaaSError as error:
            self._lost(operation, f"request: {type(error).__name__}", f"{how}: making a model: {error}")
        return None

    def _lost(self, operation: OperationNode, kind: str, detail: str) -> None:
        self.fail(operation, kind, detail)
        self.wrong.add(operation.key)
        self.result.answers += 1

    def _after(
        self, operation: OperationNode, method: Method, one: _Round, got: object, error: BaseException | None, how: str
    ) -> None:
        try:
            if not self.judge_request(operation, method, one.request, how, self._seen):
                arguments = f"{_shown(one.request.body)} {_shown(dict(one.request.arguments))}"
                detail = f"{how}: nothing was sent for {arguments}: {error}"
                self._lost(operation, f"request: {type(error).__name__}", detail)
            elif not self.unasked(operation, one.answer, self.server.arrived[self._seen].header("Accept")):
                self.judge_answer(operation, one.answer, got, error, how)
        except Exception:
            self.spoil(operation)


def _value(schema: Node | None) -> JSON:
    return None if schema is None else schema.value


def _schemas(content: Node, media_types: list[str]) -> Iterator[JSON]:
    return (_value(content.child(name).get("schema")) for name in media_types)


def _tells_redirect(operation: OperationNode, answer: SampleAnswer, error: BaseException) -> bool:
    """Whether an error is as right as a value: a redirect beside successes, or 304 by its own name."""
    if type(error) is not RedirectError or error.status != answer.status:
        return False
    successes = any(code[:1] == "2" for code in operation.node.fields.get("responses", {}))
    return "not modified" in str(error).lower() if answer.status == 304 else successes


def _plain(value: object) -> object:
    if is_list(value):
        return [_plain(one) for one in value]
    to_dict: Any = getattr(value, "to_dict", None)
    return to_dict() if to_dict is not None else value


def _shown(value: JSON) -> str:
    text = repr(value)
    return text if len(text) < 500 else text[:500] + "…"


def check_document(path: Path, name: str, seconds: float) -> Result:
    """Check one document. Operations that are not reached in time count as wrong."""
    result = Result(name)
    began = time.monotonic()
    try:
        _check(path, result, began + seconds)
    except InputError as error:
        result.refused += max(1, len(_operations(path)))
        result.failures.append(Failure(name, "*", "refused", "; ".join(map(str, error.problems))[:600]))
    except Exception:
        result.failures.append(Failure(name, "*", "broken", traceback.format_exc()[-1500:]))
        result.operations = max(result.operations, 1)
    result.seconds = time.monotonic() - began
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
