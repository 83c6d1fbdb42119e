"""From documents to rendered modules. Imports the heavy libraries, so it is loaded only when there is work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xcaas_generator import manifest
from xcaas_generator import read as front
from xcaas_generator.generate.request import BuildRequest, Source
from xcaas_generator.package import lockfile as state
from xcaas_generator.plan import examples
from xcaas_generator.plan.package import package_modules, suite_modules, suite_product
from xcaas_generator.plan.views import Module
from xcaas_generator.problems import Problem
from xcaas_generator.progress import Progress, counted
from xcaas_generator.render.templates import Templates


@dataclass(slots=True)
class BuildOutput:
    """Texts by path, not yet formatted, and what the manifest and the lock say of each product."""

    texts: dict[str, str] = field(default_factory=dict)
    sections: dict[str, manifest.Section] = field(default_factory=dict)
    inputs: dict[str, Mapping[str, str]] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)


def build(
    job: BuildRequest, sources: Iterable[Source], progress: Progress, known: Mapping[str, manifest.Section] | None = None
) -> BuildOutput:
    """Read, plan and render the given sources. `known` are the sections of products that are up to date.

    Raises:
        InputError: A document has problems.
    """
    made = BuildOutput()
    templates = Templates()
    for source in sources:
        progress.step(f"{source.path}: reading")
        result = front.read(source.path, name=source.name, strict=job.strict, allow_network=job.allow_network)
        made.warnings += result.warnings
        made.inputs[source.name] = input_digests(source, (source.path, *result.files))
        progress.step(f"{source.path}: generating {counted(len(result.document.operations), 'operation')}")
        digest = state.digest_of(source.path)
        if job.suite:
            plan, prefix = suite_product(result.document, digest), f"{source.name}/"
        else:
            plan, prefix = package_modules(result.document, digest), ""
        made.sections[source.name] = plan.section
        shown = examples.dump(result.document)
        if shown is not None:
            made.texts[prefix + examples.NAME] = shown
        _render(templates, plan.modules, prefix, made.texts)
    if job.suite:
        sections = {**(known or {}), **made.sections}
        titles = {source.name: sections[source.name].title for source in job.sources}
        _render(templates, suite_modules(titles), "", made.texts)
    return made


def input_digests(source: Source, paths: Iterable[Path]) -> dict[str, str]:
    """Hashes of the files that a product was made from, by their path as seen from its document."""
    base = source.path.parent
    return {state.relative(path, base): state.digest_of(path) for path in paths}


def _render(templates: Templates, modules: Iterable[Module], prefix: str, into: dict[str, str]) -> None:
    for module in modules:
        into[prefix + module.path] = templates.render(module)
