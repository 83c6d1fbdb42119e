"""Parameters and headers, in all the ways that documents declare them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypedDict, get_args
from urllib.parse import parse_qsl

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise import keywords
from xcaas_generator.normalise.drafts import ParameterDraft
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.extensions.reading import filter_spec
from xcaas_generator.normalise.extensions.rules import is_well_formed
from xcaas_generator.normalise.keywords import Unreadable, brief, flag, source_text
from xcaas_generator.normalise.naming import field_name
from xcaas_generator.normalise.schemas import Shaper
from xcaas_generator.normalise.shapes import ANY, TEXT, Hint, Shape, entries_in, is_compound, is_nullable, without_null
from xcaas_generator.normalise.values import default_of

TEMPLATE = re.compile(r"\{([^{}]*)\}")
_LOCATIONS: tuple[ir.Location, ...] = get_args(ir.Location)
_STYLES: dict[str, tuple[str, ...]] = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}
# `collectionFormat` of Swagger 2, as style and explode.
_COLLECTION_FORMATS = {"csv": ("form", False), "ssv": ("spaceDelimited", False), "tsv": ("form", False),
                "pipes": ("pipeDelimited", False), "multi": ("form", True)}  # fmt: skip
# OpenAPI ignores these as parameters: `content` and `security` describe them.
_IGNORED_HEADERS = ("accept", "content-type", "authorization")
# Set by the HTTP library; other values break the request.
_RESERVED_HEADERS = (
    *("connection", "content-length", "host", "keep-alive", "proxy-connection", "te"),
    *("trailer", "transfer-encoding", "upgrade"),
)


_FIELD_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)  # a token of RFC 9110
_FORM = "application/x-www-form-urlencoded"


class _Default(TypedDict):
    default: ir.JSON
    has_default: bool


class _Style(TypedDict):
    style: str
    explode: bool


class Parameters:
    """Reads the parameters of operations."""

    def __init__(self, shaper: Shaper) -> None:
        self._shaper = shaper
        self._report = shaper.report

    def read(self, path: str, common: Node, own: Node, owner: str) -> tuple[list[ParameterDraft], list[Node]]:
        """Return the parameters of an operation, path parameters in the order of the template; and the parameters that
        describe a body in Swagger 2 (`in: body` or `formData`)."""
        names = _names_in(path, self._in_query(common, own))
        drafts: dict[tuple[str, str], ParameterDraft] = {}
        body_parameters: list[Node] = []
        for level in (own, common):
            seen: set[tuple[str, str]] = set()
            for reference in self._declared(level):
                node = self._shaper.resolver.resolve(reference)
                if node.get("in") in ("body", "formData"):
                    body_parameters.append(node)
                    continue
                draft = self._parameter(node, names, owner)
                if draft is None or self._is_fixed(draft, path):
                    continue
                key = (
                    draft.node.wire.lower() if draft.node.location == "header" else draft.node.wire,
                    draft.node.location,
                )
                if key in seen:
                    self._report.warn(
                        node.place, f"the parameter {draft.node.wire!r} is declared twice; the first one is used"
                    )
                seen.add(key)
                drafts.setdefault(key, draft)
        return self._matched(path, names, list(drafts.values()), own), body_parameters

    def header(self, name: str, node: Node, owner: str) -> ParameterDraft | None:
        """Return a header of a response."""
        if name.lower() == "content-type":
            return None
        return self._draft(node, name, "header", owner)

    def _in_query(self, common: Node, own: Node) -> set[str]:
        parameters = [self._shaper.resolver.deref(node) for level in (own, common) for node in self._declared(level)]
        return {
            node.text("name").strip() for node in parameters if node is not None and node.text("in").strip() == "query"
        }

    def _is_fixed(self, draft: ParameterDraft, path: str) -> bool:
        """Return whether the query string of the path fixes the value of this parameter, to distinguish the operation."""
        value = dict(parse_qsl(path.partition("#")[0].partition("?")[2])).get(draft.node.wire)
        if draft.node.location != "query" or value is None or TEMPLATE.fullmatch(value):
            return False
        self._report.warn(draft.node.place, f"the path fixes {draft.node.wire}={value}; it is not a parameter")
        return True

    def _declared(self, level: Node) -> list[Node]:
        parameters = self._shaper.resolver.resolve_child(level, "parameters")
        if isinstance(parameters.value, dict):
            self._report.warn(parameters.place, "'parameters' should be a list; the values of the mapping were read")
            return list(self._shaper.resolver.mapping(parameters).values())
        if parameters.value is not None and not isinstance(parameters.value, list):
            self._report.warn(
                parameters.place, f"'parameters' should be a list, not {brief(parameters.value)}; it was ignored"
            )
        return self._shaper.resolver.elements(parameters)

    def _parameter(self, node: Node, names: list[str], owner: str) -> ParameterDraft | None:
        raw = node.get("name")
        name = source_text(node.child("name"), raw).strip() if isinstance(raw, str | int | float) else ""
        if not name:
            self._report.warn(node.place, "a parameter without a name can't be sent; it was left out", "Name it.")
            return None
        if not isinstance(raw, str):
            self._report.warn(
                node.child("name").place, f"the name {brief(raw)} was read as {name!r}", f"Write {name!r}."
            )
        elif name != raw:
            self._report.warn(node.child("name").place, f"the name {raw!r} has spaces around it; they were removed")
        location = self._location(node, name, names)
        if location == "header" and name.lower() in _IGNORED_HEADERS:
            return None
        if location == "header" and name.lower() in _RESERVED_HEADERS:
            self._report.warn(node.place, f"{name} is set by HTTP itself; it is not a parameter")
            return None
        if location == "header" and not _FIELD_NAME.fullmatch(name):
            if flag(node, "required", self._report):
                raise Unreadable(f"no header can be called {name!r}")
            self._report.warn(node.place, f"no header can be called {name!r}; it was left out")
            return None
        return self._draft(node, name, location, owner)

    def _location(self, node: Node, name: str, names: list[str]) -> ir.Location:
        raw = node.get("in")
        plain = raw.strip().lower() if isinstance(raw, str) else ""
        location: ir.Location | None = next((candidate for candidate in _LOCATIONS if candidate == plain), None)
        if location is not None and raw == location:
            return location
        if plain == "querystring":  # OpenAPI 3.2; a form is sent like an exploded object
            if not node.child("content").has(_FORM):
                raise Unreadable(f"its query string as a whole is {name!r}, which is not a form")
            if node.child("content").child(_FORM).has("encoding"):
                raise Unreadable(f"its query string as a whole is {name!r}, a form with an 'encoding'")
            return "query"
        guess: ir.Location = location or ("path" if name in names else "header" if "header" in plain else "query")
        self._report.warn(node.place, f"there is no parameter location {brief(raw)}; {guess!r} was assumed")
        return guess

    def _draft(self, node: Node, name: str, location: ir.Location, owner: str) -> ParameterDraft:
        shape, schema, media_type = self._shape(node, name, owner)
        chain = self._shaper.annotations.chain([schema])
        parameter = ir.Parameter(
            wire=name,
            name=field_name(node.text(keys.NAME).strip() or name),
            location=location,
            type=ir.Scalar("any"),
            required=location == "path" or flag(node, "required", self._report),
            place=node.place,
            nullable=is_nullable(shape),
            doc=node.text("description").strip() or self._doc(chain, shape),
            example=self._shaper.annotations.example([node, *chain]),
            limits=keywords.limits(chain),
            media_type=media_type,
            deprecated=flag(node, "deprecated", self._report)
            or any(described.get("deprecated") is True for described in chain[:1]),
            # A cookie of style "cookie" (OpenAPI 3.2) is sent unescaped.
            allow_reserved=node.get("style") == "cookie"
            if location == "cookie"
            else flag(node, "allowReserved", self._report),
            source=node.text(keys.SOURCE) or None,
            zone=node.text(keys.ZONE) or None,
            filter=self._filter(node),
            **self._default(node, chain, shape),
            **self._style(node, location),
        )
        if location == "path" and node.has("required") and not flag(node, "required", self._report):
            self._report.warn(
                node.child("required").place, "a path parameter is always required; it was read as required"
            )
        return ParameterDraft(parameter, without_null(shape))

    def _filter(self, node: Node) -> ir.Filter | None:
        if not node.has(keys.FILTER) or not is_well_formed(node, keys.FILTER, self._report):
            return None
        return filter_spec(node.child(keys.FILTER))

    def _doc(self, chain: list[Node], shape: Shape) -> str:
        own = {entry.node.key for entry in entries_in(shape) if entry.kind == "model"}
        return self._shaper.annotations.text([node for node in chain if node.key not in own], "description")

    def _shape(self, node: Node, name: str, owner: str) -> tuple[Shape, Node, str | None]:
        """Return shape and schema of a parameter, and its media type if it has `content`."""
        hint = Hint(owner, name)
        if node.get("schema") is not None:
            schema = node.child("schema")
            return self._shaper.shape(schema, hint), schema, None
        content = self._shaper.resolver.entries(node, "content")
        if content:
            media_type, media = content[0]
            schema = self._shaper.resolver.resolve(media).child("schema")
            shape = self._shaper.shape(schema, hint) if schema.value is not None else ANY
            if "json" not in media_type and is_compound(without_null(shape)) and node.get("in") != "querystring":
                self._report.warn(media.place, f"{media_type} is not supported; the parameter is passed as a string")
                shape = TEXT
            return shape, schema, media_type
        if node.has("type"):
            self._report.warn(
                node.place, "the parameter has its type beside its name, as in Swagger 2; this was accepted"
            )
            # `required: true` belongs to the parameter here, not to the schema.
            value = node.value if isinstance(node.value, dict) else {}
            schema = Node(
                node.file, node.pointer, {key: value[key] for key in value if key not in ("name", "in", "required")}
            )
            return self._shaper.shape(schema, hint), schema, None
        self._report.warn(node.place, "the parameter has neither a schema nor content; a string was assumed")
        return TEXT, node, None

    def _default(self, node: Node, chain: list[Node], shape: Shape) -> _Default:
        declared = next((described.child("default") for described in (node, *chain) if described.has("default")), None)
        value, is_valid = default_of(declared, shape, self._report) if declared is not None else (None, False)
        return {"default": value, "has_default": is_valid}

    def _style(self, node: Node, location: ir.Location) -> _Style:
        allowed = _STYLES[location]
        raw = node.get("style")
        style = raw.strip() if isinstance(raw, str) else allowed[0]
        explode = node.get("explode")
        collection = node.get("collectionFormat")
        if raw is None and isinstance(collection, str) and collection in _COLLECTION_FORMATS and location == "query":
            self._report.warn(
                node.child("collectionFormat").place, "'collectionFormat' is Swagger 2; it was read as style"
            )
            style, explode = _COLLECTION_FORMATS[collection]
        if style not in allowed:
            self._report.warn(
                node.child("style").place,
                f"the style {brief(raw)} is not for {location} parameters; {allowed[0]} was used",
            )
            style = allowed[0]
        if style == "cookie":
            style = "form"
        exploded = explode if isinstance(explode, bool) else style in ("form", "deepObject")
        return {"style": style, "explode": exploded}

    # --- the template -------------------------------------------------------

    def _matched(self, path: str, names: list[str], drafts: list[ParameterDraft], own: Node) -> list[ParameterDraft]:
        """Return the path parameters of the template, in its order, followed by the other parameters."""
        in_path = {draft.node.wire: draft for draft in drafts if draft.node.location == "path"}
        others = [draft for draft in drafts if draft.node.location != "path"]
        unused = [draft for name, draft in in_path.items() if name not in names]
        matched: list[ParameterDraft] = []
        for name in dict.fromkeys(names):
            draft = (
                in_path.get(name) or self._renamed(path, name, names, in_path, unused) or self._assumed(path, name, own)
            )
            matched.append(draft)
        for draft in unused:
            self._report.warn(
                draft.node.place,
                f"the path {path} has no {{{draft.node.wire}}}; the parameter was left out",
                "Add it to the path or remove the parameter.",
            )
        return matched + others

    def _renamed(
        self, path: str, name: str, names: list[str], in_path: dict[str, ParameterDraft], unused: list[ParameterDraft]
    ) -> ParameterDraft | None:
        """Return the parameter declared under a slightly different name: one that differs only in case and separators, or
        the only unused one for the only unmatched name."""
        matches = [draft for draft in unused if _plain(draft.node.wire) == _plain(name)]
        unmatched = [candidate for candidate in dict.fromkeys(names) if candidate not in in_path]
        if not matches and len(unused) == 1 and len(unmatched) == 1:
            matches = list(unused)
        if not matches:
            return None
        draft = matches[0]
        unused.remove(draft)
        self._report.warn(
            draft.node.place,
            f"the path {path} calls the parameter {{{name}}}, not {{{draft.node.wire}}}",
            "Use the same name in both.",
        )
        return ParameterDraft(replace(draft.node, wire=name, name=field_name(name)), draft.shape)

    def _assumed(self, path: str, name: str, own: Node) -> ParameterDraft:
        self._report.warn(
            own.place, f"the path {path} has {{{name}}}, which is not declared; a string was assumed", "Declare it."
        )
        node = ir.Parameter(
            name,
            field_name(name),
            "path",
            ir.Scalar("str"),
            required=True,
            place=own.place,
            style="simple",
            explode=False,
        )
        return ParameterDraft(node, TEXT)


def _names_in(path: str, in_query: set[str]) -> list[str]:
    """Return the parameters of a template, without those in its query that are declared as query parameters, as in
    `/items?x={x}`, and without those after a #, which is never sent."""
    plain, _, query = path.partition("#")[0].partition("?")
    names: list[str] = TEMPLATE.findall(plain)
    return names + [name for name in TEMPLATE.findall(query) if name not in in_query]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()
