// The highest of many independent levels, one by one, without the others. Plain data in and out.
// May depend on: the standard library.
//
// With U = P(level above e), uniform for each level, the order statistics U_(1) < U_(2) < ... of N
// levels obey -log(1 - U_(k)) = T_k = sum_{i<=k} epsilon_i/(N - i + 1) with epsilon_i independent
// exponentials (Renyi 1953), exact at every N; as N grows N T_k becomes a Poisson process. All
// levels with U < u_0 are drawn, a binomial number of mean N u_0, so that the rest are independent
// levels of the law cut at u_0: nothing about them depends on those drawn.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace symbreak::kernel {

/// Uniform numbers in (0, 1] -> exponential ones of unit mean.
void exponentials(std::span<double> uniforms);
/// N T -> -log U = -log(1 - e^{-T}), T <= log 2: where order statistics lie, but for T^8/9676800.
void places_of_sums(double log_count, double inverse_count, std::span<double> sums);

/// Draws -log U_(k) for all U_(k) < u_0. `count` is N (infinity: the Poisson process, whose origin
/// is log_count); exponents past 2^53 need no more than log_count.
class OrderStatistics {
 public:
  /// `expected` = N u_0, at most N/2.
  OrderStatistics(double log_count, double expected);
  /// Uniform numbers that suffice but for one draw in 1e9.
  std::size_t uniforms_needed() const { return spacing_weight_.size(); }
  /// Appends to `s` and returns true when the threshold was passed; false: continue with more
  /// uniforms (`sum` carries on, start at 0). s is decreasing: the highest level comes first.
  bool draw(std::span<const double> uniforms, double& sum, std::vector<double>& s) const;
  double threshold() const { return threshold_; }  ///< s_0 = -log u_0

 private:
  double weight(std::size_t index) const;
  double log_count_, count_, inverse_count_, limit_, threshold_;
  std::vector<double> spacing_weight_;  // N/(N - i + 1)
};

}  // namespace symbreak::kernel
