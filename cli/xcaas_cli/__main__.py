"""`python -m xcaas_cli`, for when the command `xcaas` is not on the path."""

from __future__ import annotations

import sys

from ._main import main

sys.exit(main())
