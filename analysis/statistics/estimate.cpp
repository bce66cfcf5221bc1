#include "analysis/statistics/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "analysis/statistics/autocorrelation.hpp"
#include "analysis/statistics/tail.hpp"

namespace symbreak::statistics {

namespace {

using Eigen::RowVectorXd;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double false_alarm = 0.0027;        // of a flag, all elements together: 3 sigma
constexpr double larger_significance = 0.05;  // from where the spread counts as the larger error
constexpr double least_ess = 50, largest_r_hat = 1.05;

/// Bins brought to a common size by pairwise merging: exact for constants.
MatrixXd coarsen(const Series& unit, std::uint64_t bin_size) {
  MatrixXd bins = unit.bins;
  std::uint64_t size = unit.bin_size;
  for (; size < bin_size; size *= 2) {
    MatrixXd merged(bins.rows(), bins.cols() / 2);
    for (Index i = 0; i < merged.cols(); ++i) {
      merged.col(i) = 0.5 * (bins.col(2 * i) + bins.col(2 * i + 1));
    }
    bins = std::move(merged);
  }
  if (size != bin_size) {
    throw std::invalid_argument(fmt::format(
        "combine: bins of {} and of {} samples cannot be merged", unit.bin_size, bin_size));
  }
  return bins;
}

/// Means of equally distributed chains or disorder samples, of one element.
struct Groups {
  std::vector<double> count, mean;
  double total = 0;
  std::size_t size() const { return count.size(); }
  /// sum_u w_u (m_u - mean)^2
  double scatter(double centre) const {
    double sum = 0;
    for (std::size_t u = 0; u < size(); ++u) {
      sum += count[u] / total * (mean[u] - centre) * (mean[u] - centre);
    }
    return sum;
  }
  double sum_of_squared_weights() const {
    double sum = 0;
    for (const double c : count) sum += (c / total) * (c / total);
    return sum;
  }
};

/// Mean relative to the first one, so that constants stay exact.
double weighted_mean(const std::vector<double>& count, const std::vector<double>& mean) {
  double sum = 0, total = 0;
  for (std::size_t u = 0; u < count.size(); ++u) {
    sum += count[u] * (mean[u] - mean[0]);
    total += count[u];
  }
  return mean[0] + sum / total;
}

struct RHat {
  double value = nan, p_value = nan;
};

/// Vehtari, Gelman, Simpson, Carpenter & Buerkner, Bayesian Anal. 16 (2021) 667, eqs. 1-4, with
/// bins for samples. `inflation` = 2 tau of the bins widens what chance explains.
RHat split_r_hat(const std::vector<RowVectorXd>& chains, double inflation) {
  Index half = std::numeric_limits<Index>::max();
  for (const RowVectorXd& chain : chains) half = std::min(half, chain.size() / 2);
  if (chains.empty() || half < 2) return {};
  std::vector<double> means;
  double within = 0;
  for (const RowVectorXd& chain : chains) {
    for (const auto& part : {chain.head(half), chain.tail(half)}) {
      means.push_back(part.mean());
      within += (part.array() - means.back()).square().sum() / static_cast<double>(half - 1);
    }
  }
  const double parts = static_cast<double>(means.size()), n = static_cast<double>(half);
  within /= parts;
  const double centre = weighted_mean(std::vector<double>(means.size(), 1.0), means);
  double between = 0;  // variance of the means of the parts
  for (const double m : means) between += (m - centre) * (m - centre) / (parts - 1);
  if (between == 0) return {std::sqrt(within == 0 ? 1.0 : (n - 1) / n), 1};
  return {std::sqrt((n - 1) / n + between / within),
          f_tail(n * between / (within * inflation), parts - 1, parts * (n - 1) / inflation)};
}

class Combination {
 public:
  Combination(std::span<const Series> units, Grouping grouping, Index units_per_group,
              Sequence samples)
      : units_(units),
        grouping_(grouping),
        independent_(samples == Sequence::independent),
        units_per_group_(units_per_group) {
    if (units.empty()) throw std::invalid_argument("combine: no units");
    elements_ = units[0].elements();
    if (units_per_group < 1 || static_cast<Index>(units.size()) % units_per_group != 0) {
      throw std::invalid_argument(
          fmt::format("combine: {} units in groups of {}", units.size(), units_per_group));
    }
    for (const Series& unit : units) {
      if (unit.elements() != elements_ || unit.count == 0) {
        throw std::invalid_argument(
            fmt::format("combine: a unit of {} elements and {} samples; expected {} elements",
                        unit.elements(), unit.count, elements_));
      }
      if (unit.bins.cols() > 0) bin_size_ = std::max(bin_size_, unit.bin_size);
      solved_ = solved_ && unit.bins.cols() == 0;
      samples_ += static_cast<double>(unit.count);
    }
    for (const Series& unit : units) {
      if (unit.bins.cols() > 0 && !independent_) bins_.push_back(coarsen(unit, bin_size_));
    }
  }

