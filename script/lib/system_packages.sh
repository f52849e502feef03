# Debian packages named in requirements/debian.txt. Sourced; expects REPO.

# listed_packages [group…]: prints the packages of these groups, or of all, one a line.
listed_packages() {
  awk -v wanted=" $* " '
    { sub(/#.*/, "") }
    /^\[/ { gsub(/[][]/, ""); group = $1; next }
    NF && (wanted ~ /^ *$/ || index(wanted, " " group " ")) { print $1 }
  ' "$REPO/requirements/debian.txt"
}

# missing_packages [group…]: prints those that are not installed.
missing_packages() {
  local wanted installed
  wanted=$(listed_packages "$@")
  # shellcheck disable=SC2086  # one word per package
  installed=$({ dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null ||
    true; } | sed -n 's/^installed //p') # it fails when it knows one of them not
  comm -23 <(sort -u <<<"$wanted") <(sort -u <<<"$installed")
}

apt_install() {
  "${AS_ROOT[@]}" apt-get -q update &&
    "${AS_ROOT[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
}

# What a system without apt needs, in Debian's names.
explain_packages() {
  say "no apt here: this set-up installs packages on Debian 12 and 13 and their like."
  say "  Elsewhere, install by hand what these hold (and Python $PYTHON_MINIMUM or newer):"
  listed_packages "$@" | while read -r package; do
    say "    $package"
  done
}

# install_system_packages [group…]: installs what is missing of these groups, or of all;
# says what is missing where it may not.
install_system_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    explain_packages "$@"
    return
  fi
  missing=$(missing_packages "$@")
  [[ -n "$missing" ]] || return 0
  missing=${missing//$'\n'/ }
  if [[ $(id -u) == 0 ]]; then
    AS_ROOT=()
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    AS_ROOT=(sudo -n)
  else
    say "these Debian packages are missing and only root may install them: $missing"
    say "  what needs them will fail; install them with"
    say "  apt-get install --no-install-recommends $missing"
    return
  fi
  # shellcheck disable=SC2086  # one word per package
  run_step "Debian packages: $missing" apt_install $missing
}

# tls_packages: unpacks what the tests of TLS need, unless that has been done.
tls_packages() {
  local key
  command -v apt-get >/dev/null || return 0
  key=$(stamp_key script/lib/tls_packages.py /etc/os-release)
  if stamp_current tls "$key" && [[ -d "$CACHE/tls/usr" ]]; then
    return
  fi
  run_step "TLS libraries and web servers into .cache/tls" \
    python3 "$REPO/script/lib/tls_packages.py" "$CACHE/tls" "$CACHE/tls-packages"
  stamp_write tls "$key"
}
