#include "analysis/theory/channels/chain_classes.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

namespace symbreak::theory {

namespace {

using Complex = std::complex<double>;

/// Of the log-likelihood ratio per gap n = 1, 2, ..: of equal spins and of opposite ones.
struct Gaps {
  std::vector<double> equal, opposite;
  Gaps(const ChainClasses& classes, std::size_t count) {
    const double first = std::tanh(classes.couplings[0]), second = std::tanh(classes.couplings[1]);
    double a = first, b = second;
    for (std::size_t n = 0; n < count; ++n, a *= first, b *= second) {
      equal.push_back(std::log1p(a) - std::log1p(b));
      opposite.push_back(std::log1p(-a) - std::log1p(-b));
    }
  }
};

/// E e^{i omega L} in a class of this rho.
Complex characteristic(const Gaps& gaps, double rho, int sites, double erasure, double omega) {
  const double q = 1 - erasure;
  const auto d = static_cast<std::size_t>(sites);
  std::vector<Complex> step;
  double weight = q, power = rho;
  for (std::size_t n = 0; n < gaps.equal.size(); ++n, weight *= erasure, power *= rho) {
    step.push_back(weight * ((1 + power) / 2 * std::polar(1.0, omega * gaps.equal[n]) +
                             (1 - power) / 2 * std::polar(1.0, omega * gaps.opposite[n])));
  }
  std::vector<Complex> last(d);  // F_m
  double masked = 1;             // e^m
  for (std::size_t m = 0; m < d; ++m, masked *= erasure) {
    Complex sum = q * masked;
    for (std::size_t n = 1; n <= std::min(m, step.size()); ++n) sum += last[m - n] * step[n - 1];
    last[m] = sum;
  }
  Complex all = masked;  // none is kept
  double behind = 1;
  for (std::size_t m = d; m-- > 0; behind *= erasure) all += last[m] * behind;
  return all;
}

}  // namespace

double erased_clones(const ChainClasses& classes, double erasure) {
  const double share = 1 / (1 + std::exp(-classes.log_odds));
  // Gaps that are longer do not occur, to rounding.
  constexpr double kNever = -38;
  const double longest = erasure > 0 && erasure < 1 ? kNever / std::log(erasure) : 1;
  const Gaps gaps(classes, std::min(static_cast<std::size_t>(std::max(1, classes.sites - 1)),
                                    static_cast<std::size_t>(longest) + 1));
  // L is at most that of every gap at its most telling: the step resolves it. Both ends are smooth,
  // so that the trapezoid rule is exact but for e^{-2 pi^2/step} and what lies beyond.
  double reach = std::abs(classes.log_odds);
  const double kept = 1 + (1 - erasure) * static_cast<double>(classes.sites);
  double steepest = 0;
  for (std::size_t n = 0; n < gaps.equal.size(); ++n) {
    steepest = std::max({steepest, std::abs(gaps.equal[n]), std::abs(gaps.opposite[n])});
  }
  reach += steepest * std::min(kept + 8 * std::sqrt(kept), static_cast<double>(classes.sites));
  const double step = std::min(0.1, 2 * M_PI / (2 * reach + 80));
  constexpr double kEnd = 11;  // omega/sinh(pi omega) < 3e-14
  double sum = 0;
  for (int i = 0; i * step < kEnd; ++i) {
    const double omega = i * step;
    Complex value = 0;
    for (const std::size_t c : {0, 1}) {
      const double rho = std::tanh(classes.couplings[c]);
      value +=
          (c == 0 ? share : 1 - share) * characteristic(gaps, rho, classes.sites, erasure, omega);
    }
    value *= std::polar(1.0, omega * classes.log_odds);
    const double kernel = i == 0 ? 0.5 / M_PI : omega / std::sinh(M_PI * omega);
    sum += 4 * step * kernel * value.real();
  }
  return 1 - sum / 2;
}

}  // namespace symbreak::theory
