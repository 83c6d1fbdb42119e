"""Methods of resource classes: signature, the one line they run, and their docstring."""

from __future__ import annotations

from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.plan import extensions, method_docs
from xcaas_generator.plan.arguments import Argument, arguments, body_argument, described, signature
from xcaas_generator.plan.operations import PlanContext
from xcaas_generator.plan.results import Outcome, outcome
from xcaas_generator.plan.tree import Placement
from xcaas_generator.plan.views import MethodPlan
from xcaas_generator.python.annotations import Annotations
from xcaas_generator.python.code import Code, call, code, docstring, identifier, join, parenthesised, text
from xcaas_generator.python.imports import SDK, Imports

_DEPRECATED = "The vendor has deprecated this operation"


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """An operation with all that was decided about it."""

    operation: ir.Operation
    placement: Placement
    constant: Code
    outcome: Outcome
    item: ir.TypeRef | None


class MethodWriter:
    """Makes the methods of one resource module."""

    def __init__(self, context: PlanContext, imports: Imports, annotations: Annotations) -> None:
        self._context = context
        self._imports = imports
        self._annotations = annotations

    def methods(self, planned: PlannedOperation) -> list[MethodPlan]:
        """Return the method of an operation, and those of its poller."""
        given = arguments(planned.operation, self._context, self._imports, self._annotations)
        body = body_argument(planned.operation, self._context, self._imports, self._annotations)
        every = [*given, *([body] if body else [])]
        passed = [planned.constant]
        if every:
            passed.append(parenthesised([item.name for item in given]))
        if body:
            passed.append(body.name)
        plans = [self._main(planned, every, passed)]
        if planned.placement.poll:
            plans.append(self._poll(planned, every, passed))
        if planned.placement.resume:
            plans.append(self._resume(planned, given))
        return plans

    def _main(self, planned: PlannedOperation, given: list[Argument], passed: list[Code]) -> MethodPlan:
        placement, result = planned.placement, planned.outcome
        if planned.item is not None:
            item = self._annotations.read(planned.item)
            returns, delegate, meaning = self._twins("Pager", item), "paginate", method_docs.paged_doc()
        elif result.socket:
            returns, meaning = self._twins("EventStream", self._plain(result)), method_docs.events_doc()
            doc = method_docs.method_doc(planned.operation, placement, described(given), meaning)
            inner = [Code("self._caller.session"), *passed]
            return self._plan(planned, placement.verb, signature(given), returns, None, inner, doc)
        elif result.stream:
            returns, delegate, meaning = self._twins("Download"), "download", method_docs.file_doc()
        else:
            plain = self._plain(result)
            returns, delegate, meaning = (plain, plain), "call", result.doc if result.type is not None else ""
        doc = method_docs.method_doc(planned.operation, placement, described(given), meaning)
        return self._plan(planned, placement.verb, signature(given), returns, delegate, passed, doc)

    def _poll(self, planned: PlannedOperation, given: list[Argument], passed: list[Code]) -> MethodPlan:
        doc = method_docs.poll_doc(planned.operation, described(given))
        return self._plan(planned, planned.placement.poll, signature(given), self._poller(planned), "poll", passed, doc)

    def _resume(self, planned: PlannedOperation, given: list[Argument]) -> MethodPlan:
        """Build the method that takes a job's id, and what the operations that follow share with the starting one."""
        job = Argument(Code("id"), self._imports.builtin("str"), None, True, method_docs.JOB)
        wanted = extensions.carried(planned.operation, self._context.references)
        kept = [item if keep and item.name != "id" else None for item, keep in zip(given, wanted, strict=True)]
        taken = [job, *(item for item in kept if item is not None)]
        doc = method_docs.resume_doc(planned.operation, planned.placement, described(taken))
        passed = [planned.constant, job.name]
        if len(taken) > 1:
            passed.append(parenthesised([Code("None") if item is None else item.name for item in kept]))
        return self._plan(
            planned, planned.placement.resume, signature(taken), self._poller(planned), "resume", passed, doc
        )

    def _poller(self, planned: PlannedOperation) -> tuple[Code, Code]:
        last = extensions.polled(planned.operation, self._context.references)
        found = outcome(last) if last is not None else planned.outcome
        result, async_result = self._twins("Download") if found.stream else (self._plain(found), self._plain(found))
        return self._twins("Poller", result, async_result)

    def _plain(self, found: Outcome) -> Code:
        return Code("None") if found.type is None else self._annotations.read(found.type, nullable=found.empty)

    def _twins(self, name: str, of: Code | None = None, async_of: Code | None = None) -> tuple[Code, Code]:
        """Return a core class and its async twin, of some type."""
        classes = [self._imports.use(SDK, each) for each in (name, f"Async{name}")]
        if of is None:
            return classes[0], classes[1]
        return code("{}[{}]", classes[0], of), code("{}[{}]", classes[1], async_of or of)

    def _plan(
        self,
        planned: PlannedOperation,
        name: str,
        declared: Code,
        returns: tuple[Code, Code],
        delegate: str | None,
        passed: list[Code],
        doc: str,
    ) -> MethodPlan:
        """Put a method together. It calls a method of its caller, or without one the class that it returns."""
        decorators: tuple[Code, ...] = ()
        if planned.operation.deprecated:
            decorators = (call(self._imports.use(SDK, "deprecated"), text(f"{_DEPRECATED}: {planned.operation.id}")),)
        return MethodPlan(
            name=identifier(name),
            parameters=declared,
            returns=returns[0],
            async_returns=returns[1],
            waits=delegate == "call",
            delegate=returns[0] if delegate is None else code("self._caller.{}", identifier(delegate)),
            async_delegate=returns[1] if delegate is None else code("self._caller.{}", identifier(delegate)),
            arguments=join(", ", passed),
            doc=docstring(doc, 8),
            decorators=decorators,
        )
