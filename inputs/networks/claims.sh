#!/usr/bin/env bash
# What is said of trained networks, asked of yours: the decks production/network_*.ini at small size, one
# page of figures (runs/network_claims/index.html) and their numbers.
#   claims.sh [SYMBREAK] [--set KEY=VALUE ...]     in a folder where runs/ may be written
# Needs inputs/networks/fashion.pt and fashion_mix.pt (inputs/tutorial/fashion_mnist_network.md).
# SMALL=no: the decks as they are. A run that is there already is kept.
set -euo pipefail
symbreak=${1:-symbreak}; shift || true
inputs=$(cd "$(dirname "$0")/.." && pwd)
small() { [ "${SMALL:-yes}" = no ] || printf -- '--set %s ' "$@"; }
runs=()
# ask NAME DECK [--set ...]
ask() {
  local name=$1 deck=$2; shift 2
  runs+=("runs/$name")
  "$symbreak" run "$inputs/$deck" --output "runs/$name" "$@"
}
# shellcheck disable=SC2046
ask network_late_start production/network_late_start.ini \
  $(small sampling.walkers=64 sampling.blocks=2 sampling.replicas=1) "$@"
# shellcheck disable=SC2046
ask network_u_turn production/network_u_turn.ini \
  $(small sampling.walkers=64 sampling.blocks=2 sampling.replicas=1) "$@"
# shellcheck disable=SC2046
ask network_softening production/network_softening.ini \
  $(small sampling.replicas=2 experiment.records=9 experiment.images=100) "$@"
# shellcheck disable=SC2046
ask network_schedules production/network_schedules.ini \
  $(small sampling.walkers=256 sampling.blocks=1 sampling.replicas=2) "$@"
# shellcheck disable=SC2046
ask network_pulses production/network_pulses.ini \
  $(small sampling.walkers=64 sampling.blocks=1 sampling.replicas=2) "$@"
# shellcheck disable=SC2046
ask network_minorities production/network_minorities.ini \
  $(small sampling.walkers=128 sampling.blocks=2 sampling.replicas=1) "$@"
for run in "${runs[@]}"; do "$symbreak" analyze "$run"; done
"$symbreak" report "${runs[@]}" --output runs/network_claims
