#include "sim/kernel/spins/spin_clusters.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace symbreak::kernel {

namespace {

/// 1 - exp(-2K) in units of 2^-32.
std::uint32_t probability(double K) {
  return static_cast<std::uint32_t>(std::min(-std::expm1(-2 * K) * 0x1p32, 0x1p32 - 1));
}

}  // namespace

SpinClusters::SpinClusters(const SpinGraph& graph)
    : root_(graph.sites()), size_(graph.sites()), pinned_(graph.sites()) {
  for (std::size_t i = 0; i < graph.sites(); ++i) {
    for (auto e = static_cast<std::size_t>(graph.first[i]);
         e < static_cast<std::size_t>(graph.first[i + 1]); ++e) {
      const auto j = graph.neighbour[e];
      const double K = graph.coupling[e];
      if (!(K >= 0)) throw std::invalid_argument("SpinClusters: a coupling is below 0");
      if (static_cast<std::size_t>(j) < i) continue;
      bonds_.push_back({static_cast<std::int32_t>(i), j, probability(K)});
      couplings_.push_back(K);
    }
    if (!graph.field.empty() && graph.field[i] != 0) {
      const double h = graph.field[i];
      pins_.push_back({static_cast<std::int32_t>(i), probability(std::abs(h)), h});
    }
  }
  joined_.resize(bonds_.size() + 1);
}

void SpinClusters::join(std::int32_t i, std::int32_t j) {
  std::int32_t* const root = root_.data();
  std::int32_t a = root[i], b = root[j];
  while (a != b) {
    if (a < b) {
      std::swap(i, j);
      std::swap(a, b);
    }
    root[i] = b;  // the larger of both parents moves below the smaller one
    if (a == i) return;
    i = a;
    a = root[i];
  }
}

double SpinClusters::sweep(std::span<std::int8_t> spins, std::span<const std::uint32_t> random) {
  std::iota(root_.begin(), root_.end(), 0);
  const std::uint32_t* r = random.data();
  const std::int8_t* const s = spins.data();
  // Listed first, joined then: whether a bond joins is a coin that no branch foresees.
  std::int32_t* last = joined_.data();
  const auto count = static_cast<std::int32_t>(bonds_.size());
  for (std::int32_t e = 0; e < count; ++e) {
    const Bond& bond = bonds_[static_cast<std::size_t>(e)];
    *last = e;
    last += static_cast<int>(s[bond.i] == s[bond.j]) & static_cast<int>(r[e] < bond.join);
  }
  r += count;
  for (const std::int32_t* e = joined_.data(); e != last; ++e) {
    const Bond& bond = bonds_[static_cast<std::size_t>(*e)];
    join(bond.i, bond.j);
  }
  std::fill(size_.begin(), size_.end(), 0);
  std::fill(pinned_.begin(), pinned_.end(), std::uint8_t{0});
  // A root is the smallest site of its cluster: one pass in order flattens the trees.
  for (std::size_t i = 0; i < root_.size(); ++i) {
    root_[i] = root_[static_cast<std::size_t>(root_[i])];
    ++size_[static_cast<std::size_t>(root_[i])];
  }
  for (const Pin& pin : pins_) {
    const auto i = static_cast<std::size_t>(pin.i);
    if ((spins[i] > 0) == (pin.h > 0) && *r < pin.pin) {
      pinned_[static_cast<std::size_t>(root_[i])] = 1;
    }
    ++r;
  }
  double squares = 0;
  for (const std::int32_t size : size_) {
    squares += static_cast<double>(size) * static_cast<double>(size);
  }
  for (std::size_t i = 0; i < root_.size(); ++i) {
    const auto root = static_cast<std::size_t>(root_[i]);
    const int turn = static_cast<int>(r[root] >> 31) & static_cast<int>(pinned_[root] == 0);
    spins[i] = static_cast<std::int8_t>(turn != 0 ? -spins[i] : spins[i]);
  }
  return squares;
}

double SpinClusters::log_weight(std::span<const std::int8_t> spins) const {
  double sum = 0;
  for (std::size_t e = 0; e < bonds_.size(); ++e) {
    sum += couplings_[e] * spins[static_cast<std::size_t>(bonds_[e].i)] *
           spins[static_cast<std::size_t>(bonds_[e].j)];
  }
  for (const Pin& pin : pins_) sum += pin.h * spins[static_cast<std::size_t>(pin.i)];
  return sum;
}

std::size_t SpinClusters::memory() const {
  return sizeof *this + bonds_.size() * (sizeof(Bond) + 12) + pins_.size() * sizeof(Pin) +
         root_.size() * 9 + words() * 4;
}

}  // namespace symbreak::kernel
