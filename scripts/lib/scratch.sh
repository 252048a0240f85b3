# shellcheck shell=bash
# The throw-away folder that tests write in, and the service that they ask.

# PostgreSQL does not run as root: root's cluster is run by postgres, in a folder that it can enter.
scratch_parent() {
  ((EUID == 0)) && printf '/var/lib\n' || printf '%s\n' "${TMPDIR:-/tmp}"
}

# make_scratch NAME: the folder is then $scratch, and goes with the script.
make_scratch() {
  scratch=$(mktemp -d "$(scratch_parent)/maillage-$1.XXXXXX") ||
    die "Le dossier $(scratch_parent) n'est pas accessible en écriture. Choisissez-en un autre avec TMPDIR, puis relancez."
  trap remove_scratch EXIT
  chmod 711 "$scratch"
}

# Whatever happened, no server stays and no folder either.
remove_scratch() {
  trap '' INT TERM HUP
  set +e
  local leader pid_file
  for leader in "${groups[@]}"; do
    stop "$leader"
  done
  while read -r pid_file; do
    stop_server "$(head -n 1 "$pid_file")"
  done < <(find "$scratch" -name postmaster.pid)
  rm -rf -- "$scratch"
}

# A server that a killed test left behind. SIGQUIT: at once, nothing of it is kept anyway.
stop_server() {
  local tries
  kill -QUIT "$1" 2>/dev/null || return 0
  for ((tries = 0; tries < 100; tries++)); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
}

# wait_ready ADDRESS LEADER: a minute at most, and not at all for a service that has stopped.
wait_ready() {
  local tries
  for ((tries = 0; tries < 120; tries++)); do
    kill -0 "$2" 2>/dev/null || return 1
    node -e 'fetch(process.argv[1]).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1));' \
      "http://$1/ready" && return
    sleep 0.4
  done
  return 1
}
