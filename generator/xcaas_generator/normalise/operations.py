"""Paths and operations. Each operation becomes a draft, or is refused with a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import DanglingReference
from xcaas_generator.normalise.bodies import Bodies
from xcaas_generator.normalise.drafts import OperationDraft
from xcaas_generator.normalise.extensions.operations import OperationExtensions
from xcaas_generator.normalise.keywords import Unreadable, brief, flag, strings
from xcaas_generator.normalise.lost import LostParts
from xcaas_generator.normalise.media import Contents
from xcaas_generator.normalise.naming import class_name
from xcaas_generator.normalise.parameters import TEMPLATE, Parameters
from xcaas_generator.normalise.responses import Responses
from xcaas_generator.normalise.schemas import Shaper
from xcaas_generator.normalise.security import Security
from xcaas_generator.normalise.servers import read_servers
from xcaas_generator.problems import InputError, Problem
from xcaas_generator.python import names
from xcaas_generator.report import UNEXPECTED_ERRORS

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_OTHER_KEYS = frozenset(("$ref", "summary", "description", "servers", "parameters", "additionalOperations"))


@dataclass(frozen=True, slots=True)
class _RawOperation:
    """An operation of the document, not yet read."""

    path: str
    method: str
    item: Node
    node: Node


class Operations:
    def __init__(
        self, shaper: Shaper, security: Security, extensions: OperationExtensions, servers: tuple[ir.Server, ...]
    ) -> None:
        self._shaper = shaper
        self._report = shaper.report
        self._security = security
        self._extensions = extensions
        self._servers = servers
        contents = Contents(shaper)
        self._parameters = Parameters(shaper)
        self.bodies = Bodies(shaper, contents)
        self._responses = Responses(shaper, contents, self._parameters, optional=shaper.siblings)
        self.refused: list[ir.Refused] = []
        self.nodes: dict[str, Node] = {}  # by operation id
        self._items: dict[str, Node] = {}

    def read(self, root: Node) -> list[OperationDraft]:
        """Return all operations, sorted by path and method. Raises `InputError` if `paths` is a dangling reference."""
        try:
            paths = self._shaper.resolver.entries(root, "paths")
        except DanglingReference as error:
            raise InputError([Problem(error.node.place, f"{error}, so there are no operations")]) from None
        operations = [
            operation
            for path, item in paths
            if self._is_path(path, item)
            for operation in self._raw_operations(path, item)
        ]
        ids = self._ids(operations)
        drafts = [self._draft_or_refuse(operation, ids[index]) for index, operation in enumerate(operations)]
        return [draft for draft in drafts if draft is not None]

    def refuse_lost(self, drafts: list[OperationDraft]) -> list[OperationDraft]:
        """Refuse operations that need missing parts, and return the others. All schemas must have been read."""
        if self._shaper.resolver.is_complete:
            return drafts
        lost, remaining = LostParts(self._shaper.resolver), list[OperationDraft]()
        for draft in drafts:
            node = self.nodes[draft.node.id]
            reason = lost.of_operation(node, self._items[draft.node.id])
            if reason is None:
                remaining.append(draft)
            else:
                self._refuse(draft.node.method, draft.node.path, node, reason)
        return remaining

    def _is_path(self, path: str, item: Node) -> bool:
        if path.startswith(("/", "x-")):
            return path.startswith("/")
        is_mapping = isinstance(item.value, dict)
        consequence = "a slash was put before it" if is_mapping else "it was left out"
        self._report.warn(item.place, f"{path!r} is not a path; {consequence}", "A path starts with a slash.")
        return is_mapping

    # --- finding --------------------------------------------------------------

    def in_item(self, reference: Node) -> list[tuple[str, Node]]:
        """Return methods and operations of a path item of a webhook or callback."""
        item = self._shaper.resolver.deref(reference)
        operations = self._of_item("", reference, item) if item is not None and isinstance(item.value, dict) else []
        return [(operation.method, operation.node) for operation in operations]

    def _raw_operations(self, path: str, reference: Node) -> list[_RawOperation]:
        item = self._shaper.resolver.deref(reference)
        if item is None or not isinstance(item.value, dict):
            reason = "its path item can't be found" if item is None else f"its path item is {brief(item.value)}"
            self._refuse("*", path, reference, reason)
            return []
        return self._of_item(path, reference, item)

    def _of_item(self, path: str, reference: Node, item: Node) -> list[_RawOperation]:
        # Keywords beside `$ref` add to the referenced path item.
        items = [item] if item.key == reference.key else [reference, item]
        by_method: dict[str, _RawOperation] = {}
        for source in items:
            for key, node in source.items():
                method = self._method(key, node)
                if method is not None and method not in by_method:
                    by_method[method] = _RawOperation(path, method, item, node)
            for key, node in self._additional_operations(source):
                by_method.setdefault(key, _RawOperation(path, key, item, node))
        return [by_method[method] for method in sorted(by_method, key=lambda name: (name.lower() not in METHODS, name))]

    def _additional_operations(self, item: Node) -> list[tuple[str, Node]]:
        """Return the operations of other methods, which OpenAPI 3.2 lists separately."""
        try:
            return self._shaper.resolver.entries(item, "additionalOperations")
        except DanglingReference:
            return [("*", item.child("additionalOperations"))]  # refused, like any operation with a dangling reference

    def _method(self, key: str, node: Node) -> str | None:
        if key in METHODS:
            return key
        if key in _OTHER_KEYS or key.startswith("x-"):
            return None
        plain = key.strip().lower()
        if plain in METHODS:
            self._report.warn(node.place, f"{key!r} was read as {plain!r}", f'Write "{plain}".')
            return plain
        self._report.warn(node.place, f"a path item has no key {key!r}; it was left out")
        return None

    def _refuse(self, method: str, path: str, node: Node, reason: str) -> None:
        self._report.error(node.place, f"{method.upper()} {path} was refused: {reason}")
        self.refused.append(ir.Refused(method.upper(), path, node.place, reason))

    def _ids(self, operations: list[_RawOperation]) -> list[str]:
        """Return an id per operation, unique even in snake case. The first operation with an id keeps it."""
        candidates = [self._candidate(operation) for operation in operations]
        taken: set[str] = set()
        ids: list[str] = []
        declared = {_id_key(candidate) for candidate, is_declared in candidates if is_declared}
        for operation, (candidate, is_declared) in zip(operations, candidates, strict=True):
            unique = candidate
            if _id_key(candidate) in taken or (not is_declared and _id_key(candidate) in declared):
                unique = f"{candidate}_{operation.method}" if is_declared else candidate
                if is_declared and _id_key(unique) in (taken | declared):
                    unique = f"{candidate}_{_generated_id(operation.path, operation.method)}"
                number = 2
                while _id_key(unique) in taken or (not is_declared and _id_key(unique) in declared):
                    unique, number = f"{candidate}_{number}", number + 1
                if is_declared:
                    self._report.warn(
                        operation.node.place,
                        f"the operationId {candidate!r} is taken; this one became {unique!r}",
                        "Make it unique.",
                    )
            taken.add(_id_key(unique))
            ids.append(unique)
        return ids

    def _candidate(self, operation: _RawOperation) -> tuple[str, bool]:
        node = self._shaper.resolver.deref(operation.node) or operation.node
        raw = node.get("operationId")
        if isinstance(raw, str) and raw.strip() and names.words(raw):
            return raw.strip(), True
        if raw is not None and (not isinstance(raw, str) or raw.strip()):
            self._report.warn(node.child("operationId").place, f"{brief(raw)} is not an operationId; one was generated")
        return _generated_id(operation.path, operation.method), False

    # --- reading --------------------------------------------------------------

    def _draft_or_refuse(self, operation: _RawOperation, id_: str) -> OperationDraft | None:
        """Read one operation. Unexpected errors refuse this operation, not the whole document."""
        try:
            resolved = replace(operation, node=self._shaper.resolver.resolve(operation.node))
            reason = _invalid_reason(resolved)
            if reason is not None:
                self._refuse(operation.method, operation.path, operation.node, reason)
                return None
            draft = self._draft(resolved, id_)
            self.nodes[id_], self._items[id_] = resolved.node, resolved.item
            return draft
        except (DanglingReference, Unreadable) as error:
            self._refuse(operation.method, operation.path, operation.node, str(error))
            return None
        except UNEXPECTED_ERRORS as error:
            self._refuse(
                operation.method, operation.path, operation.node, f"it can't be read ({type(error).__name__}: {error})"
            )
            return None

    def _read_servers(self, node: Node) -> tuple[ir.Server, ...]:
        return read_servers(node, self._shaper.resolver, self._report)

    def _draft(self, raw: _RawOperation, id_: str) -> OperationDraft:
        node, owner = raw.node, class_name(names.without_route(id_, raw.path))
        parameters, leftovers = self._parameters.read(raw.path, raw.item, node, owner)
        body = self.bodies.read(node, owner, leftovers)
        responses = self._responses.read(node, owner)
        if raw.method == "head":  # responses to HEAD never have a body
            responses = [replace(response, variants=[]) for response in responses]
        security = self._security.requirements(node)
        for draft in parameters:
            if self._security.is_filled(draft.node, security):
                draft.node = replace(draft.node, required=False)  # filled by the credential unless passed
        servers = self._read_servers(node) or self._read_servers(raw.item) or self._servers
        operation = ir.Operation(
            id=id_,
            method=raw.method.upper() if raw.method in METHODS else raw.method,
            path=raw.path,
            place=node.place,
            servers=servers,
            security=security,
            tags=tuple(tag.strip() for tag in strings(node, "tags", self._report) if tag.strip()),
            summary=node.text("summary").strip() or raw.item.text("summary").strip(),
            doc=node.text("description").strip() or raw.item.text("description").strip(),
            deprecated=flag(node, "deprecated", self._report),
        )
        return OperationDraft(self._extensions.add(operation, node), parameters, body, responses)


def _invalid_reason(operation: _RawOperation) -> str | None:
    if not isinstance(operation.node.value, dict):
        return f"an operation is expected here, not {brief(operation.node.value)}"
    if not operation.method or not operation.method.replace("-", "").isalnum():
        return f"{operation.method!r} is not an HTTP method"
    literal = TEMPLATE.sub("", operation.path)
    if "{" in literal or "}" in literal:
        return "the braces of its path don't match"
    if any(not name.strip() for name in TEMPLATE.findall(operation.path)):
        return "a parameter in its path has no name"
    return None


def _generated_id(path: str, method: str) -> str:
    """Return `get_users_by_id` for GET /users/{id}."""
    words = TEMPLATE.sub(lambda match: f" by {match[1]} ", path)
    return "_".join((method.lower(), *names.words(words))) if names.words(words) else f"{method.lower()}_root"


def _id_key(id_: str) -> str:
    return "_".join(names.words(id_))
