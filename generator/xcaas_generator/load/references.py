"""References: within a file, across files, to anchors, and what people write instead.

A `$ref` is resolved against the file that it stands in. Local files may be
referenced within the folder tree of the first document or, when that document lies in
a repository (a folder above holds `.git`), within that repository; `root` widens or
narrows this. Everything outside, and the network unless allowed, is refused, so that a
document from elsewhere can't pull in what it has no business to read.
"""

from __future__ import annotations

from urllib.parse import unquote, urljoin

from xcaas_generator.ir import JSON
from xcaas_generator.load.decode import SourceFile
from xcaas_generator.load.documents import Documents, LoadError
from xcaas_generator.load.dynamic import DynamicScopes
from xcaas_generator.load.nodes import Node, escape, unescape, way
from xcaas_generator.report import Report

_MAX_CHAIN = 100


def _place(node: Node, ref: str) -> tuple[str, str, str]:
    """Return what tells a reference from others: its file, its text, and where it stands, unless that means nothing to it."""
    return node.file.label, ref, "" if ref.startswith("#/components/") else node.pointer


class DanglingReference(Exception):
    """A reference that leads nowhere, in a place where nothing could be taken instead."""

    def __init__(self, node: Node, ref: str) -> None:
        self.node = node
        super().__init__(f"the reference {ref!r} at #{node.pointer} leads nowhere")


