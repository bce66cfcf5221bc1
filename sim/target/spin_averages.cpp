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

SpinAverages::SpinAverages(const SpinAveragesShape& shape)
    : shape_(shape),
      batches_(shape.chains >= enough_chains
                   ? 1
                   : std::min(shape.measurements,
                              (2 * enough_chains + shape.chains - 1) / shape.chains)),
      halves_(static_cast<std::size_t>(shape.walkers)),
      shift_(MatrixXd::Zero(shape.sites, shape.walkers)),
      sum_(shift_),
      squares_(shift_),
      within_(VectorXd::Zero(shape.walkers)) {}

void SpinAverages::measure(Index block, const Measurement& measurement) {
  std::array<std::array<Moments, 3>, 2> halves;
  const auto size = static_cast<std::size_t>(shape_.sites * lanes);
  std::vector<float> sums(size, 0);
  std::vector<double> totals(size);
  Measured measured;
  for (Index batch = 0; batch < batches_; ++batch) {
    const Index begin = batch * shape_.measurements / batches_;
    const Index end = (batch + 1) * shape_.measurements / batches_;
    std::fill(totals.begin(), totals.end(), 0.0);
    LaneValues weight_squares{};
    for (Index n = begin; n < end; ++n) {
      measurement(measured, sums);
      auto& half = halves[2 * n < shape_.measurements ? 0 : 1];
      for (std::size_t q = 0; q < half.size(); ++q) half[q].add(measured.watched[q]);
      for (std::size_t l = 0; l < spin_lanes; ++l) {
        weight_squares[l] += measured.weight[l] * measured.weight[l];
      }
      if ((n - begin) % flush == flush - 1 || n == end - 1) {
        for (std::size_t k = 0; k < size; ++k) totals[k] += static_cast<double>(sums[k]);
        std::fill(sums.begin(), sums.end(), 0.0f);
      }
    }
    add(block, batch == 0, totals, weight_squares, static_cast<double>(end - begin));
  }
  for (Index l = 0; l < lanes; l += shape_.levels) {
    const Index w = (block * lanes + l) / shape_.levels / shape_.chains;
    if (w >= shape_.walkers) break;
    for (const auto& half : halves) {
      for (std::size_t q = 0; q < half.size(); ++q) {
        halves_[static_cast<std::size_t>(w)][q].add(half[q], static_cast<std::size_t>(l));
      }
    }
  }
}

void SpinAverages::add(Index block, bool first_batch, const std::vector<double>& sums,
                       const LaneValues& weight_squares, double count) {
  for (Index l = 0; l < lanes; l += shape_.levels) {
    const Index chain = (block * lanes + l) / shape_.levels, w = chain / shape_.chains;
    if (w >= shape_.walkers) break;
    double square = 0;
    for (Index k = l; k < l + shape_.levels; ++k)
      square += weight_squares[static_cast<std::size_t>(k)];
    for (Index i = 0; i < shape_.sites; ++i) {
      double mean = 0;
      for (Index k = l; k < l + shape_.levels; ++k) {
        mean += sums[static_cast<std::size_t>(i * lanes + k)] / count;
      }
      if (first_batch && chain % shape_.chains == 0) shift_(i, w) = mean;
      const double deviation = mean - shift_(i, w);
      sum_(i, w) += deviation;
      squares_(i, w) += deviation * deviation;
      within_[w] += square / count - mean * mean;
    }
  }
}

double SpinAverages::spins_r_hat(Index w) const {
  const auto samples = static_cast<double>(shape_.chains * batches_);
  const double length = static_cast<double>(shape_.measurements) / static_cast<double>(batches_);
  if (length < 2 || samples < 2) return NAN;
  const double within = within_[w] / samples * length / (length - 1);
  const double between =
      (squares_.col(w) - sum_.col(w).cwiseAbs2() / samples).sum() / (samples - 1);
  if (between <= 1e-9 * static_cast<double>(shape_.sites)) return 1;
  return std::sqrt((length - 1) / length + between / std::max(within, 1e-300));
}

MonteCarloPosterior::Estimate SpinAverages::estimate() const {
  const auto samples = static_cast<double>(shape_.chains * batches_);
  MonteCarloPosterior::Estimate result{shift_ + sum_ / samples, MatrixXd(sum_),
                                       VectorXd(shape_.walkers)};
  result.variance = samples > 1 ? MatrixXd((squares_ - sum_.cwiseAbs2() / samples).cwiseMax(0) /
                                           (samples * (samples - 1)))
                                : MatrixXd::Constant(sum_.rows(), sum_.cols(), NAN);
  for (Index w = 0; w < shape_.walkers; ++w) {
    double worst = spins_r_hat(w);
    for (const auto& quantity : halves_[static_cast<std::size_t>(w)]) {
      const double r_hat = quantity.r_hat();
      if (std::isnan(r_hat) || r_hat > worst) worst = r_hat;
    }
    result.r_hat[w] = worst;
  }
  return result;
}

}  // namespace symbreak::target
