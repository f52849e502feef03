# What apt cannot give the boards' tests, or only by the gigabyte: the parts that they
# use of the boards' C libraries, and the sources of libsodium and BearSSL. Sourced;
# expects REPO, CACHE.

BOARDS="$CACHE/boards"

# unpack_package name pattern…: the files of a Debian package that match, below
# .cache/boards/NAME; nothing of it is installed.
unpack_package() {
  local name=$1 work="$BOARDS/download"
  shift
  rm -rf "$work" "${BOARDS:?}/$name"
  mkdir -p "$work" "$BOARDS/$name"
  (cd "$work" && apt-get -q -o APT::Sandbox::User= download "$name") &&
    dpkg-deb --fsys-tarfile "$work"/*.deb |
    tar --extract --directory "$BOARDS/$name" --wildcards "$@" &&
    rm -rf "$work"
}

# multilib compiler flag…: where the compiler's libraries for these flags lie.
multilib() {
  "$@" -print-multi-directory
}

unpack_c_libraries() {
  local riscv arm
  riscv=$(multilib riscv64-unknown-elf-gcc -march=rv32imc -mabi=ilp32) &&
    arm=$(multilib arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb) &&
    unpack_package picolibc-xtensa-lx106-elf './usr/*/include/*' './usr/*/lib/*' &&
    unpack_package picolibc-riscv64-unknown-elf './usr/*/include/*' \
      "./usr/*/lib/$riscv/*" './usr/*/lib/picolibc.ld' &&
    unpack_package libnewlib-dev './usr/include/*' &&
    unpack_package libnewlib-arm-none-eabi "./usr/*/$arm/*"
}

# The source distribution of PyNaCl holds libsodium's; pip checks its hash.
unpack_libsodium() {
  local work="$BOARDS/download"
  rm -rf "$work" "$BOARDS/libsodium"
  mkdir -p "$work"
  python3 -m pip download --quiet --no-deps --no-binary :all: --require-hashes \
    --dest "$work" --requirement "$REPO/requirements/boards.txt" &&
    tar --extract --file "$work"/*.tar.gz --directory "$work" --wildcards '*/src/libsodium/*' &&
    mv "$work"/*/src/libsodium "$BOARDS/libsodium" &&
    rm -rf "$work"
}

unpack_board_parts() {
  mkdir -p "$BOARDS"
  unpack_c_libraries && unpack_libsodium &&
    python3 "$REPO/script/lib/debian_source.py" bearssl "$BOARDS/bearssl"
}

# board_parts: unpacks them unless they are there; says so where it cannot.
board_parts() {
  local key
  key=$(stamp_key "$REPO/requirements/boards.txt" "$REPO"/script/lib/{board_parts.sh,debian_source.py})
  ! stamp_current boards "$key" || return 0
  if ! command -v apt-get >/dev/null || [[ -n $(missing_packages boards) ]]; then
    say "the boards' compilers are missing: script/test boards will fail"
    return
  fi
  run_step "C libraries and cryptography for the boards into .cache/boards" unpack_board_parts
  stamp_write boards "$key"
}
