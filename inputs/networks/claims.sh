#!/usr/bin/env bash
# What is said of trained networks, asked of yours: the decks production/network_*.ini at small size, one
# page of figures (runs/network_claims/index.html) and their numbers.
#   claims.sh [SYMBREAK] [--set KEY=VALUE ...]     in a folder where runs/ may be written
# Needs inputs/networks/fashion.pt and fashion_mix.pt (inputs/tutorial/fashion_mnist_network.md).
# SMALL=no: the decks as they are. A run that is there already is kept.
set -euo pipefail
symbreak=${1:-symbreak}; shift || true
inputs=$(cd "$(dirname "$0")/.." && pwd)
# ask NAME [KEY=VALUE ..]: these values make it small.
ask() {
  local name=$1 small=() key; shift
  [ "${SMALL:-yes}" = no ] || for key in "$@"; do small+=(--set "$key"); done
  "$symbreak" run "$inputs/production/$name.ini" --output "runs/$name" "${small[@]}" "${extra[@]}"
}
extra=("$@")
ask network_late_start sampling.walkers=32 sampling.blocks=4 sampling.replicas=1 experiment.sampler=ddim
ask network_u_turn sampling.walkers=32 sampling.blocks=4 sampling.replicas=1 experiment.sampler=bridge
ask network_softening sampling.replicas=2 experiment.records=9 experiment.images=100
ask network_schedules sampling.walkers=64 sampling.blocks=4 sampling.replicas=1 \
  experiment.schedule=edm,log,entropic experiment.steps=4,8
ask network_pulses sampling.walkers=64 sampling.blocks=4 sampling.replicas=1 experiment.sampler=bridge \
  experiment.steps=15 experiment.t=1,4,16,64
ask network_minorities sampling.walkers=128 sampling.blocks=4 sampling.replicas=1
python3 "$(dirname "$0")/claims.py" "$symbreak" runs runs/network_claims/index.html
