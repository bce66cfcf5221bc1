#include "sim/experiment/equation_of_state/theory.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "analysis/statistics/matrix.hpp"
#include "analysis/theory/mean_field.hpp"
#include "sim/diffusion/state_average.hpp"

namespace symbreak::experiment::equation_of_state {

namespace {

const char* name(Criterion criterion) {
  return criterion == Criterion::score ? "score criterion" : "reverse-drift criterion";
}

template <class Function>
double zero(Function f, double low, double high) {
  std::uintmax_t steps = 200;
  const auto [a, b] = boost::math::tools::toms748_solve(
      f, low, high, boost::math::tools::eps_tolerance<double>(50), steps);
  return (a + b) / 2;
}

/// kappa beta lambda_max - 1 at x = 0.
double instability(const SharedTarget& target, Criterion criterion, double noise) {
  const VectorXd origin = VectorXd::Zero(target->dimension());
  return top_eigenvalue(SelfConsistency(target, criterion, noise, origin), origin).value - 1;
}

/// First sign change of the instability below `high`, down to a thousandth of the squared extent.
std::optional<double> crossing(const SharedTarget& target, Criterion criterion, double high,
                               double low) {
  constexpr double kStep = 0.95;
  double before = instability(target, criterion, high);
  for (double noise = high * kStep; noise > low; noise *= kStep) {
    const double now = instability(target, criterion, noise);
    if (before * now < 0) {
      return zero([&](double s) { return instability(target, criterion, s); }, noise,
                  noise / kStep);
    }
    before = now;
  }
  return std::nullopt;
}

double square_extent(const Line& line) {
  return line.extent() * line.extent() * line.axis.squaredNorm();
}

bool continuous(const SharedTarget& target, Criterion criterion, double noise) {
  const VectorXd field = VectorXd::Zero(target->dimension());
  const Landau expansion =
      landau(SelfConsistency(target, criterion, noise, field), first_axis(*target));
  return expansion.cubic * expansion.radius * expansion.radius > 1e-6;
}

}  // namespace

std::optional<Transition> critical(const SharedTarget& target, Criterion criterion) {
  const std::optional<double> known = target->critical_noise();
  if (known && criterion == Criterion::score) {
    return Transition{*known, "beta lambda_max(C_beta) = 1, score criterion"};
  }
  if (known && target->even() && target->fixed_norm()) {
    return Transition{1 / theory::drift_signal(*known) - 1,
                      "theta^2 = sqrt(1 + lambda^2) - lambda, reverse-drift criterion"};
  }
  if (!target->even()) return std::nullopt;
  const double scale = square_extent(first_axis(*target));
  const auto solved = crossing(target, criterion, 8 * scale + 4, 1e-3 * scale);
  if (!solved) return std::nullopt;
  return Transition{*solved, std::string("kappa beta lambda_max(C_beta) = 1 solved at x = 0, ") +
                                 name(criterion)};
}

std::optional<Transition> restabilised(const SharedTarget& target, Criterion criterion) {
  if (!target->even() || target->fixed_norm()) return std::nullopt;
  const auto upper = critical(target, criterion);
  if (!upper) return std::nullopt;
  const double scale = square_extent(first_axis(*target));
  const auto lower = crossing(target, criterion, upper->noise * (1 - 1e-6), 1e-2 * scale);
  if (!lower) return std::nullopt;
  return Transition{
      *lower, std::string("lower root of kappa beta lambda_max(C_beta) = 1 solved at x = 0, ") +
                  name(criterion)};
}

std::optional<Transition> spinodal(const SharedTarget& target, Criterion criterion, double field) {
  const bool symmetric = target->even() && field == 0;
  if (symmetric) {
    const auto transition = critical(target, criterion);
    if (transition && continuous(target, criterion, transition->noise)) return std::nullopt;
  }
  const Line line = first_axis(*target);
  const double scale = square_extent(line);
  const auto at = [&](double noise) {
    return SelfConsistency(target, criterion, noise, field * line.axis);
  };
  if (!invariant(at(scale), line)) return std::nullopt;

  constexpr double kStep = 0.93;
  double followed = line.coordinate(target->mean_of_target());
  for (double noise = 4 * scale; noise > 4e-3 * scale; noise *= kStep) {
    std::vector<double> c = roots(at(noise), line, followed);
    const auto nearest = std::min_element(c.begin(), c.end(), [&](double a, double b) {
      return std::abs(a - followed) < std::abs(b - followed);
    });
    if (nearest == c.end()) return std::nullopt;
    followed = *nearest;
    c.erase(nearest);
    if (symmetric) std::erase_if(c, [](double m) { return m <= 0; });
    if (c.size() < 2) continue;
    // The pair that was not there one step above: between its members the residual has the other
    // sign, and the fold is where its extremum there touches zero.
    const double gap = c[1] - c[0];
    double low = c[0] - gap, high = c[1] + gap;
    if (followed < c[0]) low = std::max(low, (followed + c[0]) / 2);
    if (followed > c[1]) high = std::min(high, (followed + c[1]) / 2);
    const auto value = [&](double s, double m) {
      return residual(at(s), line, VectorXd::Constant(1, m))[0];
    };
    const double sign = value(noise, (c[0] + c[1]) / 2) > 0 ? -1 : 1;
    const auto extremum = [&](double s) {
      return boost::math::tools::brent_find_minima([&](double m) { return sign * value(s, m); },
                                                   low, high, 30)
          .second;
    };
    if (extremum(noise) * extremum(noise / kStep) > 0) return std::nullopt;
    return Transition{
        zero(extremum, noise, noise / kStep),
        std::string("fold of the self-consistency, solved on the order axis, ") + name(criterion)};
  }
  return std::nullopt;
}

std::optional<Transition> coexistence(const SharedTarget& target, Criterion criterion) {
  if (!target->even()) return std::nullopt;
  const auto fold = spinodal(target, criterion, 0);
  if (!fold) return std::nullopt;
  const Line line = first_axis(*target);
  const VectorXd origin = VectorXd::Zero(target->dimension());
  const auto difference = [&](double noise) {
    const SelfConsistency equation(target, criterion, noise, origin);
    const VectorXd outer = line.at(roots(equation, line, 0).back());
    return equation.potential(outer)[0] - equation.potential(origin)[0];
  };
  double high = fold->noise * 0.999;
  while (high > 1e-3 * fold->noise && difference(high * 0.95) > 0) high *= 0.95;
  if (difference(high) * difference(high * 0.95) > 0) return std::nullopt;
  return Transition{
      zero(difference, high * 0.95, high),
      std::string("equal potential of outer and central branch, solved, ") + name(criterion)};
}

Landau landau(const SelfConsistency& equation, const Line& line) {
  // kappa beta lambda along the axis; at very high noise lost in rounding, and any small c will do.
  const double gain = std::max(1 - slope(equation, line, 0), 1e-12);
  const double saturation =
      equation.noise / (line.axis.norm() * std::sqrt(gain * equation.noise / equation.kappa));
  Landau expansion;
  expansion.radius = 0.5 * saturation / equation.kappa;
  constexpr Index kNodes = 8;
  VectorXd c(kNodes);
  for (Index k = 0; k < kNodes; ++k) {
    c[k] = expansion.radius * std::sin(1.5707963267948966 * (k + 1.0) / kNodes);
  }
  const VectorXd ratio = residual(equation, line, c).array() / c.array();
  const auto fit = [&](Index terms) {
    MatrixXd powers(kNodes, terms);
    for (Index k = 0; k < kNodes; ++k) {
      for (Index p = 0; p < terms; ++p) {
        powers(k, p) = std::pow(c[k] / expansion.radius, 2.0 * static_cast<double>(p));
      }
    }
    return VectorXd(statistics::LeastSquares(powers, ratio).solution.head(3));
  };
  const VectorXd value = fit(kNodes), rougher = fit(kNodes - 2);
  const double square = expansion.radius * expansion.radius;
  expansion.linear = value[0];
  expansion.cubic = value[1] / square;
  expansion.quintic = value[2] / (square * square);
  const VectorXd error = (value - rougher).cwiseAbs();
  expansion.linear_error = error[0];
  expansion.cubic_error = error[1] / square;
  expansion.quintic_error = error[2] / (square * square);
  return expansion;
}

std::optional<double> amplitude(const SharedTarget& target, Criterion criterion, double noise,
                                double stretch) {
  if (!continuous(target, criterion, noise)) return std::nullopt;
  const Line line = first_axis(*target);
  const VectorXd origin = VectorXd::Zero(target->dimension());
  const auto at = [&](double s) { return SelfConsistency(target, criterion, s, origin); };
  // d linear/d log s by a sixth-order central difference.
  const double e = 1e-2;
  const auto odd = [&](double k) {
    return slope(at(noise * std::exp(k * e)), line, 0) -
           slope(at(noise * std::exp(-k * e)), line, 0);
  };
  const double derivative = (45 * odd(1) - 9 * odd(2) + odd(3)) / (60 * e);
  return std::sqrt(derivative * stretch / landau(at(noise), line).cubic);
}

double clone_probability(const target::Target& target, double noise) {
  return diffusion::state_average(
      target, target, noise, [&](const auto& x, const auto& beta, const auto&) {
        return VectorXd(target.class_probabilities(x, beta).colwise().squaredNorm().transpose());
      });
}

}  // namespace symbreak::experiment::equation_of_state
