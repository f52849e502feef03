"""What proves a domain, and where it is not as in core, for docs/entities.md."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from custom_components.oceanremote.protocol.domains import Domain
from tests.compare import family as families

_TESTS: Final = Path(__file__).parents[2] / "tests"
# Beside the comparison: a domain's own tests have its name.
_OWN: Final = ("firmware", "integration")


def in_short(domain: Domain) -> str:
    """Return the names of the families that compare a domain with core's."""
    found = [_family_link(name) for name, _ in families.proving(_name(domain))]
    return ", ".join(found) or "not yet"


def paragraphs(domain: Domain) -> Iterator[str]:
    """Yield what its section says of proofs and differences."""
    if links := list(_links(domain)):
        yield f"Proved by {', '.join(links)}."
    differences = [
        difference
        for _, family in families.proving(_name(domain))
        for difference in family.differences
        if difference.platform == domain.platform
    ]
    if differences:
        yield f"Not as in core:\n\n{_rows(differences)}"


def _links(domain: Domain) -> Iterator[str]:
    for name, _ in families.proving(_name(domain)):
        yield f"comparison with core: {_family_link(name)}"
    for folder in _OWN:
        file = f"{folder}/test_{_name(domain)}.py"
        if (_TESTS / file).exists():
            yield f"[{file}](../tests/{file})"


def _rows(differences: Iterable[families.Difference]) -> str:
    """Return a row for each reason and whom it is about."""
    what: dict[tuple[str, str], list[str]] = {}
    for difference in differences:
        row = what.setdefault((_of_whom(difference), difference.why), [])
        if difference.what not in row:
            row.append(difference.what)
    return "\n".join(
        f"- {', '.join(f'`{one}`' for one in row)}{whom}: {why}"
        for (whom, why), row in what.items()
    )


def _of_whom(difference: families.Difference) -> str:
    names = ", ".join(name or "one without a name" for name in difference.entities)
    return f" ({names})" if names else ""


def _family_link(name: str) -> str:
    return f"[{name}](../tests/compare/families/{name}.yaml)"


def _name(domain: Domain) -> str:
    return domain.name.lower()
