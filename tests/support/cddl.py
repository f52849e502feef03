"""docs/protocol.cddl, made executable: every message that a test sends must fit it."""

from functools import cache
from pathlib import Path
from typing import Any

import cbor2

# zcbor asks for a name that newer releases of cbor2 have folded into its base class.
cbor2.CBORDecodeValueError = cbor2.CBORDecodeError  # type: ignore[attr-defined]

import zcbor  # type: ignore[import-untyped]  # noqa: E402

GRAMMAR = Path(__file__).parents[2] / "docs/protocol.cddl"
PRELUDE = Path(zcbor.__file__).parent / "zcbor/prelude.cddl"
MOST = 256

# zcbor has no ranges of floating-point numbers; `fields.share` holds these bounds.
RANGE, WITHOUT_RANGE = "share = 0.0..1.0", "share = float"


@cache
def _types() -> dict[str, Any]:
    text = GRAMMAR.read_text(encoding="utf-8")
    assert text.count(RANGE) == 1
    translator = zcbor.DataTranslator.from_cddl(
        cddl_string=f"{PRELUDE.read_text()}\n{text.replace(RANGE, WITHOUT_RANGE)}",
        default_max_qty=MOST,
    )
    return dict(translator.my_types)


def fits(rule: str, data: bytes) -> bool:
    """Return whether the CBOR item `data` is what `rule` of the grammar says."""
    try:
        _types()[rule].validate_str(data)
    except zcbor.CddlValidationError, cbor2.CBORDecodeError:
        return False
    return True
