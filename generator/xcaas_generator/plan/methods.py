"""Methods of resource classes: signature, single line of code, and docstring."""

from __future__ import annotations

from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.plan import extensions, method_docs
from xcaas_generator.plan.arguments import Argument, argument_docs, arguments, body_argument, signature
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
    """An operation with its place in the client and the type of its result."""

    operation: ir.Operation
    placement: Placement
    constant: Code
    outcome: Outcome
    item: ir.TypeRef | None


class MethodWriter:
    """Plans the methods of one resource module."""

    def __init__(self, context: PlanContext, imports: Imports, annotations: Annotations) -> None:
        self._context = context
        self._imports = imports
        self._annotations = annotations

    def methods(self, planned: PlannedOperation) -> list[MethodPlan]:
        """Return the method of an operation, and those of its poller."""
        parameters = arguments(planned.operation, self._context, self._imports, self._annotations)
        body = body_argument(planned.operation, self._context, self._imports, self._annotations)
        all_arguments = [*parameters, *([body] if body else [])]
        passed = [planned.constant]
        if all_arguments:
            passed.append(parenthesised([item.name for item in parameters]))
        if body:
            passed.append(body.name)
        plans = [self._call_method(planned, all_arguments, passed)]
        if planned.placement.poll:
            plans.append(self._poll_method(planned, all_arguments, passed))
        if planned.placement.resume:
            plans.append(self._resume_method(planned, parameters))
        return plans

    def _call_method(
        self, planned: PlannedOperation, method_arguments: list[Argument], passed: list[Code]
    ) -> MethodPlan:
        placement, result = planned.placement, planned.outcome
        if planned.item is not None:
            item = self._annotations.read(planned.item)
            returns, delegate, returns_doc = self._class_pair("Pager", item), "paginate", method_docs.paged_doc()
        elif result.socket:
            returns, returns_doc = self._class_pair("EventStream", self._result_type(result)), method_docs.events_doc()
            doc = method_docs.method_doc(planned.operation, placement, argument_docs(method_arguments), returns_doc)
            constructor_arguments = [Code("self._caller.session"), *passed]
            return self._method(
                planned, placement.verb, signature(method_arguments), returns, None, constructor_arguments, doc
            )
        elif result.stream:
            returns, delegate, returns_doc = self._class_pair("Download"), "download", method_docs.file_doc()
        else:
            plain = self._result_type(result)
            returns, delegate, returns_doc = (plain, plain), "call", result.doc if result.type is not None else ""
        doc = method_docs.method_doc(planned.operation, placement, argument_docs(method_arguments), returns_doc)
        return self._method(planned, placement.verb, signature(method_arguments), returns, delegate, passed, doc)

    def _poll_method(
        self, planned: PlannedOperation, method_arguments: list[Argument], passed: list[Code]
    ) -> MethodPlan:
        doc = method_docs.poll_doc(planned.operation, argument_docs(method_arguments))
        return self._method(
            planned, planned.placement.poll, signature(method_arguments), self._poller(planned), "poll", passed, doc
        )

    def _resume_method(self, planned: PlannedOperation, parameters: list[Argument]) -> MethodPlan:
        """Plan the method that takes the id of a job, and the parameters that the poller's operations need."""
        job = Argument(Code("id"), self._imports.builtin("str"), None, True, method_docs.JOB)
        are_shared = extensions.shared_with_poller(planned.operation, self._context.references)
        shared = [
            item if is_shared and item.name != "id" else None
            for item, is_shared in zip(parameters, are_shared, strict=True)
        ]
        all_arguments = [job, *(item for item in shared if item is not None)]
        doc = method_docs.resume_doc(planned.operation, planned.placement, argument_docs(all_arguments))
        passed = [planned.constant, job.name]
        if len(all_arguments) > 1:
            passed.append(parenthesised([Code("None") if item is None else item.name for item in shared]))
        return self._method(
            planned, planned.placement.resume, signature(all_arguments), self._poller(planned), "resume", passed, doc
        )

    def _poller(self, planned: PlannedOperation) -> tuple[Code, Code]:
        final = extensions.polled_operation(planned.operation, self._context.references)
        result = outcome(final) if final is not None else planned.outcome
        sync_result, async_result = (
            self._class_pair("Download") if result.stream else (self._result_type(result), self._result_type(result))
        )
        return self._class_pair("Poller", sync_result, async_result)

    def _result_type(self, result: Outcome) -> Code:
        return Code("None") if result.type is None else self._annotations.read(result.type, nullable=result.empty)

    def _class_pair(self, name: str, of: Code | None = None, async_of: Code | None = None) -> tuple[Code, Code]:
        """Return a class of core and its async twin, with an optional type argument."""
        classes = [self._imports.use(SDK, class_name) for class_name in (name, f"Async{name}")]
        if of is None:
            return classes[0], classes[1]
        return code("{}[{}]", classes[0], of), code("{}[{}]", classes[1], async_of or of)

    def _method(
        self,
        planned: PlannedOperation,
        name: str,
        parameters: Code,
        returns: tuple[Code, Code],
        delegate: str | None,
        passed: list[Code],
        doc: str,
    ) -> MethodPlan:
        """Assemble a method. It calls `delegate`, a method of its caller, or else the class that it returns."""
        decorators: tuple[Code, ...] = ()
        if planned.operation.deprecated:
            decorators = (call(self._imports.use(SDK, "deprecated"), text(f"{_DEPRECATED}: {planned.operation.id}")),)
        return MethodPlan(
            name=identifier(name),
            parameters=parameters,
            returns=returns[0],
            async_returns=returns[1],
            is_awaited=delegate == "call",
            delegate=returns[0] if delegate is None else code("self._caller.{}", identifier(delegate)),
            async_delegate=returns[1] if delegate is None else code("self._caller.{}", identifier(delegate)),
            arguments=join(", ", passed),
            doc=docstring(doc, 8),
            decorators=decorators,
        )
