"""Sample arguments of operations, and checks of the requests received for them."""

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
from tests.conformance.server import ReceivedRequest
from tests.conformance.styles import Pairs, Token, matches, parse_pairs, query_alternatives, segment_alternatives, text

__all__ = ["Fault", "SampleRequest", "request_faults", "sample_requests", "server_path"]

# Not parameters according to OpenAPI, or set by the HTTP library.
_IGNORED_HEADERS = {
    *("accept", "content-type", "authorization", "content-length", "host", "connection"),
    *("transfer-encoding", "accept-encoding"),
}
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


@dataclass(frozen=True)
class Fault:
    """A difference: its kind, and both values."""

    kind: str
    detail: str


@dataclass(frozen=True)
class SampleRequest:
    """Arguments by location and wire name, and the body with its media type."""

    arguments: Mapping[tuple[str, str], JSON]
    media_type: str | None = None
    body: JSON = None
    alone: bool = True
    """Whether the body has only this media type."""


def sample_requests(document: Document, operation: OperationNode, most: int = 4) -> list[SampleRequest]:
    """Return distinct requests: all bodies and media types, with all parameters and with the required ones only."""
    choices: dict[tuple[str, str], list[JSON]] = {}
    required_keys: set[tuple[str, str]] = set()
    for (location, name), parameter in operation.parameters().items():
        if location == "header" and name.lower() in _IGNORED_HEADERS:
            continue
        schema = _schema(parameter)
        if schema is None:
            continue
        odd = "a/b c%20é&=?#+" if location in ("path", "query") else "a-b.c"
        values = [value for value, _ in samples(document, schema, write=True, odd=odd, most=most)]
        if not _is_json(next(iter(parameter.fields.get("content", {})), "application/json")):
            values = [value if isinstance(value, str) else "<text>" for value in values]  # written by the caller
        choices[location, name] = [value for value in values if value not in (None, "")]
        if not choices[location, name]:
            del choices[location, name]
            if parameter.fields.get("required") is True:
                return []
        if parameter.fields.get("required") is True or location == "path":
            required_keys.add((location, name))
    bodies = _bodies(document, operation, most)
    if bodies is None:
        return []
    count = min(max([len(bodies), *map(len, choices.values())]), 3 * most)
    requests: list[SampleRequest] = []
    alone = len({media_type for media_type, _ in bodies if media_type is not None}) < 2
    for turn in range(count):
        arguments = {key: values[turn % len(values)] for key, values in choices.items()}
        requests.append(SampleRequest(arguments, *bodies[turn % len(bodies)], alone))
    if set(choices) - required_keys:
        minimum = {key: values[0] for key, values in choices.items() if key in required_keys}
        requests.append(SampleRequest(minimum, *bodies[-1], alone))
    return requests


def _schema(parameter: Node) -> Node | None:
    content = parameter.get("content")
    if content is not None:
        media = next((media for _, media in content.items()), None)
        return media.get("schema") if media is not None else None
    # Some documents mix in Swagger 2, where a parameter is its own schema.
    return parameter if "type" in parameter.fields and "schema" not in parameter.fields else parameter.get("schema")


def _bodies(document: Document, operation: OperationNode, most: int) -> list[tuple[str | None, JSON]] | None:
    """Return bodies with their media types; None if a body is required but has no sample."""
    body = operation.node.get("requestBody")
    content = body.get("content") if body is not None else None
    if body is None or content is None or not content.fields:
        return [(None, None)]
    bodies: list[tuple[str | None, JSON]] = []
    for media_type, media in media_types(content):
        kind = media_type.partition(";")[0].strip().lower()
        schema = media.get("schema")
        if "xml" in kind or "yaml" in kind or (kind.startswith("text/") and not _is_json(kind)):
            bodies.append((media_type, "<a/>" if "xml" in kind else "text é"))
        elif kind.startswith("multipart/") or kind == "application/x-www-form-urlencoded" or _is_json(kind):
            if schema is None:
                bodies.append((media_type, {"a": 1} if _is_json(kind) else {}))
                continue
            raw = kind.startswith("multipart/")
            value_samples = samples(document, schema, write=True, raw_binary=raw, most=most)
            bodies += [(media_type, value) for value, _ in value_samples if is_object(value) or _is_json(kind)]
        elif schema is not None and (
            schema.fields.get("type") == "object"
            or (kind == "*/*" and schema.fields.get("type") != "string")
            or (is_lines(kind) and schema.fields.get("type") == "array")
        ):
            bodies += [(media_type, value) for value, _ in samples(document, schema, write=True, most=most)]
        else:
            bodies.append((media_type, b"\x00bytes\xff"))
    if body.fields.get("required") is not True:
        # None means no body.
        return [*((media_type, value) for media_type, value in bodies if value is not None), (None, None)]
    return bodies or None


