"""Conversion of documents to rendered modules. Imports slow libraries, so it is imported only when needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xcaas_generator import manifest
from xcaas_generator.generate.request import BuildRequest, Source
from xcaas_generator.package import lockfile
from xcaas_generator.plan import examples
from xcaas_generator.plan.package import package_modules, suite_modules, suite_product
from xcaas_generator.plan.views import Module
from xcaas_generator.problems import InputError, Problem
from xcaas_generator.progress import Progress, counted
from xcaas_generator.read import read_document
from xcaas_generator.render.templates import Templates


@dataclass(slots=True)
class BuildOutput:
    """Unformatted files by path; of each product, its section of the manifest and its hashes for the lockfile."""

    texts: dict[str, str] = field(default_factory=dict)
    sections: dict[str, manifest.Section] = field(default_factory=dict)
    inputs: dict[str, Mapping[str, str]] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)


def build(
    request: BuildRequest,
    sources: Iterable[Source],
    progress: Progress,
    up_to_date: Mapping[str, manifest.Section] | None = None,
) -> BuildOutput:
    """Read, plan and render the given sources. `up_to_date` are the sections of products that need no work.

    Raises:
        InputError: A document has problems, or breaks a house rule that applies.
    """
    output = BuildOutput()
    templates = Templates()
    violations: list[Problem] = []
    for source in sources:
        progress.step(f"{source.path}: reading")
        result = read_document(
            source.path, name=source.name, strict=request.strict, allow_network=request.allow_network
        )
        output.warnings += result.warnings
        if request.house_rules:
            from xcaas_generator.lint.rules import house_rules

            violations += house_rules(source.path, result.document)
        if violations:
            continue  # only check the remaining documents
        output.inputs[source.name] = input_digests(source, (source.path, *result.files))
        progress.step(f"{source.path}: generating {counted(len(result.document.operations), 'operation')}")
        digest = lockfile.digest_of(source.path)
        if request.suite:
            plan, prefix = suite_product(result.document, digest), f"{source.name}/"
        else:
            plan, prefix = package_modules(result.document, digest), ""
        output.sections[source.name] = plan.section
        example_file = examples.dump(result.document)
        if example_file is not None:
            output.texts[prefix + examples.NAME] = example_file
        _render(templates, plan.modules, prefix, output.texts)
    if violations:
        raise InputError(violations)
    if request.suite:
        sections = {**(up_to_date or {}), **output.sections}
        suite_sections = {source.name: sections[source.name] for source in request.sources}
        _render(templates, suite_modules(suite_sections), "", output.texts)
    return output


def input_digests(source: Source, paths: Iterable[Path]) -> dict[str, str]:
    """Return hashes of the documents of a product, by their path relative to the root document."""
    base = source.path.parent
    return {lockfile.relative(path, base): lockfile.digest_of(path) for path in paths}


def _render(templates: Templates, modules: Iterable[Module], prefix: str, output: dict[str, str]) -> None:
    for module in modules:
        output[prefix + module.path] = templates.render(module)
