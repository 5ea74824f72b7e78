#!/usr/bin/env bash
# From a bare machine to a Python environment with everything in it: Python packages by hash from the lock file, and
# Postgres and RabbitMQ from the system or, when allowed, from the distribution. Fast and harmless when all is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf '  %s\n' "$*" >&2; }
give_up() { printf '\n  ✗ %s\n\n' "$*" >&2; exit 1; }

find_python() {
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  give_up "Python 3.11 or newer is needed. Install it with:  sudo apt-get install -y python3.11 python3.11-venv"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; elif sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

apt_install() {
  command -v apt-get >/dev/null 2>&1 || return 1
  as_root true || return 1
  say "installing $* with apt (once)"
  # Services of the packages are not started: this system runs its own, private ones.
  local log
  log="$(mktemp)"
  as_root sh -c '
    set -e
    policy=/usr/sbin/policy-rc.d
    made=
    if [ ! -e "$policy" ]; then printf "#!/bin/sh\nexit 101\n" > "$policy"; chmod 755 "$policy"; made=1; fi
    trap "[ -z \"$made\" ] || rm -f $policy" EXIT
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq install -y --no-install-recommends "$@" > /dev/null
  ' install "$@" > "$log" 2>&1 || { tail -n 15 "$log" >&2; return 1; }
}

make_environment() {
  local python stamp
  stamp="$(sha256sum requirements-dev.lock | cut -d' ' -f1)"
  [ -f .venv/.installed ] && [ "$(cat .venv/.installed)" = "$stamp" ] && .venv/bin/python -c '' 2>/dev/null && return
  python="$(find_python)"
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    local package
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    apt_install "$package" || give_up "Python's venv is missing. Install it with:  sudo apt-get install -y $package"
  fi
  say "Python environment from the lock file (about a minute, once)"
  .venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv
  rm -f .venv/.installed
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
    --require-hashes --requirement requirements-dev.lock \
    || give_up "The packages could not be installed; the lines above say why. Run the same command again when mended."
  printf '%s' "$stamp" > .venv/.installed
}

have_servers() {
  .venv/bin/python - <<'PYTHON'
import os
import sys
from libs.servers.binaries import ServerMissing, epmd, postgres_folder, rabbitmq_folder
wanted = [] if os.environ.get("DATABASE_URL") else [postgres_folder]
wanted += [] if os.environ.get("AMQP_URL") else [rabbitmq_folder, epmd]
missing = []
for look in wanted:
    try:
        look()
    except ServerMissing as absent:
        print(f"  {absent}".partition(" Install")[0], file=sys.stderr)
        missing.append(absent.package)
print(" ".join(sorted(set(missing))))
sys.exit(bool(missing))
PYTHON
}

ensure_servers() {
  local missing
  missing="$(have_servers)" && return
  # shellcheck disable=SC2086 # package names, split on purpose
  apt_install $missing && have_servers >/dev/null && return
  give_up "They are needed and may not be installed from here. Run:  sudo apt-get install -y $missing
    or point DATABASE_URL and AMQP_URL at servers of your own."
}

# The browser of the UI's tests and pictures; the tests find it by the same names.
ensure_browser() {
  local name
  for name in "${TMS_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && return
  done
  apt_install chromium && command -v chromium >/dev/null 2>&1 && return
  give_up "The UI is tested in Chromium, which is missing and may not be installed from here. Run:
    sudo apt-get install -y chromium
  or set TMS_CHROMIUM to the path of one."
}

# Checks the alarms. One program out of Debian's package, beside our own: no server is installed, none can start.
ensure_promtool() {
  command -v promtool >/dev/null 2>&1 || [ -x .venv/bin/promtool ] && return
  local folder
  folder="$(mktemp -d)"
  if (
    cd "$folder" && command -v apt-get && command -v dpkg-deb \
      && { apt-get download prometheus || { as_root apt-get -qq update && apt-get download prometheus; }; } \
      && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
  ) >/dev/null 2>&1; then
    install -m 755 "$folder/usr/bin/promtool" .venv/bin/promtool
  else
    rm -rf "$folder"
    give_up "promtool, which checks the alarms, could not be fetched. Put it on the PATH; it is part of Prometheus."
  fi
  rm -rf "$folder"
}

make_environment
case "${1:-}" in
  environment) ;;
  browser) ensure_browser ;;
  promtool) ensure_promtool ;;
  everything) ensure_servers; ensure_browser; ensure_promtool ;;
  *) ensure_servers ;;
esac
