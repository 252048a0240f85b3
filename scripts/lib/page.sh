# shellcheck shell=bash
# The page: its npm packages and its build, each redone only when what it is made from has changed.

# npm speaks of errors only.
export NPM_CONFIG_LOGLEVEL=error NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_AUDIT=false NPM_CONFIG_FUND=false

install_page() {
  npm_state=$(sha256sum src/web/package.json src/web/package-lock.json | sha256sum)
  npm_mark=src/web/node_modules/.maillage
  is_marked "$npm_mark" "$npm_state" || with_lock "$TARGET/page.verrou" install_missing_page
}

# `npm ci` starts from nothing, so that a half-finished earlier run, which left no mark, is done again.
install_missing_page() {
  is_marked "$npm_mark" "$npm_state" && return
  say "Installation des paquets npm de la page"
  run npm --prefix src/web ci ||
    failed "Les paquets npm n'ont pas pu être installés" "Vérifiez le réseau, puis relancez." src/web
  printf '%s\n' "$npm_state" >"$npm_mark"
}

# Builds src/web/dist, which the binary embeds.
build_page() {
  page_state=$(hash_of src/web -name node_modules -o -name dist)
  page_mark=$TARGET/page.empreinte
  is_built || {
    install_page
    with_lock "$TARGET/page.verrou" build_missing_page
  }
}

build_missing_page() {
  is_built && return
  say "Construction de la page"
  rm -f "$page_mark"
  run npm --prefix src/web run --silent build >/dev/null ||
    failed "La page n'a pas pu être construite" "Le message ci-dessus dit pourquoi ; relancez après correction." src/web
  printf '%s\n' "$page_state" >"$page_mark"
}

is_built() {
  [[ -f src/web/dist/index.html ]] && is_marked "$page_mark" "$page_state"
}

is_marked() {
  [[ -f $1 && $(<"$1") == "$2" ]]
}

# hash_of FOLDER TEST…: one hash for the names and the contents of all its files, but for those that
# the `find` tests name.
hash_of() {
  local folder=$1
  shift
  (cd "$folder" && find . \( "$@" \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum
}
