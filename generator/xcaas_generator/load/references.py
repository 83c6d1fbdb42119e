"""References: within a file, across files, to anchors, and common mistakes in them.

A `$ref` is resolved against the file that contains it. Local files may be referenced within the folder tree of the
root document or, if that is in a Git repository, within the repository; `root` widens or narrows this. Other files,
and the network unless allowed, are refused, so that a document can't read what it should not.
"""

from __future__ import annotations

from urllib.parse import unquote, urljoin

from xcaas_generator.ir import JSON
from xcaas_generator.load.decode import SourceFile
from xcaas_generator.load.documents import Documents, LoadError
from xcaas_generator.load.dynamic import DynamicScopes
from xcaas_generator.load.nodes import Node, escape, path_to, unescape
from xcaas_generator.report import Report

_MAX_CHAIN = 100


def _cache_key(node: Node, ref: str) -> tuple[str, str, str]:
    """Return file, text and location of a reference; no location if its target does not depend on it."""
    return node.file.label, ref, "" if ref.startswith("#/components/") else node.pointer


class DanglingReference(Exception):
    """A reference that leads nowhere, where no other value can be assumed."""

    def __init__(self, node: Node, ref: str) -> None:
        self.node = node
        super().__init__(f"the reference {ref!r} at #{node.pointer} leads nowhere")


