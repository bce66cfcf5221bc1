// Disorder samples of a level ensemble: all thermodynamic averages of one sample at many inverse
// temperatures, by the highest levels and the truncated rest (any N) or by enumeration.
// May depend on: Eigen, sim/kernel, sim/random, analysis/theory.
//
// Unplanted: N independent levels. Planted: level 1 has the law P(e) exp(b e)/E exp(b e), which
// depends on b (its quantile is shared by all b), and N - 1 others are shared.
#pragma once
#include <Eigen/Core>
#include <memory>
#include <optional>
#include <vector>

#include "sim/kernel/levels/level_moments.hpp"
#include "sim/kernel/levels/level_sums.hpp"
#include "sim/kernel/levels/order_statistics.hpp"
#include "sim/kernel/levels/smooth_table.hpp"
#include "sim/target/levels/level_ensemble.hpp"
#include "sim/target/levels/truncated_bulk.hpp"

namespace symbreak::target {

using Eigen::VectorXd;

/// Averages over the Boltzmann weights w_j = exp(b e_j)/Z of one disorder sample, one entry per b.
struct LevelAverages {
  VectorXd log_partition;          ///< log Z = log sum_j exp(b e_j), nats
  VectorXd level;                  ///< <e>
  VectorXd entropy;                ///< -sum_j w_j log w_j, nats
  VectorXd second, third, fourth;  ///< Y_k = sum_j w_j^k
  VectorXd largest;                ///< max_j w_j
  VectorXd planted;                ///< w_1; empty when unplanted
  VectorXd success;  ///< 1 when level 1 is the highest, 1/n when it shares that with n - 1 others
};

/// The planted level at each b, from one standard normal.
class PlantedLevels {
 public:
  PlantedLevels(const LevelEnsemble& ensemble, const VectorXd& b);
  void draw(double normal, VectorXd& levels) const;

 private:
  bool gaussian_, atoms_;
  VectorXd b_;
  std::vector<theory::LevelLaw::Cumulative> laws_;
};

/// Averages from sums, with the planted levels (empty: none) joined in; `ties` is the number of
/// other levels equal to the reference of `sums`.
void averages(const VectorXd& b, const kernel::BoltzmannSums& sums, const VectorXd& planted,
              double ties, LevelAverages& result);

/// O(K) per sample whatever N is.
class TopLevels {
 public:
  /// `kept`: K, the mean number of levels drawn one by one, at most (N - planted)/4.
  TopLevels(const LevelEnsemble& ensemble, const VectorXd& b, bool planted, double kept);
  void draw(random::Stream& stream, LevelAverages& result);

 private:
  void find_levels(random::Stream& stream);
  std::shared_ptr<const theory::LevelLaw> law_;
  VectorXd b_;
  double kept_, count_, origin_;
  kernel::OrderStatistics order_;
  kernel::SmoothTable quantile_;  // e - origin as a function of s; unused for atoms
  std::optional<PlantedLevels> planted_;
  std::optional<TruncatedBulk> bulk_;
  kernel::LevelSums sums_;
  // Workspace of a draw.
  std::vector<double> uniforms_, s_, levels_;
  VectorXd normals_, planted_levels_;
};

/// All N levels of a sample, some at a time. Memory does not grow with N.
class LevelEnumeration {
 public:
  /// How many bins of levels (64 bytes each) stand for them; 0: they are few, and summed directly.
  static double bins(const LevelEnsemble& ensemble, const VectorXd& b);
  LevelEnumeration(const LevelEnsemble& ensemble, const VectorXd& b, bool planted);
  /// Levels to draw for a sample: N - planted.
  std::uint64_t count() const { return count_; }
  /// Draws up to `most` levels of the current sample; true when that completed it.
  bool advance(random::Stream& stream, std::uint64_t most, LevelAverages& result);
  std::vector<double> save() const;
  void load(std::span<const double> state);

 private:
  VectorXd b_;
  std::uint64_t count_, done_ = 0;
  LevelSource source_;
  std::optional<PlantedLevels> planted_;
  std::optional<kernel::LevelMoments> moments_;  ///< instead of `sums_`, when levels are many
  kernel::LevelSums sums_;
  double highest_, ties_ = 0;
};

}  // namespace symbreak::target
