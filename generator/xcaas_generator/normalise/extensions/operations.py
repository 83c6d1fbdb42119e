"""Extensions of operations: read from `x-xcaas-*` keys, checked, and added to the node of the operation.

Malformed ones are left out, and reported with their location, so that later stages see only valid nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.drafts import OperationDraft
from xcaas_generator.normalise.extensions import keys, reading
from xcaas_generator.normalise.extensions.rules import is_well_formed
from xcaas_generator.report import Report


class OperationExtensions:
    def __init__(self, report: Report) -> None:
        self._report = report

    def add(self, operation: ir.Operation, node: Node) -> ir.Operation:
        """Return the operation with its extensions."""
        paging, poller, download, retry, headers, response, resource, slices = (
            node.child(key) if node.has(key) and is_well_formed(node, key, self._report) else None
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
        by_id = {draft.node.id: draft for draft in drafts}
        for draft in drafts:
            node = draft.node
            if node.pagination and not self._has_page_parameters(draft, node.pagination):
                draft.node = replace(draft.node, pagination=None)
            if node.poller and not self._is_valid_poller(draft, node.poller, by_id):
                draft.node = replace(draft.node, poller=None)
            if node.download and not self._are_valid_calls(node, keys.DOWNLOAD, _download_calls(node.download), by_id):
                draft.node = replace(draft.node, download=None)
            if node.slices and not self._are_valid_slices(draft, node.slices, by_id):
                draft.node = replace(draft.node, slices=None)

    def _has_page_parameters(self, draft: OperationDraft, paging: ir.Pagination) -> bool:
        is_valid = True
        if paging.within == "query":
            for role, name in (("parameter", paging.parameter), ("size", paging.size)):
                # A JSON pointer is a location in the body.
                is_missing = (
                    draft.body is None if name and name.startswith("/") else name and not _has_parameter(draft, name)
                )
                if is_missing:
                    path = f"{keys.PAGINATION}/{role}"
                    is_valid = self._warn(draft.node, path, f"the operation has no parameter {name!r}")
        return is_valid

    def _is_valid_poller(self, draft: OperationDraft, poller: ir.Poller, by_id: Mapping[str, OperationDraft]) -> bool:
        is_valid = self._are_valid_calls(draft.node, keys.POLLER, _poller_calls(poller), by_id)
        if poller.id is None and not _has_parameter(draft, poller.status.call.parameter):
            message = f"without 'id' the operation needs the parameter {poller.status.call.parameter!r} itself"
            is_valid = self._warn(draft.node, keys.POLLER, message)
        return is_valid

    def _are_valid_slices(self, draft: OperationDraft, slices: ir.Slices, by_id: Mapping[str, OperationDraft]) -> bool:
        is_valid = self._are_valid_calls(
            draft.node, keys.SLICES, {"rows": slices.rows.call if slices.rows else None}, by_id
        )
        for role in ("start", "end", "zone", "filter", "partition"):
            name: str | None = getattr(slices, role)
            if name and not (draft.body is not None if name.startswith("/") else _has_parameter(draft, name)):
                is_valid = self._warn(draft.node, f"{keys.SLICES}/{role}", f"the operation has no parameter {name!r}")
        if slices.count is not None and slices.count not in by_id:
            is_valid = self._warn(draft.node, f"{keys.SLICES}/count", f"there is no operation {slices.count!r}")
        list_draft = by_id.get(slices.rows.call.operation) if slices.rows else draft
        if list_draft is not None and list_draft.node.pagination is None:
            is_valid = self._warn(draft.node, keys.SLICES, f"{list_draft.node.id!r} is not a list with pages")
        return is_valid

    def _are_valid_calls(
        self,
        node: ir.Operation,
        key: str,
        calls: Mapping[str, ir.FollowUp | None],
        by_id: Mapping[str, OperationDraft],
    ) -> bool:
        is_valid = True
        for role, call in calls.items():
            if call is None:
                continue
            called = by_id.get(call.operation)
            if called is None:
                is_valid = self._warn(node, f"{key}/{role}/operation", f"there is no operation {call.operation!r}")
            elif not _has_parameter(called, call.parameter):
                message = f"{called.node.id!r} has no parameter {call.parameter!r}"
                is_valid = self._warn(node, f"{key}/{role}/parameter", message)
        return is_valid

    def _warn(self, node: ir.Operation, path: str, message: str) -> bool:
        place = ir.SourceLocation(node.place.file, f"{node.place.pointer}/{path}")
        self._report.warn(place, f"{message}; {path.partition('/')[0]} was ignored", "Correct the name.")
        return False


def _has_parameter(draft: OperationDraft, wire: str) -> bool:
    return any(parameter.node.wire == wire for parameter in draft.parameters)


def _poller_calls(poller: ir.Poller) -> dict[str, ir.FollowUp | None]:
    return {"status": poller.status.call, "result": poller.result, "cancel": poller.cancel}


def _download_calls(download: ir.Download) -> dict[str, ir.FollowUp | None]:
    return {"checksum": download.checksum.call if download.checksum else None}
