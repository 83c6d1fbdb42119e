"""What OpenAPI can't say of an operation: read from its `x-xcaas-*` keys, checked, and put into its node.

A malformed one is left out with a problem that names its place, so that what comes after
sees only well-formed nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.drafts import OperationDraft
from xcaas_generator.normalise.extensions import keys, reading
from xcaas_generator.normalise.extensions.rules import well_formed
from xcaas_generator.report import Report


class OperationExtensions:
    def __init__(self, report: Report) -> None:
        self._report = report

    def add(self, operation: ir.Operation, node: Node) -> ir.Operation:
        """Return the same operation, with what its extensions say."""
        paging, poller, download, retry, headers, response, resource, slices = (
            node.child(key) if node.has(key) and well_formed(node, key, self._report) else None
            for key in (
                *(keys.PAGINATION, keys.POLLER, keys.DOWNLOAD, keys.RETRY, keys.HEADERS, keys.RESPONSE, keys.RESOURCE),
                keys.SLICES,
            )
        )
        return replace(
            operation,
            pagination=reading.pagination(paging) if paging else None,
            poller=reading.poller(poller) if poller else None,
            download=reading.download(download) if download else None,
            retry=reading.retry(retry) if retry else None,
            slices=reading.slices(slices) if slices else None,
            fixed_headers=reading.headers(headers) if headers else (),
            single=response is not None and response.get("single") is True,
            resource=tuple(resource.text("path").split(".")) if resource else (),
            verb=resource.text("verb") if resource else None,
        )

    def check_calls(self, drafts: list[OperationDraft]) -> None:
        """Leave out pagers, pollers and downloads that name operations or parameters which don't exist."""
        known = {draft.node.id: draft for draft in drafts}
        for draft in drafts:
            node = draft.node
            if node.pagination and not self._parameters_exist(draft, node.pagination):
                draft.node = replace(draft.node, pagination=None)
            if node.poller and not self._poller_works(draft, node.poller, known):
                draft.node = replace(draft.node, poller=None)
            if node.download and not self._calls_exist(node, keys.DOWNLOAD, _download_calls(node.download), known):
                draft.node = replace(draft.node, download=None)
            if node.slices and not self._slices_work(draft, node.slices, known):
                draft.node = replace(draft.node, slices=None)

    def _parameters_exist(self, draft: OperationDraft, paging: ir.Pagination) -> bool:
        good = True
        if paging.within == "query":
            for role, name in (("parameter", paging.parameter), ("size", paging.size)):
                # A pointer leads into the body.
                missing = (
                    draft.body is None if name and name.startswith("/") else name and not _has_parameter(draft, name)
                )
                if missing:
                    path = f"{keys.PAGINATION}/{role}"
                    good = self._fault(draft.node, path, f"the operation has no parameter {name!r}")
        return good

    def _poller_works(self, draft: OperationDraft, poller: ir.Poller, known: Mapping[str, OperationDraft]) -> bool:
        good = self._calls_exist(draft.node, keys.POLLER, _poller_calls(poller), known)
        if poller.id is None and not _has_parameter(draft, poller.status.call.parameter):
            message = f"without 'id' the operation needs the parameter {poller.status.call.parameter!r} itself"
            good = self._fault(draft.node, keys.POLLER, message)
        return good

    def _slices_work(self, draft: OperationDraft, slices: ir.Slices, known: Mapping[str, OperationDraft]) -> bool:
        good = self._calls_exist(draft.node, keys.SLICES, {"rows": slices.rows.call if slices.rows else None}, known)
        for role in ("start", "end", "zone", "filter", "partition"):
            name: str | None = getattr(slices, role)
            if name and not (draft.body is not None if name.startswith("/") else _has_parameter(draft, name)):
                good = self._fault(draft.node, f"{keys.SLICES}/{role}", f"the operation has no parameter {name!r}")
        if slices.count is not None and slices.count not in known:
            good = self._fault(draft.node, f"{keys.SLICES}/count", f"there is no operation {slices.count!r}")
        listed = known.get(slices.rows.call.operation) if slices.rows else draft
        if listed is not None and listed.node.pagination is None:
            good = self._fault(draft.node, keys.SLICES, f"{listed.node.id!r} is not a list with pages")
        return good

    def _calls_exist(
        self,
        node: ir.Operation,
        key: str,
        calls: Mapping[str, ir.FollowUp | None],
        known: Mapping[str, OperationDraft],
    ) -> bool:
        good = True
        for role, call in calls.items():
            if call is None:
                continue
            called = known.get(call.operation)
            if called is None:
                good = self._fault(node, f"{key}/{role}/operation", f"there is no operation {call.operation!r}")
            elif not _has_parameter(called, call.parameter):
                message = f"{called.node.id!r} has no parameter {call.parameter!r}"
                good = self._fault(node, f"{key}/{role}/parameter", message)
        return good

    def _fault(self, node: ir.Operation, path: str, message: str) -> bool:
        place = ir.SourceLocation(node.place.file, f"{node.place.pointer}/{path}")
        self._report.warn(place, f"{message}; {path.partition('/')[0]} was ignored", "Correct the name.")
        return False


def _has_parameter(draft: OperationDraft, wire: str) -> bool:
    return any(parameter.node.wire == wire for parameter in draft.parameters)


def _poller_calls(poller: ir.Poller) -> dict[str, ir.FollowUp | None]:
    return {"status": poller.status.call, "result": poller.result, "cancel": poller.cancel}


def _download_calls(download: ir.Download) -> dict[str, ir.FollowUp | None]:
    return {"checksum": download.checksum.call if download.checksum else None}
