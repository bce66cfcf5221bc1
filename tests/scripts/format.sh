#!/usr/bin/env bash
# Every source file is as clang-format leaves it. Usage: format.sh SOURCE_DIRECTORY
# Versions differ in details: Debian 12's is the one that counts, another is a skip.
set -euo pipefail
formatter=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$formatter" ] || ! "$formatter" --version | grep -q 'version 14\.'; then
  echo "skipped: no clang-format 14 (Debian 12: bash cluster/install.sh test)"
  exit 77
fi
cd "$1"
find sim analysis tests \( -name '*.cpp' -o -name '*.hpp' \) -print0 |
  xargs -0 "$formatter" --dry-run -Werror
