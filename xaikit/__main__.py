"""`python -m xaikit`: the command line."""

from __future__ import annotations

import sys

from xaikit.cli import main

sys.exit(main())
