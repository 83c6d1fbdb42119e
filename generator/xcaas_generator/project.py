"""The templates and the environment that fills them.

`openapi-python-client`'s `Project` renders, formats and writes too, but it compiles
all templates anew for each document. Here one project serves a whole run, for what
it prepares: the Jinja environment, with our templates in front of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from jinja2 import FileSystemBytecodeCache, StrictUndefined
from jinja2.bccache import Bucket
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.schema.untrusted_string import UntrustedString

from .plan import Module
from .versions import version

_TEMPLATES = Path(__file__).parent / "templates"


class TemplateProject(Project):
    """Renders modules of any number of documents with one set of compiled templates."""

    def __init__(self) -> None:
        nothing = GeneratorData(
            title=UntrustedString("xcaas"),
            description=None,
            version=UntrustedString("0"),
            models=[],
            errors=[],
            endpoint_collections_by_tag={},
            enums=[],
        )
        config = Config.from_sources(
            ConfigFile(),
            MetaType.NONE,
            document_source=_TEMPLATES,
            file_encoding="utf-8",
            overwrite=False,
            output_path=_TEMPLATES,
        )
        super().__init__(openapi=nothing, config=config, custom_template_path=_TEMPLATES)
        # A piece that a plan forgot must not become an empty place in a module.
        self.env.undefined = StrictUndefined
        self.env.bytecode_cache = _CompiledTemplates()

    def render(self, module: Module) -> str:
        """The text of one module, not yet formatted."""
        return self.env.get_template(module.template).render(it=module.it)


class _CompiledTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates where Python keeps compiled modules, and under the same conditions.

    Jinja tells itself whether a template has changed; what compiles it is in the name of the file.
    """

    def __init__(self) -> None:
        compilers = "-".join((str(sys.implementation.cache_tag), version("jinja2"), version("openapi-python-client")))
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
