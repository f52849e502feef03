"""Debian's web servers as reverse proxies that end TLS in front of a hub.

Each is configured as its own users do: HTTP/1.1 with upgrades, HTTP/2 on offer.
`script/setup` unpacks them into `.cache/tls`; none is installed.
"""

import asyncio
from pathlib import Path
from typing import Final

from .paths import CACHE, MULTIARCH
from .process import POLL_SECONDS, LoggedProcess

UNPACKED: Final = CACHE / "tls"

_NGINX: Final = """\
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {chain};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:devices:1m;
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_read_timeout 1h;
    }}
  }}
}}
"""

_HAPROXY: Final = """\
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  option forwardfor
frontend https
  bind 127.0.0.1:{port} ssl crt {folder}/both.pem alpn h2,http/1.1 ssl-min-ver TLSv1.2
  http-request set-header X-Forwarded-Proto https
  default_backend hub
backend hub
  server hub 127.0.0.1:{upstream}
"""

_CADDY: Final = """\
{{
  admin off
  auto_https disable_redirects
  storage file_system {folder}/storage
  servers {{
    protocols h1 h2
  }}
}}
https://localhost:{port} {{
  bind 127.0.0.1
  tls {chain} {key}
  reverse_proxy 127.0.0.1:{upstream}
}}
"""

_SERVERS: Final = {
    "nginx": (_NGINX, ("usr/sbin/nginx", "-p", "{folder}", "-c", "{file}")),
    "haproxy": (_HAPROXY, ("usr/sbin/haproxy", "-db", "-f", "{file}")),
    "caddy": (
        _CADDY,
        ("usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", "{file}"),
    ),
}
PROXIES: Final = tuple(_SERVERS)
_START_SECONDS: Final = 15.0


class TlsProxy(LoggedProcess):
    """One web server that ends TLS on a port and passes all on to another."""

    def __init__(
        self, name: str, port: int, upstream: int, chain: Path, key: Path, folder: Path
    ) -> None:
        """Write its configuration below `folder`; nothing runs yet."""
        self.port = port
        folder.mkdir(parents=True, exist_ok=True)
        template, command = _SERVERS[name]
        file = folder / f"{name}.conf"
        values = {
            "chain": chain,
            "file": file,
            "folder": folder,
            "key": key,
            "port": port,
            "upstream": upstream,
        }
        file.write_text(template.format(**values))
        (folder / "both.pem").write_text(chain.read_text() + key.read_text())
        program, *arguments = (part.format(**values) for part in command)
        super().__init__(
            name,
            [str(UNPACKED / program), *arguments],
            folder / f"{name}.log",
            {
                "LD_LIBRARY_PATH": str(UNPACKED / "usr/lib" / str(MULTIARCH)),
                "HOME": str(folder),
                "XDG_DATA_HOME": str(folder),
                "XDG_CONFIG_HOME": str(folder),
            },
            directory=folder,
        )

    async def start(self) -> None:
        """Start it and wait until it listens."""
        await super().start()
        async with asyncio.timeout(_START_SECONDS):
            while True:
                if await self._listens():
                    return
                await asyncio.sleep(POLL_SECONDS)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True
