"""Fail where a run of the tests left out what .ci/run is there to check: the browser and the notebooks."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

MUST_RUN = ("tests.browser", "tests.notebooks")

cases = list(ElementTree.parse(sys.argv[1]).iter("testcase"))
for room in MUST_RUN:
    here = [case for case in cases if case.get("classname", "").startswith(room)]
    skipped = [case.get("name") for case in here if case.find("skipped") is not None]
    print(f"{room}: {len(here) - len(skipped)} run, {len(skipped)} skipped")
    if not here or skipped:
        sys.exit(f"{room} must run in full; skipped: {skipped or 'all of it'}")
