"""House rules for the specs of this repository (`xcaas-gen lint`).

They require more than validity: conventional names, a resource for each operation, descriptions, bodies of errors or a
reason for none, names for all classes, and valid examples. specs/README.md explains them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from xcaas_generator import ir
from xcaas_generator.lint.examples import check_examples
from xcaas_generator.lint.extension_pointers import check_pointers, check_settings, suggestion
from xcaas_generator.lint.keys import check_keys
from xcaas_generator.lint.schemas import check_schemas
from xcaas_generator.load.documents import Documents
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.positions import locate
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.operations import METHODS
from xcaas_generator.problems import InputError, Problem
from xcaas_generator.read import read_document
from xcaas_generator.report import Report

_CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
_PASCAL = re.compile(r"[A-Z][a-zA-Z0-9]*")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MAX_SUMMARY_WORDS = 8


def lint(path: Path) -> tuple[Problem, ...]:
    """Return all problems of a spec: those of the document, and violations of house rules."""
    report = Report()
    try:
        result = read_document(path, name=path.stem, strict=False)
    except InputError as error:
        return error.problems
    report.extend(result.warnings)
    documents = _check_rules(path, result.document, report)
    check_examples(documents, report)
    # All of them stop `generate`, so warnings are errors here.
    return tuple(problem._replace(severity="error") for problem in locate(report.problems, documents.files))


def house_rules(path: Path, document: ir.Document) -> tuple[Problem, ...]:
    """Return the violations of house rules in a spec that was read already, without checking examples."""
    report = Report()
    documents = _check_rules(path, document, report)
    return tuple(locate(report.problems, documents.files))


def _check_rules(path: Path, document: ir.Document, report: Report) -> Documents:
    documents = Documents(report)
    file = documents.read_root(path, path.stem)
    _SpecRules(Node(file, "", file.tree), Resolver(documents, report), report).check()
    check_pointers(document, report)
    for referenced_file in documents.files.values():
        check_keys(referenced_file, report)
        check_schemas(referenced_file, report)
        check_settings(referenced_file, report)
    return documents


class _SpecRules:
    def __init__(self, root: Node, resolver: Resolver, report: Report) -> None:
        self._root = root
        self._resolver = resolver
        self._report = report
        self._calls: dict[str, str] = {}
        self._resources: dict[str, Node] = {}
        self._tags = [tag.text("name") for tag in root.child("tags").elements()]

    def check(self) -> None:
        self._check_components()
        for item in self._path_items():
            for parameter in item.child("parameters").elements():
                self._check_parameter(parameter)
            for key, operation in item.items():
                if key in METHODS:
                    self._check_operation(operation)
        for path, resource in self._resources.items():
            if path in self._calls:
                message = f"the resource {path!r} is already the operation at #{self._calls[path]}"
                self._error(resource, message, "Give the resource or the verb another name.")

    def _path_items(self) -> Iterator[Node]:
        for _, reference in self._root.child("paths").items():
            item = self._resolver.deref(reference)
            if item is not None:
                yield item

    def _error(self, node: Node, message: str, advice: str) -> None:
        self._report.error(node.place, message, advice)

    # --- operations ---------------------------------------------------------

    def _check_operation(self, operation: Node) -> None:
        id_ = operation.text("operationId")
        if not _CAMEL.fullmatch(id_):
            self._error(
                operation, f"the operationId {id_!r} is not lowerCamelCase", "Write verb and noun: listQueueAgents."
            )
        self._check_resource(operation)
        summary = operation.text("summary").strip()
        if not summary:
            self._error(operation, "the operation has no summary", "Say in a few words what it does.")
        elif len(summary.split()) > _MAX_SUMMARY_WORDS or summary.endswith("."):
            self._error(
                operation.child("summary"),
                "the summary is not short",
                f"Up to {_MAX_SUMMARY_WORDS} words, no full stop.",
            )
        if not operation.text("description").strip():
            self._error(operation, "the operation has no description", "Say when to use it and what can go wrong.")
        self._check_tags(operation)
        for parameter in operation.child("parameters").elements():
            self._check_parameter(parameter)
        for status, response in operation.child("responses").items():
            self._check_response(status, response)

    def _check_tags(self, operation: Node) -> None:
        tags = operation.child("tags").elements()
        if not tags:
            self._error(operation, "the operation has no tag", "Give it the tag of its resource.")
        for tag in tags:
            if tag.value not in self._tags:
                message = f"the tag {tag.value!r} is not declared"
                self._error(
                    tag, message, suggestion(str(tag.value), self._tags) if self._tags else "List it under 'tags'."
                )

    def _check_resource(self, operation: Node) -> None:
        resource = operation.child(keys.RESOURCE)
        path, verb = resource.text("path"), resource.text("verb")
        if not resource.has("path") or not verb:
            self._error(
                operation, "the operation has no place in the client", f"Give it {keys.RESOURCE}: {{path, verb}}."
            )
            return
        for name in (*(path.split(".") if path else ()), verb):
            if not _SNAKE.fullmatch(name):
                self._error(resource, f"{name!r} is not snake_case", "Resources are plural nouns, verbs are verbs.")
        words = path.split(".") if path else []
        for depth in range(1, len(words) + 1):
            self._resources.setdefault(".".join(words[:depth]), resource)
        poller = operation.child(keys.POLLER)
        for name in (verb, poller.text("verb"), poller.text("resume")):
            call = f"{path}.{name}" if path else name
            other = self._calls.setdefault(call, operation.pointer) if name else operation.pointer
            if other != operation.pointer:
                self._error(
                    resource, f"{call} is already the operation at #{other}", "Give each operation a verb of its own."
                )

    def _check_parameter(self, reference: Node) -> None:
        parameter = self._resolver.deref(reference)
        if parameter is not None and not parameter.text("description").strip():
            self._error(
                parameter, f"the parameter {parameter.text('name')!r} has no description", "Say what it is for."
            )

    def _check_response(self, status: str, reference: Node) -> None:
        response = self._resolver.deref(reference)
        if response is None or not status.startswith(("4", "5")):
            return
        contents = [media.child("schema").value for _, media in response.child("content").items()]
        if any(schema is not None for schema in contents):
            return
        if not response.text(keys.NO_BODY).strip():
            self._error(
                response, f"the error {status} has no body", f"Describe it, or say why in {keys.NO_BODY}: <reason>."
            )

    # --- components -----------------------------------------------------------

    def _check_components(self) -> None:
        for section in ("schemas", "parameters", "headers", "responses", "requestBodies"):
            for name, node in self._root.child("components").child(section).items():
                if not _PASCAL.fullmatch(name):
                    self._error(node, f"the name {name!r} is not PascalCase", "Write the noun that a user would guess.")
                if section == "schemas" and (name.endswith("Response") or re.search(r"[a-z](Item|Object)?\d+$", name)):
                    self._error(
                        node, f"the name {name!r} says nothing", "Name the thing, not where or how often it occurs."
                    )
                if section == "parameters":
                    self._check_parameter(node)
