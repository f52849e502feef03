# The three Python environments. Sourced after python314.sh; expects UV and PYTHON.

# build_environment directory name override: installs requirements/NAME.txt, held to
# requirements/frozen/NAME.txt, into a new environment.
build_environment() {
  local directory=$1 name=$2 override=$3
  local arguments=(--python "$directory/bin/python" --requirement "requirements/$name.txt")
  [[ ! -f "requirements/frozen/$name.txt" ]] ||
    arguments+=(--constraint "requirements/frozen/$name.txt")
  [[ -z "$override" ]] || arguments+=(--override "$override")
  "$UV" venv --quiet --clear --seed --python "$PYTHON" "$directory" &&
    "$UV" pip install "${arguments[@]}"
}

# requirement_files name override: the files that decide what an environment holds.
requirement_files() {
  local file="requirements/$1.txt"
  printf '%s\n' "$file" "requirements/frozen/$1.txt" ${2:+"$2"}
  sed -n 's|^-r |requirements/|p' "$file"
}

# environment title directory name [override]: builds it unless its stamp is current.
environment() {
  local title=$1 directory=$2 name=$3 override=${4:-} key files
  mapfile -t files < <(requirement_files "$name" "$override")
  key=$(stamp_key "${files[@]}" script/lib/environments.sh)
  if stamp_current "$name" "$key" && [[ -x "$directory/bin/python" ]]; then
    return
  fi
  run_step "$title into ${directory#"$REPO"/}" build_environment "$directory" "$name" "$override"
  stamp_write "$name" "$key"
}
