"""What the protocol and the vault raise, turned into what a caller is told."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any

from ..common.errors import (
    CommandNotSentError,
    NotEnrolledError,
    RevokedNotStoredError,
    StorageFailedError,
)
from ..protocol import LocalProtocolError
from .errors import NotYetOnDisk, UnknownDevice, VaultError


def translated_errors[**P, R](
    func: Callable[P, Awaitable[R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Turn errors of the protocol and of the vault into translated ones."""

    @wraps(func)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await func(*args, **kwargs)
        except LocalProtocolError as err:
            raise CommandNotSentError(reason=str(err)) from err
        except UnknownDevice as err:
            raise NotEnrolledError from err
        except NotYetOnDisk as err:
            raise RevokedNotStoredError(reason=str(err)) from err
        except VaultError as err:
            raise StorageFailedError(reason=str(err)) from err

    return wrapper
