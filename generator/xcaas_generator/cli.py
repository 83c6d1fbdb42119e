"""`xcaas-gen`: the generator's commands. Each imports what it needs when it runs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from xcaas_generator.failure import Failure, reason
from xcaas_generator.generate.request import BuildRequest, BuildResult, Source
from xcaas_generator.problems import InputError
from xcaas_generator.progress import Progress, counted
from xcaas_generator.vendoring.arguments import add_arguments as add_vendor_arguments
from xcaas_generator.versions import version

if TYPE_CHECKING:
    # argparse has no public name for what add_subparsers() gives.
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # pyright: ignore[reportPrivateUsage]

DONE, PROBLEMS, USAGE, REFUSED = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 done, 1 problems, 2 wrong usage, 3 done but for refused operations."""
    options = _parser().parse_args(arguments)
    return _run_command(options, Progress(sys.stderr, quiet=options.quiet))


def _run_command(options: argparse.Namespace, progress: Progress) -> int:
    try:
        code: int = options.run(options, progress)
        sys.stdout.flush()
    except InputError as error:
        progress.say("\n".join(str(problem) for problem in error.problems))
        progress.say(f"{counted(len(error.problems), 'problem')}; nothing was written.")
        return PROBLEMS
    except Failure as failure:
        progress.say(f"xcaas-gen: {failure}")
        return failure.code
    except ModuleNotFoundError as error:
        if str(error.name).startswith("xcaas"):
            raise
        progress.say(f"xcaas-gen: {error.name} is not installed: pip install 'xcaas[generator]'")
        return USAGE
    except BrokenPipeError:  # such as `xcaas-gen diff … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEMS
    except OSError as error:
        progress.say(f"xcaas-gen: {reason(error)}")
        return PROBLEMS
    except KeyboardInterrupt:
        progress.say("xcaas-gen: interrupted; nothing was written.")
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="xcaas-gen", description="Generate typed Python clients from OpenAPI documents."
    )
    parser.add_argument("--version", action="version", version=f"xcaas-gen {version('xcaas')}")
    parser.add_argument("-q", "--quiet", action="store_true", help="print only problems and results")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_generate(commands)
    _add_build(commands)
    _add_diff(commands)
    _add_drift(commands)
    _add_vendor(commands)
    _add_lint(commands)
    _add_new(commands)
    return parser


def _add_generate(commands: Commands) -> None:
    command = commands.add_parser(
        "generate", help="generate the products of this repository from specs/ into generated/xcaas/"
    )
    command.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if generated/ is out of date with specs/"
    )
    command.add_argument("--force", action="store_true", help="regenerate everything, and overwrite edits made by hand")
    command.add_argument("--root", type=Path, default=None, help=argparse.SUPPRESS)
    command.set_defaults(run=_generate)


def _add_build(commands: Commands) -> None:
    command = commands.add_parser(
        "build",
        help="generate a client package from any OpenAPI 3 document, JSON or YAML",
        description="Exit code: 0 all operations can be called; 1 nothing was written; 2 wrong usage; "
        "3 the package was written, without the operations that were refused.",
    )
    command.add_argument("spec", type=_document, metavar="SPEC", help="path of the document")
    command.add_argument("--package", required=True, type=_package_name, metavar="NAME", help="name of the package")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder to write to: DIR/NAME/")
    command.add_argument("--strict", action="store_true", help="treat warnings as errors")
    command.add_argument("--force", action="store_true", help="overwrite edits made by hand, and keep added files")
    command.add_argument("--allow-network", action="store_true", help="follow references to other hosts")
    command.add_argument(
        "--allow-refused",
        action="store_true",
        help="exit 0 even if operations were refused; they are listed all the same",
    )
    command.set_defaults(run=_build)


def _add_diff(commands: Commands) -> None:
    command = commands.add_parser(
        "diff",
        help="show what changed for callers between two documents, and the version bump that follows",
        description="Exit code: 0 no breaking changes; 1 breaking changes; 2 unusable input.",
    )
    source_help = "a document, a folder of documents, or either at a git revision, such as HEAD:specs"
    command.add_argument("old", metavar="OLD", help=source_help)
    command.add_argument("new", metavar="NEW", help="the same")
    command.add_argument("--format", choices=["text", "json", "markdown"], default="text")
    command.add_argument("--allow-network", action="store_true", help="follow references to other hosts")
    command.set_defaults(run=_diff)


def _add_vendor(commands: Commands) -> None:
    command = commands.add_parser(
        "vendor", help="write a self-contained copy of chosen clients into another repository"
    )
    add_vendor_arguments(command)
    command.set_defaults(run=_vendor)


