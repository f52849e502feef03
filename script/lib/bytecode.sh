# shellcheck shell=bash
# Where Python keeps what it has compiled. Some machines forbid it to keep anything: then
# every Home Assistant compiles itself anew, which takes longer than to start. One folder
# for all leaves the sources' own clean. Needs $REPO.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$REPO/.cache/pycache"
