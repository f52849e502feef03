"""The ids of repair issues that there is one of for each device or hub."""


def issue_id_of(kind: str, subject: str) -> str:
    """Return the id of the issue of a kind about a subentry or a config entry."""
    return f"{kind}_{subject}"
