# Step lines with elapsed time, and a heartbeat so that no minute is silent.
# Sourced by the scripts in script/; needs bash 4.

steps_started=${EPOCHREALTIME/./}

# Seconds since the script began, with one decimal.
elapsed() {
  local now=${EPOCHREALTIME/./}
  local tenths=$(((now - steps_started) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

say() {
  printf '[%6ss] %s\n' "$(elapsed)" "$*"
}

fail() {
  printf '[%6ss] error: %s\n' "$(elapsed)" "$*" >&2
  exit 1
}

# log_name "title": a title may list any number of things, a file's name may not.
log_name() {
  printf '%s' "$1" | tr -cs 'A-Za-z0-9' '-' | tr 'A-Z' 'a-z' | cut -c1-60
}

# run_step "title" command…: runs the command with its output in a log, prints a
# line every 15 s while it works, and shows the log's end if it fails.
run_step() {
  local title=$1 log pid status=0 waited=0
  shift
  mkdir -p "$CACHE/log"
  log="$CACHE/log/$(log_name "$title").log"
  say "$title"
  "$@" >"$log" 2>&1 &
  pid=$!
  # A shell's background command does not hear Ctrl-C.
  trap 'kill "$pid" 2>/dev/null; wait "$pid"; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    waited=$((waited + 1))
    if ((waited % 75 == 0)); then
      say "  $title: $(tail -n 1 "$log" | tr -d '\r' | cut -c1-100)"
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM
  if ((status != 0)); then
    tail -n 40 "$log" >&2
    fail "$title (exit code $status; whole log: ${log#"$REPO"/})"
  fi
}
