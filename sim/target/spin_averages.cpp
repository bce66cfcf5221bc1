#include "sim/target/spin_averages.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::target {

namespace {

using kernel::LaneValues;
using kernel::spin_lanes;

constexpr auto lanes = static_cast<Index>(spin_lanes);
constexpr Index enough_chains = 8;
/// Measurements summed in float before they go to double: errors below 1e-5 of their spread.
constexpr Index flush = 1024;

}  // namespace

void SpinAverages::Moments::add(const LaneValues& value) {
  ++count;
  for (std::size_t l = 0; l < spin_lanes; ++l) {
    const double step = value[l] - mean[l];
    mean[l] += step / count;
    squares[l] += step * (value[l] - mean[l]);
  }
}

void SpinAverages::Halves::add(const Moments& moments, std::size_t lane) {
  if (count == 0) shift = moments.mean[lane];
  const double deviation = moments.mean[lane] - shift;
  ++count;
  length = moments.count;
  sum += deviation;
  squares += deviation * deviation;
  within += moments.squares[lane] / std::max(1.0, moments.count - 1);
}

double SpinAverages::Halves::r_hat() const {
  if (length < 2) return NAN;
  const double between = (squares - sum * sum / count) / (count - 1);
  if (between <= 1e-12 * shift * shift) return 1;  // a frozen quantity, up to rounding
  return std::sqrt((length - 1) / length + between / (within / count));
}

SpinAverages::SpinAverages(Index sites, Index walkers, Index chains, Index measurements)
    : sites_(sites),
      walkers_(walkers),
      chains_(chains),
      measurements_(measurements),
      batches_(chains >= enough_chains
                   ? 1
                   : std::min(measurements, (2 * enough_chains + chains - 1) / chains)),
      halves_(static_cast<std::size_t>(walkers)),
      shift_(MatrixXd::Zero(sites, walkers)),
      sum_(shift_),
      squares_(shift_) {}

void SpinAverages::measure(Index block, const Measurement& measurement) {
  std::array<std::array<Moments, 3>, 2> halves;
  const auto size = static_cast<std::size_t>(sites_ * lanes);
  std::vector<float> sums(size, 0);
  std::vector<double> totals(size);
  Watched watched;
  for (Index batch = 0; batch < batches_; ++batch) {
    const Index begin = batch * measurements_ / batches_;
    const Index end = (batch + 1) * measurements_ / batches_;
    std::fill(totals.begin(), totals.end(), 0.0);
    for (Index n = begin; n < end; ++n) {
      measurement(watched, sums);
      auto& half = halves[2 * n < measurements_ ? 0 : 1];
      for (std::size_t q = 0; q < watched.size(); ++q) half[q].add(watched[q]);
      if ((n - begin) % flush == flush - 1 || n == end - 1) {
        for (std::size_t k = 0; k < size; ++k) totals[k] += static_cast<double>(sums[k]);
        std::fill(sums.begin(), sums.end(), 0.0f);
      }
    }
    add(block, totals, static_cast<double>(end - begin));
  }
  for (Index l = 0; l < lanes; ++l) {
    const Index w = (block * lanes + l) / chains_;
    if (w >= walkers_) break;
    for (const auto& half : halves) {
      for (std::size_t q = 0; q < watched.size(); ++q) {
        halves_[static_cast<std::size_t>(w)][q].add(half[q], static_cast<std::size_t>(l));
      }
    }
  }
}

void SpinAverages::add(Index block, const std::vector<double>& sums, double count) {
  for (Index l = 0; l < lanes; ++l) {
    const Index chain = block * lanes + l, w = chain / chains_;
    if (w >= walkers_) break;
    for (Index i = 0; i < sites_; ++i) {
      const double mean = sums[static_cast<std::size_t>(i * lanes + l)] / count;
      if (chain % chains_ == 0 && sum_(i, w) == 0 && squares_(i, w) == 0) shift_(i, w) = mean;
      sum_(i, w) += mean - shift_(i, w);
      squares_(i, w) += (mean - shift_(i, w)) * (mean - shift_(i, w));
    }
  }
}

MonteCarloPosterior::Estimate SpinAverages::estimate() const {
  const auto samples = static_cast<double>(chains_ * batches_);
  MonteCarloPosterior::Estimate result{shift_ + sum_ / samples, MatrixXd(sites_, walkers_),
                                       VectorXd(walkers_)};
  result.variance = samples > 1 ? MatrixXd((squares_ - sum_.cwiseAbs2() / samples).cwiseMax(0) /
                                           (samples * (samples - 1)))
                                : MatrixXd::Constant(sites_, walkers_, NAN);
  for (Index w = 0; w < walkers_; ++w) {
    double worst = 0;
    for (const auto& quantity : halves_[static_cast<std::size_t>(w)]) {
      const double r_hat = quantity.r_hat();
      worst = std::isnan(r_hat) ? r_hat : std::max(worst, r_hat);
    }
    result.r_hat[w] = worst;
  }
  return result;
}

}  // namespace symbreak::target
