"""The stages of a run: read what changed, plan, render, format, verify, replace.

Slow libraries are imported only if there is something to do, so that a run without work is fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xcaas_generator import manifest
from xcaas_generator.failure import Failure, unwritable
from xcaas_generator.generate.request import BuildRequest, BuildResult, Source
from xcaas_generator.package import lockfile
from xcaas_generator.package.lockfile import LocalChange, Lockfile
from xcaas_generator.progress import Progress, counted
from xcaas_generator.versions import version

if TYPE_CHECKING:
    from xcaas_generator.generate.build import BuildOutput
    from xcaas_generator.package.staging import Staging

_MARKER = "py.typed"
_SHOWN_EDITS = 20


def run(request: BuildRequest, progress: Progress) -> BuildResult:
    """Bring the target up to date with its sources or, with `check`, only report how it differs.

    Raises:
        InputError: A document has problems. Nothing was written.
        Failure: The run failed for another reason. Nothing was written.
    """
    lock = lockfile.read_lockfile(request.target)
    generator = lockfile.fingerprint()
    edits = _hand_edits(request, lock)
    old = manifest.load(request.target)
    fresh = [] if request.force or request.check else _fresh(request, lock, generator, old)
    stale = [source for source in request.sources if source not in fresh]
    if not (request.force or request.check) and (lock is None or any(edit.kind != "added" for edit in edits)) and edits:
        raise Failure(_edit_message(request, edits))
    if lock and not stale and not edits and set(lock.inputs) == {source.name for source in request.sources}:
        return BuildResult(sum(len(section.operations) for section in old.values()))
    try:
        return _regenerate(request, lock, generator, stale, edits, progress)
    except OSError as error:
        raise unwritable(request.target, error) from error


def _regenerate(
    request: BuildRequest,
    lock: Lockfile | None,
    generator: str,
    stale: list[Source],
    edits: list[LocalChange],
    progress: Progress,
) -> BuildResult:
    from xcaas_generator.generate.build import build
    from xcaas_generator.package.staging import staging

    output = build(request, stale, progress, manifest.load(request.target))
    fresh_paths = _take_over_fresh(request, lock, output)
    with staging(request.target) as tree:
        result = _write_package(request, output, tree, fresh_paths, edits, generator, progress)
    _report_forced(request, edits, output, progress)
    return result


def _fresh(
    request: BuildRequest, lock: Lockfile | None, generator: str, old: dict[str, manifest.Section]
) -> list[Source]:
    """Return sources whose product is up to date. Those with refused operations never are, so that they are reported."""
    if lock is None or lock.generator != generator:
        return []
    result: list[Source] = []
    for source in request.sources:
        recorded = lock.inputs.get(source.name, {})
        current = {path: lockfile.digest_of(source.path.parent / path) for path in recorded}
        complete = source.name in old and not old[source.name].refused
        if complete and source.path.name in recorded and current == recorded:
            result.append(source)
    return result


def _take_over_fresh(request: BuildRequest, lock: Lockfile | None, output: BuildOutput) -> list[str]:
    """Add the manifest sections of products that are up to date to `output`. Return the paths of their files."""
    old = manifest.load(request.target)
    fresh_paths: list[str] = []
    for source in request.sources:
        if lock and source.name not in output.sections:
            output.sections[source.name] = old[source.name]
            output.inputs[source.name] = lock.inputs[source.name]
            fresh_paths += [path for path in lock.files if path.startswith(f"{source.name}/")]
    return fresh_paths


def _write_package(
    request: BuildRequest,
    output: BuildOutput,
    tree: Staging,
    fresh_paths: list[str],
    edits: list[LocalChange],
    generator: str,
    progress: Progress,
) -> BuildResult:
    from xcaas_generator.package.changes import changes
    from xcaas_generator.package.verify import verify_modules
    from xcaas_generator.render.format import formatting

    progress.step(f"{request.target}: formatting and verifying {counted(len(output.texts), 'file')}")
    for path, text in output.texts.items():
        tree.write(path, text)
    with formatting(tree.folder, sorted(output.texts)):
        verify_modules(output.texts)
    for path in fresh_paths:
        tree.keep(path)
    tree.write(_MARKER, "")
    tree.write(manifest.NAME, manifest.dump(f"xcaas-gen {version('xcaas')}", list(output.sections.values())))
    digests = lockfile.digests(tree.folder)
    if not request.check:
        _handle_local_changes(request, tree, edits, digests)
    differing = tree.differing(except_for=fresh_paths)
    # In a new package, every name would be listed as added.
    existed = (request.target / manifest.NAME).is_file()
    api_changes = tuple(changes(request.target, tree.folder, differing)) if existed else ()
    lock = Lockfile(generator, output.inputs, digests)
    if not request.check:
        tree.write(lockfile.NAME, lock.dump())
        tree.commit()
    elif lock != lockfile.read_lockfile(request.target):
        # Otherwise the next run on a clean checkout would change it.
        differing.append(lockfile.NAME)
    progress.clear()
    sections = output.sections.values()
    return BuildResult(
        sum(len(section.operations) for section in sections),
        sum(len(section.refused) for section in sections),
        tuple(differing),
        api_changes,
        tuple(output.warnings),
    )


def _handle_local_changes(
    request: BuildRequest, tree: Staging, edits: list[LocalChange], digests: dict[str, str]
) -> None:
    """Handle files that differ from the lockfile. Those equal to the new output are fine, as after `git checkout`.

    Others are an error; with `force`, added ones are kept.
    """
    others = [edit for edit in edits if lockfile.digest_of(request.target / edit.path) != digests.get(edit.path)]
    if others and not request.force:
        raise Failure(_edit_message(request, others))
    for edit in others:
        if edit.kind == "added" and edit.path not in digests and edit.path != lockfile.NAME:
            tree.keep_foreign(edit.path)


def _hand_edits(request: BuildRequest, lock: Lockfile | None) -> list[LocalChange]:
    if lock is not None:
        return lockfile.local_changes(request.target, lock)
    if not request.target.is_dir():
        return []
    # Without a lockfile, all files are foreign, except empty ones such as `__init__.py`.
    return [
        LocalChange(path, "added")
        for path in sorted(lockfile.walk(request.target))
        if (request.target / path).stat().st_size
    ]


def _report_forced(request: BuildRequest, edits: list[LocalChange], output: BuildOutput, progress: Progress) -> None:
    """Report which changed files `--force` overwrote, restored, deleted or kept."""
    written = {*output.texts, _MARKER, manifest.NAME, lockfile.NAME}
    for edit in edits if request.force and not request.check else []:
        if edit.path in written:
            action = "restored" if edit.kind == "missing" else "overwritten"
        else:
            action = "kept" if edit.kind == "added" else "deleted"
        progress.say(f"{request.target / edit.path}: {action} (--force)")


def _edit_message(request: BuildRequest, edits: list[LocalChange]) -> str:
    lines = [f"  {edit.kind}: {request.target / edit.path}" for edit in edits[:_SHOWN_EDITS]]
    if len(edits) > _SHOWN_EDITS:
        lines.append(f"  … and {len(edits) - _SHOWN_EDITS} more")
    listing = "\n".join(lines)
    return (
        f"files in {request.target} differ from what the generator wrote:\n{listing}\n"
        "Move edits to a spec or to a module of your own, and delete files that do not belong there. --force overwrites "
        "edits and keeps added files."
    )
