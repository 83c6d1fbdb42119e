"""One run: read what changed, plan, render, format, verify, swap.

Nothing heavy is imported before it is known that there is something to do, so that a
run without work ends at once.
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
    """Bring the target up to date with its sources, or with `check` only tell how it differs.

    Raises:
        InputError: A document has problems. Nothing was written.
        Failure: Something else is in the way. Nothing was written.
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
    kept = _keep_fresh(request, lock, output)
    with staging(request.target) as tree:
        result = _finish(request, output, tree, kept, edits, generator, progress)
    _tell_of_force(request, edits, output, progress)
    return result


def _fresh(
    request: BuildRequest, lock: Lockfile | None, generator: str, old: dict[str, manifest.Section]
) -> list[Source]:
    """Return sources whose product is up to date already. One with refused operations never is, lest they go untold."""
    if lock is None or lock.generator != generator:
        return []
    found: list[Source] = []
    for source in request.sources:
        known = lock.inputs.get(source.name, {})
        now = {path: lockfile.digest_of(source.path.parent / path) for path in known}
        complete = source.name in old and not old[source.name].refused
        if complete and source.path.name in known and now == known:
            found.append(source)
    return found


def _keep_fresh(request: BuildRequest, lock: Lockfile | None, output: BuildOutput) -> list[str]:
    """Take over the manifest sections of products that are up to date. Returns the paths of their files."""
    old = manifest.load(request.target)
    kept: list[str] = []
    for source in request.sources:
        if lock and source.name not in output.sections:
            output.sections[source.name] = old[source.name]
            output.inputs[source.name] = lock.inputs[source.name]
            kept += [path for path in lock.files if path.startswith(f"{source.name}/")]
    return kept


def _finish(
    request: BuildRequest,
    output: BuildOutput,
    tree: Staging,
    kept: list[str],
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
    for path in kept:
        tree.keep(path)
    tree.write(_MARKER, "")
    tree.write(manifest.NAME, manifest.dump(f"xcaas-gen {version('xcaas')}", list(output.sections.values())))
    digests = lockfile.digests(tree.folder)
    if not request.check:
        _make_way(request, tree, edits, digests)
    differing = tree.differing(except_for=kept)
    # In a package that was not there, everything is new; nobody wants to read that.
    known = (request.target / manifest.NAME).is_file()
    found = tuple(changes(request.target, tree.folder, differing)) if known else ()
    lock = Lockfile(generator, output.inputs, digests)
    if not request.check:
        tree.write(lockfile.NAME, lock.dump())
        tree.commit()
    elif lock != lockfile.read_lockfile(request.target):
        # Left alone, it would make the next run on a clean checkout change a file.
        differing.append(lockfile.NAME)
    progress.clear()
    sections = output.sections.values()
    return BuildResult(
        sum(len(section.operations) for section in sections),
        sum(len(section.refused) for section in sections),
        tuple(differing),
        found,
        tuple(output.warnings),
    )


def _make_way(request: BuildRequest, tree: Staging, edits: list[LocalChange], digests: dict[str, str]) -> None:
    """Take files that were added for the package's own where they are what it would be, as after `git checkout` of a
    package that has got new files. Others are in the way; with `force`, they stay beside it, and stay somebody's."""
    others = [edit for edit in edits if lockfile.digest_of(request.target / edit.path) != digests.get(edit.path)]
    if others and not request.force:
        raise Failure(_edit_message(request, others))
    for edit in others:
        if edit.kind == "added" and edit.path not in digests and edit.path != lockfile.NAME:
            tree.leave(edit.path)


def _hand_edits(request: BuildRequest, lock: Lockfile | None) -> list[LocalChange]:
    if lock is not None:
        return lockfile.local_changes(request.target, lock)
    if not request.target.is_dir():
        return []
    # Without a lock, every file in the folder is somebody's; empty ones mark a package yet to be filled.
    return [
        LocalChange(path, "added")
        for path in sorted(lockfile.walk(request.target))
        if (request.target / path).stat().st_size
    ]


def _tell_of_force(request: BuildRequest, edits: list[LocalChange], output: BuildOutput, progress: Progress) -> None:
    """Say which files of others `--force` wrote over or deleted, and which it left."""
    written = {*output.texts, _MARKER, manifest.NAME, lockfile.NAME}
    for edit in edits if request.force and not request.check else []:
        if edit.path in written:
            did = "restored" if edit.kind == "missing" else "overwritten"
        else:
            did = "kept" if edit.kind == "added" else "deleted"
        progress.say(f"{request.target / edit.path}: {did} (--force)")


def _edit_message(request: BuildRequest, edits: list[LocalChange]) -> str:
    lines = [f"  {edit.kind}: {request.target / edit.path}" for edit in edits[:_SHOWN_EDITS]]
    if len(edits) > _SHOWN_EDITS:
        lines.append(f"  … and {len(edits) - _SHOWN_EDITS} more")
    listed = "\n".join(lines)
    return (
        f"files in {request.target} differ from what the generator wrote:\n{listed}\n"
        "Move edits to a spec or to a module of your own, and delete files that do not belong there. --force overwrites "
        "edits and keeps added files."
    )
