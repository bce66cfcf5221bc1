#include "sim/target/spins/spin_averages.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::target {

namespace {

using kernel::LaneValues;
using kernel::spin_lanes;

constexpr Index enough_chains = 8;
/// Measurements summed in float before they go to double: errors below 1e-5 of their spread.
constexpr Index flush = 1024;

using Lanes = Eigen::Array<double, lanes, 1>;

}  // namespace

void SpinAverages::Moments::add(const LaneValues& value) {
  ++count;
  const Lanes x = Eigen::Map<const Lanes>(value.data());
  Eigen::Map<Lanes> m(mean.data()), q(squares.data());
  const Lanes step = x - m;
  m += step * (1 / count);
  q += step * (x - m);
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
      within_(VectorXd::Zero(shape.walkers)),
      sums_(Eigen::ArrayXXf::Zero(lanes, shape.sites)) {}

void SpinAverages::measure(Index block, const Measurement& measurement) {
  std::array<std::array<Moments, 3>, 2> halves;
  Measured measured;
  for (Index batch = 0; batch < batches_; ++batch) {
    const Index begin = batch * shape_.measurements / batches_;
    const Index end = (batch + 1) * shape_.measurements / batches_;
    // Short batches stay in float.
    const bool is_short = end - begin <= flush;
    if (!is_short) totals_ = Eigen::ArrayXXd::Zero(lanes, shape_.sites);
    LaneValues weight_squares{};
    for (Index n = begin; n < end; ++n) {
      measurement(measured, {sums_.data(), static_cast<std::size_t>(sums_.size())});
      auto& half = halves[2 * n < shape_.measurements ? 0 : 1];
      for (std::size_t q = 0; q < half.size(); ++q) half[q].add(measured.watched[q]);
      for (std::size_t l = 0; l < spin_lanes; ++l) {
        weight_squares[l] += measured.weight[l] * measured.weight[l];
      }
      if (!is_short && ((n - begin) % flush == flush - 1 || n == end - 1)) {
        totals_ += sums_.cast<double>();
        sums_.setZero();
      }
    }
    const auto count = static_cast<double>(end - begin);
    if (is_short) {
      add(block, batch == 0, sums_, weight_squares, count);
      sums_.setZero();
    } else {
      add(block, batch == 0, totals_, weight_squares, count);
    }
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

template <class Sums>
void SpinAverages::add(Index block, bool first_batch, const Sums& sums,
                       const LaneValues& weight_squares, double count) {
  const Index here = lanes / shape_.levels, begin = block * here;
  const Index end = std::min(begin + here, shape_.walkers * shape_.chains);
  // Walker by walker: its chains are chains[first - begin, stop - begin) of the block.
  for (Index first = begin; first < end;) {
    const Index w = first / shape_.chains, stop = std::min(end, (w + 1) * shape_.chains);
    const bool starts = first_batch && first % shape_.chains == 0;
    Eigen::ArrayXd mean(stop - first);
    for (Index i = 0; i < shape_.sites; ++i) {
      const auto row = sums.col(i)
                           .segment((first - begin) * shape_.levels, mean.size() * shape_.levels)
                           .template cast<double>();
      if (shape_.levels == 1) {
        mean = row * (1 / count);
      } else {
        mean = row.reshaped(shape_.levels, mean.size()).colwise().sum().transpose() * (1 / count);
      }
      if (starts) shift_(i, w) = mean[0];
      within_[w] -= mean.square().sum();
      mean -= shift_(i, w);
      sum_(i, w) += mean.sum();
      squares_(i, w) += mean.square().sum();
    }
    double weights = 0;
    for (Index l = (first - begin) * shape_.levels; l < (stop - begin) * shape_.levels; ++l) {
      weights += weight_squares[static_cast<std::size_t>(l)];
    }
    within_[w] += static_cast<double>(shape_.sites) * weights / count;
    first = stop;
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
