#include "analysis/theory/landau.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>

namespace symbreak::theory {

double LandauLaw::moment(double power, double z) const {
  double numerator = 0, denominator = 0;
  const double half = quadratic * z / 2;
  // Common factor: the largest exponent over all directions.
  double top = 0;
  if (half < 0) {
    for (double q : quartic) top = std::max(top, half * half / (4 * q));
  }
  for (double q : quartic) {
    // The integrand is exp(-q (r^2 - r0^2)^2) up to a constant; it is below e^-45 beyond `end`.
    const double r0_squared = -half / (2 * q);
    const double end = std::sqrt(std::max(0.0, r0_squared) + std::sqrt(45 / q));
    const auto integral = [&](double p) {
      const auto f = [&](double r) {
        return std::pow(r, p) * std::exp(-half * r * r - q * r * r * r * r - top);
      };
      double sum = 0;
      constexpr int kPanels = 24;
      for (int i = 0; i < kPanels; ++i) {
        sum += boost::math::quadrature::gauss<double, 20>::integrate(f, end * i / kPanels,
                                                                     end * (i + 1) / kPanels);
      }
      return sum;
    };
    const double measure = static_cast<double>(components - 1);
    numerator += integral(measure + power);
    denominator += integral(measure);
  }
  return numerator / denominator;
}

double LandauLaw::binder(double z) const {
  const double second = moment(2, z);
  return 1 - moment(4, z) / (3 * second * second);
}

bool LandauLaw::isotropic() const {
  const auto [least, most] = std::minmax_element(quartic.begin(), quartic.end());
  return *most - *least <= 1e-5 * *most;
}

}  // namespace symbreak::theory
