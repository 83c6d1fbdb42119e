"""Resource modules: the operations of a resource and its two classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.plan.extensions import OperationRef, paged_item
from xcaas_generator.plan.methods import MethodWriter, PlannedOperation
from xcaas_generator.plan.operations import (
    ErrorSpec,
    ErrorTable,
    PlanContext,
    error_table,
    errors_value,
    operation_value,
)
from xcaas_generator.plan.results import Outcome, outcome
from xcaas_generator.plan.tree import Placement
from xcaas_generator.plan.views import ChildPlan, MethodPlan, Module, OperationPlan, ResourcePlan
from xcaas_generator.python import docstrings
from xcaas_generator.python.annotations import Annotations, ModelNames
from xcaas_generator.python.code import Code, code, docstring, file_name, identifier, module_path, text
from xcaas_generator.python.imports import SDK, Imports
from xcaas_generator.python.names import Scope, constant, module_stem, pascal, snake

Path = tuple[str, ...]
_OWN_MODULES = ("__init__", "_client", "_product", "models", "_manifest", "_lock")


@dataclass(frozen=True, slots=True)
class ResourceNames:
    """Names of a resource: its module in the product's package, and its classes."""

    stem: str
    cls: str
    async_cls: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The resources of a product, and the placements of its operations."""

    placements: tuple[Placement, ...]
    names: Mapping[Path, ResourceNames]
    constants: tuple[str, ...]
    docs: Mapping[Path, str]

    def children(self, parent: Path) -> list[Path]:
        """Return the direct children of a resource; for the empty path, the top-level resources."""
        return sorted(path for path in self.names if path and path[:-1] == parent)


def resource_tree(document: ir.Document, placements: tuple[Placement, ...], taken: frozenset[str]) -> Tree:
    """Assign names to modules, classes and constants. `taken` are the names of the product's classes."""
    paths = sorted(
        {placement.path[:depth] for placement in placements for depth in range(1, len(placement.path) + 1)}
        | {placement.path for placement in placements}
    )
    stems, classes = Scope(_OWN_MODULES, fold=True), Scope(taken)
    names: dict[Path, ResourceNames] = {}
    for path in paths:
        candidate = pascal("_".join(path), "Methods")
        cls = classes.claim(candidate, f"{candidate}Resource")
        names[path] = ResourceNames(
            stems.claim(module_stem("_".join(path) or "methods")),
            cls,
            classes.claim(f"Async{cls}", f"Async{cls}Resource"),
        )
    scopes = {path: Scope() for path in paths}
    constants = tuple(
        scopes[placement.path].claim("_" + constant(placement.verb).rstrip("_")) for placement in placements
    )
    return Tree(placements, names, constants, _tag_docs(document, placements))


def references(document: ir.Document, tree: Tree) -> dict[str, OperationRef]:
    """Return references to the constants of operations, by operation id."""
    return {
        operation.id: OperationRef(operation, f"{tree.names[placement.path].stem}:{constant}")
        for operation, placement, constant in zip(document.operations, tree.placements, tree.constants, strict=True)
    }


def resource_modules(tree: Tree, context: PlanContext, prefix: str) -> Iterator[Module]:
    """Yield a module per resource. `prefix` precedes the resource in names of calls."""
    members: dict[Path, list[int]] = {path: [] for path in tree.names}
    for index, placement in enumerate(tree.placements):
        members[placement.path].append(index)
    for path, names in tree.names.items():
        plan = _ResourceWriter(tree, path, members[path], context, prefix).plan()
        yield Module(file_name(names.stem), "resource.py.jinja", plan)


