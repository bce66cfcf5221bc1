#include "analysis/theory/channels/curve.hpp"

#include <cmath>

namespace symbreak::theory {

double binary_entropy_of(double p) {
  const auto term = [](double q) { return q > 0 ? -q * std::log(q) : 0.0; };
  return term(p) + term(1 - p);
}

Eigen::VectorXd binomial_law(Eigen::Index n, double p) {
  Eigen::VectorXd law = Eigen::VectorXd::Zero(n + 1);
  if (!(p > 0)) {
    law[0] = 1;
  } else if (!(p < 1)) {
    law[n] = 1;
  } else {
    // From the mode outwards: no logarithm of a factorial, hence full precision.
    const double odds = p / (1 - p), size = static_cast<double>(n);
    const auto mode = static_cast<Eigen::Index>(std::floor((size + 1) * p));
    const Eigen::Index top = mode > n ? n : mode;
    law[top] = 1;
    for (Eigen::Index k = top; k < n; ++k) {
      law[k + 1] = law[k] * odds * static_cast<double>(n - k) / static_cast<double>(k + 1);
    }
    for (Eigen::Index k = top; k > 0; --k) {
      law[k - 1] = law[k] / odds * static_cast<double>(k) / static_cast<double>(n - k + 1);
    }
    law /= law.sum();
  }
  return law;
}

std::optional<double> signal_of_clones(const ChannelCurve& curve, double probability) {
  const auto above = [&](double u) { return *curve.clones(u, true) > probability; };
  if (!curve.clones(1, true) || above(0) || !above(1)) return std::nullopt;
  double low = 0, high = 1;
  while (high - low > 1e-13) {
    const double middle = (low + high) / 2;
    (above(middle) ? high : low) = middle;
  }
  return (low + high) / 2;
}

}  // namespace symbreak::theory
