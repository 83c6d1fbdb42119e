"""`make release`: build, test and describe the files of a release, and say what to publish. It publishes nothing."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from release.bill import write_bill
from release.build import ROOT, build, commit_time
from release.checks import changelog_problem, metadata, metadata_problems
from release.metadata import web_address
from xcaas_core import __version__


class ReleaseError(Exception):
    """The release cannot be made."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument(
        "--repository", default="", metavar="ADDRESS", help="https://HOST/OWNER/NAME; git's origin if left out"
    )
    options = parser.parse_args()
    try:
        _release(_repository_address(options.repository))
    except (ReleaseError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
        print(f"make release: {error}", file=sys.stderr)
        return 1
    return 0


def _release(address: str) -> None:
    _check_tree()
    into = ROOT / "dist"
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    epoch = commit_time()
    files = _build_twice(into, epoch, address)
    for file in files:
        if problems := [*metadata_problems(metadata(file), __version__, address)]:
            raise ReleaseError(f"{file.name}: {'; '.join(problems)}")
    _run("twine", "check", "--strict", *map(str, files))
    print("Testing the wheel, away from this tree", flush=True)
    _run("pytest", "tests/packaging/test_wheel.py", "-n", "0", XCAAS_WHEEL=str(files[1]))
    bill = into / "xcaas.cdx.json"
    write_bill(files[1], bill, __version__, epoch)
    _report([*files, bill], into)


def _repository_address(repository: str) -> str:
    if repository:
        return web_address(repository)
    completed = subprocess.run(
        ["git", "remote", "get-url", "origin"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    try:
        return web_address(completed.stdout.strip())
    except ValueError:
        raise ReleaseError("where is the repository? make release REPOSITORY=https://HOST/OWNER/NAME") from None


def _check_tree() -> None:
    status = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True)
    if status.stdout:
        raise ReleaseError(f"what is not committed would go out, too:\n{status.stdout}")
    if problem := changelog_problem((ROOT / "CHANGELOG.md").read_text("utf-8"), __version__):
        raise ReleaseError(problem)


def _build_twice(into: Path, epoch: str, address: str) -> tuple[Path, Path]:
    print(f"Building xcaas {__version__} for {address}", flush=True)
    files = build(into, epoch, address)
    with tempfile.TemporaryDirectory() as folder:
        for file, second in zip(files, build(Path(folder), epoch, address), strict=True):
            if file.read_bytes() != second.read_bytes():
                raise ReleaseError(f"{file.name} comes out differently each time")
    return files


def _run(program: str, *arguments: str, **variables: str) -> None:
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    if subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=False, timeout=600).returncode:
        raise ReleaseError(f"{program} failed")


def _report(files: Sequence[Path], into: Path) -> None:
    sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    (into / "SHA256SUMS").write_text(sums, "utf-8")
    paths = [os.path.relpath(file) for file in files]
    print(f"\nxcaas {__version__} is ready:\n\n{sums}")
    print("Publish it by the tag: the workflow release.yml builds the same, attests it and uploads it.\n")
    print(f"  git tag -a v{__version__} -m 'xcaas {__version__}' && git push origin v{__version__}\n")
    print("Or by hand, without attestations:\n")
    print(f"  twine upload {' '.join(paths[:2])}")


if __name__ == "__main__":
    raise SystemExit(main())
