"""Security schemes, and which of them an operation asks for."""

from __future__ import annotations

from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.keywords import Unreadable, brief
from xcaas_generator.report import Report

# The flow that a program without a person in front of it can go through comes first.
_FLOWS = (
    "clientCredentials",
    "application",
    "password",
    "authorizationCode",
    "accessCode",
    "deviceAuthorization",
    "implicit",
)
_KINDS = {"http": "http", "apikey": "api-key", "oauth2": "oauth2", "openidconnect": "openid", "mutualtls": "mutual-tls"}
_LOCATIONS: dict[str, ir.Location] = {"header": "header", "headers": "header", "query": "query", "cookie": "cookie"}

Sets = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Requirement:
    """Schemes that are needed together: their names, and how the document writes them."""

    node: Node
    names: dict[str, str]


class Security:
    def __init__(self, root: Node, resolver: Resolver, report: Report) -> None:
        self._report = report
        self._resolver = resolver
        self._root = root
        self._named = {one.name: one for one in self._declared(resolver.section(root, "securitySchemes"))}
        self._undeclared: dict[str, ir.SecurityScheme] = {}

    @property
    def schemes(self) -> tuple[ir.SecurityScheme, ...]:
        """Those of the document, and those that operations read so far require without a declaration."""
        return (*self._named.values(), *self._undeclared.values())

    def of(self, operation: Node) -> Sets:
        """Return any of these sets, each set all of its schemes. An operation's own list replaces the document's.

        Raises `DanglingReference`, and `Unreadable` when there are requirements and none of them can be read.
        """
        node = operation if operation.get("security") is not None else self._root
        if node.get("security") is None:
            return ()
        return self._sets(self._resolver.below(node, "security"))

    def fills(self, parameter: ir.Parameter, security: Sets) -> bool:
        """Return whether a key of these requirements goes into the place of a parameter."""
        named = {name for names in security for name in names}
        schemes = [one for one in self.schemes if one.name in named and one.kind == "api-key"]
        return any(one.location == parameter.location and _same(one, parameter) for one in schemes)

    def _sets(self, node: Node) -> Sets:
        listed = self._resolver.elements(node)
        if isinstance(node.value, dict):
            self._report.warn(node.place, "'security' should be a list; the mapping was read as its only item")
            listed = [node]
        elif not isinstance(node.value, list):
            self._report.warn(node.place, f"'security' should be a list, not {brief(node.value)}")
            raise Unreadable("its security requirements can't be read")
        requirements = [one for one in map(self._requirement, map(self._resolver.end, listed)) if one is not None]
        if listed and not requirements:
            raise Unreadable("its security requirements can't be read")
        declared = [one for one in requirements if self._named.keys() >= one.names.keys()]
        for one in requirements:
            self._note(one, dropped=bool(declared) and one not in declared)
        return tuple(dict.fromkeys(tuple(sorted(one.names)) for one in declared or requirements))

    def _requirement(self, node: Node) -> _Requirement | None:
        if isinstance(node.value, str):
            self._report.warn(
                node.place, "a security requirement should be a mapping; the string was read as its only key"
            )
            node = Node(node.file, node.pointer, {node.value: []})
        if not isinstance(node.value, dict):
            self._report.warn(node.place, f"a security requirement is expected here, not {brief(node.value)}")
            return None
        names: dict[str, str] = {}
        for raw, scopes in node.value.items():
            name, ending = raw.strip(), raw.strip().rpartition("/")[2]
            # In 3.2 it may be a reference to the scheme.
            names[ending if name not in self._named and ending in self._named else name] = raw
            if not isinstance(scopes, list):
                self._report.warn(
                    node.child(raw).place, f"scopes should be a list, not {brief(scopes)}; none were used"
                )
        return _Requirement(node, names)

    def _note(self, requirement: _Requirement, *, dropped: bool) -> None:
        """Say what is lost of a requirement. A scheme that is not declared is one that the caller sees to."""
        place = requirement.node.place
        for name, raw in requirement.names.items():
            if name not in self._named and dropped:
                self._report.warn(place, f"there is no security scheme {raw!r}; the requirement was left out")
            elif name not in self._named:
                self._report.warn(
                    place, f"there is no security scheme {raw!r}; callers have to supply its credential themselves"
                )
                self._undeclared[name] = ir.SecurityScheme(name, "other", place)
            elif self._named[name].kind == "other" and not dropped:
                self._report.warn(
                    self._named[name].place, f"callers have to supply the credential of {name!r} themselves"
                )

    # --- schemes --------------------------------------------------------------

    def _declared(self, section: list[tuple[str, Node]]) -> list[ir.SecurityScheme]:
        found: list[ir.SecurityScheme] = []
        for name, listed in section:
            node = self._resolver.deref(listed)
            if node is None or not isinstance(node.value, dict):
                said = "this reference" if node is None else brief(node.value)
                self._report.warn(listed.place, f"a security scheme is expected here, not {said}; it was left out")
                continue
            found.append(self._scheme(name.strip(), node))
        return found

    def _scheme(self, name: str, node: Node) -> ir.SecurityScheme:
        kind = self._kind(node)
        location, parameter = self._key(node) if kind == "api-key" else (None, None)
        return ir.SecurityScheme(
            name=name,
            kind=kind,
            place=node.place,
            doc=node.text("description").strip(),
            location=location,
            parameter=parameter,
            token_url=self._token_url(node) if kind == "oauth2" else None,
            credential=node.text(keys.CREDENTIAL) or None,
            options=_options(node),
        )

    def _kind(self, node: Node) -> str:
        said = node.text("type").strip()
        plain = said.lower().replace("_", "").replace("-", "")
        kind = _KINDS.get(plain)
        if kind == "http":
            scheme = node.text("scheme").strip().lower()
            if not scheme:
                self._report.warn(node.place, "the scheme says 'http' but not which; 'bearer' was assumed", "Name it.")
                return "http-bearer"
            return f"http-{scheme}" if scheme in ("basic", "bearer") else "other"
        if kind is not None:
            return kind
        if plain in ("basic", "bearer"):
            self._report.warn(node.place, f"the type {said!r} is not a type of OpenAPI 3; http {plain} was assumed")
            return f"http-{plain}"
        self._report.warn(node.place, f"there is no type of security scheme {said!r}")
        return "other"

    def _key(self, node: Node) -> tuple[ir.Location, str]:
        said = node.text("in").strip().lower()
        location = _LOCATIONS.get(said)
        if location is None or node.text("in") != location:
            self._report.warn(node.place, f"a key goes in a header, query or cookie, not {brief(node.get('in'))}")
        parameter = node.text("name").strip()
        if not parameter:
            self._report.warn(
                node.place, "the key has no parameter name; 'Authorization' was assumed", "Give a 'name'."
            )
        return location or "header", parameter or "Authorization"

    def _token_url(self, node: Node) -> str | None:
        flows = self._resolver.deref(node.child("flows")) or node.child("flows")
        if flows.value is None and (node.text("tokenUrl") or node.text("authorizationUrl")):
            self._report.warn(node.place, "the scheme has no 'flows', as in Swagger 2; its 'tokenUrl' was read")
            return node.text("tokenUrl").strip() or None
        for name in _FLOWS:
            flow = self._resolver.deref(flows.child(name)) or flows.child(name)
            if isinstance(flow.value, dict):
                scopes = flow.get("scopes")
                if scopes is not None and not isinstance(scopes, dict | list):
                    self._report.warn(flow.child("scopes").place, f"scopes should be a mapping, not {brief(scopes)}")
                url = flow.text("tokenUrl").strip()
                if url:
                    return url
        return None


def _same(scheme: ir.SecurityScheme, parameter: ir.Parameter) -> bool:
    """Return whether a key has the name of a parameter; headers are written in any case."""
    if parameter.location == "header":
        return scheme.parameter is not None and scheme.parameter.lower() == parameter.wire.lower()
    return scheme.parameter == parameter.wire


def _options(node: Node) -> tuple[tuple[str, ir.JSON], ...]:
    options = node.get(keys.OPTIONS)
    return tuple(sorted(options.items())) if isinstance(options, dict) else ()
