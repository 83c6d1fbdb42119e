"""From the data of an extension, which `rules` has judged, to a node of the IR."""

from __future__ import annotations

from xcaas_generator import ir
from xcaas_generator.load.references import Node
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.extensions.rules import COUNTS
from xcaas_generator.report import Report


def pagination(spot: Node) -> ir.Pagination:
    send = spot.get("send")
    return ir.Pagination(
        spot.place,
        "cursor" if spot.get("style") == "cursor" else "page",
        spot.text("parameter"),
        spot.text("items"),
        "body" if spot.get("in") == "body" else "query",
        _text(spot, "size"),
        _integer(spot, "first"),
        _location(spot.child("next")) if spot.get("next") is not None else None,
        tuple(_stop(one) for one in spot.child("last").elements()),
        _integer(spot, "past_end"),
        spot.get("alone") is True,
        spot.get("empty_ends") is not False,
        send if isinstance(send, dict) else None,
        spot.value,
    )


def _location(spot: Node) -> ir.ValueLocation:
    if spot.has("body"):
        return ir.ValueLocation("body", spot.text("body"))
    return (
        ir.ValueLocation("header", spot.text("header"))
        if spot.has("header")
        else ir.ValueLocation("link", spot.text("link"))
    )


def _stop(spot: Node) -> ir.StopCondition:
    location = _location(spot)
    for count in COUNTS:
        if spot.get("is") == count:
            return ir.StopCondition(location, count)
    if spot.has("equals"):
        return ir.StopCondition(location, "equals", spot.get("equals"))
    return (
        ir.StopCondition(location, "lacks", spot.get("lacks"))
        if spot.has("lacks")
        else ir.StopCondition(location, "absent")
    )


def poller(spot: Node) -> ir.Poller:
    status, interval = spot.child("status"), spot.child("interval")
    return ir.Poller(
        verb=spot.text("verb"),
        id=spot.text("id"),
        status=ir.PollStatus(
            _call(status),
            status.text("value"),
            _texts(status, "done"),
            _texts(status, "failed"),
            _texts(status, "partial"),
            _text(status, "reason"),
        ),
        resume=_text(spot, "resume"),
        result=_call(spot.child("result")) if spot.get("result") is not None else None,
        cancel=_call(spot.child("cancel")) if spot.get("cancel") is not None else None,
        first=_number(interval, "first"),
        factor=_number(interval, "factor"),
        longest=_number(interval, "max"),
        timeout=_number(spot, "timeout"),
        declared=spot.value,
    )


def download(spot: Node) -> ir.Download:
    checksum = spot.child("checksum")
    found = None
    if checksum.value is not None:
        pointers = (_text(checksum, key) for key in ("value", "type", "size"))
        found = ir.Checksum(_call(checksum), *pointers)
    ranges = spot.get("ranges")
    return ir.Download(
        found, _text(spot, "filename"), {"yes": True, "no": False}.get(ranges) if isinstance(ranges, str) else None
    )


def retry(spot: Node) -> ir.Retry:
    return ir.Retry(spot.get("safe") is True)


def headers(spot: Node) -> tuple[tuple[str, str], ...]:
    """Headers with a fixed value, in the document's order."""
    return tuple((name, one.value) for name, one in spot.items() if isinstance(one.value, str))


def rate_limits(root: Node, report: Report) -> tuple[ir.RateLimit, ...]:
    """The documented limits of a product."""
    found: list[ir.RateLimit] = []
    for limit in root.child(keys.PRODUCT).child("rate_limits").elements():
        calls, per = _integer(limit, "calls"), _number(limit, "per")
        if calls is None or calls < 1 or per is None or per <= 0:
            report.warn(limit.place, "a limit needs 'calls' and 'per', at least one call in a number of seconds")
        else:
            found.append(ir.RateLimit(calls, per))
    return tuple(found)


def console_name(root: Node) -> str | None:
    """The name of a product in the Admin Console."""
    return _text(root.child(keys.PRODUCT), "console_name")


def _call(spot: Node) -> ir.FollowUp:
    return ir.FollowUp(spot.text("operation"), spot.text("parameter"))


def _text(spot: Node, key: str) -> str | None:
    value = spot.get(key)
    return value if isinstance(value, str) else None


def _texts(spot: Node, key: str) -> tuple[str, ...]:
    value = spot.get(key)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _integer(spot: Node, key: str) -> int | None:
    value = spot.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(spot: Node, key: str) -> int | float | None:
    value = spot.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
