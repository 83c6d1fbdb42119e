"""Build the site into build/site: `python -m website`. With `serve`, serve it locally."""

from __future__ import annotations

import os
import subprocess
import sys

from ._pages import SITE, stage


def main() -> int:
    """Write the pages and build the site with mkdocs, in strict mode."""
    settings = stage()
    command_arguments = ["serve"] if sys.argv[1:] == ["serve"] else ["build", "--strict", "--quiet"]
    command = [sys.executable, "-m", "mkdocs", *command_arguments, "--config-file", str(settings)]
    # Silence the theme's warning about mkdocs 2; constraints.txt pins a version that works.
    completed = subprocess.run(command, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    if completed.returncode == 0 and command_arguments[0] == "build":
        sys.stdout.write(f"The site is in {SITE}, its first page is {SITE / 'index.html'}\n")
    return completed.returncode


if __name__ == "__main__":
    sys.exit(main())
