"""The front of the generator: from a file to an `ir.Document`.

load → resolve → check → normalise → parse, in one call. Problems come back with the
document, with line and column; only when nothing can be generated (or, under `strict`, when
anything at all is wrong) are they raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xcaas_generator import ir
from xcaas_generator.load.documents import Documents
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.positions import locate
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.document import normalise
from xcaas_generator.normalise.validity import check_extension_keys, check_root
from xcaas_generator.parse.canonical import emit
from xcaas_generator.parse.files import place_files
from xcaas_generator.parse.operations import parse
from xcaas_generator.problems import InputError, Problem
from xcaas_generator.report import UNFORESEEN, Report


@dataclass(frozen=True, slots=True)
class ReadResult:
    """`warnings` holds what was guessed (severity warning) and what was refused (severity error).
    `files` are the local files that were read, the document itself first."""

    document: ir.Document
    warnings: tuple[Problem, ...]
    files: tuple[Path, ...] = ()


def read_document(
    source: Path | bytes,
    *,
    name: str,
    strict: bool,
    allow_network: bool = False,
    root: Path | None = None,
) -> ReadResult:
    """Read one document with everything that it references.

    Use `root` to say which folder tree references may reach into (see `resolve`).
    Raises `InputError` when the input is no OpenAPI 3 document, when all of its
    operations had to be refused, and under `strict` for any problem.
    """
    report = Report()
    documents = Documents(report, root=root, allow_network=allow_network)
    try:
        document = _read(source, name, documents, report)
    except InputError as error:
        raise InputError(locate((*report.problems, *error.problems), documents.files)) from None
    except UNFORESEEN as error:
        # The last resort: a reader of documents from elsewhere must not end in a traceback.
        reason = f"the document can't be read ({type(error).__name__}: {error})"
        advice = "This is a bug in the generator: please report it, with the document."
        raise InputError(
            [Problem(ir.SourceLocation(str(source) if isinstance(source, Path) else name, ""), reason, advice)]
        ) from error
    problems = tuple(locate(report.problems, documents.files))
    if problems and strict:
        raise InputError(problem._replace(severity="error") for problem in problems)
    if document.refused and not document.operations:
        raise InputError(problems)
    files = tuple(Path(label) for label in documents.files if "://" not in label) if isinstance(source, Path) else ()
    return ReadResult(document, problems, files)


def _read(source: Path | bytes, name: str, documents: Documents, report: Report) -> ir.Document:
    file = documents.first(source, name)
    at = Node(file, "", file.tree)
    check_root(at, report)
    draft = normalise(at, Resolver(documents, report), report, name)
    for one in documents.files.values():
        check_extension_keys(one, report)
    place_files(draft)
    return parse(draft, emit(draft), report)
