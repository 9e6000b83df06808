#!/usr/bin/env bash
# Installs what the tests need beside Node: Chromium, nginx, Prometheus, Redis, Java and Maven (Debian's packages), a
# Python with `websockets` in .venv, and Kafka and Flink in .stack. What is there already is left alone. Root is used
# directly or through sudo.
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
# With root's path: nginx is in /usr/sbin.
PATH="$PATH:/usr/sbin" command -v nginx >/dev/null || missing+=(nginx-light)
command -v promtool >/dev/null || missing+=(prometheus)
command -v ps >/dev/null || missing+=(procps)
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
command -v java >/dev/null || missing+=(default-jre-headless)
command -v mvn >/dev/null || missing+=(maven)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v openssl >/dev/null || missing+=(openssl)
if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "please install: ${missing[*]} (there is no apt-get here to do it with)" >&2
    exit 1
  fi
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

if ! .venv/bin/python -c 'import websockets' 2>/dev/null; then
  python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check 'websockets>=13,<16'
fi
npx tsx scripts/stack.ts --fetch
echo "tests can run: $(chromium --version 2>/dev/null | head -1), $(.venv/bin/python --version) with websockets, $(java -version 2>&1 | head -1)"
