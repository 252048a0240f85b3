# shellcheck shell=bash
# What must be on the machine: Rust and Node, which the user brings; Debian packages, which are
# installed when they are missing.

# What maillage builds with. bindgen (through proj-sys) wants libclang; the static GEOS wants cmake.
# shellcheck disable=SC2034 # for the scripts that read this file
BUILD_PACKAGES=(g++ make cmake pkg-config libclang-dev libgdal-dev libproj-dev)

check_rust() {
  local wanted found
  wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  # rustup writes there, and a shell opened before it ran does not look there.
  found=$(version_of rustc)
  if ! at_least "$wanted" "$found" && [[ -x ${CARGO_HOME:-$HOME/.cargo}/bin/rustc ]]; then
    PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
    found=$(version_of rustc)
  fi
  at_least "$wanted" "$found" && command -v cargo >/dev/null && return
  if [[ -z $found ]]; then
    die "Rust manque. Installez Rust $wanted ou plus récent avec rustup (https://rustup.rs), puis relancez."
  elif command -v rustup >/dev/null; then
    die "Rust $found est trop ancien. Mettez-le à jour avec « rustup update stable » ($wanted ou plus récent), puis relancez."
  fi
  die "Rust $found est trop ancien. Installez Rust $wanted ou plus récent avec rustup (https://rustup.rs), puis relancez."
}

check_node() {
  local wanted found
  wanted=$(sed -n 's/.*"node": ">=\([0-9.]*\)".*/\1/p' src/web/package.json)
  found=$(version_of node)
  [[ -n $found ]] || die "Node manque. Installez Node $wanted ou plus récent (https://nodejs.org), puis relancez."
  at_least "$wanted" "$found" ||
    die "Node $found est trop ancien. Installez Node $wanted ou plus récent (https://nodejs.org), puis relancez."
  command -v npm >/dev/null ||
    die "npm manque à côté de Node. Installez npm, qui accompagne d'ordinaire Node $wanted, puis relancez."
}

check_rust_tools() {
  cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 ||
    die "rustfmt ou clippy manque. Installez-les avec « rustup component add rustfmt clippy », puis relancez."
}

# The first number of what PROGRAM says of its version; nothing when it is absent.
version_of() {
  "$1" --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1 || true
}

at_least() {
  [[ -n $2 ]] && printf '%s\n%s\n' "$1" "$2" | sort -V -C
}

# The server that the private cluster runs on: the newest that is there, as the binary chooses it;
# else the one of Debian 12; else the one of this Debian.
server_packages() {
  local version
  version=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null |
    cut -d/ -f5 | sort -n | tail -n 1) || true
  if [[ -z $version ]]; then
    version=15
    if ! apt-cache show postgresql-15 >/dev/null 2>&1; then
      version=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]\+\)$/\1/p' | head -n 1) || true
    fi
  fi
  printf 'postgresql-%s\npostgresql-%s-postgis-3\n' "${version:-15}" "${version:-15}"
}

# install_packages NAME…: `@server` stands for PostgreSQL and PostGIS. Asks apt nothing when all are
# there. MAILLAGE_SANS_PAQUETS=1 is for machines where they came another way.
install_packages() {
  [[ -z ${MAILLAGE_SANS_PAQUETS:-} ]] || return 0
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || die_without_apt "$@"
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  say "Installation de paquets : ${missing[*]}"
  as_root true || die_for_packages "${missing[@]}"
  # All of them, with their archives: 1,800 MiB on a bare Debian 12.
  check_room /usr 2500
  as_root apt-get update -q ||
    die "La liste des paquets ne se met pas à jour. Vérifiez le réseau, puis relancez."
  # Now that the lists are fresh, the server's version may be another.
  mapfile -t missing < <(missing_packages "$@")
  apt_install "${missing[@]}" || die_for_packages "${missing[@]}"
}

missing_packages() {
  local wanted=() name
  for name in "$@"; do
    if [[ $name == @server ]]; then
      mapfile -t -O "${#wanted[@]}" wanted < <(server_packages)
    else
      wanted+=("$name")
    fi
  done
  comm -23 <(printf '%s\n' "${wanted[@]}" | LC_ALL=C sort -u) <(installed_packages "${wanted[@]}" | LC_ALL=C sort -u)
}

installed_packages() {
  dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' || true
}

# A new PostgreSQL server comes with a cluster `main`, started at once: nobody asked for it, so it is
# held back for the time of the installation. Clusters that exist are left alone.
apt_install() (
  local folder=/etc/postgresql-common/createcluster.d
  if [[ " $* " =~ \ postgresql-[0-9]+\  ]]; then
    trap 'as_root rm -f "$folder/maillage.conf"; as_root rmdir --ignore-fail-on-non-empty "$folder"' EXIT
    as_root mkdir -p "$folder"
    printf 'create_main_cluster = false\n' | as_root tee "$folder/maillage.conf" >/dev/null
  fi
  as_root apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
)

as_root() {
  if ((EUID == 0)); then
    DEBIAN_FRONTEND=noninteractive "$@"
  else
    command -v sudo >/dev/null && sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

die_for_packages() {
  die "Il manque des paquets qui n'ont pas pu être installés. Demandez-les à un administrateur (apt-get install $*), puis relancez."
}

die_without_apt() {
  die "Ce système n'a pas apt. Installez vous-même un compilateur C++, make, cmake, pkg-config, libclang, GDAL et PROJ avec leurs en-têtes, PostgreSQL 15 et PostGIS 3 (ou donnez une base avec DATABASE_URL)$( [[ " $* " == *" chromium "* ]] && printf ', et Chromium'), puis relancez avec MAILLAGE_SANS_PAQUETS=1."
}
