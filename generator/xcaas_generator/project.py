"""The templates and the environment that fills them.

`openapi-python-client`'s `Project` renders, formats and writes too, but it compiles
all templates anew for each document. Here one project serves a whole run, for what
it prepares: the Jinja environment, with our templates in front of its own.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import StrictUndefined
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.schema.untrusted_string import UntrustedString

from .plan import Module

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

    def render(self, module: Module) -> str:
        """The text of one module, not yet formatted."""
        return self.env.get_template(module.template).render(it=module.it)
