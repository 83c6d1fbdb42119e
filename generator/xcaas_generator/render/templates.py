"""The templates and the environment that fills them."""

from __future__ import annotations

import sys
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from xcaas_generator.plan.views import Module
from xcaas_generator.versions import version

_TEMPLATES = Path(__file__).parent / "templates"


class Templates:
    """Renders modules of any number of documents with one set of compiled templates."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            # A piece that a plan forgot must not become an empty place in a module.
            undefined=StrictUndefined,
            bytecode_cache=_CompiledTemplates(),
        )

    def render(self, module: Module) -> str:
        """Return the text of one module, not yet formatted."""
        return self._environment.get_template(module.template).render(module=module.view)


class _CompiledTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates where Python keeps compiled modules, and under the same conditions.

    Jinja tells itself whether a template has changed; what compiles it is in the name of the file.
    """

    def __init__(self) -> None:
        compilers = f"{sys.implementation.cache_tag}-{version('jinja2')}"
        super().__init__(str(_TEMPLATES / "__pycache__"), f"%s.{compilers}")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, TypeError):
            bucket.reset()  # a file that was cut short, or one of somebody else

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        try:
            (_TEMPLATES / "__pycache__").mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            pass  # read-only, as installed packages may be: then templates are compiled every time
