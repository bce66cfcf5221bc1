#include "analysis/statistics/accumulator.hpp"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

namespace symbreak::statistics {

namespace {

constexpr std::size_t header_size = 6;  // elements, max_bins, count, bin_size, filled, bins_used

}  // namespace

Accumulator::Accumulator(Index elements, Index max_bins)
    : elements_(elements), max_bins_(max_bins) {
  if (elements < 1) {
    throw std::invalid_argument(fmt::format("accumulator: {} elements; at least 1", elements));
  }
  if (max_bins < 2 || max_bins % 2 != 0) {
    throw std::invalid_argument(
        fmt::format("accumulator: {} bins; an even number, at least 2", max_bins));
  }
  shift_ = sum_ = sum_squares_ = open_bin_ = VectorXd::Zero(elements);
  bins_ = MatrixXd::Zero(elements, max_bins);
}

void Accumulator::add(double sample) { add(std::span<const double>(&sample, 1)); }

void Accumulator::add(std::span<const double> sample) {
  if (static_cast<Index>(sample.size()) != elements_) {
    throw std::invalid_argument(
        fmt::format("accumulator: a sample of {} elements, expected {}", sample.size(), elements_));
  }
  const Eigen::Map<const VectorXd> a(sample.data(), elements_);
  if (count_ == 0) shift_ = a;
  if (bins_used_ == max_bins_) {
    for (Index i = 0; i < max_bins_ / 2; ++i) {
      bins_.col(i) = (0.5 * (bins_.col(2 * i) + bins_.col(2 * i + 1))).eval();
    }
    bins_used_ /= 2;
    bin_size_ *= 2;
  }
  const auto centred = a - shift_;
  sum_ += centred;
  sum_squares_ += centred.cwiseAbs2();
  open_bin_ += centred;
  ++count_;
  if (++filled_ == bin_size_) {
    bins_.col(bins_used_++) = open_bin_ / static_cast<double>(bin_size_);
    open_bin_.setZero();
    filled_ = 0;
  }
}

Series Accumulator::finish() const {
  const double count = static_cast<double>(count_);
  Series series;
  series.count = count_;
  series.bin_size = bin_size_;
  series.mean = shift_ + sum_ / count;  // no sample: 0/0, NaN
  if (count_ > 1) {
    // The comparison keeps NaN, which std::max would turn into 0.
    series.variance =
        ((sum_squares_ - sum_.cwiseAbs2() / count) / (count - 1)).unaryExpr([](double v) {
          return v < 0 ? 0.0 : v;
        });
  } else {
    series.variance = VectorXd::Constant(elements_, std::numeric_limits<double>::quiet_NaN());
  }
  series.bins = bins_.leftCols(bins_used_).colwise() + shift_;
  return series;
}

std::vector<double> Accumulator::save() const {
  // Integers below 2^53 are exact as doubles.
  std::vector<double> state{static_cast<double>(elements_), static_cast<double>(max_bins_),
                            static_cast<double>(count_),    static_cast<double>(bin_size_),
                            static_cast<double>(filled_),   static_cast<double>(bins_used_)};
  for (const VectorXd* v : {&shift_, &sum_, &sum_squares_, &open_bin_}) {
    state.insert(state.end(), v->data(), v->data() + elements_);
  }
  state.insert(state.end(), bins_.data(), bins_.data() + elements_ * bins_used_);
  return state;
}

Accumulator Accumulator::load(std::span<const double> state, Index max_bins) {
  const auto fail = [&] {
    throw std::invalid_argument(
        fmt::format("accumulator: {} numbers are not a saved state", state.size()));
  };
  if (state.size() < header_size) fail();
  for (const double number : state.first(header_size)) {
    if (!(number >= 0 && number < 0x1p53)) fail();
  }
  const double expected = static_cast<double>(header_size) + state[0] * (4 + state[5]);
  if (static_cast<double>(state.size()) != expected || state[1] < state[5]) fail();
  const auto before = static_cast<Index>(state[1]);
  if (max_bins == 0) max_bins = before;
  if (max_bins < before || (max_bins > before && state[3] != 1)) {
    throw std::invalid_argument(
        fmt::format("accumulator: {} bins cannot become {}", before, max_bins));
  }
  Accumulator loaded(static_cast<Index>(state[0]), max_bins);
  loaded.count_ = static_cast<std::uint64_t>(state[2]);
  loaded.bin_size_ = static_cast<std::uint64_t>(state[3]);
  loaded.filled_ = static_cast<std::uint64_t>(state[4]);
  loaded.bins_used_ = static_cast<Index>(state[5]);
  const double* next = state.data() + header_size;
  for (VectorXd* v : {&loaded.shift_, &loaded.sum_, &loaded.sum_squares_, &loaded.open_bin_}) {
    *v = Eigen::Map<const VectorXd>(next, loaded.elements_);
    next += loaded.elements_;
  }
  loaded.bins_.leftCols(loaded.bins_used_) =
      Eigen::Map<const MatrixXd>(next, loaded.elements_, loaded.bins_used_);
  return loaded;
}

}  // namespace symbreak::statistics
