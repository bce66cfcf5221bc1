#!/usr/bin/env bash
# Builds symbreak:  bash cluster/build.sh [BUILD_DIRECTORY] [cmake options...]
# The build directory defaults to `build` in the checkout. Works from any directory.
set -euo pipefail
source_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:-$source_directory/build}
shift || true
log=$(mktemp)
if ! { cmake -G Ninja -S "$source_directory" -B "$build" -DCMAKE_BUILD_TYPE=Release "$@" &&
       cmake --build "$build"; } >"$log" 2>&1; then
  grep -E -A5 'error|Error|FAILED' "$log" | tail -n 60 >&2 || tail -n 60 "$log" >&2
  echo "build.sh: the build failed; its output is in $log" >&2
  exit 1
fi
rm -f "$log"
