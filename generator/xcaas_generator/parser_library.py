"""Importing openapi-python-client for its parser, without what only its command needs.

Its package imports an HTTP client and a YAML reader at once, which costs more time than
reading a document. Neither is used here: documents are read by `load`. So both stand aside
during the import, and load when something asks for them after all.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

_UNUSED = ("httpcore", "httpx", "ruamel", "ruamel.yaml", "ruamel.yaml.error")


def load_parser() -> None:
    """Import the library once; every later import of it is an ordinary one."""
    if "openapi_python_client" in sys.modules:
        return
    # Looking through every installed package for plugins of pydantic takes longer than a small document.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    aside = {name: _Aside(name) for name in _UNUSED if name not in sys.modules}
    sys.modules.update(aside)
    try:
        importlib.import_module("openapi_python_client")
    finally:
        for name, module in aside.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


class _Aside(ModuleType):
    """Stands for a module until an attribute of it is used."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith("Error"):
            # An exception class is looked at only when something else was raised.
            return type(name, (Exception,), {})
        if name == "YAML":
            return _later(self.__name__, name)
        return getattr(importlib.import_module(self.__name__), name)


def _later(module: str, name: str) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **options)

    return call
