"""Rendering of templates with Jinja."""

from __future__ import annotations

import sys
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from xcaas_generator.plan.views import Module
from xcaas_generator.versions import version

_TEMPLATES = Path(__file__).parent / "templates"


class Templates:
    """Renders modules with compiled templates."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            # A missing piece must raise, not render as empty.
            undefined=StrictUndefined,
            bytecode_cache=_CompiledTemplates(),
        )

    def render(self, module: Module) -> str:
        """Return the source of a module, not yet formatted."""
        return self._environment.get_template(module.template).render(module=module.view)


class _CompiledTemplates(FileSystemBytecodeCache):
    """Caches compiled templates in `__pycache__`, under the same conditions as Python does for modules.

    Jinja detects changes of templates; the versions of Python and Jinja are in the file name.
    """

    def __init__(self) -> None:
        compilers = f"{sys.implementation.cache_tag}-{version('jinja2')}"
        super().__init__(str(_TEMPLATES / "__pycache__"), f"%s.{compilers}")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, TypeError):
            bucket.reset()  # a truncated or foreign file

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        try:
            (_TEMPLATES / "__pycache__").mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            pass  # read-only, like some installed packages: compile every time
