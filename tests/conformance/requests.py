"""What must arrive for sample arguments, and whether it did."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urlsplit

from tests.conformance.bodies import body_faults, is_lines, media_types
from tests.conformance.document import JSON, Document, Node, OperationNode, is_list, is_object
from tests.conformance.samples import samples
from tests.conformance.security import security_faults, security_names
from tests.conformance.server import Arrived
from tests.conformance.styles import Pairs, Token, matches, parse_pairs, query_alternatives, segment_alternatives, text

__all__ = ["Fault", "SampleRequest", "request_faults", "sample_requests", "server_path"]

# OpenAPI leaves these to other parts of the document, RFC 9110 to the HTTP library.
_NO_PARAMETERS = {
    *("accept", "content-type", "authorization", "content-length", "host", "connection"),
    *("transfer-encoding", "accept-encoding"),
}
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: its kind, and both values."""

    kind: str
    detail: str


@dataclass(frozen=True)
class SampleRequest:
    """Arguments by place and name on the wire, and the body with its media type."""

    arguments: Mapping[tuple[str, str], JSON]
    media_type: str | None = None
    body: JSON = None
    alone: bool = True
    """Whether the document has the body in no other media type."""


def sample_requests(document: Document, operation: OperationNode, most: int = 4) -> list[SampleRequest]:
    """Return distinct requests: each body in each media type, all parameters, only the required ones."""
    choices: dict[tuple[str, str], list[JSON]] = {}
    needed: set[tuple[str, str]] = set()
    for (place, name), parameter in operation.parameters().items():
        if place == "header" and name.lower() in _NO_PARAMETERS:
            continue
        schema = _schema(parameter)
        if schema is None:
            continue
        odd = "a/b c%20é&=?#+" if place in ("path", "query") else "a-b.c"
        made = [value for value, _ in samples(document, schema, write=True, odd=odd, most=most)]
        if not _is_json(next(iter(parameter.fields.get("content", {})), "application/json")):
            made = [value if isinstance(value, str) else "<text>" for value in made]  # which the caller writes
        choices[place, name] = [value for value in made if value not in (None, "")]
        if not choices[place, name]:
            del choices[place, name]
            if parameter.fields.get("required") is True:
                return []
        if parameter.fields.get("required") is True or place == "path":
            needed.add((place, name))
    bodies = _bodies(document, operation, most)
    if bodies is None:
        return []
    number = min(max([len(bodies), *map(len, choices.values())]), 3 * most)
    found: list[SampleRequest] = []
    alone = len({media_type for media_type, _ in bodies if media_type is not None}) < 2
    for turn in range(number):
        given = {key: values[turn % len(values)] for key, values in choices.items()}
        found.append(SampleRequest(given, *bodies[turn % len(bodies)], alone))
    if set(choices) - needed:
        least = {key: values[0] for key, values in choices.items() if key in needed}
        found.append(SampleRequest(least, *bodies[-1], alone))
    return found


def _schema(parameter: Node) -> Node | None:
    content = parameter.get("content")
    if content is not None:
        media = next((media for _, media in content.items()), None)
        return media.get("schema") if media is not None else None
    # Some authors mix in Swagger 2, where a parameter is its own schema.
    return parameter if "type" in parameter.fields and "schema" not in parameter.fields else parameter.get("schema")


def _bodies(document: Document, operation: OperationNode, most: int) -> list[tuple[str | None, JSON]] | None:
    """Return the bodies with their media types; None where one is required and no sample fits."""
    body = operation.node.get("requestBody")
    content = body.get("content") if body is not None else None
    if body is None or content is None or not content.fields:
        return [(None, None)]
    found: list[tuple[str | None, JSON]] = []
    for media_type, media in media_types(content):
        kind = media_type.partition(";")[0].strip().lower()
        schema = media.get("schema")
        if "xml" in kind or "yaml" in kind or (kind.startswith("text/") and not _is_json(kind)):
            found.append((media_type, "<a/>" if "xml" in kind else "text é"))
        elif kind.startswith("multipart/") or kind == "application/x-www-form-urlencoded" or _is_json(kind):
            if schema is None:
                found.append((media_type, {"a": 1} if _is_json(kind) else {}))
                continue
            raw = kind.startswith("multipart/")
            made = samples(document, schema, write=True, raw_binary=raw, most=most)
            found += [(media_type, value) for value, _ in made if is_object(value) or _is_json(kind)]
        elif schema is not None and (
            schema.fields.get("type") == "object"
            or (kind == "*/*" and schema.fields.get("type") != "string")
            or (is_lines(kind) and schema.fields.get("type") == "array")
        ):
            found += [(media_type, value) for value, _ in samples(document, schema, write=True, most=most)]
        else:
            found.append((media_type, b"\x00bytes\xff"))
    if body.fields.get("required") is not True:
        # None stands for no body then.
        return [*((media_type, value) for media_type, value in found if value is not None), (None, None)]
    return found or None


