"""Paths and operations: every one of them ends as a draft or as refused with a reason."""

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
from xcaas_generator.report import UNFORESEEN

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_OTHER_KEYS = frozenset(("$ref", "summary", "description", "servers", "parameters", "additionalOperations"))


@dataclass(frozen=True, slots=True)
class _Found:
    """An operation before it is read."""

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
        """Return all operations, sorted by path and method. Raises `InputError` when `paths` can't be found."""
        try:
            paths = self._shaper.resolver.entries(root, "paths")
        except DanglingReference as error:
            raise InputError([Problem(error.node.place, f"{error}, so there are no operations")]) from None
        found = [one for path, item in paths if self._is_path(path, item) for one in self._in_path(path, item)]
        ids = self._ids(found)
        drafts = [self._guarded(one, ids[index]) for index, one in enumerate(found)]
        return [draft for draft in drafts if draft is not None]

    def without_lost(self, drafts: list[OperationDraft]) -> list[OperationDraft]:
        """Return the operations without those that need what can't be followed, which are refused. Schemas have to be
        read to their ends before."""
        if self._shaper.resolver.is_whole:
            return drafts
        lost, whole = LostParts(self._shaper.resolver), list[OperationDraft]()
        for draft in drafts:
            node = self.nodes[draft.node.id]
            reason = lost.of_operation(node, self._items[draft.node.id])
            if reason is None:
                whole.append(draft)
            else:
                self._refuse(draft.node.method, draft.node.path, node, reason)
        return whole

    def _is_path(self, path: str, item: Node) -> bool:
        if path.startswith(("/", "x-")):
            return path.startswith("/")
        described = isinstance(item.value, dict)
        said = "a slash was put before it" if described else "it was left out"
        self._report.warn(item.place, f"{path!r} is not a path; {said}", "A path starts with a slash.")
        return described

    # --- finding --------------------------------------------------------------

    def in_item(self, listed: Node) -> list[tuple[str, Node]]:
        """Return method and operation of a path item that is no path's own, as webhooks and callbacks have them."""
        item = self._shaper.resolver.deref(listed)
        found = self._in_item("", listed, item) if item is not None and isinstance(item.value, dict) else []
        return [(one.method, one.node) for one in found]

    def _in_path(self, path: str, listed: Node) -> list[_Found]:
        item = self._shaper.resolver.deref(listed)
        if item is None or not isinstance(item.value, dict):
            reason = "its path item can't be found" if item is None else f"its path item is {brief(item.value)}"
            self._refuse("*", path, listed, reason)
            return []
        return self._in_item(path, listed, item)

    def _in_item(self, path: str, listed: Node, item: Node) -> list[_Found]:
        # Keywords beside the reference add to the path item that it leads to.
        items = [item] if item.key == listed.key else [listed, item]
        found: dict[str, _Found] = {}
        for one in items:
            for key, node in one.items():
                method = self._method(key, node)
                if method is not None and method not in found:
                    found[method] = _Found(path, method, item, node)
            for key, node in self._additional(one):
                found.setdefault(key, _Found(path, key, item, node))
        return [found[method] for method in sorted(found, key=lambda name: (name.lower() not in METHODS, name))]

    def _additional(self, item: Node) -> list[tuple[str, Node]]:
        """Return the operations of other methods, which 3.2 lists apart."""
        try:
            return self._shaper.resolver.entries(item, "additionalOperations")
        except DanglingReference:
            return [("*", item.child("additionalOperations"))]  # refused like any operation that can't be found

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

    def _ids(self, found: list[_Found]) -> list[str]:
        """Return an id per operation, unique even in snake case. The first in order keeps its own."""
        candidates = [self._candidate(one) for one in found]
        taken: set[str] = set()
        ids: list[str] = []
        given = {_id_key(candidate) for candidate, own in candidates if own}
        for one, (candidate, own) in zip(found, candidates, strict=True):
            unique = candidate
            if _id_key(candidate) in taken or (not own and _id_key(candidate) in given):
                unique = f"{candidate}_{one.method}" if own else candidate
                if own and _id_key(unique) in (taken | given):
                    unique = f"{candidate}_{_made_id(one.path, one.method)}"
                number = 2
                while _id_key(unique) in taken or (not own and _id_key(unique) in given):
                    unique, number = f"{candidate}_{number}", number + 1
                if own:
                    self._report.warn(
                        one.node.place,
                        f"the operationId {candidate!r} is taken; this one became {unique!r}",
                        "Make it unique.",
                    )
            taken.add(_id_key(unique))
            ids.append(unique)
        return ids

    def _candidate(self, one: _Found) -> tuple[str, bool]:
        node = self._shaper.resolver.deref(one.node) or one.node
        raw = node.get("operationId")
        if isinstance(raw, str) and raw.strip() and names.words(raw):
            return raw.strip(), True
        if raw is not None and (not isinstance(raw, str) or raw.strip()):
            self._report.warn(node.child("operationId").place, f"{brief(raw)} is not an operationId; one was generated")
        return _made_id(one.path, one.method), False

    # --- reading --------------------------------------------------------------

    def _guarded(self, one: _Found, id_: str) -> OperationDraft | None:
        """Read one operation. What nobody has foreseen costs this operation, not the document."""
        try:
            read = replace(one, node=self._shaper.resolver.end(one.node))
            reason = _meaningless(read)
            if reason is not None:
                self._refuse(one.method, one.path, one.node, reason)
                return None
            draft = self._operation(read, id_)
            self.nodes[id_], self._items[id_] = read.node, read.item
            return draft
        except (DanglingReference, Unreadable) as error:
            self._refuse(one.method, one.path, one.node, str(error))
            return None
        except UNFORESEEN as error:
            self._refuse(one.method, one.path, one.node, f"it can't be read ({type(error).__name__}: {error})")
            return None

    def _read_servers(self, node: Node) -> tuple[ir.Server, ...]:
        return read_servers(node, self._shaper.resolver, self._report)

    def _operation(self, one: _Found, id_: str) -> OperationDraft:
        node, owner = one.node, class_name(names.without_route(id_, one.path))
        parameters, leftovers = self._parameters.read(one.path, one.item, node, owner)
        body = self.bodies.read(node, owner, leftovers)
        responses = self._responses.read(node, owner)
        if one.method == "head":  # which never gets a body, whatever is described
            responses = [replace(response, variants=[]) for response in responses]
        security = self._security.of(node)
        for draft in parameters:
            if self._security.fills(draft.node, security):
                draft.node = replace(draft.node, required=False)  # the credential goes there when no other is given
        servers = self._read_servers(node) or self._read_servers(one.item) or self._servers
        operation = ir.Operation(
            id=id_,
            method=one.method.upper() if one.method in METHODS else one.method,
            path=one.path,
            place=node.place,
            servers=servers,
            security=security,
            tags=tuple(tag.strip() for tag in strings(node, "tags", self._report) if tag.strip()),
            summary=node.text("summary").strip() or one.item.text("summary").strip(),
            doc=node.text("description").strip() or one.item.text("description").strip(),
            deprecated=flag(node, "deprecated", self._report),
        )
        return OperationDraft(self._extensions.add(operation, node), parameters, body, responses)


def _meaningless(one: _Found) -> str | None:
    if not isinstance(one.node.value, dict):
        return f"an operation is expected here, not {brief(one.node.value)}"
    if not one.method or not one.method.replace("-", "").isalnum():
        return f"{one.method!r} is not an HTTP method"
    rest = TEMPLATE.sub("", one.path)
    if "{" in rest or "}" in rest:
        return "the braces of its path don't match"
    if any(not name.strip() for name in TEMPLATE.findall(one.path)):
        return "a parameter in its path has no name"
    return None


def _made_id(path: str, method: str) -> str:
    """Return `get_users_by_id` from GET /users/{id}."""
    words = TEMPLATE.sub(lambda match: f" by {match[1]} ", path)
    return "_".join((method.lower(), *names.words(words))) if names.words(words) else f"{method.lower()}_root"


def _id_key(id_: str) -> str:
    return "_".join(names.words(id_))