def _is_json(kind: str) -> bool:
    return kind.endswith(("/json", "+json")) or kind == "application/*"


def server_path(document: Document, operation: OperationNode) -> str:
    """Return the base path of the first server of the operation, its path or the document."""
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
    document: Document, operation: OperationNode, sample: SampleRequest, received: ReceivedRequest, *, skipped: set[str]
) -> list[Fault]:
    """Return the faults of a received request. `skipped`: parameters that are client settings."""
    path, _, fixed = operation.path.partition("#")[0].partition("?")
    path = "/" + path.removeprefix("/")
    faults: list[Fault] = []
    if received.method != operation.method:
        faults.append(Fault("method", f"{operation.method} was expected, not {received.method}"))
    declared = operation.parameters()
    template = server_path(document, operation) + path
    faults += _path_faults(declared, sample, template, received.path, skipped)
    expected = [_fixed_pairs(declared, sample, name, value) for name, value in parse_pairs(fixed)]
    cookies: list[list[Pairs]] = []
    for (location, name), value in sample.arguments.items():
        parameter = declared[location, name]
        if location == "query":
            expected.append(_pairs(parameter, name, value))
        elif location == "cookie":
            cookies.append(_pairs(parameter, name, value))
        elif location == "header":
            header = received.header(name)
            # Cookie parameters follow it.
            header = header.partition("; ")[0] if header is not None and name.lower() == "cookie" else header
            faults += _header_faults(parameter, value, header)
    allowed = security_names(document, operation) - set(sample.arguments)
    pairs = [
        pair for pair in parse_pairs(received.query) if ("query", pair[0]) not in allowed and pair[0] not in skipped
    ]
    faults += [Fault("query", f"{message} in {received.query!r}") for message in _unmatched(expected, pairs)]
    cookie_pairs = (received.header("Cookie") or "").replace("&", "; ").split("; ")
    received_cookies = [
        (unquote(cookie.partition("=")[0]), cookie.partition("=")[2]) for cookie in cookie_pairs if cookie
    ]
    received_cookies = [
        pair for pair in received_cookies if ("cookie", pair[0]) not in allowed and pair[0] not in skipped
    ]
    if any(location == "header" and name.lower() == "cookie" for location, name in sample.arguments):
        received_cookies = received_cookies[len(received_cookies) - len(cookies) :]  # the header is compared above
    faults += [
        Fault("cookie", f"{message} in {received.header('Cookie')!r}")
        for message in _unmatched(cookies, received_cookies)
    ]
    faults += [
        Fault(kind, detail)
        for kind, detail in body_faults(document, operation, sample.media_type, sample.body, received)
    ]
    return faults + [
        Fault("security", message) for message in security_faults(document, operation, received, set(sample.arguments))
    ]


def _fixed_pairs(declared: Mapping[tuple[str, str], Node], sample: SampleRequest, name: str, value: str) -> list[Pairs]:
    """Return the alternatives for a pair in the path's own query, whose value may be a path parameter."""
    key = ("path", value[1:-1])
    if not (value.startswith("{") and value.endswith("}")) or key not in sample.arguments:
        return [[(name, value)]]
    fields = declared[key].fields
    alternatives = segment_alternatives(
        fields.get("style") or "simple", fields.get("explode") is True, key[1], sample.arguments[key]
    )
    return [[(name, alternative)] for alternative in alternatives]


def _pairs(parameter: Node, name: str, value: JSON) -> list[Pairs]:
    fields = parameter.fields
    if "content" in fields:
        is_json = not isinstance(value, str) or "json" in next(iter(fields["content"]))
        token: Token = _json_token(value) if is_json else next(iter(query_alternatives("form", False, "", value)))[0][1]
        return [[(name, token)]]
    style = fields.get("style") or _STYLES[fields["in"]]
    return query_alternatives(style, fields.get("explode", style == "form") is True, name, value)


def _json_token(value: JSON) -> Token:
    from tests.conformance.styles import JsonText

    return JsonText(value)


