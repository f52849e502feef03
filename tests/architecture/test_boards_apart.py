"""The end-to-end tests share houses, so each board has one MAC address in all of them.

Which modules meet in a house is up to who is free to run them: two modules with one
board pass or fail by chance.
"""

from collections import defaultdict
import re

from .source import REPO

MAC = re.compile(r'"((?:[0-9A-F]{2}:){5}[0-9A-F]{2})"')


def test_no_two_modules_have_one_board() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for path in sorted((REPO / "tests/e2e").glob("*.py")):
        for mac in MAC.findall(path.read_text()):
            owners[mac].add(path.name)
    assert len(owners) > 1
    assert {mac: names for mac, names in owners.items() if len(names) > 1} == {}
