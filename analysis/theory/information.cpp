#include "analysis/theory/information.hpp"

#include <algorithm>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <vector>

#include "analysis/theory/quadrature.hpp"
#include "analysis/theory/sphere.hpp"

namespace symbreak::theory {

double binary_overlap(double q) {
  return gaussian_average([q](double z) { return std::tanh(q + std::sqrt(q) * z); });
}

double binary_mmse(double q) {
  // 1 - tanh without cancellation: the average is exponentially small at large q.
  return gaussian_average([q](double z) {
    const double u = q + std::sqrt(q) * z;
    return 2 / (1 + std::exp(2 * u));
  });
}

double binary_information(double q) { return std::log(2.0) - binary_entropy(q); }

double binary_entropy(double q) {
  // log 2 - q + log cosh(u) averaged, with E u = q: the average of log(1 + exp(-2u)).
  return gaussian_average(
      [q](double z) { return log_2cosh(q + std::sqrt(q) * z) - (q + std::sqrt(q) * z); });
}

double binary_dispersion(double q) {
  const auto loss = [q](double z) {
    const double u = q + std::sqrt(q) * z;
    return log_2cosh(u) - u;
  };
  const double mean = gaussian_average(loss);
  return gaussian_average([&](double z) { return std::pow(loss(z) - mean, 2); });
}

double clone_probability(double G) { return (1 + binary_overlap(G)) / 2; }

double clone_probability(double G, double log_odds) {
  const double p = 1 / (1 + std::exp(-log_odds));
  const auto same = [&](double sign) {
    return gaussian_average([&](double z) {
      const double u = 1 / (1 + std::exp(-(log_odds + sign * 2 * G + 2 * std::sqrt(G) * z)));
      return u * u + (1 - u) * (1 - u);
    });
  };
  return p * same(1) + (1 - p) * same(-1);
}

double entropy_rate_peak(double power) {
  const auto rate = [power](double q) { return -std::pow(q, 1 + power) * binary_mmse(q); };
  return boost::math::tools::brent_find_minima(rate, 0.5, 10.0, 32).first;
}

double late_start_divergence(double q) {
  return std::log1p(q) / 2 - std::log(2.0) + binary_entropy(q);
}

namespace {

/// E f(r), r ~ chi with k degrees of freedom: midpoint rule around the peak.
template <class Function>
double chi_average(double k, const Function& f) {
  const double peak = std::sqrt(std::max(k - 1, 0.25)), low = std::max(0.0, peak - 7);
  constexpr int radial = 56;
  const double step = (peak + 7 - low) / radial;
  double sum = 0, norm = 0;
  for (int i = 0; i <= radial; ++i) {
    const double r = low + (i + 0.5) * step;
    const double log_density = (k - 1) * std::log(r / peak) - (r * r - peak * peak) / 2;
    const double weight = std::exp(log_density);
    if (weight < 1e-17) continue;
    norm += weight;
    sum += weight * f(r);
  }
  return sum / norm;
}

/// Moments of the information density, which `average(f)` averages over the noisy states:
/// f(density, its variance at fixed x).
template <class Average>
Information moments(const Average& average) {
  Information i;
  i.mean = average([](double density, double) { return density; });
  i.variance = average([&](double density, double) { return std::pow(density - i.mean, 2); });
  i.third = average([&](double density, double) { return std::pow(density - i.mean, 3); });
  i.posterior = average([](double, double variance) { return variance; });
  return i;
}

/// One +-1 coordinate: y = 1, h = g + sqrt(g) z, i = h - log cosh h; at fixed h the variance over
/// y = +-1 is h^2/cosh^2 h.
Information binary_moments(double g) {
  return moments([g](const auto& f) {
    return gaussian_average([&](double z) {
      const double h = g + std::sqrt(g) * z;
      return f(h - log_2cosh(h) + std::log(2.0), std::pow(2 * h * std::exp(-log_2cosh(h)), 2));
    });
  });
}

Information sphere_moments(double D, double g) {
  // x = y + noise with |y|^2 = D g in units of the noise: along y, R + z; across, chi of D - 1.
  const double R = std::sqrt(D * g);
  return moments([=](const auto& f) {
    const auto at = [&](double z, double r) {
      const double along = R + z, kappa = R * std::hypot(along, r);
      return f(R * along - log_sphere_average(D, kappa),
               kappa * kappa * bessel_ratio_slope(D, kappa));
    };
    if (D < 1.5) return gaussian_average([&](double z) { return at(z, 0.0); });
    return chi_average(D - 1, [&](double r) {
      return gaussian_average([&](double z) { return at(z, r); }, 8, 0.25);
    });
  });
}

}  // namespace

Information information(const DataModel& model, double noise) {
  const double g = model.variance / noise, D = model.dimension;
  Information total;
  const auto add = [&total](const Information& part, double times) {
    total.mean += times * part.mean;
    total.variance += times * part.variance;
    total.third += times * part.third;
    total.posterior += times * part.posterior;
  };
  switch (model.law) {
    case DataLaw::gaussian: {
      const double v = g / (1 + g);
      add({std::log1p(g) / 2, v, 0, v * (1 - v / 2)}, D);
      break;
    }
    case DataLaw::sphere:
      add(sphere_moments(D, g), 1);
      break;
    case DataLaw::binary:
      add(binary_moments(g), D);
      break;
  }
  if (model.class_signal > 0) add(binary_moments(model.class_signal / (model.variance + noise)), 1);
  return total;
}

double collapse_noise(const DataModel& model, double log_count) {
  if (model.class_signal > 0) {
    return two_class_collapse_noise(log_count, model.dimension, model.variance, model.class_signal);
  }
  return collapse_noise(model.law, log_count / model.dimension, model.variance);
}

double printed_condensation_noise(double alpha, double s, double rho) {
  return s * rho / std::sqrt(2 * alpha);
}

double sphere_participation(double kappa, double dimension, double log_count) {
  // Angles: u = cos(theta) with density sin^{d-2}(theta), smooth and periodic at both ends.
  constexpr int angles = 800;
  std::vector<double> level, weight;
  double norm = 0;
  for (int i = 1; i < angles; ++i) {
    const double theta = M_PI * i / angles;
    const double w = std::pow(std::sin(theta), dimension - 2);
    level.push_back(kappa * std::cos(theta));
    weight.push_back(w);
    norm += w;
  }
  const double others = std::expm1(log_count);
  constexpr double step = 0.1;
  double sum = 0;
  for (double s = -kappa - 40; s < kappa + 40; s += step) {
    double moment = 0, tail = 0;
    for (std::size_t i = 0; i < level.size(); ++i) {
      const double e = std::exp(std::min(s + level[i], 300.0));
      moment += weight[i] * e * e * std::exp(-e);
      tail -= weight[i] * std::expm1(-e);
    }
    tail /= norm;
    if (tail < 1) sum += moment / norm * std::exp(log_count + others * std::log1p(-tail));
  }
  return sum * step;
}

double retrieval_capacity(DataLaw law, Energy energy, double b) {
  switch (law) {
    case DataLaw::gaussian:
      if (energy == Energy::free_energy) return std::log1p(b) / 2 + b / (2 * (1 + b));
      return b - b * b / 2;
    case DataLaw::sphere: {
      const double u = 2 * b / (1 + std::sqrt(1 + 4 * b * b));
      return b - b * u - std::log1p(-u * u) / 2;
    }
    case DataLaw::binary:
      break;
  }
  return std::log(2.0) - std::log1p(std::exp(-2 * b));
}

namespace {

/// The law of X, the score of another point over that of the datum, on nodes.
struct Nodes {
  std::vector<double> level, probability;
  void add(double x, double p) {
    level.push_back(x);
    probability.push_back(p);
  }
};

/// E[w_1] among N - 1 = e^{log_others} independent levels X, exact at any N:
/// E[1/(1 + Q)] = int_0^inf du e^{-u} E[e^{-u Q}], Q = sum_j e^{X_j}.
double level_weight(const Nodes& law, double log_others) {
  constexpr double step = 0.2;
  double norm = 0, sum = 0;
  for (const double p : law.probability) norm += p;
  for (double log_u = -36; log_u < 4; log_u += step) {
    double tail = 0;
    for (std::size_t i = 0; i < law.level.size(); ++i) {
      tail -= law.probability[i] * std::expm1(-std::exp(std::min(log_u + law.level[i], 700.0)));
    }
    if (!((tail /= norm) < 1)) continue;
    sum += std::exp(log_u - std::exp(log_u) + std::exp(log_others) * std::log1p(-tail));
  }
  return sum * step;
}

/// Levels of another point seen from x = y_1, |y_1| = r, in units of the standard deviation of a
/// coordinate.
Nodes other_levels(DataLaw law, Energy energy, double b, double d, double r) {
  Nodes nodes;
  constexpr int count = 400;
  if (law == DataLaw::binary) {
    for (int k = 0; k <= static_cast<int>(d); ++k) {  // coordinates that agree
      nodes.add(2 * b * (k - d), std::exp(std::lgamma(d + 1) - std::lgamma(k + 1) -
                                          std::lgamma(d - k + 1) - d * std::log(2.0)));
    }
  } else if (law == DataLaw::sphere) {
    for (int i = 1; i < count; ++i) {
      const double theta = M_PI * i / count;
      nodes.add(b * d * (std::cos(theta) - 1), std::pow(std::sin(theta), d - 2));
    }
  } else if (energy == Energy::associative) {  // x.y - r^2 ~ N(-r^2, r^2)
    // The sum is made around z = b r.
    for (double z = -10; z <= std::min(38.0, 10 + b * r); z += 0.1) {
      nodes.add(b * r * (z - r), std::exp(-z * z / 2));
    }
  } else {  // -|y - x|^2/2, a noncentral chi^2
    const boost::math::non_central_chi_squared square(d, r * r);
    // The sum is made where e^{-b q/2} times the density is largest.
    const double c = 1 + b, heavy = d / c + r * r / (c * c),
                 heavy_width = std::sqrt(2 * d / (c * c) + 4 * r * r / (c * c * c));
    const double low = std::max(0.0, heavy - 8 * heavy_width),
                 high = d + r * r + 10 * std::sqrt(2 * d + 4 * r * r);
    for (int i = 0; i < count; ++i) {
      const double q = low + (high - low) * (i + 0.5) / count;
      nodes.add(-b * q / 2, boost::math::pdf(square, q));
    }
  }
  return nodes;
}

}  // namespace

double retrieval_weight(DataLaw law, Energy energy, double b, double dimension, double log_count) {
  const double log_others = log_count + std::log(-std::expm1(-log_count));
  if (law != DataLaw::gaussian) {
    return level_weight(other_levels(law, energy, b, dimension, std::sqrt(dimension)), log_others);
  }
  return chi_average(dimension, [&](double r) {
    return level_weight(other_levels(law, energy, b, dimension, r), log_others);
  });
}

double log_crosstalk(DataLaw law, double b, double dimension) {
  if (law == DataLaw::sphere) return log_sphere_average(dimension, b * dimension) - b * dimension;
  return dimension * (std::log1p(std::exp(-2 * b)) - std::log(2.0));
}

}  // namespace symbreak::theory