class _ResourceWriter:
    def __init__(self, tree: Tree, path: Path, members: list[int], context: PlanContext, prefix: str) -> None:
        self._tree, self._path, self._context, self._prefix = tree, path, context, prefix
        self._members = members
        self._names = tree.names[path]
        self._children = tree.children(path) if path else []
        self._imports = Imports(self._defined_names())
        self._annotations = Annotations(context.names, self._imports, module=".models")

    def plan(self) -> ResourcePlan:
        operations, errors = self._shared_errors()
        writer = MethodWriter(self._context, self._imports, self._annotations)
        kind = "Resource" if self._path else "ProductClient"
        base = self._imports.use(SDK, kind)
        async_base = self._imports.use(SDK, f"Async{kind}")
        methods: list[MethodPlan] = []
        for index in self._members:
            planned = self._planned(index)
            operations.append(self._operation(planned, errors[index]))
            methods += writer.methods(planned)
        children = child_plans(self._tree, self._path, self._imports) if self._path else ()
        return ResourcePlan(
            header=self._imports.header(),
            exports=tuple(text(name) for name in sorted((self._names.cls, self._names.async_cls))),
            operations=tuple(operations),
            cls=identifier(self._names.cls),
            base=base,
            async_cls=identifier(self._names.async_cls),
            async_base=async_base,
            doc=docstring(
                self._tree.docs.get(self._path) or f"Operations on {_phrase(self._path) or 'the product'}.", 4
            ),
            children=children,
            methods=tuple(methods),
        )

    def _defined_names(self) -> set[str]:
        """Return all names that the module and its classes define."""
        taken = {self._names.cls, self._names.async_cls, *(path[-1] for path in self._children)}
        for index in self._members:
            placement = self._tree.placements[index]
            taken |= {placement.verb, placement.poll, placement.resume, self._tree.constants[index]}
        return taken - {""}

    def _planned(self, index: int) -> PlannedOperation:
        operation = self._context.document.operations[index]
        result = outcome(operation)
        item = None
        if result.type is not None and not result.stream:
            item = paged_item(operation, result.type, self._context.models)
        return PlannedOperation(
            operation, self._tree.placements[index], identifier(self._tree.constants[index]), result, item
        )

    def _shared_errors(self) -> tuple[list[OperationPlan], dict[int, Code | None]]:
        """Return constants for error tables and specs that operations share, and the errors of each operation."""
        operations = self._context.document.operations
        tables = {index: error_table(operations[index], self._context, self._imports) for index in self._members}
        counts = Counter(table for table in tables.values() if table)
        specs = Counter(spec for table in counts for _, table_specs in table for spec in table_specs)
        scope = Scope(self._tree.constants[index] for index in self._members)
        constants = {spec: self._constant_name(spec, scope) for spec, count in specs.items() if count > 1}
        plans = [self._shared_constant(name, "ResponseSpec", spec.value) for spec, name in constants.items()]
        values: dict[ErrorTable, Code] = {}
        for table, count in counts.items():
            values[table] = errors_value(table, constants, self._imports)
            if count > 1:
                plans.append(self._shared_constant(identifier(scope.claim("_ERRORS")), "ResponseSpecs", values[table]))
                values[table] = plans[-1].constant
        return plans, {index: values.get(table) for index, table in tables.items()}

    def _constant_name(self, spec: ErrorSpec, scope: Scope) -> Code:
        return identifier(scope.claim("_" + constant(snake(self._context.names.classes.get(spec.name, spec.name)))))

    def _shared_constant(self, name: Code, kind: str, value: Code) -> OperationPlan:
        annotation = code("{}[{}]", self._imports.use("typing", "Final"), self._imports.use(SDK, kind))
        return OperationPlan(name, annotation, value)

    def _operation(self, planned: PlannedOperation, errors: Code | None) -> OperationPlan:
        name = ".".join(part for part in (self._prefix, *self._path, planned.placement.verb) if part)
        value = operation_value(
            planned.operation, name, planned.outcome, planned.item, errors, self._context, self._imports
        )
        final = self._imports.use("typing", "Final")
        response_type = self._response_type(planned.outcome)
        annotation = code("{}[{}[{}]]", final, self._imports.use(SDK, "Operation"), response_type)
        return OperationPlan(planned.constant, annotation, value)

    def _response_type(self, result: Outcome) -> Code:
        return Code("None") if result.type is None else self._annotations.read(result.type, nullable=result.empty)


def child_plans(tree: Tree, parent: Path, imports: Imports) -> tuple[ChildPlan, ...]:
    """Return the properties for the children of a resource."""
    plans: list[ChildPlan] = []
    for path in tree.children(parent):
        names = tree.names[path]
        module = f".{names.stem}"
        plans.append(
            ChildPlan(
                name=identifier(path[-1]),
                module=module_path(module),
                cls=imports.use(module, names.cls, typing_only=True),
                async_cls=imports.use(module, names.async_cls, typing_only=True),
                name_in_module=identifier(names.cls),
                async_name_in_module=identifier(names.async_cls),
                doc=docstring(docstrings.summary(tree.docs.get(path) or f"Operations on {_phrase(path)}."), 8),
            )
        )
    return tuple(plans)


def _phrase(path: Path) -> str:
    return " of ".join(part.replace("_", " ") for part in reversed(path))


def _tag_docs(document: ir.Document, placements: tuple[Placement, ...]) -> dict[Path, str]:
    """Return the descriptions of tags, by the resources of their operations."""
    tags = dict(document.tags)
    docs: dict[Path, str] = {}
    for operation, placement in zip(document.operations, placements, strict=True):
        for tag in operation.tags[:1]:
            if tags.get(tag):
                docs.setdefault(placement.path, docstrings.paragraphs(tags[tag]))
    return docs


def model_index(document: ir.Document) -> dict[str, ir.Model]:
    """Return models by their name in the document."""
    return {model.name: model for model in document.models}


def plan_context(document: ir.Document, names: ModelNames, tree: Tree) -> PlanContext:
    """Return the context for the plans of a document's operations."""
    return PlanContext(document, names, model_index(document), references(document, tree))
