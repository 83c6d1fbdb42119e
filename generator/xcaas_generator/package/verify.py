"""The final check of a tree before it replaces the old one.

It should never fail. If it does, the generator has a bug, and the old tree is kept.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

from xcaas_generator.failure import Failure


def verify_modules(texts: Mapping[str, str]) -> None:
    """Compile every module. The formatter does not change their meaning.

    Raises:
        Failure: A module does not compile, or only with a warning.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path, text in texts.items():
            if path.endswith(".py"):
                try:
                    compile(text, path, "exec", dont_inherit=True)
                except (SyntaxError, ValueError, Warning, RecursionError) as error:
                    raise Failure(
                        f"the generator wrote a module that does not compile; nothing was changed: {path}: {error}"
                    ) from error
