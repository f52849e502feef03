"""From CBOR to what a device asks, and to the answers.

Everything raises `RemoteProtocolError`.
"""

from typing import Any

from . import fields
from .limits import (
    MAX_ENTITY_ID_TEXT,
    MAX_IMPORTS,
    MAX_NAME_TEXT,
    MAX_PAIR_NAME_TEXT,
    MAX_PAIR_TEXT,
    MAX_PAIRS,
    MAX_REASON_TEXT,
    MAX_RESPONSE_TEXT,
    MAX_STATE_TEXT,
)
from .requests import (
    Answer,
    AnswerStatus,
    Import,
    Imported,
    ImportStatus,
    Pairs,
    Request,
    RequestKind,
    RequestParts,
)


def read_request(items: list[Any]) -> Request:
    """Return what a device asks for."""
    return Request(
        fields.uint(items[0], minimum=1),
        RequestKind(fields.uint(items[1], max(RequestKind))),
        _name(items[2], MAX_NAME_TEXT),
        _read_parts(items[3]),
    )


def read_import(items: list[Any]) -> Import:
    """Return which entity a device wants to see."""
    return Import(
        fields.uint(items[0], MAX_IMPORTS - 1),
        _name(items[1], MAX_ENTITY_ID_TEXT),
        fields.text(items[2], MAX_PAIR_NAME_TEXT),
    )


def read_answer(items: list[Any]) -> Answer:
    """Return what became of a request."""
    return Answer(
        fields.uint(items[0], minimum=1),
        AnswerStatus(fields.uint(items[1], max(AnswerStatus))),
        fields.text(items[2], MAX_REASON_TEXT),
        None if items[3] is None else fields.text(items[3], MAX_RESPONSE_TEXT),
    )


def read_imported(items: list[Any]) -> Imported:
    """Return what an imported entity says."""
    status = ImportStatus(fields.uint(items[1], max(ImportStatus)))
    value = fields.characters(items[2], MAX_STATE_TEXT)
    if value and status is not ImportStatus.VALUE:
        raise fields.malformed("a value of what has none")
    return Imported(fields.uint(items[0], MAX_IMPORTS - 1), status, value)


def read_response(value: Any) -> tuple[tuple[str, Any], ...]:
    """Return the response of a user's action: names, each with one scalar value."""
    return tuple(
        (name, fields.scalar(item)) for name, item in _read_named(value).items()
    )


def _read_parts(value: Any) -> RequestParts:
    table = fields.table(value)
    if table.keys() - set(range(1, 6)):
        raise fields.malformed("unknown part of a request")
    parts = RequestParts(
        data=_read_pairs(table, 1),
        templates=_read_pairs(table, 2),
        variables=_read_pairs(table, 3),
        wants_response=4 in table and fields.boolean(table[4]),
        response_template=fields.text(table[5], MAX_PAIR_TEXT) if 5 in table else None,
    )
    if parts.response_template is not None and not parts.wants_response:
        raise fields.malformed("a response template without a response")
    return parts


def _read_pairs(table: dict[int, Any], key: int) -> Pairs:
    if key not in table:
        return ()
    named = _read_named(table[key])
    return tuple(
        (name, fields.text(text, MAX_PAIR_TEXT)) for name, text in named.items()
    )


def _read_named(value: Any) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for pair in fields.array(value, MAX_PAIRS, 1):
        name, item = fields.array(pair, 2, 2)
        if fields.text(name, MAX_PAIR_NAME_TEXT) in named:
            raise fields.malformed("a name that is there twice")
        named[name] = item
    return named


def _name(value: Any, limit: int) -> str:
    name = fields.text(value, limit)
    if not name:
        raise fields.malformed("an empty name")
    return name
