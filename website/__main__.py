"""Build the site into build/site: `python -m website`. With `serve`, show it on this machine."""

from __future__ import annotations

import os
import subprocess
import sys

from ._pages import SITE, stage


def main() -> int:
    """Write the pages, and build the site from them with mkdocs in strict mode."""
    settings = stage()
    verb = ["serve"] if sys.argv[1:] == ["serve"] else ["build", "--strict", "--quiet"]
    command = [sys.executable, "-m", "mkdocs", *verb, "--config-file", str(settings)]
    # The theme tells about mkdocs 2 with every build; constraints.txt has the version that it works with.
    done = subprocess.run(command, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    if done.returncode == 0 and verb[0] == "build":
        sys.stdout.write(f"The site is in {SITE}, its first page is {SITE / 'index.html'}\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