def _is_json(kind: str) -> bool:
    return kind.endswith(("/json", "+json")) or kind == "application/*"


def server_path(document: Document, operation: OperationNode) -> str:
    """Return the path that the first server of the operation, its path or the document gives."""
    for owner in (operation.node, operation.item, document.root):
        servers = owner.get("servers")
        if servers is not None and servers.value:
            server = servers.child(0)
            url = str(server.fields.get("url", "/"))
            variables = server.get("variables")
            for name, variable in variables.items() if variables is not None else ():
                url = url.replace("{" + name + "}", str(variable.fields.get("default", "")))
            path = re.sub(r"^\.{1,2}/", "/", urlsplit(url).path)
            return "/" + path.strip("/") if path.strip("/") else ""
    return ""


def request_faults(
    document: Document, operation: OperationNode, sample: SampleRequest, arrived: Arrived, *, skipped: set[str]
) -> list[Fault]:
    """Return what is wrong with a request that arrived. `skipped`: parameters that a setting of the client fills."""
    path, _, fixed = operation.path.partition("#")[0].partition("?")
    path = "/" + path.removeprefix("/")
    faults: list[Fault] = []
    if arrived.method != operation.method:
        faults.append(Fault("method", f"{operation.method} was expected, not {arrived.method}"))
    declared = operation.parameters()
    template = server_path(document, operation) + path
    faults += _path_faults(declared, sample, template, arrived.path, skipped)
    expected = [_fixed_pairs(declared, sample, name, value) for name, value in parse_pairs(fixed)]
    cookies: list[list[Pairs]] = []
    for (place, name), value in sample.arguments.items():
        parameter = declared[place, name]
        if place == "query":
            expected.append(_pairs(parameter, name, value))
        elif place == "cookie":
            cookies.append(_pairs(parameter, name, value))
        elif place == "header":
            got = arrived.header(name)
            # Parameters that are cookies stand behind it.
            got = got.partition("; ")[0] if got is not None and name.lower() == "cookie" else got
            faults += _header_faults(parameter, value, got)
    allowed = security_names(document, operation) - set(sample.arguments)
    pairs = [
        pair for pair in parse_pairs(arrived.query) if ("query", pair[0]) not in allowed and pair[0] not in skipped
    ]
    faults += [Fault("query", f"{one} in {arrived.query!r}") for one in _unmatched(expected, pairs)]
    crumbs = (arrived.header("Cookie") or "").replace("&", "; ").split("; ")
    jar = [(unquote(one.partition("=")[0]), one.partition("=")[2]) for one in crumbs if one]
    jar = [pair for pair in jar if ("cookie", pair[0]) not in allowed and pair[0] not in skipped]
    if any(place == "header" and name.lower() == "cookie" for place, name in sample.arguments):
        jar = jar[len(jar) - len(cookies) :]  # the header itself is compared above
    faults += [Fault("cookie", f"{one} in {arrived.header('Cookie')!r}") for one in _unmatched(cookies, jar)]
    faults += [
        Fault(kind, detail)
        for kind, detail in body_faults(document, operation, sample.media_type, sample.body, arrived)
    ]
    return faults + [
        Fault("security", one) for one in security_faults(document, operation, arrived, set(sample.arguments))
    ]


def _fixed_pairs(declared: Mapping[tuple[str, str], Node], sample: SampleRequest, name: str, value: str) -> list[Pairs]:
    """Return the ways to write a pair of the path's own query, whose value may be a parameter of the path."""
    key = ("path", value[1:-1])
    if not (value.startswith("{") and value.endswith("}")) or key not in sample.arguments:
        return [[(name, value)]]
    fields = declared[key].fields
    ways = segment_alternatives(
        fields.get("style") or "simple", fields.get("explode") is True, key[1], sample.arguments[key]
    )
    return [[(name, way)] for way in ways]


def _pairs(parameter: Node, name: str, value: JSON) -> list[Pairs]:
    fields = parameter.fields
    if "content" in fields:
        json_like = not isinstance(value, str) or "json" in next(iter(fields["content"]))
        token: Token = (
            _json_token(value) if json_like else next(iter(query_alternatives("form", False, "", value)))[0][1]
        )
        return [[(name, token)]]
    style = fields.get("style") or _STYLES[fields["in"]]
    return query_alternatives(style, fields.get("explode", style == "form") is True, name, value)


