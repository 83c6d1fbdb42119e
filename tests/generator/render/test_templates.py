"""The cache of compiled templates."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from xcaas_generator.render import templates


def render(folder: Path) -> str:
    """Render a template in a copy of the generator, which has its own cache."""
    program = """
from xcaas_generator.plan.views import IndexPlan, Module
from xcaas_generator.render.templates import Templates
from xcaas_generator.python.code import Code
print(Templates().render(Module("x", "index.py.jinja", IndexPlan(Code("d"), (), Code("core")))))
"""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(folder)
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def test_compiled_templates_are_cached_and_validated(tmp_path: Path) -> None:
    source = Path(templates.__file__).parent
    copy = tmp_path / "xcaas_generator"
    shutil.copytree(source.parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    cache, expected = copy / "render" / "templates" / "__pycache__", render(tmp_path)
    cached = list(cache.iterdir())
    assert cached
    assert render(tmp_path) == expected
    for path in cached:
        path.write_bytes(path.read_bytes()[:-10])
    assert render(tmp_path) == expected
    template = copy / "render" / "templates" / "index.py.jinja"
    template.write_text(template.read_text("utf-8").replace("lazy_attributes", "other_name"), "utf-8")
    assert render(tmp_path) == expected.replace("lazy_attributes", "other_name")
    shutil.rmtree(cache)
    cache.write_text("no folder")
    assert render(tmp_path) == expected.replace("lazy_attributes", "other_name")
