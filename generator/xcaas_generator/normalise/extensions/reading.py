"""Conversion of extensions, which `rules` has checked, to nodes of the IR."""

from __future__ import annotations

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.extensions.rules import COUNTS
from xcaas_generator.report import Report


def pagination(node: Node) -> ir.Pagination:
    send = node.get("send")
    return ir.Pagination(
        node.place,
        "cursor" if node.get("style") == "cursor" else "page",
        node.text("parameter"),
        node.text("items"),
        "body" if node.get("in") == "body" else "query",
        _string(node, "size"),
        _integer(node, "first"),
        _location(node.child("next")) if node.get("next") is not None else None,
        tuple(_stop(condition) for condition in node.child("last").elements()),
        _integer(node, "past_end"),
        node.get("alone") is True,
        node.get("empty_ends") is not False,
        send if isinstance(send, dict) else None,
        node.value,
    )


def _location(node: Node) -> ir.ValueLocation:
    if node.has("body"):
        return ir.ValueLocation("body", node.text("body"))
    return (
        ir.ValueLocation("header", node.text("header"))
        if node.has("header")
        else ir.ValueLocation("link", node.text("link"))
    )


def _stop(node: Node) -> ir.StopCondition:
    location = _location(node)
    for count in COUNTS:
        if node.get("is") == count:
            return ir.StopCondition(location, count)
    if node.has("equals"):
        return ir.StopCondition(location, "equals", node.get("equals"))
    return (
        ir.StopCondition(location, "lacks", node.get("lacks"))
        if node.has("lacks")
        else ir.StopCondition(location, "absent")
    )


def poller(node: Node) -> ir.Poller:
    status, interval = node.child("status"), node.child("interval")
    return ir.Poller(
        verb=node.text("verb"),
        status=ir.StatusLink(
            _call(status),
            status.text("value"),
            _strings(status, "done"),
            _strings(status, "failed"),
            _strings(status, "partial"),
            _string(status, "reason"),
        ),
        id=_string(node, "id"),
        resume=_string(node, "resume"),
        result=_call(node.child("result")) if node.get("result") is not None else None,
        cancel=_call(node.child("cancel")) if node.get("cancel") is not None else None,
        first=_number(interval, "first"),
        factor=_number(interval, "factor"),
        longest=_number(interval, "max"),
        timeout=_number(node, "timeout"),
        declared=node.value,
    )


def download(node: Node) -> ir.Download:
    declared = node.child("checksum")
    checksum = None
    if declared.value is not None:
        pointers = (_string(declared, key) for key in ("value", "type", "size"))
        checksum = ir.Checksum(_call(declared), *pointers)
    ranges = node.get("ranges")
    return ir.Download(
        checksum, _string(node, "filename"), {"yes": True, "no": False}.get(ranges) if isinstance(ranges, str) else None
    )


def retry(node: Node) -> ir.Retry:
    return ir.Retry(node.get("safe") is True)


def filter_spec(node: Node) -> ir.Filter:
    """Return the grammar that a filter parameter accepts."""
    times: ir.FilterTimes = "epoch-milliseconds" if node.get("times") == "epoch-milliseconds" else "date-time"
    return ir.Filter(_strings(node, "operators"), times, _strings(node, "fields"), node.get("alone") is True)


def slices(node: Node) -> ir.Slices:
    rows = node.child("rows")
    names = ("start", "end", "zone", "filter", "field")
    start, end, zone, filter, field = (_string(node, name) for name in names)
    return ir.Slices(
        node.place,
        start=start,
        end=end,
        zone=zone,
        filter=filter,
        field=field,
        longest=_integer(node, "longest"),
        partition=_string(node, "partition"),
        key=_string(node, "key"),
        time=_string(node, "time"),
        total=_string(node, "total"),
        count=_string(node, "count"),
        rows=ir.RowsOf(_call(rows), rows.text("id")) if node.get("rows") is not None else None,
    )


def key_urls(node: Node) -> tuple[str, ...]:
    """Return the URLs of the keys of a signature."""
    return _strings(node, "keys")


def headers(node: Node) -> tuple[tuple[str, str], ...]:
    """Return the constant headers, in the order of the document."""
    return tuple((name, value.value) for name, value in node.items() if isinstance(value.value, str))


def rate_limits(root: Node, report: Report) -> tuple[ir.RateLimit, ...]:
    """Return the documented limits of a product."""
    limits: list[ir.RateLimit] = []
    for limit in root.child(keys.PRODUCT).child("rate_limits").elements():
        calls, per = _integer(limit, "calls"), _number(limit, "per")
        if calls is None or calls < 1 or per is None or per <= 0:
            report.warn(limit.place, "a limit needs 'calls' and 'per', at least one call in a number of seconds")
        else:
            limits.append(ir.RateLimit(calls, per))
    return tuple(limits)


def console_name(root: Node) -> str | None:
    """Return the name of a product in the Admin Console."""
    return _string(root.child(keys.PRODUCT), "console_name")


def _call(node: Node) -> ir.FollowUp:
    return ir.FollowUp(node.text("operation"), node.text("parameter"))


def _string(node: Node, key: str) -> str | None:
    value = node.get(key)
    return value if isinstance(value, str) else None


def _strings(node: Node, key: str) -> tuple[str, ...]:
    value = node.get(key)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _integer(node: Node, key: str) -> int | None:
    value = node.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(node: Node, key: str) -> int | float | None:
    value = node.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
