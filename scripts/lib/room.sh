# shellcheck shell=bash
# What must be free before long work begins: a port, and room on the disks.

# check_address ADDRESS COMMAND: that a server could listen there now. COMMAND is what to run again.
check_address() {
  local answer
  answer=$(node -e '
    const net = require("node:net");
    const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(process.argv[1]) ?? [];
    const listen = (port) => new Promise((done) => {
      const server = net.createServer();
      server.once("error", (error) => done(error.code));
      server.listen({ host, port, exclusive: true }, () => server.close(() => done("")));
    });
    (async () => {
      if (!net.isIP(host ?? "") || port > 65535) return console.log("illisible");
      const code = await listen(Number(port));
      if (!code) return;
      const named = host.includes(":") ? `[${host}]` : host;
      let other = Number(port) + 1;
      while (other < Number(port) + 100 && await listen(other)) other++;
      console.log(code, port, host, `${named}:${other}`);
    })();
  ' "$1") || die "Node n'a pas pu essayer l'adresse $1. Vérifiez MAILLAGE_ADRESSE, puis relancez."
  local code port host other
  read -r code port host other <<<"$answer"
  case $code in
    '') ;;
    illisible) die "L'adresse $1 n'est pas lisible. Donnez une adresse IP et un port, par exemple MAILLAGE_ADRESSE=127.0.0.1:8080 $2" ;;
    EADDRINUSE) die "Le port $port est déjà pris sur $host, peut-être par un maillage déjà lancé. Arrêtez ce qui l'occupe, ou choisissez un autre port : MAILLAGE_ADRESSE=$other $2" ;;
    EACCES) die "Le port $port demande des droits que vous n'avez pas. Choisissez-en un autre : MAILLAGE_ADRESSE=127.0.0.1:8080 $2" ;;
    *) die "Cette machine ne peut pas écouter sur $1 ($code). Choisissez une autre adresse : MAILLAGE_ADRESSE=127.0.0.1:8080 $2" ;;
  esac
}

free_port() {
  node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); });'
}

# check_room FOLDER MIB [FOLDER MIB]…: folders on one disk share what is free there.
check_room() {
  local -A wanted=() free=() named=()
  local place disk
  while (($#)); do
    place=$(nearest "$1")
    disk=$(stat -c %d -- "$place")
    wanted[$disk]=$((${wanted[$disk]:-0} + $2))
    free[$disk]=$(free_mib "$place")
    named[$disk]=${named[$disk]:-}${named[$disk]:+, }$1
    shift 2
  done
  for disk in "${!wanted[@]}"; do
    ((free[$disk] >= wanted[$disk])) ||
      die "Il reste ${free[$disk]} Mio sur le disque de ${named[$disk]} et il en faut ${wanted[$disk]}. Libérez de la place, ou changez de dossier (CARGO_TARGET_DIR, MAILLAGE_CACHE, MAILLAGE_DOSSIER), puis relancez."
  done
}

# failed WHAT ADVICE FOLDER…: says the true reason when a step failed for lack of room.
failed() {
  local what=$1 advice=$2 folder
  shift 2
  for folder in "$@"; do
    (($(free_mib "$(nearest "$folder")") >= 100)) ||
      die "$what : le disque de $folder est plein. Libérez de la place, puis relancez : le travail reprendra où il en était."
  done
  die "$what. $advice"
}

# The folder itself, or the first of its parents that exists.
nearest() {
  local place=$1
  until [[ -e $place ]]; do
    place=$(dirname -- "$place")
  done
  printf '%s\n' "$place"
}

free_mib() {
  df -Pm -- "$1" | awk 'NR == 2 { print $4 }'
}