  Estimate run() {
    for (VectorXd* v : {&result_.mean, &result_.error, &result_.dof, &result_.error_binning,
                        &result_.error_spread, &result_.tau_int, &result_.tau_error, &result_.ess,
                        &result_.r_hat}) {
      *v = VectorXd::Constant(elements_, nan);
    }
    for (Index e = 0; e < elements_; ++e) element(e);
    return result_;
  }

 private:
  void element(Index e) {
    const double significance = false_alarm / static_cast<double>(elements_);
    double& mean = result_.mean[e];
    const Groups groups = group(e);
    mean = weighted_mean(groups.count, groups.mean);

    double within = 0, degrees = 0;  // variance of a sample within its unit
    for (const Series& unit : units_) {
      if (unit.count < 2) continue;
      const double d = static_cast<double>(unit.count - 1);
      within += d * unit.variance[e];
      degrees += d;
    }
    within = degrees > 0 ? within / degrees : nan;
    if (independent_ && !solved_) {
      independent(e, groups, within, degrees, significance);
      return;
    }

    std::vector<RowVectorXd> chains;
    bool seen_bins = false;
    for (const MatrixXd& bins : bins_) {
      // Relative to the first bin, so that constants stay exact.
      chains.emplace_back(bins.row(e).array() - bins_[0](e, 0));
      seen_bins = seen_bins || bins.cols() > 1;
    }
    double& binning = result_.error_binning[e];
    LongRunVariance c;
    if (seen_bins) {
      c = long_run_variance(chains);
      const double size = static_cast<double>(bin_size_);
      binning = std::sqrt(c.variance * size / samples_);
      within += c.variance * size * static_cast<double>(units_.size()) / samples_;  // low by C/N_u
      const double tau = within > 0 ? 0.5 * size * c.variance / within : 0.5 + 0 * within;
      const double terms = static_cast<double>(2 * c.window + 1);
      result_.tau_int[e] = tau;
      result_.tau_error[e] =
          within > 0 ? tau * std::sqrt(std::max(0.0, 2 * terms * size - 4 * tau) / samples_) : 0;
      const RHat r = split_r_hat(chains, std::max(1.0, 2 * bin_tau(chains, c)));
      result_.r_hat[e] = r.value;
      if (r.value > largest_r_hat && r.p_value < significance) result_.converged = false;
    } else {
      result_.tau_int[e] = 0.5;
    }
    spread(e, groups, c, within, significance);
  }

  /// Samples without memory: the variance of all of them, and whether the units agree.
  void independent(Index e, const Groups& groups, double within, double degrees,
                   double significance) {
    const double scatter = groups.scatter(result_.mean[e]);
    const double freedom = static_cast<double>(groups.size()) - 1;
    double &error = result_.error[e], &spread = result_.error_spread[e];
    const bool disorder = grouping_ == Grouping::disorder;
    result_.tau_int[e] = 0.5 + 0 * result_.mean[e];
    result_.tau_error[e] = 0 * result_.mean[e];
    result_.error_binning[e] = std::sqrt(within / samples_);
    if (freedom > 0) spread = error_of_spread(groups, scatter);
    if (disorder) {
      error = spread;
      result_.dof[e] = degrees_of_freedom(groups.mean, freedom);
    } else if (samples_ > 1) {
      // Sums of squares within and between units; a unit of one sample has none within.
      const double squares = (degrees > 0 ? within * degrees : 0) + scatter * samples_;
      error = std::sqrt(squares / (samples_ - 1) / samples_);
      result_.dof[e] = degrees_of_freedom(bins_of(e), samples_ - 1);
      const double ratio = spread / result_.error_binning[e];
      const double p = spread == 0 ? 1 : f_tail(ratio * ratio, freedom, degrees);
      if (p < significance) result_.errors_agree = false;
    }
    double variance = std::isnan(within) ? 0 : within;
    if (disorder && freedom > 0) variance += scatter / (1 - groups.sum_of_squared_weights());
    result_.ess[e] =
        disorder && error != 0 ? std::min(samples_, variance / (error * error)) : samples_;
    missing(e);
  }

  /// The bins of all units that are of one size.
  std::vector<double> bins_of(Index e) const {
    std::vector<double> all;
    for (const Series& unit : units_) {
      if (unit.bins.cols() == 0 || unit.bin_size != bin_size_) continue;
      const RowVectorXd bins = unit.bins.row(e);
      all.insert(all.end(), bins.begin(), bins.end());
    }
    return all;
  }

