"""Reading of a document into an `ir.Document`: load, resolve, check, normalise and parse, in one call.

Problems are returned with the document, with line and column. They are raised if nothing can be generated or, under
`strict`, if there are any.
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
from xcaas_generator.parse.files import convert_files
from xcaas_generator.parse.operations import parse
from xcaas_generator.problems import InputError, Problem
from xcaas_generator.report import UNEXPECTED_ERRORS, Report


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A document, and its problems: what was guessed (severity warning) and what was refused (severity error).

    `files` are the local files that were read, the document itself first.
    """

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
    """Read one document and everything that it references.

    References to local files are limited to the folder tree `root` (see `load/references.py`).

    Raises:
        InputError: The input is no OpenAPI 3 document, all of its operations were refused or, under `strict`, there
            is any problem.
    """
    report = Report()
    documents = Documents(report, root=root, allow_network=allow_network)
    try:
        document = _read(source, name, documents, report)
    except InputError as error:
        raise InputError(locate((*report.problems, *error.problems), documents.files)) from None
    except UNEXPECTED_ERRORS as error:
        # Last resort: no document may cause a traceback.
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
    file = documents.read_root(source, name)
    root = Node(file, "", file.tree)
    check_root(root, report)
    draft = normalise(root, Resolver(documents, report), report, name)
    for referenced_file in documents.files.values():
        check_extension_keys(referenced_file, report)
    convert_files(draft)
    return parse(draft, emit(draft), report)
