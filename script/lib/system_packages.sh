# Debian packages named in requirements/debian.txt. Sourced; expects REPO.

# Prints the listed packages that are not installed.
missing_packages() {
  local wanted installed
  wanted=$(sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$REPO/requirements/debian.txt")
  # shellcheck disable=SC2086  # one word per package
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
    sed -n 's/^installed //p')
  comm -23 <(sort -u <<<"$wanted") <(sort -u <<<"$installed")
  # Any Python with pip will do; Debian's own comes without.
  python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
}

apt_install() {
  "${AS_ROOT[@]}" apt-get -q update &&
    "${AS_ROOT[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
}

install_system_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "no apt here: the packages in requirements/debian.txt must be installed by hand"
    return
  fi
  missing=$(missing_packages)
  [[ -n "$missing" ]] || return 0
  missing=${missing//$'\n'/ }
  if [[ $(id -u) == 0 ]]; then
    AS_ROOT=()
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    AS_ROOT=(sudo -n)
  else
    say "these Debian packages are missing and only root may install them: $missing"
    say "  without them some parts of script/test cannot run; install them with"
    say "  apt-get install --no-install-recommends $missing"
    return
  fi
  # shellcheck disable=SC2086  # one word per package
  run_step "Debian packages: $missing" apt_install $missing
}
