// Smooth functions of one argument by tables of polynomials. Plain data in and out.
// May depend on: the standard library.
#pragma once
#include <cmath>
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
  friend class SmoothTables;
};

/// Several functions of the same argument, from tables of the same intervals: the numbers and bits
/// of these. Their coefficients lie beside each other, and the functions in the lanes of registers.
class SmoothTables {
 public:
  SmoothTables() = default;
  explicit SmoothTables(std::span<const SmoothTable> tables);
  std::size_t count() const { return count_; }
  /// y[k n + i] = f_k(x_i) for n arguments.
  void evaluate(std::span<const double> x, std::span<double> y) const;

 private:
  std::size_t count_ = 0, padded_ = 0;
  double first_ = 0, scale_ = 1;
  std::vector<double> coefficients_;  // interval, then power, then function
};

}  // namespace symbreak::kernel
