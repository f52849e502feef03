"""Who shares a house has boards of their own, each with one MAC address in all modules.

Which end-to-end tests meet in a house is up to who is free to run them: two modules with
one board pass or fail by chance. All of the demo's are in one, of which its check has some.
"""

from collections import defaultdict
import re

import pytest

from .source import REPO

MAC = re.compile(r'"((?:[0-9A-F]{2}:){5}[0-9A-F]{2})"')


@pytest.mark.parametrize("folder", ["tests/e2e", "script/lab"])
def test_no_two_modules_have_one_board(folder: str) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for path in sorted((REPO / folder).glob("*.py")):
        for mac in MAC.findall(path.read_text()):
            owners[mac].add(path.name)
    assert len(owners) > 1
    assert {mac: names for mac, names in owners.items() if len(names) > 1} == {}
