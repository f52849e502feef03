"""The trail of security events: one record, a chain on disk, notices."""
