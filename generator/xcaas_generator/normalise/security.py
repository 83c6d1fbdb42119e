"""Security schemes, and the requirements of operations."""

from __future__ import annotations

from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.keywords import Unreadable, brief
from xcaas_generator.report import Report

# In order of preference: flows without user interaction first.
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

Alternatives = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Requirement:
    """Schemes that are needed together: their names, each with its spelling in the document."""

    node: Node
    names: dict[str, str]


class Security:
    def __init__(self, root: Node, resolver: Resolver, report: Report) -> None:
        self._report = report
        self._resolver = resolver
        self._root = root
        self._named = {scheme.name: scheme for scheme in self._schemes(resolver.section(root, "securitySchemes"))}
        self._undeclared: dict[str, ir.SecurityScheme] = {}

    @property
    def schemes(self) -> tuple[ir.SecurityScheme, ...]:
        """The declared schemes, and the undeclared ones that operations read so far require."""
        return (*self._named.values(), *self._undeclared.values())

    def requirements(self, operation: Node) -> Alternatives:
        """Return the alternative requirements of an operation, each with all schemes that it needs.

        An operation's own list replaces that of the document.

        Raises:
            DanglingReference: A reference leads nowhere.
            Unreadable: There are requirements, but none can be read.
        """
        node = operation if operation.get("security") is not None else self._root
        if node.get("security") is None:
            return ()
        return self._alternatives(self._resolver.resolve_child(node, "security"))

    def is_filled(self, parameter: ir.Parameter, security: Alternatives) -> bool:
        """Return whether a key of these requirements is sent as this parameter."""
        required = {name for names in security for name in names}
        schemes = [scheme for scheme in self.schemes if scheme.name in required and scheme.kind == "api-key"]
        return any(scheme.location == parameter.location and _has_same_name(scheme, parameter) for scheme in schemes)

    def _alternatives(self, node: Node) -> Alternatives:
        elements = self._resolver.elements(node)
        if isinstance(node.value, dict):
            self._report.warn(node.place, "'security' should be a list; the mapping was read as its only item")
            elements = [node]
        elif not isinstance(node.value, list):
            self._report.warn(node.place, f"'security' should be a list, not {brief(node.value)}")
            raise Unreadable("its security requirements can't be read")
        requirements = [
            requirement
            for requirement in map(self._requirement, map(self._resolver.resolve, elements))
            if requirement is not None
        ]
        if elements and not requirements:
            raise Unreadable("its security requirements can't be read")
        declared = [requirement for requirement in requirements if self._named.keys() >= requirement.names.keys()]
        for requirement in requirements:
            self._report_problems(requirement, dropped=bool(declared) and requirement not in declared)
        return tuple(dict.fromkeys(tuple(sorted(requirement.names)) for requirement in declared or requirements))

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
            # OpenAPI 3.2 allows a reference to the scheme.
            names[ending if name not in self._named and ending in self._named else name] = raw
            if not isinstance(scopes, list):
                self._report.warn(
                    node.child(raw).place, f"scopes should be a list, not {brief(scopes)}; none were used"
                )
        return _Requirement(node, names)

    def _report_problems(self, requirement: _Requirement, *, dropped: bool) -> None:
        """Warn of undeclared and unsupported schemes of a requirement, whose credentials callers have to supply."""
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

    def _schemes(self, section: list[tuple[str, Node]]) -> list[ir.SecurityScheme]:
        schemes: list[ir.SecurityScheme] = []
        for name, reference in section:
            node = self._resolver.deref(reference)
            if node is None or not isinstance(node.value, dict):
                actual = "this reference" if node is None else brief(node.value)
                self._report.warn(reference.place, f"a security scheme is expected here, not {actual}; it was left out")
                continue
            schemes.append(self._scheme(name.strip(), node))
        return schemes

    def _scheme(self, name: str, node: Node) -> ir.SecurityScheme:
        kind = self._kind(node)
        location, parameter = self._key_location(node) if kind == "api-key" else (None, None)
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
        raw = node.text("type").strip()
        plain = raw.lower().replace("_", "").replace("-", "")
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
            self._report.warn(node.place, f"the type {raw!r} is not a type of OpenAPI 3; http {plain} was assumed")
            return f"http-{plain}"
        self._report.warn(node.place, f"there is no type of security scheme {raw!r}")
        return "other"

    def _key_location(self, node: Node) -> tuple[ir.Location, str]:
        raw = node.text("in").strip().lower()
        location = _LOCATIONS.get(raw)
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


def _has_same_name(scheme: ir.SecurityScheme, parameter: ir.Parameter) -> bool:
    """Return whether a key has the name of a parameter. Names of headers are case-insensitive."""
    if parameter.location == "header":
        return scheme.parameter is not None and scheme.parameter.lower() == parameter.wire.lower()
    return scheme.parameter == parameter.wire


def _options(node: Node) -> tuple[tuple[str, ir.JSON], ...]:
    options = node.get(keys.OPTIONS)
    return tuple(sorted(options.items())) if isinstance(options, dict) else ()