def _json_token(value: JSON) -> Token:
    from tests.conformance.styles import JsonText

    return JsonText(value)


def _unmatched(expected: list[list[Pairs]], got: list[tuple[str, str]]) -> list[str]:
    left = list(got)
    found: list[str] = []
    # What may be absent goes last, lest it stands for nothing while its pairs are there.
    for alternatives in expected:
        for pairs in sorted(alternatives, key=len, reverse=True):
            rest = _without(left, pairs)
            if rest is not None:
                left = rest
                break
        else:
            found.append(f"expected {[(name, getattr(one, 'value', one)) for name, one in alternatives[0]]}")
    return found + [f"unexpected {name}={value}" for name, value in left]


def _without(got: list[tuple[str, str]], pairs: Pairs) -> list[tuple[str, str]] | None:
    left = list(got)
    for name, token in pairs:
        found = next((one for one in left if one[0] == name and matches(one[1], token, form=True)), None)
        if found is None:
            return None
        left.remove(found)
    return left


def _path_faults(
    declared: Mapping[tuple[str, str], Node], sample: SampleRequest, template: str, got: str, skipped: set[str]
) -> list[Fault]:
    names = re.findall(r"\{([^{}]+)\}", template)
    literals = [_literals_decoded(part) for part in re.split(r"\{[^{}]+\}", template)]
    # Parameters beside each other can be told apart in several ways, of which one has to be right.
    ways = [
        _segment_faults(declared, sample, names, values, skipped)
        for values in islice(_cut(literals, _literals_decoded(got)), 500)
    ]
    return min(ways, key=len, default=[Fault("path", f"expected {template}, got {got}")])


def _cut(literals: list[str], path: str) -> Iterator[list[str]]:
    """Give the ways to cut a path into the values that stand between literal parts."""
    first, *rest = literals
    if not path.startswith(first):
        return
    left = path[len(first) :]
    if not rest:
        yield from [[]] if not left else []
        return
    longest = len(left.partition("/")[0])
    for end in range(longest, -1, -1):
        for values in _cut(rest, left[end:]):
            yield [left[:end], *values]


def _segment_faults(
    declared: Mapping[tuple[str, str], Node],
    sample: SampleRequest,
    names: list[str],
    values: list[str],
    skipped: set[str],
) -> list[Fault]:
    faults: list[Fault] = []
    for name, one in zip(names, values, strict=True):
        if ("path", name) not in sample.arguments:
            if name not in skipped and ("path", name) in declared:
                faults.append(Fault("path", f"{name} was not given, got {one}"))
            continue
        value, fields = sample.arguments["path", name], declared["path", name].fields
        if "content" in fields and _is_json(next(iter(fields["content"]))):
            alternatives: list[Token] = [_json_token(value)]
        else:
            alternatives = list(
                segment_alternatives(fields.get("style") or "simple", fields.get("explode") is True, name, value)
            )
        if not any(matches(one, token) for token in alternatives):
            faults.append(Fault("path", f"{name}: expected {alternatives[0]!r}, got {one!r}"))
    return faults


def _literals_decoded(path: str) -> str:
    """Decode what only non-ASCII letters need in a path; delimiters stay encoded."""
    return re.sub(r"(?:%[89A-Fa-f][0-9A-Fa-f])+|%20", lambda match: unquote(match[0]), path)


def _header_faults(parameter: Node, value: JSON, got: str | None) -> list[Fault]:
    name = parameter.fields["name"]
    if got is None:
        # What has no members has nothing to say (RFC 6570, 2.3).
        return [Fault("header", f"{name} is missing")] if value not in ([], {}) else []
    if "content" in parameter.fields:
        try:
            right = json.loads(got) == value
        except ValueError:
            right = got == value
        return [] if right else [Fault("header", f"{name}: expected {value!r}, got {got!r}")]
    explode = parameter.fields.get("explode") is True
    if is_object(value):
        tokens = [f"{key}={text(one)}" if explode else f"{key},{text(one)}" for key, one in value.items()]
    else:
        tokens = [text(one) for one in value] if is_list(value) else [text(value)]
    wanted = ",".join(tokens)
    variants = {got, re.sub(r",\s+", ",", got), unquote(re.sub(r",\s+", ",", got))}
    return [] if wanted in variants else [Fault("header", f"{name}: expected {wanted!r}, got {got!r}")]
