"""`python -m tests.conformance [FOLDER]`: call every operation of documents for real, and say what goes wrong.

Without a folder: the project's specs, the documents of its tests and the collection in `documents/`. It ends with 1 then
for what `known.txt` does not list; for a folder, when less than 99.7 % is right or anything is hollow.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.conformance.loop import Result
from tests.conformance.report import KNOWN, known_lines, lines_of, passes, report
from tests.conformance.runner import documents_of, own_documents, run_documents

SECONDS_PER_DOCUMENT = 120.0


def main() -> int:
    """Run the loop. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of documents, JSON or YAML, or one document")
    parser.add_argument("--seconds", type=float, default=SECONDS_PER_DOCUMENT, help="the most for one document")
    parser.add_argument("--most", type=int, default=5, help="how many failures of a kind are shown; 0 for all")
    parser.add_argument("--lines", action="store_true", help="print document, operation and kind of each failure only")
    options = parser.parse_args()
    started = time.monotonic()
    documents = own_documents() if options.folder is None else documents_of(options.folder)
    results: list[Result] = list(run_documents(documents, options.seconds))
    if options.lines:
        sys.stdout.writelines(f"{line}\n" for line in sorted(lines_of(results)))
        return 0 if passes(results) else 1
    sys.stdout.write(report(results, most=options.most, seconds=time.monotonic() - started))
    if options.folder is not None:
        return 0 if passes(results) else 1
    failures, known = lines_of(results), known_lines()
    sys.stdout.write(f"known ({KNOWN.name}): {len(failures & known)}, new: {len(failures - known)}\n")
    return 1 if failures - known else 0


if __name__ == "__main__":
    sys.exit(main())
