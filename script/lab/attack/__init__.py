"""`script/attack`: strangers storm a live hub; its devices must not notice.

    this process: Home Assistant's client, 100 devices, the measurements
    child process: Home Assistant with the hub, behind a "proxy" that names addresses
    child process: the strangers

Every connection is made to the loopback address. Home Assistant is told to trust it as
a proxy, so that one machine can stand for thousands of addresses (X-Forwarded-For).
"""
