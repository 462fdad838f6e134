#!/bin/sh
# Builds what production runs into a folder, and nothing else. The Dockerfile and
# scripts/production-login.ts both call this, so the tests try what ships.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 1; }
mkdir -p "$1"
target=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

# Generated code and the bundle need the development dependencies.
[ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund
export PATH="$PWD/node_modules/.bin:$PATH"
npm run --silent prepare
npm run --silent build -- "$target/dist"

mkdir -p "$target/prisma"
node scripts/build/production-package.ts "$target"
chmod +x "$target/dist/doublecheck.js"
cp package-lock.json .npmrc LICENSE "$target"
cp -R prisma/migrations "$target/prisma"

# The optional packages are 200 MB: Prisma's tools, and Google's SDKs for databases and files.
cd "$target"
npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

# Compiled code for the first start. Without settings the service ends as soon as it is loaded.
export NODE_COMPILE_CACHE=.cache NODE_ENV=production
node dist/main.js 2>/dev/null || [ $? -eq 1 ]
node dist/doublecheck.js --help >/dev/null