  /// Marks an element that says nothing; true if it is one.
  bool missing(Index e) {
    if (!std::isnan(result_.mean[e]) && !std::isnan(result_.error[e])) return false;
    result_.ess[e] = nan;
    result_.dof[e] = 0;
    result_.converged = false;
    return true;
  }

  double error_of_spread(const Groups& groups, double scatter) const {
    const double squares = groups.sum_of_squared_weights();
    return std::sqrt(grouping_ == Grouping::disorder
                         ? scatter * squares / (1 - squares)
                         : scatter / (static_cast<double>(groups.size()) - 1));
  }

  /// Error from the spread, what both errors make together, and what follows from it.
  void spread(Index e, const Groups& groups, const LongRunVariance& c, double within,
              double significance) {
    const double scatter = groups.scatter(result_.mean[e]);
    const double freedom = static_cast<double>(groups.size()) - 1;
    const bool disorder = grouping_ == Grouping::disorder;
    const double binning = result_.error_binning[e];
    double &error = result_.error[e], &spread = result_.error_spread[e], &dof = result_.dof[e];
    if (freedom > 0) spread = error_of_spread(groups, scatter);
    dof = freedom;
    if (solved_ && units_.size() == 1) {
      error = std::sqrt(units_[0].variance[e] / static_cast<double>(units_[0].count));
    } else if (disorder || std::isnan(binning)) {
      error = spread;
    } else if (std::isnan(spread)) {
      error = binning;
      dof = c.degrees;
    } else {
      const double ratio = spread == binning ? 1 : (spread / binning) * (spread / binning);
      const double p = f_tail(ratio, freedom, c.degrees);
      if (c.window == 0 || !c.window_found || p < larger_significance) {
        error = std::max(spread, binning);
      } else {
        dof = c.degrees + freedom;
        error = std::sqrt((c.degrees * binning * binning + freedom * spread * spread) / dof);
      }
      if (std::min(p, 1 - p) < significance / 2) result_.errors_agree = false;
    }
    if (solved_) dof = kKnown;
    double variance = std::isnan(within) ? 0 : within;
    if ((disorder || error == spread) && freedom > 0) {
      variance += scatter / (1 - groups.sum_of_squared_weights());
    }
    double& ess = result_.ess[e];
    ess = error == 0 || solved_ ? samples_ : std::min(samples_, variance / (error * error));
    if (missing(e)) return;
    // Of disorder samples, few are few: what must be long enough are the chains.
    const double sampled = disorder ? samples_ / (2 * result_.tau_int[e]) : ess;
    if (!std::isnan(binning) && !(sampled >= least_ess)) result_.converged = false;
  }

  Groups group(Index e) const {
    Groups groups;
    for (std::size_t first = 0; first < units_.size();
         first += static_cast<std::size_t>(units_per_group_)) {
      std::vector<double> count, mean;
      double total = 0;
      for (const Series& unit : units_.subspan(first, static_cast<std::size_t>(units_per_group_))) {
        count.push_back(static_cast<double>(unit.count));
        mean.push_back(unit.mean[e]);
        total += count.back();
      }
      groups.count.push_back(total);
      groups.mean.push_back(weighted_mean(count, mean));
    }
    groups.total = samples_;
    return groups;
  }

  /// Integrated autocorrelation time in bins.
  static double bin_tau(const std::vector<RowVectorXd>& chains, const LongRunVariance& c) {
    double sum = 0, bins = 0;
    for (const RowVectorXd& chain : chains) {
      sum += (chain.array() - chain.mean()).square().sum();
      bins += static_cast<double>(chain.size());
    }
    return sum > 0 ? 0.5 * c.variance / (sum / bins) : 0.5;
  }

  std::span<const Series> units_;
  Grouping grouping_;
  bool independent_, solved_ = true;
  Index units_per_group_, elements_ = 0;
  std::uint64_t bin_size_ = 1;
  double samples_ = 0;
  std::vector<MatrixXd> bins_;  // per unit that has any, elements x bins of bin_size_
  Estimate result_;
};

}  // namespace

std::vector<Value> Estimate::values() const {
  std::vector<Value> all;
  for (Index i = 0; i < mean.size(); ++i) all.push_back(value(i));
  return all;
}

Estimate combine(std::span<const Series> units, Grouping grouping, Index units_per_group,
                 Sequence samples) {
  return Combination(units, grouping, units_per_group, samples).run();
}

}  // namespace symbreak::statistics
