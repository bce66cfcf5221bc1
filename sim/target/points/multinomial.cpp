#include "sim/target/points/multinomial.hpp"

#include <boost/random/binomial_distribution.hpp>

namespace symbreak::target {

std::int64_t binomial(std::int64_t n, double p, random::Stream& stream) {
  if (n <= 0 || !(p > 0)) return 0;
  if (p >= 1) return n;
  return boost::random::binomial_distribution<std::int64_t>(n, p)(stream);
}

std::vector<std::int64_t> multinomial(std::int64_t n, std::span<const double> weights,
                                      random::Stream& stream) {
  // Tails are summed from the end, so that the last positive weight has conditional probability
  // exactly 1 and no draw is lost to rounding.
  std::vector<double> tail(weights.size());
  double sum = 0;
  for (std::size_t j = weights.size(); j-- > 0;) tail[j] = sum += weights[j];

  std::vector<std::int64_t> counts(weights.size(), 0);
  for (std::size_t j = 0; j < weights.size() && n > 0; ++j) {
    counts[j] = binomial(n, weights[j] / tail[j], stream);
    n -= counts[j];
  }
  return counts;
}

}  // namespace symbreak::target
