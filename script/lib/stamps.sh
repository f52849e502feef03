# Stamp files: a step is done when its stamp holds the hash of all it depends on.
# Sourced; expects CACHE.

# stamp_key file…: one hash over the files' contents and the interpreter in use.
stamp_key() {
  { printf '%s\n' "${PYTHON_IDENTITY:-}"; cat -- "$@"; } | sha256sum | cut -d' ' -f1
}

# stamp_current name key: succeeds when the step was completed with this key.
stamp_current() {
  [[ -f "$CACHE/stamp/$1" && "$(<"$CACHE/stamp/$1")" == "$2" ]]
}

# stamp_write name key: records the completed step.
stamp_write() {
  mkdir -p "$CACHE/stamp"
  printf '%s' "$2" >"$CACHE/stamp/$1"
}
