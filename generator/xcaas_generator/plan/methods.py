"""Methods of resource classes: signature, the one line they run, and their docstring."""

from __future__ import annotations

from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.plan import flows as plan_flows
from xcaas_generator.plan import method_docs as plan_docs
from xcaas_generator.plan.arguments import Argument, arguments, body_argument, described, signature
from xcaas_generator.plan.flows import SDK
from xcaas_generator.plan.operations import Surroundings
from xcaas_generator.plan.results import Outcome, outcome
from xcaas_generator.plan.tree import Seat
from xcaas_generator.plan.views import MethodPlan
from xcaas_generator.python.annotations import Annotations
from xcaas_generator.python.code import Code, call, code, docstring, identifier, join, parenthesised, text
from xcaas_generator.python.imports import Imports

_DEPRECATED = "The vendor has deprecated this operation"


@dataclass(frozen=True, slots=True)
class Subject:
    """An operation with all that was decided about it."""

    operation: ir.Operation
    seat: Seat
    constant: Code
    outcome: Outcome
    item: ir.TypeRef | None


class MethodWriter:
    """Makes the methods of one resource module."""

    def __init__(self, around: Surroundings, imports: Imports, annotations: Annotations) -> None:
        self._around = around
        self._imports = imports
        self._annotations = annotations

    def methods(self, subject: Subject) -> list[MethodPlan]:
        """Return the method of an operation, and those of its poller."""
        given = arguments(subject.operation, self._around, self._imports, self._annotations)
        body = body_argument(subject.operation, given, self._around, self._imports, self._annotations)
        every = [*given, *([body] if body else [])]
        handed = [subject.constant]
        if every:
            handed.append(parenthesised([item.name for item in given]))
        if body:
            handed.append(body.name)
        plans = [self._main(subject, every, handed)]
        if subject.seat.poll:
            plans.append(self._poll(subject, every, handed))
        if subject.seat.resume:
            plans.append(self._resume(subject, given))
        return plans

    def _main(self, subject: Subject, given: list[Argument], handed: list[Code]) -> MethodPlan:
        seat, result = subject.seat, subject.outcome
        if subject.item is not None:
            item = self._annotations.read(subject.item)
            returns, through, meaning = self._twins("Pager", item), "_paginate", plan_docs.paged_doc()
        elif result.stream:
            returns, through, meaning = self._twins("Download"), "_download", plan_docs.file_doc()
        else:
            plain = self._plain(result)
            returns, through, meaning = (plain, plain), "_call", result.doc if result.type is not None else ""
        doc = plan_docs.method_doc(subject.operation, seat, described(given), meaning)
        return self._plan(subject, seat.verb, signature(given), returns, through, handed, doc)

    def _poll(self, subject: Subject, given: list[Argument], handed: list[Code]) -> MethodPlan:
        doc = plan_docs.poll_doc(subject.operation, described(given))
        return self._plan(subject, subject.seat.poll, signature(given), self._poller(subject), "_poll", handed, doc)

    def _resume(self, subject: Subject, given: list[Argument]) -> MethodPlan:
        """Build the method that takes a job's id, and what the operations that follow share with the starting one."""
        job = Argument(Code("id"), self._imports.builtin("str"), None, True, plan_docs.JOB)
        wanted = plan_flows.carried(subject.operation, self._around.neighbours)
        kept = [item if keep and item.name != "id" else None for item, keep in zip(given, wanted, strict=True)]
        taken = [job, *(item for item in kept if item is not None)]
        doc = plan_docs.resume_doc(subject.operation, subject.seat, described(taken))
        handed = [subject.constant, job.name]
        if len(taken) > 1:
            handed.append(parenthesised([Code("None") if item is None else item.name for item in kept]))
        return self._plan(subject, subject.seat.resume, signature(taken), self._poller(subject), "_resume", handed, doc)

    def _poller(self, subject: Subject) -> tuple[Code, Code]:
        last = plan_flows.polled(subject.operation, self._around.neighbours)
        found = outcome(last) if last is not None else subject.outcome
        result, async_result = self._twins("Download") if found.stream else (self._plain(found), self._plain(found))
        return self._twins("Poller", result, async_result)

    def _plain(self, found: Outcome) -> Code:
        return Code("None") if found.type is None else self._annotations.read(found.type)

    def _twins(self, name: str, of: Code | None = None, async_of: Code | None = None) -> tuple[Code, Code]:
        """Return a core class and its async twin, of some type."""
        classes = [self._imports.use(SDK, each, typing_only=True) for each in (name, f"Async{name}")]
        if of is None:
            return classes[0], classes[1]
        return code("{}[{}]", classes[0], of), code("{}[{}]", classes[1], async_of or of)

    def _plan(
        self,
        subject: Subject,
        name: str,
        declared: Code,
        returns: tuple[Code, Code],
        through: str,
        handed: list[Code],
        doc: str,
    ) -> MethodPlan:
        decorators: tuple[Code, ...] = ()
        if subject.operation.deprecated:
            decorators = (call(self._imports.use(SDK, "deprecated"), text(f"{_DEPRECATED}: {subject.operation.id}")),)
        return MethodPlan(
            name=identifier(name),
            parameters=declared,
            returns=returns[0],
            async_returns=returns[1],
            waits=through == "_call",
            through=identifier(through),
            arguments=join(", ", handed),
            doc=docstring(doc, 8),
            decorators=decorators,
        )