def _add_drift(commands: Commands) -> None:
    command = commands.add_parser(
        "drift",
        help="show how specs/ differs from the vendor's own documents",
        description="Intended differences are listed in specs/drift.toml, each with its reason.",
    )
    command.add_argument("folder", type=Path, metavar="DIR", help="the vendor's documents, JSON or YAML")
    command.add_argument("--format", choices=["text", "json"], default="text")
    command.add_argument("--reasons", type=Path, metavar="FILE", help="file of reasons, instead of specs/drift.toml")
    command.add_argument("--root", type=Path, default=None, help=argparse.SUPPRESS)
    command.set_defaults(run=_drift)


def _add_lint(commands: Commands) -> None:
    command = commands.add_parser("lint", help="check this repository's specs against the house rules")
    command.add_argument(
        "specs", nargs="*", type=Path, metavar="SPEC", help="documents to check (default: all of specs/)"
    )
    command.set_defaults(run=_lint)


def _document(text: str) -> Path:
    if text.lower().startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"a URL is not read; download {text} and give the path of the file")
    return Path(text)


def _add_new(commands: Commands) -> None:
    command = commands.add_parser("new", help="write a first document for a new product to specs/")
    command.add_argument("name", metavar="NAME", help="the product's name in Python, such as billing")
    command.add_argument("--root", type=Path, default=None, help=argparse.SUPPRESS)
    command.set_defaults(run=_new)


def _package_name(name: str) -> str:
    from xcaas_generator.python.names import safe

    if not name.isascii() or safe(name) != name:
        raise argparse.ArgumentTypeError(
            f"{name!r} is not a valid name for a Python package; try {safe(name.lower())!r}"
        )
    return name


def _generate(options: argparse.Namespace, progress: Progress) -> int:
    from xcaas_generator.generate.repository import repository_request

    request = repository_request(options.root or Path.cwd(), check=options.check, force=options.force)
    result = _run(request, progress)
    if options.check and result.differing:
        shown = "\n".join(f"  {path}" for path in result.differing[:20])
        progress.say(f"{request.target} is out of date with the specs; run `xcaas-gen generate`:\n{shown}")
        return PROBLEMS
    return DONE


def _build(options: argparse.Namespace, progress: Progress) -> int:
    request = BuildRequest(
        target=options.out / options.package,
        sources=(Source(options.package, options.spec),),
        suite=False,
        strict=options.strict,
        force=options.force,
        allow_network=options.allow_network,
    )
    result = _run(request, progress)
    return REFUSED if result.refused and not options.allow_refused else DONE


def _diff(options: argparse.Namespace, progress: Progress) -> int:
    from xcaas_generator.diff.command import diff

    text, breaking = diff(options.old, options.new, options.format, progress, allow_network=options.allow_network)
    sys.stdout.write(f"{text}\n")
    return PROBLEMS if breaking else DONE


def _vendor(options: argparse.Namespace, progress: Progress) -> int:
    from xcaas_generator.vendoring.command import vendor

    return vendor(options, progress)


def _drift(options: argparse.Namespace, progress: Progress) -> int:
    from xcaas_generator.drift.command import run_drift

    start = options.root or Path.cwd()
    text, differs = run_drift(options.folder, start, options.format, progress, options.reasons)
    sys.stdout.write(f"{text}\n")
    return PROBLEMS if differs else DONE


def _lint(options: argparse.Namespace, progress: Progress) -> int:
    from xcaas_generator.generate.repository import repository_request
    from xcaas_generator.lint.rules import lint

    paths = options.specs or [source.path for source in repository_request(Path.cwd()).sources]
    problems = [problem for path in paths for problem in lint(path)]
    for problem in problems:
        progress.say(str(problem))
    progress.say(f"{counted(len(paths), 'spec')}, {counted(len(problems), 'problem')}")
    return PROBLEMS if problems else DONE


def _new(options: argparse.Namespace, progress: Progress) -> int:
    from xcaas_generator.generate.skeleton import write_skeleton

    path = write_skeleton(options.name, options.root or Path.cwd())
    progress.say(f"Wrote {path}. Add the product's operations to it, then run `xcaas-gen lint` and `make generate`.")
    return DONE


def _run(request: BuildRequest, progress: Progress) -> BuildResult:
    from xcaas_generator.generate.pipeline import run

    result = run(request, progress)
    for warning in result.warnings:
        progress.say(str(warning))
    progress.say(_outcome(request, result))
    return result


def _outcome(request: BuildRequest, result: BuildResult) -> str:
    lines: list[str] = []
    if result.changes and not request.check:
        from xcaas_generator.package.changes import report

        lines.append(report(list(result.changes)))
    operations = counted(result.operations, "operation")
    if result.refused:
        operations += f", {result.refused} refused (see _manifest.json)"
    files = counted(len(result.differing), "file")
    if request.check:
        lines.append(f"{request.target}: {operations}, {files} to change")
    elif result.differing:
        lines.append(f"{request.target}: {operations}, {files} changed")
    else:
        lines.append(f"{request.target}: {operations}, up to date")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