class Resolver:
    """Follows references, and reports once those that lead nowhere or had to be guessed."""

    def __init__(self, documents: Documents, report: Report) -> None:
        self._documents = documents
        self._report = report
        self._targets: dict[tuple[str, str, str], Node | None] = {}
        self._anchors: dict[str, dict[str, str]] = {}
        self._scopes = DynamicScopes(self._static_target)
        self.circular = False  # whether a schema or reference was found to depend on itself

    def reference(self, node: Node) -> str | None:
        """Return the reference at `node`, if any. `$ref` may also be the name of a property."""
        ref = node.get("$ref")
        if isinstance(ref, str):
            return ref
        dynamic = node.get("$dynamicRef")
        if isinstance(dynamic, str):
            return dynamic
        if isinstance(node.get("$recursiveRef"), str):
            # JSON Schema 2019-09: always "#", the schema around it.
            return "#" + "/".join(node.pointer.split("/")[:4])
        return None

    def target(self, node: Node) -> Node | None:
        """Return the target of the reference at `node`; None, with a warning, if it leads nowhere."""
        bound = self._scopes.target(node)
        if bound is not None:
            return bound
        target = self._static_target(node)
        return None if target is None else self._scopes.with_scope(node, target)

    def _static_target(self, node: Node) -> Node | None:
        """Return the target of a reference, regardless of its scope."""
        ref = self.reference(node)
        if ref is None:
            return None
        key = _cache_key(node, ref)
        if key not in self._targets:
            # None until it is found: the pointer may pass through this same reference.
            self._targets[key] = None
            try:
                self._targets[key] = self._follow(node, ref.strip())
            except RecursionError:
                del self._targets[key]  # a call with a shallower stack may succeed
                raise
        target = self._targets[key]
        if target is None:
            self._report.warn(node.place, f"the reference {ref!r} leads nowhere", self._advice(node, ref))
        return target

    @property
    def is_complete(self) -> bool:
        """Whether every reference followed so far has a target, and none is circular."""
        return not self.circular and None not in self._targets.values()

    def known_target(self, node: Node) -> Node | None:
        """Return the target of the reference at `node`, if it was followed before."""
        ref = self.reference(node)
        target = None if ref is None else self._targets.get(_cache_key(node, ref))
        return self._scopes.target(node) or (None if target is None else self._scopes.with_scope(node, target))

    def is_dangling(self, node: Node) -> bool:
        """Return whether the reference at `node` was followed and leads nowhere."""
        ref = self.reference(node)
        # No reference is different from the reference "", which a document may contain.
        return ref is not None and self._targets.get(_cache_key(node, ref), node) is None

    def deref(self, node: Node) -> Node | None:
        """Follow references from `node` to the end; return `node` itself if it is no reference, None if one leads nowhere."""
        current, seen = node, {node.key}
        while self.reference(current) is not None:
            target = self.target(current)
            if target is None:
                return None
            current = target
            if current.key in seen or len(seen) > _MAX_CHAIN:
                self._report.warn(node.place, "the references form a loop")
                self.circular = True
                return None
            seen.add(current.key)
        return current

    def resolve(self, node: Node) -> Node:
        """Follow references from `node` to the end. Raises `DanglingReference`."""
        target = self.deref(node)
        if target is None:
            raise DanglingReference(node, self.reference(node) or "")
        return target

    def resolve_child(self, parent: Node, token: str) -> Node:
        """Return the child at `token`, with references followed. Raises `DanglingReference`."""
        return self.resolve(parent.child(token))

    def mapping(self, node: Node) -> dict[str, Node]:
        """Return the entries of a map in order. If the map is a reference, entries beside `$ref` are added.

        Raises `DanglingReference`.
        """
        value = node.value if isinstance(node.value, dict) else {}
        own = {key: node.child(key) for key in value}
        if not isinstance(value.get("$ref"), str):
            return own
        ignored = {key for key in ("$ref", "summary", "description") if isinstance(value.get(key), str)}
        target = self.resolve(node)
        entries = {key: target.child(key) for key in (target.value if isinstance(target.value, dict) else {})}
        return entries | {key: entry for key, entry in own.items() if key not in ignored}

    def entries(self, parent: Node, token: str) -> list[tuple[str, Node]]:
        """Return the entries of the map at `token`, sorted. Raises `DanglingReference`."""
        return sorted(self.mapping(parent.child(token)).items(), key=lambda entry: entry[0])

    def section(self, root: Node, name: str) -> list[tuple[str, Node]]:
        """Return the entries of a section of `components`; none, with an error, if the section is a dangling reference."""
        try:
            return self.entries(self.resolve_child(root, "components"), name)
        except DanglingReference as error:
            self._report.error(error.node.place, f"{error}; nothing in components.{name} could be read", "Correct it.")
            return []

    def elements(self, node: Node) -> list[Node]:
        """Return the elements of a list. The list, or parts of it, may be references. Raises `DanglingReference`."""
        elements: list[Node] = []
        for element in self.resolve(node).elements():
            target = self.deref(element)
            elements.extend([element] if target is None or not isinstance(target.value, list) else target.elements())
        return elements

    def _advice(self, node: Node, ref: str) -> str:
        target = ref.strip().partition("#")[0]
        opened = self._documents.open(target, node.file) if target else node.file
        return opened.advice if isinstance(opened, LoadError) else "Correct it or add what it names."

    def _follow(self, node: Node, ref: str) -> Node | None:
        target, mark, fragment = ref.partition("#")
        if not mark and "/" not in target and "." not in target:
            return self._by_id(node, target, "") or self._guess(node, target)
        file = node.file
        if target:
            opened = self._documents.open(target, node.file)
            if isinstance(opened, LoadError):
                return self._by_id(node, target, fragment)
            file = opened
        root = Node(file, "", file.tree)
        if not fragment:
            return root if target else self._resource_of(node)
        if fragment == "/" and not root.has(""):
            self._report.warn(node.place, f"{ref!r} was taken to mean the whole file", "Leave the slash out.")
            return root
        if not fragment.startswith("/"):
            base = self._base(node) if not target else ""
            return self._anchor(file, unquote(fragment), base) or self._guess(node, fragment)
        return self._walk(root, fragment) or self._in_subschema(node, target, fragment) or self._guess(node, fragment)

    def _walk(self, root: Node, fragment: str) -> Node | None:
        current = root
        for raw in fragment.split("/")[1:]:
            child = self._descend(current, raw)
            if child is None:
                return None
            current = child
        return current

    def _descend(self, parent: Node, raw: str) -> Node | None:
        for _ in range(_MAX_CHAIN):
            for token in (unescape(unquote(raw)), unescape(raw), unescape(unquote(raw)).strip()):
                if isinstance(parent.value, dict) and token in parent.value:
                    return parent.child(token)
                if isinstance(parent.value, list) and token.isdecimal() and int(token) < len(parent.value):
                    return parent.child(int(token))
            # A pointer may pass through references.
            target = self.target(parent) if self.reference(parent) is not None else None
            if target is None:
                return None
            parent = target
        return None

    def _in_subschema(self, node: Node, file_part: str, fragment: str) -> Node | None:
        """Resolve `#/$defs/X` relative to a schema around `node`: one with an `$id`, or one where the target exists."""
        tokens = node.pointer.split("/") if not file_part else []
        while len(tokens) > 1:
            tokens.pop()
            schema = self._walk(Node(node.file, "", node.file.tree), "/".join(tokens)) if len(tokens) > 1 else None
            target = self._walk(schema, fragment) if schema is not None else None
            if schema is not None and target is not None:
                if not schema.has("$id"):
                    meant = f"#{target.pointer}"
                    self._report.warn(node.place, f"the reference was taken to mean {meant}", f'Write "{meant}".')
                return target
        return None

    def _anchor(self, file: SourceFile, name: str, base: str = "") -> Node | None:
        """Return the schema with this anchor in the resource `base`, or else anywhere in the file."""
        index = self._index(file)
        pointer = index.get(f"{base}#{name}") or index.get("#" + name)
        return None if pointer is None else self._walk(Node(file, "", file.tree), pointer)

    def _by_id(self, node: Node, uri: str, fragment: str) -> Node | None:
        """Return the schema whose `$id` is `uri`, which may be relative to the `$id`s above."""
        index = self._index(node.file)
        absolute = urljoin(self._base(node), uri)
        pointer = index.get(absolute, index.get(uri))
        if pointer is None:
            return None
        if fragment and not fragment.startswith("/"):
            return self._anchor(node.file, unquote(fragment), absolute)
        return self._walk(Node(node.file, "", node.file.tree), pointer + fragment)

    def _base(self, node: Node) -> str:
        """Return the `$id` of the schema around `node`; "" if it has none."""
        base = ""
        for ancestor in path_to(node):
            base = urljoin(base, ancestor.text("$id"))
        return base.rstrip("#")

    def _resource_of(self, node: Node) -> Node:
        """Return the target of `#`: the nearest schema with an `$id`, or else the whole file."""
        return next(
            (ancestor for ancestor in reversed(path_to(node)) if ancestor.text("$id")),
            Node(node.file, "", node.file.tree),
        )

    def _index(self, file: SourceFile) -> dict[str, str]:
        """Return the pointers of a file's anchors (with a leading #) and `$id`s, each also as an absolute URI. Cached."""
        cached = self._anchors.get(file.label)
        if cached is not None:
            return cached
        index = self._anchors[file.label] = {}
        nodes: list[tuple[str, JSON, str]] = [("", file.tree, "")]
        while nodes:
            pointer, node, base = nodes.pop()
            if isinstance(node, dict):
                id_ = node.get("$id")
                if isinstance(id_, str):
                    base = urljoin(base, id_).rstrip("#")
                    index.setdefault(id_.rstrip("#"), pointer)
                    index.setdefault(base, pointer)
                for name in ("$anchor", "$dynamicAnchor"):
                    anchor = node.get(name)
                    if isinstance(anchor, str):
                        index.setdefault("#" + anchor, pointer)
                        index.setdefault(f"{base}#{anchor}", pointer)
                nodes.extend(
                    (f"{pointer}/{escape(key)}", value, base)
                    for key, value in node.items()
                    if isinstance(value, dict | list)
                )
            elif isinstance(node, list):
                nodes.extend((f"{pointer}/{position}", value, base) for position, value in enumerate(node))
        return index

    def _guess(self, node: Node, fragment: str) -> Node | None:
        """Return the only component of this name, for mistakes such as `Pet` or `#/definitions/Pet`."""
        name = unescape(unquote(fragment.rsplit("/", 1)[-1])).strip()
        components = self.deref(Node(node.file, "", node.file.tree).child("components"))
        sections = [self.deref(section) for _, section in components.items()] if components is not None else []
        matches = [
            section.child(key)
            for section in sections
            if section is not None and isinstance(section.value, dict)
            for key in section.value
            if key.strip() == name
        ]
        if len(matches) != 1 or not name:
            return None
        self._report.warn(
            node.place, f"the reference was taken to mean #{matches[0].pointer}", f'Write "#{matches[0].pointer}".'
        )
        return matches[0]
