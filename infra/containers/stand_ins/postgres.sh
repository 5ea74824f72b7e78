#!/bin/sh
# As the image that this stands for: an empty folder of data becomes a cluster with the administrator and the database
# that POSTGRES_* name; then what was asked for is run.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  password="$(mktemp)"
  trap 'rm -f "$password"' EXIT
  printf '%s' "$POSTGRES_PASSWORD" > "$password"
  initdb --username="$POSTGRES_USER" --pwfile="$password" --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8
  rm -f "$password"
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
  echo "create database \"$POSTGRES_DB\"" | postgres --single -j -c log_min_messages=warning postgres
fi
unset POSTGRES_PASSWORD
exec "$@"
