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

/// A smooth function on [first, last], piecewise polynomials of degree 5 through 6 Chebyshev points
/// of each of `intervals` equal parts.
class SmoothTable {
 public:
  SmoothTable() = default;
  template <class Function>
  SmoothTable(double first, double last, std::size_t intervals, const Function& f)
      : first_(first), scale_(static_cast<double>(intervals) / (last - first)) {
    for (std::size_t i = 0; i < intervals; ++i) {
      double values[terms];
      for (std::size_t k = 0; k < terms; ++k) {
        values[k] = f(first_ + (static_cast<double>(i) + node(k)) / scale_);
      }
      append(values);
    }
  }
  /// y_i = f(x_i); outside of the table the end polynomials continue.
  void evaluate(std::span<const double> x, std::span<double> y) const;

 private:
  static constexpr std::size_t terms = 6;
  static double node(std::size_t k);           // in (0, 1)
  void append(const double (&values)[terms]);  // values at the nodes -> coefficients
  double first_ = 0, scale_ = 1;
  std::vector<double> coefficients_;  // terms per interval, in (x - start)/width
};

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
