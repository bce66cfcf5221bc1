#!/usr/bin/env bash
# Installs the Debian packages symbreak needs, and only those that are missing.
#   bash cluster/install.sh [build] [test] [data] [slurm] [networks]      default: build
# data: Fashion-MNIST, 70,000 images under /usr/share/datasets, for the tutorials.
# networks: what the example workers and inputs/networks/train.py need (NumPy, PyTorch, Fashion-MNIST).
# Needs root or sudo when something is missing; says what it installs.
set -euo pipefail

build="g++ cmake ninja-build git ca-certificates pkg-config libboost-dev libboost-program-options-dev
  libeigen3-dev libhdf5-openmpi-dev libopenmpi-dev openmpi-bin librandom123-dev libfmt-dev
  nlohmann-json3-dev zlib1g-dev libpng-dev libopenblas-serial-dev gnuplot-nox"
data="dataset-fashion-mnist"
test="catch2 libbenchmark-dev python3-h5py python3-pandas python3-xarray python3-pil chromium
  chromium-driver clang-format $data"
networks="python3-numpy python3-torch $data"
slurm="slurmctld slurmd slurm-client munge iproute2 hostname"

# Installs those of the named packages that are missing.
install() {
  local missing="" package state root="" log
  for package in "$@"; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=" $package"
  done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "install.sh: these packages are missing and neither root nor sudo is at hand:$missing" >&2
      return 1
    }
    root=sudo
  fi
  echo "installing:$missing"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  if ! { $root apt-get -q update &&
         $root apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $missing; } \
       >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "install.sh: apt-get failed, its output is in $log" >&2
    return 1
  fi
  rm -f "$log"
}

needed="" services=""
for set in "${@:-build}"; do
  case $set in
    build) needed+=" $build" ;;
    test) needed+=" $build $test" ;;
    data) needed+=" $data" ;;
    networks) needed+=" $networks" ;;
    slurm) services+=" $slurm" ;;
    *) echo "install.sh: unknown set '$set'; sets: build test data slurm networks" >&2; exit 2 ;;
  esac
done
# shellcheck disable=SC2086
install $needed
# A service that cannot be set up here (a container without users or privileges) is no reason to stop
# what does not need it.
# shellcheck disable=SC2086
install $services || {
  [ -n "$needed" ] || exit 1
  echo "install.sh: Slurm could not be set up; its test will be skipped" >&2
}
