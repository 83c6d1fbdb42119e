"""Parameters and headers, in every way that documents give them."""

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
from xcaas_generator.normalise.extensions.rules import well_formed
from xcaas_generator.normalise.keywords import Unreadable, brief, flag, written
from xcaas_generator.normalise.naming import field_name
from xcaas_generator.normalise.schemas import Shaper
from xcaas_generator.normalise.shapes import ANY, TEXT, Hint, Shape, entries_in, is_compound, nullable, without_null
from xcaas_generator.normalise.values import default_of

TEMPLATE = re.compile(r"\{([^{}]*)\}")
_LOCATIONS: tuple[ir.Location, ...] = get_args(ir.Location)
_STYLES: dict[str, tuple[str, ...]] = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}
# Swagger 2's way to say it, which people carry over.
_COLLECTIONS = {"csv": ("form", False), "ssv": ("spaceDelimited", False), "tsv": ("form", False),
                "pipes": ("pipeDelimited", False), "multi": ("form", True)}  # fmt: skip
# OpenAPI says that these are described elsewhere (content, security) and ignored as parameters.
_IGNORED_HEADERS = ("accept", "content-type", "authorization")
# What the HTTP library makes of the connection and the body itself; another value breaks the request.
_HEADERS_OF_HTTP = (
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
    """Reads the parameters of one operation after another."""

    def __init__(self, shaper: Shaper) -> None:
        self._shaper = shaper
        self._report = shaper.report

    def read(self, path: str, common: Node, own: Node, owner: str) -> tuple[list[ParameterDraft], list[Node]]:
        """Return the parameters of an operation, path ones in the order of the template, and those that are
        really a body (`in: body` or `formData`, left from Swagger 2)."""
        names = _names_in(path, self._in_query(common, own))
        found: dict[tuple[str, str], ParameterDraft] = {}
        bodies: list[Node] = []
        for level in (own, common):
            seen: set[tuple[str, str]] = set()
            for listed in self._listed(level):
                node = self._shaper.resolver.end(listed)
                if node.get("in") in ("body", "formData"):
                    bodies.append(node)
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
                found.setdefault(key, draft)
        return self._fitted(path, names, list(found.values()), own), bodies

    def header(self, name: str, node: Node, owner: str) -> ParameterDraft | None:
        """Return a header of a response."""
        if name.lower() == "content-type":
            return None
        return self._made(node, name, "header", owner)

    def _in_query(self, common: Node, own: Node) -> set[str]:
        ends = [self._shaper.resolver.deref(one) for level in (own, common) for one in self._listed(level)]
        return {one.text("name").strip() for one in ends if one is not None and one.text("in").strip() == "query"}

    def _is_fixed(self, draft: ParameterDraft, path: str) -> bool:
        """Return whether the path itself gives a query parameter its value, which tells the operation from others."""
        value = dict(parse_qsl(path.partition("#")[0].partition("?")[2])).get(draft.node.wire)
        if draft.node.location != "query" or value is None or TEMPLATE.fullmatch(value):
            return False
        self._report.warn(draft.node.place, f"the path fixes {draft.node.wire}={value}; it is not a parameter")
        return True

    def _listed(self, level: Node) -> list[Node]:
        below = self._shaper.resolver.below(level, "parameters")
        if isinstance(below.value, dict):
            self._report.warn(below.place, "'parameters' should be a list; the values of the mapping were read")
            return list(self._shaper.resolver.mapping(below).values())
        if below.value is not None and not isinstance(below.value, list):
            self._report.warn(below.place, f"'parameters' should be a list, not {brief(below.value)}; it was ignored")
        return self._shaper.resolver.elements(below)

    def _parameter(self, node: Node, names: list[str], owner: str) -> ParameterDraft | None:
        raw = node.get("name")
        name = written(node.child("name"), raw).strip() if isinstance(raw, str | int | float) else ""
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
        if location == "header" and name.lower() in _HEADERS_OF_HTTP:
            self._report.warn(node.place, f"{name} is set by HTTP itself; it is not a parameter")
            return None
        if location == "header" and not _FIELD_NAME.fullmatch(name):
            if flag(node, "required", self._report):
                raise Unreadable(f"no header can be called {name!r}")
            self._report.warn(node.place, f"no header can be called {name!r}; it was left out")
            return None
        return self._made(node, name, location, owner)

    def _location(self, node: Node, name: str, names: list[str]) -> ir.Location:
        said = node.get("in")
        plain = said.strip().lower() if isinstance(said, str) else ""
        known: ir.Location | None = next((one for one in _LOCATIONS if one == plain), None)
        if known is not None and said == known:
            return known
        if plain == "querystring":  # of 3.2: a form is what exploded members of an object are
            if not node.child("content").has(_FORM):
                raise Unreadable(f"its query string as a whole is {name!r}, which is not a form")
            if node.child("content").child(_FORM).has("encoding"):
                raise Unreadable(f"its query string as a whole is {name!r}, a form with an 'encoding'")
            return "query"
        guess: ir.Location = known or ("path" if name in names else "header" if "header" in plain else "query")
        self._report.warn(node.place, f"there is no parameter location {brief(said)}; {guess!r} was assumed")
        return guess

    def _made(self, node: Node, name: str, location: ir.Location, owner: str) -> ParameterDraft:
        shape, at, media_type = self._shape(node, name, owner)
        chain = self._shaper.annotations.chain([at])
        parameter = ir.Parameter(
            wire=name,
            name=field_name(node.text(keys.NAME).strip() or name),
            location=location,
            type=ir.Scalar("any"),
            required=location == "path" or flag(node, "required", self._report),
            place=node.place,
            nullable=nullable(shape),
            doc=node.text("description").strip() or self._doc(chain, shape),
            example=self._shaper.annotations.example([node, *chain]),
            limits=keywords.limits(chain),
            media_type=media_type,
            deprecated=flag(node, "deprecated", self._report)
            or any(one.get("deprecated") is True for one in chain[:1]),
            # A cookie of the style "cookie" (3.2) goes out as it is.
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
        if not node.has(keys.FILTER) or not well_formed(node, keys.FILTER, self._report):
            return None
        return filter_spec(node.child(keys.FILTER))

    def _doc(self, chain: list[Node], shape: Shape) -> str:
        own = {entry.node.key for entry in entries_in(shape) if entry.kind == "model"}
        return self._shaper.annotations.text([node for node in chain if node.key not in own], "description")

    def _shape(self, node: Node, name: str, owner: str) -> tuple[Shape, Node, str | None]:
        """Return its shape, where its schema stands, and the media type when it is given by `content`."""
        hint = Hint(owner, name)
        if node.get("schema") is not None:
            at = node.child("schema")
            return self._shaper.shape(at, hint), at, None
        content = self._shaper.resolver.entries(node, "content")
        if content:
            media_type, media = content[0]
            at = self._shaper.resolver.end(media).child("schema")
            shape = self._shaper.shape(at, hint) if at.value is not None else ANY
            if "json" not in media_type and is_compound(without_null(shape)) and node.get("in") != "querystring":
                self._report.warn(media.place, f"{media_type} is not supported; the parameter is passed as a string")
                shape = TEXT
            return shape, at, media_type
        if node.has("type"):
            self._report.warn(
                node.place, "the parameter has its type beside its name, as in Swagger 2; this was accepted"
            )
            # `required: true` here is the parameter's, no list of properties.
            value = node.value if isinstance(node.value, dict) else {}
            at = Node(
                node.file, node.pointer, {key: value[key] for key in value if key not in ("name", "in", "required")}
            )
            return self._shaper.shape(at, hint), at, None
        self._report.warn(node.place, "the parameter has neither a schema nor content; a string was assumed")
        return TEXT, node, None

    def _default(self, node: Node, chain: list[Node], shape: Shape) -> _Default:
        at = next((one.child("default") for one in (node, *chain) if one.has("default")), None)
        value, given = default_of(at, shape, self._report) if at is not None else (None, False)
        return {"default": value, "has_default": given}

    def _style(self, node: Node, location: ir.Location) -> _Style:
        allowed = _STYLES[location]
        said = node.get("style")
        style = said.strip() if isinstance(said, str) else allowed[0]
        explode = node.get("explode")
        collection = node.get("collectionFormat")
        if said is None and isinstance(collection, str) and collection in _COLLECTIONS and location == "query":
            self._report.warn(
                node.child("collectionFormat").place, "'collectionFormat' is Swagger 2; it was read as style"
            )
            style, explode = _COLLECTIONS[collection]
        if style not in allowed:
            self._report.warn(
                node.child("style").place,
                f"the style {brief(said)} is not for {location} parameters; {allowed[0]} was used",
            )
            style = allowed[0]
        if style == "cookie":
            style = "form"
        exploded = explode if isinstance(explode, bool) else style in ("form", "deepObject")
        return {"style": style, "explode": exploded}

    # --- the template -------------------------------------------------------

    def _fitted(self, path: str, names: list[str], drafts: list[ParameterDraft], own: Node) -> list[ParameterDraft]:
        """Return path parameters as the template has them; others unchanged."""
        in_path = {draft.node.wire: draft for draft in drafts if draft.node.location == "path"}
        others = [draft for draft in drafts if draft.node.location != "path"]
        spare = [draft for name, draft in in_path.items() if name not in names]
        fitted: list[ParameterDraft] = []
        for name in dict.fromkeys(names):
            draft = (
                in_path.get(name)
                or self._renamed(path, name, names, in_path, spare)
                or self._undeclared(path, name, own)
            )
            fitted.append(draft)
        for draft in spare:
            self._report.warn(
                draft.node.place,
                f"the path {path} has no {{{draft.node.wire}}}; the parameter was left out",
                "Add it to the path or remove the parameter.",
            )
        return fitted + others

    def _renamed(
        self, path: str, name: str, names: list[str], in_path: dict[str, ParameterDraft], spare: list[ParameterDraft]
    ) -> ParameterDraft | None:
        """Return a declared parameter that is plainly meant: the only one left for the only name left, or one
        that differs in case and separators only."""
        alike = [draft for draft in spare if _plain(draft.node.wire) == _plain(name)]
        open_names = [one for one in dict.fromkeys(names) if one not in in_path]
        if not alike and len(spare) == 1 and len(open_names) == 1:
            alike = list(spare)
        if not alike:
            return None
        draft = alike[0]
        spare.remove(draft)
        self._report.warn(
            draft.node.place,
            f"the path {path} calls the parameter {{{name}}}, not {{{draft.node.wire}}}",
            "Use the same name in both.",
        )
        return ParameterDraft(replace(draft.node, wire=name, name=field_name(name)), draft.shape)

    def _undeclared(self, path: str, name: str, own: Node) -> ParameterDraft:
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
    """Return the parameters of a template. In `/items?x={x}`, x may be declared as a parameter of the query; what stands
    behind a # is never sent."""
    plain, _, query = path.partition("#")[0].partition("?")
    names: list[str] = TEMPLATE.findall(plain)
    return names + [name for name in TEMPLATE.findall(query) if name not in in_query]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()
