#include "sim/experiment/copies/law.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/copies/observables.hpp"

namespace symbreak::experiment::copies {

namespace observable = findings::copies::observable;

namespace {

using target::VectorXd;

constexpr std::size_t kCells = 4096;
constexpr double kDepth = 45;  // nats below the maximum that still count

/// log Z and cumulants of M/N of one copy in a uniform field.
struct Copy {
  double log_z = 0, mean = 0, second = 0, third = 0, fourth = 0;
};

class LawCopies final : public measure::Simulation {
 public:
  LawCopies(const Law& law, const Setting& setting, const measure::UnitAddress& address)
      : setting_(setting),
        sites_(static_cast<double>(law.spins)),
        even_(setting.field == 0),
        field_(address.stream(random::Purpose::field)) {
    for (Index up = 0; up < law.probability.size(); ++up) {
      if (!(law.probability[up] > 0)) continue;
      magnetization_.push_back(2 * static_cast<double>(up) / sites_ - 1);
      log_weight_.push_back(std::log(law.probability[up]));
    }
    tabulate();
  }

  std::int64_t blocks() const override { return setting_.blocks; }

  void advance(measure::Recorder& recorder) override {
    for (std::int64_t i = 0; i < setting_.sweeps_per_block; ++i) {
      // Cell by inversion, then a linear density in it.
      const double u = field_.uniform();
      const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, u);
      const auto cell = static_cast<std::size_t>(found - cumulative_.begin());
      const double a = density_[cell], b = density_[cell + 1];
      const double below = cell == 0 ? 0 : cumulative_[cell - 1];
      const double part = std::clamp((u - below) / (cumulative_[cell] - below), 0.0, 1.0);
      const double w =
          a + b > 0 ? part * (a + b) / (a + std::sqrt(a * a + part * (b * b - a * a))) : part;
      const auto at = [&](const std::vector<double>& table) {
        return table[cell] + w * (table[cell + 1] - table[cell]);
      };
      const double sign = even_ && field_.uniform() < 0.5 ? -1 : 1;
      recorder.measure(observable::order_parameter, sign * at(order_));
      recorder.measure(observable::m_abs, at(absolute_));
      recorder.measure(observable::m2, at(square_));
      recorder.measure(observable::m4, at(fourth_));
    }
  }

  void save(measure::State& state) const override {
    state.integers["stream"] = {field_.position()};
  }
  void load(const measure::State& state) override { field_.seek(state.integers.at("stream")[0]); }

 private:
  Copy copy(double H) const {
    Copy result;
    double top = -INFINITY;
    for (std::size_t j = 0; j < magnetization_.size(); ++j) {
      top = std::max(top, log_weight_[j] + H * sites_ * magnetization_[j]);
    }
    double sum = 0;
    double power[5] = {};
    for (std::size_t j = 0; j < magnetization_.size(); ++j) {
      const double m = magnetization_[j];
      const double w = std::exp(log_weight_[j] + H * sites_ * m - top);
      sum += w;
      power[1] += w * m;
    }
    result.mean = power[1] / sum;
    for (std::size_t j = 0; j < magnetization_.size(); ++j) {
      const double m = magnetization_[j] - result.mean;
      const double w = std::exp(log_weight_[j] + H * sites_ * magnetization_[j] - top) / sum;
      power[2] += w * m * m;
      power[3] += w * m * m * m;
      power[4] += w * m * m * m * m;
    }
    result.log_z = top + std::log(sum);
    result.second = power[2];
    result.third = power[3];
    result.fourth = power[4] - 3 * power[2] * power[2];
    return result;
  }
  double log_density(double x) const {
    const double away = x - setting_.field;
    return static_cast<double>(setting_.copies) *
           (-setting_.beta * sites_ * away * away / 2 + copy(setting_.beta * x).log_z);
  }

  void tabulate() {
    // The support: |m| <= 1 plus the width of x, cut down in steps to where the density counts.
    // Near its maximum the density is log-concave, so neighbours of the best point bracket it.
    const double n = static_cast<double>(setting_.copies);
    const double reach = 1 + 10 / std::sqrt(n * setting_.beta * sites_);
    double low = even_ ? 0 : std::min(0.0, setting_.field) - reach;
    double high = std::max(0.0, setting_.field) + reach;
    for (int step = 0; step < 4; ++step) {
      constexpr int kScan = 512;
      std::vector<double> values;
      for (int i = 0; i <= kScan; ++i)
        values.push_back(log_density(low + (high - low) * i / kScan));
      const double threshold = *std::max_element(values.begin(), values.end()) - kDepth;
      int first = 0, last = kScan;
      while (first < kScan && values[static_cast<std::size_t>(first)] < threshold) ++first;
      while (last > 0 && values[static_cast<std::size_t>(last)] < threshold) --last;
      const double width = (high - low) / kScan, from = low;
      low = from + width * std::max(0, first - 1);
      high = from + width * std::min(kScan, last + 1);
    }
    std::vector<double> logs;
    for (std::size_t i = 0; i <= kCells; ++i) {
      const double x = low + (high - low) * static_cast<double>(i) / kCells;
      const Copy one = copy(setting_.beta * x);
      const double away = x - setting_.field;
      logs.push_back(n * (-setting_.beta * sites_ * away * away / 2 + one.log_z));
      // Moments of the mean of n independent copies.
      const double m = one.mean, v = one.second / n;
      order_.push_back(m);
      square_.push_back(m * m + v);
      fourth_.push_back(m * m * m * m + 6 * m * m * v + 3 * v * v + 4 * m * one.third / (n * n) +
                        one.fourth / (n * n * n));
      absolute_.push_back(std::sqrt(2 * v / M_PI) * std::exp(-m * m / (2 * v)) +
                          m * std::erf(m / std::sqrt(2 * v)));
    }
    const double top = *std::max_element(logs.begin(), logs.end());
    for (double log : logs) density_.push_back(std::exp(log - top));
    double sum = 0;
    for (std::size_t i = 0; i < kCells; ++i) {
      sum += (density_[i] + density_[i + 1]) / 2;
      cumulative_.push_back(sum);
    }
    for (double& value : cumulative_) value /= sum;
  }

  Setting setting_;
  double sites_;
  bool even_;  // without field |x| is tabulated: one maximum, whose width sets the cells
  std::vector<double> magnetization_, log_weight_;
  // On the grid of x; the cumulative distribution at the upper end of each cell.
  std::vector<double> density_, order_, square_, fourth_, absolute_, cumulative_;
  random::Stream field_;
};

}  // namespace

std::unique_ptr<measure::Simulation> law_simulation(std::shared_ptr<const Law> law,
                                                    const Setting& setting,
                                                    const measure::UnitAddress& address) {
  return std::make_unique<LawCopies>(*law, setting, address);
}

}  // namespace symbreak::experiment::copies
