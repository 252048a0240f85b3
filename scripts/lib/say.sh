# shellcheck shell=bash
# What the scripts say, and how they run what they start.
#
# Every failure is one sentence, in French, that says what to do. Whatever a script starts ends with
# it, whether it is stopped by Ctrl-C or by a signal sent to it alone.

# A heading before a step that takes time.
say() {
  printf '▸ %s\n' "$*"
}

die() {
  printf '\n✘ %s\n' "$*" >&2
  exit 1
}

# The process groups that are running, each led by a command that `start` launched.
groups=()

# start COMMAND…: launches a program in a session of its own, with no terminal to read from: it
# hears only the signals that `stop` sends. Its id is then in $started.
start() {
  setsid "$@" </dev/null &
  started=$!
  groups+=("$started")
}

# run COMMAND…: the same, and waits for it. Answers its exit code.
run() {
  local status=0
  start "$@"
  wait "$started" || status=$?
  forget "$started"
  return "$status"
}

# with_lock FILE COMMAND…: one at a time, among all the commands launched on this machine.
with_lock() {
  local lock file=$1
  shift
  exec {lock}>"$file"
  flock -n "$lock" || {
    say "Une autre commande fait le même travail : attente de sa fin"
    run flock "$lock"
  }
  "$@"
  exec {lock}>&-
}

forget() {
  local leader kept=()
  for leader in "${groups[@]}"; do
    [[ $leader == "$1" ]] || kept+=("$leader")
  done
  groups=("${kept[@]}")
}

# stop LEADER: ends a whole group, politely first: a PostgreSQL that is told so stops cleanly.
stop() {
  local leader=$1 tries
  # Both, for the moment when the command does not lead its group yet.
  kill -TERM -- "-$leader" 2>/dev/null || kill -TERM "$leader" 2>/dev/null || true
  for ((tries = 0; tries < 300; tries++)); do
    kill -0 -- "-$leader" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$leader" 2>/dev/null || true
  wait "$leader" 2>/dev/null || true
  forget "$leader"
}

# Neither a second Ctrl-C nor a terminal that has gone away may leave half of it running.
interrupted() {
  trap '' INT TERM HUP
  set +e
  local leader
  printf '\n' >&2
  for leader in "${groups[@]}"; do
    stop "$leader"
  done
  printf 'Interrompu. Relancez la même commande pour reprendre où elle en était.\n' >&2
  exit "$1"
}

trap 'interrupted 130' INT
trap 'interrupted 143' TERM
trap 'interrupted 129' HUP
