#!/bin/sh
# Writes the secrets of compose.yaml, once. The folder is private; the accounts in the containers read
# the files, which are mounted one by one.
set -eu
folder=${1:-$(dirname "$0")/secrets}
[ ! -e "$folder" ] || { echo "$folder is there already: nothing is written" >&2; exit 1; }

random() { openssl rand "$1" "$2" | tr -d '\n'; }
write() { printf '%s\n' "$2" > "$folder/$1"; }

(umask 077 && mkdir -p "$folder")
umask 022
postgres=$(random -hex 24)
redis=$(random -hex 24)
write postgres_password "$postgres"
write database_url "postgresql://doublecheck:$postgres@postgres/doublecheck"
write redis_conf "requirepass $redis
maxmemory-policy noeviction
appendonly yes"
write redis_url "redis://:$redis@redis:6379"
write secrets "k1:$(random -base64 32 | tr '+/' '-_' | tr -d '=')"
