"""What can go wrong with the vault. Each is a sentence about one cause."""


class VaultError(Exception):
    """Base of everything that the vault raises about itself."""


class VaultUnavailable(VaultError):
    """The vault is not there, cannot be read just now, or is already open."""


class VaultMissing(VaultUnavailable):
    """The hub is set up but its vault file is gone."""


class VaultKeyMissing(VaultError):
    """The vault is there; the key that it was sealed with is not."""


class VaultDamaged(VaultError):
    """The vault or its key is not what was written."""


class VaultWriteError(VaultError):
    """The disk refused the write; nothing has changed."""


class NotYetOnDisk(VaultWriteError):
    """The change is in effect; the disk has yet to accept it."""


class VaultStopping(VaultWriteError):
    """The hub is stopping; nothing can be changed any more."""


class VaultFull(VaultError):
    """One of the vault's limits has been reached."""


class UnknownDevice(VaultError):
    """The vault holds no device with this id."""