class Resolver:
    """Follows references; says once what could not be followed, or only by guessing."""

    def __init__(self, documents: Documents, report: Report) -> None:
        self._documents = documents
        self._report = report
        self._found: dict[tuple[str, str, str], Node | None] = {}
        self._anchors: dict[str, dict[str, str]] = {}
        self._scopes = DynamicScopes(self._static)
        self.circular = False  # whether anything was met again on the way to its own meaning

    def reference(self, node: Node) -> str | None:
        """Return the reference that stands here, if one does. `$ref` may also be the name of a property."""
        ref = node.get("$ref")
        if isinstance(ref, str):
            return ref
        dynamic = node.get("$dynamicRef")
        if isinstance(dynamic, str):
            return dynamic
        if isinstance(node.get("$recursiveRef"), str):
            # Of JSON Schema 2019-09: always "#", the schema that this stands in.
            return "#" + "/".join(node.pointer.split("/")[:4])
        return None

    def target(self, node: Node) -> Node | None:
        """Return what the reference at `node` leads to, one step; None, and a warning, when it leads nowhere."""
        bound = self._scopes.bound(node)
        if bound is not None:
            return bound
        found = self._static(node)
        return None if found is None else self._scopes.entered(node, found)

    def _static(self, node: Node) -> Node | None:
        """Return what a reference leads to wherever it is reached from."""
        ref = self.reference(node)
        if ref is None:
            return None
        cached = _place(node, ref)
        if cached not in self._found:
            # Until it is found it leads nowhere: a pointer may pass through the very reference that it stands for.
            self._found[cached] = None
            try:
                self._found[cached] = self._follow(node, ref.strip())
            except RecursionError:
                del self._found[cached]  # from less deep it may be found
                raise
        found = self._found[cached]
        if found is None:
            self._report.warn(node.place, f"the reference {ref!r} leads nowhere", self._advice(node, ref))
        return found

    @property
    def is_whole(self) -> bool:
        """Whether all references that were followed so far lead somewhere, and none round in a circle."""
        return not self.circular and None not in self._found.values()

    def followed(self, node: Node) -> Node | None:
        """Return what the reference at `node` was found to lead to, if it was followed."""
        ref = self.reference(node)
        found = None if ref is None else self._found.get(_place(node, ref))
        return self._scopes.bound(node) or (None if found is None else self._scopes.entered(node, found))

    def is_dangling(self, node: Node) -> bool:
        """Return whether the reference at `node` was followed and leads nowhere."""
        ref = self.reference(node)
        # A part without a reference is not the reference "", which a document may hold.
        return ref is not None and self._found.get(_place(node, ref), node) is None

    def deref(self, node: Node) -> Node | None:
        """Return the end of the chain of references that starts at `node`, or `node` itself when none does."""
        at, seen = node, {node.key}
        while self.reference(at) is not None:
            following = self.target(at)
            if following is None:
                return None
            at = following
            if at.key in seen or len(seen) > _MAX_CHAIN:
                self._report.warn(node.place, "the references form a loop")
                self.circular = True
                return None
            seen.add(at.key)
        return at

    def end(self, node: Node) -> Node:
        """Return the end of the chain of references that starts at `node`. Raises `DanglingReference`."""
        end = self.deref(node)
        if end is None:
            raise DanglingReference(node, self.reference(node) or "")
        return end

    def below(self, above: Node, token: str) -> Node:
        """Return the object, map or list at `token`, which may stand elsewhere. Raises `DanglingReference`."""
        return self.end(above.child(token))

    def mapping(self, node: Node) -> dict[str, Node]:
        """Return the entries of a map in their order. The map may stand elsewhere as a whole; entries beside the
        reference add to it. Raises `DanglingReference`."""
        value = node.value if isinstance(node.value, dict) else {}
        own = {key: node.child(key) for key in value}
        if not isinstance(value.get("$ref"), str):
            return own
        notes = {key for key in ("$ref", "summary", "description") if isinstance(value.get(key), str)}
        end = self.end(node)
        found = {key: end.child(key) for key in (end.value if isinstance(end.value, dict) else {})}
        return found | {key: one for key, one in own.items() if key not in notes}

    def entries(self, above: Node, token: str) -> list[tuple[str, Node]]:
        """Return key and node of the map at `token`, sorted. Raises `DanglingReference`."""
        return sorted(self.mapping(above.child(token)).items(), key=lambda entry: entry[0])

    def section(self, root: Node, name: str) -> list[tuple[str, Node]]:
        """Return the named parts of a section of `components`. Of one that can't be found there are none: what names
        them finds nothing, and is judged by that."""
        try:
            return self.entries(self.below(root, "components"), name)
        except DanglingReference as error:
            self._report.error(error.node.place, f"{error}; nothing in components.{name} could be read", "Correct it.")
            return []

    def elements(self, node: Node) -> list[Node]:
        """Return the elements of a list, which may stand elsewhere, in whole or in parts. Raises `DanglingReference`."""
        found: list[Node] = []
        for element in self.end(node).elements():
            end = self.deref(element)
            found.extend([element] if end is None or not isinstance(end.value, list) else end.elements())
        return found

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
            return root if target else self._resource(node)
        if fragment == "/" and not root.has(""):
            self._report.warn(node.place, f"{ref!r} was taken to mean the whole file", "Leave the slash out.")
            return root
        if not fragment.startswith("/"):
            base = self._base(node) if not target else ""
            return self._anchor(file, unquote(fragment), base) or self._guess(node, fragment)
        return self._walk(root, fragment) or self._nearby(node, target, fragment) or self._guess(node, fragment)

    def _walk(self, root: Node, fragment: str) -> Node | None:
        at = root
        for raw in fragment.split("/")[1:]:
            step = self._step(at, raw)
            if step is None:
                return None
            at = step
        return at

    def _step(self, at: Node, raw: str) -> Node | None:
        for _ in range(_MAX_CHAIN):
            for token in (unescape(unquote(raw)), unescape(raw), unescape(unquote(raw)).strip()):
                if isinstance(at.value, dict) and token in at.value:
                    return at.child(token)
                if isinstance(at.value, list) and token.isdecimal() and int(token) < len(at.value):
                    return at.child(int(token))
            # What the pointer passes through may itself be a reference.
            following = self.target(at) if self.reference(at) is not None else None
            if following is None:
                return None
            at = following
        return None

    def _nearby(self, node: Node, target: str, fragment: str) -> Node | None:
        """Return `#/$defs/X` within a schema that has an `$id`, and so is a document of its own or taken for one."""
        tokens = node.pointer.split("/") if not target else []
        while len(tokens) > 1:
            tokens.pop()
            at = self._walk(Node(node.file, "", node.file.tree), "/".join(tokens)) if len(tokens) > 1 else None
            found = self._walk(at, fragment) if at is not None else None
            if at is not None and found is not None:
                if not at.has("$id"):
                    meant = f"#{found.pointer}"
                    self._report.warn(node.place, f"the reference was taken to mean {meant}", f'Write "{meant}".')
                return found
        return None

    def _anchor(self, file: SourceFile, name: str, base: str = "") -> Node | None:
        """Return the schema with an anchor: that of the resource `base`, or else any in the file."""
        index = self._index(file)
        pointer = index.get(f"{base}#{name}") or index.get("#" + name)
        return None if pointer is None else self._walk(Node(file, "", file.tree), pointer)

    def _by_id(self, node: Node, uri: str, fragment: str) -> Node | None:
        """Return what a reference to the `$id` of a schema leads to, which may be relative to the `$id`s above."""
        index = self._index(node.file)
        whole = urljoin(self._base(node), uri)
        pointer = index.get(whole, index.get(uri))
        if pointer is None:
            return None
        if fragment and not fragment.startswith("/"):
            return self._anchor(node.file, unquote(fragment), whole)
        return self._walk(Node(node.file, "", node.file.tree), pointer + fragment)

    def _base(self, node: Node) -> str:
        """Return the `$id` of the schema that a node stands in; "" where there is none."""
        base = ""
        for at in way(node):
            base = urljoin(base, at.text("$id"))
        return base.rstrip("#")

    def _resource(self, node: Node) -> Node:
        """Return what `#` is: the schema with an `$id` that a node stands in, or else the whole file."""
        return next((at for at in reversed(way(node)) if at.text("$id")), Node(node.file, "", node.file.tree))

    def _index(self, file: SourceFile) -> dict[str, str]:
        """Return anchors (with a leading #) and `$id`s of a file, each also as it is within the `$id`s above. Looked for
        only when a reference needs one."""
        known = self._anchors.get(file.label)
        if known is not None:
            return known
        index = self._anchors[file.label] = {}
        nodes: list[tuple[str, JSON, str]] = [("", file.tree, "")]
        while nodes:
            pointer, node, base = nodes.pop()
            if isinstance(node, dict):
                identity = node.get("$id")
                if isinstance(identity, str):
                    base = urljoin(base, identity).rstrip("#")
                    index.setdefault(identity.rstrip("#"), pointer)
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
                nodes.extend((f"{pointer}/{index_}", value, base) for index_, value in enumerate(node))
        return index

    def _guess(self, node: Node, fragment: str) -> Node | None:
        """Return `Pet`, `#/definitions/Pet`, `#/components/schema/Pet`: the one component that has this name."""
        name = unescape(unquote(fragment.rsplit("/", 1)[-1])).strip()
        components = self.deref(Node(node.file, "", node.file.tree).child("components"))
        sections = [self.deref(section) for _, section in components.items()] if components is not None else []
        found = [
            section.child(key)
            for section in sections
            if section is not None and isinstance(section.value, dict)
            for key in section.value
            if key.strip() == name
        ]
        if len(found) != 1 or not name:
            return None
        self._report.warn(
            node.place, f"the reference was taken to mean #{found[0].pointer}", f'Write "#{found[0].pointer}".'
        )
        return found[0]