def _unmatched(expected: list[list[Pairs]], got: list[tuple[str, str]]) -> list[str]:
    remaining = list(got)
    messages: list[str] = []
    # Empty alternatives come last, as they always match.
    for alternatives in expected:
        for pairs in sorted(alternatives, key=len, reverse=True):
            matched_rest = _without(remaining, pairs)
            if matched_rest is not None:
                remaining = matched_rest
                break
        else:
            messages.append(f"expected {[(name, getattr(token, 'value', token)) for name, token in alternatives[0]]}")
    return messages + [f"unexpected {name}={value}" for name, value in remaining]


def _without(got: list[tuple[str, str]], pairs: Pairs) -> list[tuple[str, str]] | None:
    remaining = list(got)
    for name, token in pairs:
        pair = next(
            (candidate for candidate in remaining if candidate[0] == name and matches(candidate[1], token, form=True)),
            None,
        )
        if pair is None:
            return None
        remaining.remove(pair)
    return remaining


def _path_faults(
    declared: Mapping[tuple[str, str], Node], sample: SampleRequest, template: str, got: str, skipped: set[str]
) -> list[Fault]:
    names = re.findall(r"\{([^{}]+)\}", template)
    literals = [_decode_literals(part) for part in re.split(r"\{[^{}]+\}", template)]
    # Adjacent parameters can be split in several ways, one of which must be right.
    candidates = [
        _segment_faults(declared, sample, names, values, skipped)
        for values in islice(_split_path(literals, _decode_literals(got)), 500)
    ]
    return min(candidates, key=len, default=[Fault("path", f"expected {template}, got {got}")])


def _split_path(literals: list[str], path: str) -> Iterator[list[str]]:
    """Yield the ways to split a path into the values between literal parts."""
    first, *rest = literals
    if not path.startswith(first):
        return
    remaining = path[len(first) :]
    if not rest:
        yield from [[]] if not remaining else []
        return
    longest = len(remaining.partition("/")[0])
    for end in range(longest, -1, -1):
        for values in _split_path(rest, remaining[end:]):
            yield [remaining[:end], *values]


def _segment_faults(
    declared: Mapping[tuple[str, str], Node],
    sample: SampleRequest,
    names: list[str],
    values: list[str],
    skipped: set[str],
) -> list[Fault]:
    faults: list[Fault] = []
    for name, segment in zip(names, values, strict=True):
        if ("path", name) not in sample.arguments:
            if name not in skipped and ("path", name) in declared:
                faults.append(Fault("path", f"{name} was not given, got {segment}"))
            continue
        value, fields = sample.arguments["path", name], declared["path", name].fields
        if "content" in fields and _is_json(next(iter(fields["content"]))):
            alternatives: list[Token] = [_json_token(value)]
        else:
            alternatives = list(
                segment_alternatives(fields.get("style") or "simple", fields.get("explode") is True, name, value)
            )
        if not any(matches(segment, token) for token in alternatives):
            faults.append(Fault("path", f"{name}: expected {alternatives[0]!r}, got {segment!r}"))
    return faults


def _decode_literals(path: str) -> str:
    """Decode non-ASCII characters and spaces of a path; delimiters stay encoded."""
    return re.sub(r"(?:%[89A-Fa-f][0-9A-Fa-f])+|%20", lambda match: unquote(match[0]), path)


def _header_faults(parameter: Node, value: JSON, got: str | None) -> list[Fault]:
    name = parameter.fields["name"]
    if got is None:
        # Empty lists and objects are omitted (RFC 6570, 2.3).
        return [Fault("header", f"{name} is missing")] if value not in ([], {}) else []
    if "content" in parameter.fields:
        try:
            is_equal = json.loads(got) == value
        except ValueError:
            is_equal = got == value
        return [] if is_equal else [Fault("header", f"{name}: expected {value!r}, got {got!r}")]
    explode = parameter.fields.get("explode") is True
    if is_object(value):
        tokens = [f"{key}={text(item)}" if explode else f"{key},{text(item)}" for key, item in value.items()]
    else:
        tokens = [text(item) for item in value] if is_list(value) else [text(value)]
    expected = ",".join(tokens)
    variants = {got, re.sub(r",\s+", ",", got), unquote(re.sub(r",\s+", ",", got))}
    return [] if expected in variants else [Fault("header", f"{name}: expected {expected!r}, got {got!r}")]
