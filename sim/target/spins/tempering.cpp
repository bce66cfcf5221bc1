#include "sim/target/spins/tempering.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace symbreak::target {

namespace {

using kernel::LaneValues;
using kernel::spin_lanes;

constexpr std::size_t pilot_sweeps = 400;
constexpr double widest = 1.4;  ///< D of neighbours

}  // namespace

std::vector<double> tempering_ladder(kernel::SpinLanes& pilot, std::size_t levels) {
  if (levels == 1) return {1};
  std::vector<double> even(spin_lanes);
  for (std::size_t k = 0; k < spin_lanes; ++k) {
    even[k] = 1 - static_cast<double>(k) / static_cast<double>(spin_lanes - 1);
  }
  Tempering tempering(even);
  tempering.apply(pilot);
  std::vector<double> sum(spin_lanes, 0), squares(spin_lanes, 0);
  double count = 0;
  LaneValues origin{};
  for (std::size_t sweep = 0; sweep < pilot_sweeps; ++sweep) {
    pilot.sweep(1);
    tempering.exchange(pilot);
    if (sweep < pilot_sweeps / 4) continue;
    const LaneValues energy = pilot.bonds();
    const std::vector<std::uint64_t> lane = tempering.save();
    ++count;
    for (std::size_t k = 0; k < spin_lanes; ++k) {
      if (count == 1) origin[k] = energy[lane[k]];
      const double deviation = energy[lane[k]] - origin[k];
      sum[k] += deviation;
      squares[k] += deviation * deviation;
    }
  }
  // distance[k]: from level 0 to level k of the even ladder, trapezoid rule.
  std::vector<double> deviation(spin_lanes), distance(spin_lanes, 0);
  for (std::size_t k = 0; k < spin_lanes; ++k) {
    deviation[k] = std::sqrt(std::max(0.0, squares[k] / count - sum[k] * sum[k] / count / count));
  }
  for (std::size_t k = 1; k < spin_lanes; ++k) {
    distance[k] =
        distance[k - 1] + (even[k - 1] - even[k]) * (deviation[k - 1] + deviation[k]) / 2 + 1e-9;
  }
  const double reach = std::min(distance.back(), widest * static_cast<double>(levels - 1));
  std::vector<double> ladder{1};
  for (std::size_t level = 1; level < levels; ++level) {
    const double wanted = reach * static_cast<double>(level) / static_cast<double>(levels - 1);
    const auto above = std::clamp<std::ptrdiff_t>(
        std::lower_bound(distance.begin(), distance.end(), wanted) - distance.begin(), 1,
        static_cast<std::ptrdiff_t>(spin_lanes) - 1);
    const auto k = static_cast<std::size_t>(above);
    const double part = (wanted - distance[k - 1]) / (distance[k] - distance[k - 1]);
    ladder.push_back(std::max(0.0, even[k - 1] + std::min(part, 1.0) * (even[k] - even[k - 1])));
  }
  return ladder;
}

Tempering::Tempering(std::vector<double> ladder)
    : ladder_(std::move(ladder)),
      lane_of_(spin_lanes),
      tried_(ladder_.size() - 1, 0),
      accepted_(tried_) {
  std::iota(lane_of_.begin(), lane_of_.end(), std::size_t{0});
}

void Tempering::apply(kernel::SpinLanes& chains) const {
  LaneValues scale;
  for (std::size_t place = 0; place < spin_lanes; ++place) {
    scale[lane_of_[place]] = ladder_[place % levels()];
  }
  chains.set_scale(scale);
}

void Tempering::exchange(kernel::SpinLanes& chains) {
  if (levels() == 1) return;
  const LaneValues energy = chains.bonds(), u = chains.uniforms();
  for (std::size_t first = 0; first < spin_lanes; first += levels()) {
    for (std::size_t k = parity_; k + 1 < levels(); k += 2) {
      std::size_t& cold = lane_of_[first + k];
      std::size_t& hot = lane_of_[first + k + 1];
      const double gain = (ladder_[k] - ladder_[k + 1]) * (energy[hot] - energy[cold]);
      ++tried_[k];
      if (std::log(u[first + k]) < gain) {
        std::swap(cold, hot);
        ++accepted_[k];
      }
    }
  }
  parity_ = 1 - parity_;
  apply(chains);
}

std::vector<double> Tempering::acceptance() const {
  std::vector<double> rate;
  for (std::size_t k = 0; k < tried_.size(); ++k) {
    rate.push_back(tried_[k] > 0 ? accepted_[k] / tried_[k] : NAN);
  }
  return rate;
}

std::vector<std::uint64_t> Tempering::save() const {
  std::vector<std::uint64_t> state(lane_of_.begin(), lane_of_.end());
  state.push_back(parity_);
  for (const double scale : ladder_) state.push_back(std::bit_cast<std::uint64_t>(scale));
  return state;
}

void Tempering::load(std::span<const std::uint64_t> state) {
  std::copy_n(state.begin(), spin_lanes, lane_of_.begin());
  parity_ = state[spin_lanes];
  for (std::size_t k = 0; k < levels(); ++k) {
    ladder_[k] = std::bit_cast<double>(state[spin_lanes + 1 + k]);
  }
}

}  // namespace symbreak::target
