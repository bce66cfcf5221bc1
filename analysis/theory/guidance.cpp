#include "analysis/theory/guidance.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "analysis/theory/normal.hpp"

namespace symbreak::theory {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Gauss-Hermite nodes u_q for N(0,1), and the orthonormal functions sqrt(weight_q) h_n(u_q),
/// functions x nodes.
struct Hermite {
  VectorXd nodes;
  MatrixXd functions;
  explicit Hermite(Index count) : nodes(count), functions(count, count) {
    // Zeros of h_count, which are symmetric and lie further apart than the step of the search.
    const double reach = 2 * std::sqrt(static_cast<double>(count)) + 1, step = 0.01;
    Index found = 0;
    for (double from = -reach; from < reach && found < count; from += step) {
      double low = from, high = from + step;
      if (top(count, low) * top(count, high) > 0) continue;
      const bool rising = top(count, low) < 0;
      for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        ((top(count, middle) < 0) == rising ? low : high) = middle;
      }
      nodes[found++] = (low + high) / 2;
    }
    // 1/weight_q = sum_n h_n(u_q)^2.
    for (Index q = 0; q < count; ++q) {
      functions.col(q) = values(count, nodes[q]).head(count);
      functions.col(q).normalize();
    }
  }

 private:
  /// h_n(u) e^{-u^2/4}, n = 0 .. count.
  static VectorXd values(Index count, double u) {
    VectorXd h(count + 1);
    h[0] = std::exp(-u * u / 4);
    h[1] = u * h[0];
    for (Index n = 1; n < count; ++n) {
      const auto order = static_cast<double>(n);
      h[n + 1] = (u * h[n] - std::sqrt(order) * h[n - 1]) / std::sqrt(order + 1);
    }
    return h;
  }
  static double top(Index count, double u) { return values(count, u)[count]; }
};

/// Pieces of ln G between which the weight is smooth.
std::vector<double> pieces(const GuidedClasses& classes, double to) {
  std::vector<double> ends{std::log(classes.from)};
  for (const double edge : {classes.weight.low, classes.weight.high,
                            std::pow(classes.weight.largest, 1 / classes.weight.power)}) {
    if (edge > classes.from && edge < to) ends.push_back(std::log(edge));
  }
  ends.push_back(std::log(to));
  std::ranges::sort(ends);
  return ends;
}

/// Runge and Kutta's fourth-order step of size h for dc/dt = rate(t, c).
template <class Rate>
void advance(const Rate& rate, double t, double h, VectorXd& c) {
  const VectorXd k1 = rate(t, c), k2 = rate(t + h / 2, c + h / 2 * k1),
                 k3 = rate(t + h / 2, c + h / 2 * k2), k4 = rate(t + h, c + h * k3);
  c += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
}

/// rate(t, weight, c) over [from, to] of ln G, the weight that of the piece; step(ln G) at most.
template <class Rate, class Step>
void integrate(const GuidedClasses& classes, double to, const Rate& rate, const Step& step,
               VectorXd& c) {
  const std::vector<double> ends = pieces(classes, to);
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const double begin = ends[i], end = ends[i + 1];
    // Stages lie on the edges of a piece, where the weight jumps.
    const double inner = 1e-12 * (end - begin);
    const auto weight = [&](double t) {
      return classes.weight.at(std::exp(std::clamp(t, begin + inner, end - inner)));
    };
    for (double t = begin; t < end;) {
      double h = step(t, weight(t));
      h = t + h > end ? end - t : h;
      advance([&](double at, const VectorXd& y) { return rate(at, weight(at), y); }, t, h, c);
      t = end - t - h < 1e-13 ? end : t + h;
    }
  }
}

double posterior(const GuidedClasses& classes, double z) {
  return 1 / (1 + std::exp(-2 * std::sqrt(classes.to) * z - classes.log_odds));
}

GuidedLaw law_with(const GuidedClasses& classes, Index count) {
  const Hermite hermite(count);
  const MatrixXd& h = hermite.functions;
  const double odds = classes.log_odds / 2, start = std::sqrt(classes.from),
               share = 1 / (1 + std::exp(-classes.log_odds));
  VectorXd order(count), c(count);
  c[0] = 1;
  double power = 1;  // (-2 sqrt G)^n/sqrt(n!), the coefficients of N(-2 sqrt G, 1)
  for (Index n = 0; n < count; ++n) {
    order[n] = static_cast<double>(n);
    c[n] = (n == 0 ? share : 0) + (1 - share) * power;
    power *= -2 * start / std::sqrt(order[n] + 1);
  }
  // No push is left beyond: 1 - tanh < e^{-G/2} for all but e^{-G/8} of the states.
  constexpr double kDecided = 100;
  const double pushed = std::min(classes.to, std::max(kDecided, 2 * classes.from));
  const double largest = std::sqrt(static_cast<double>(count));
  const VectorXd roots = order.cwiseSqrt();
  integrate(
      classes, pushed,
      [&](double t, double weight, const VectorXd& y) -> VectorXd {
        const double a = std::exp(t / 2);
        VectorXd at = h.transpose() * y;
        for (Index q = 0; q < count; ++q) {
          at[q] *= a * weight * (1 - std::tanh(a * (hermite.nodes[q] + a) + odds));
        }
        const VectorXd drift = h * at;
        VectorXd rate = -order.cwiseProduct(y) / 2;
        rate.tail(count - 1) += roots.tail(count - 1).cwiseProduct(drift.head(count - 1));
        return rate;
      },
      [&](double t, double weight) {
        const double stiff =
            static_cast<double>(count) / 2 + 2 * std::exp(t / 2) * std::abs(weight) * largest;
        return std::min(0.02, 1.5 / stiff);
      },
      c);
  if (pushed < classes.to) {
    const double fall = std::log(classes.to / pushed) / 2;
    c = c.array() * (-fall * order).array().exp();
  }

  GuidedLaw law;
  const double a = std::sqrt(classes.to);
  law.shift = c[1];
  law.variance = 1 + std::sqrt(2.0) * c[2] - c[1] * c[1];
  // sqrt(weight_q) times the density over the Gaussian, times f sqrt(weight_q).
  const VectorXd density = h.transpose() * c;
  law.purity = 0;
  for (Index q = 0; q < count; ++q) {
    law.purity += h(0, q) * density[q] * posterior(classes, hermite.nodes[q] + a);
  }
  // int_b^inf h_n phi = h_{n-1}(b) phi(b)/sqrt(n).
  const double b = classes.threshold - a;
  const double phi = std::exp(-b * b / 2) / std::sqrt(2 * M_PI);
  law.fraction = upper_tail(b);
  double before = 0, value = phi;  // h_{n-1} phi and h_n phi
  for (Index n = 1; n < count; ++n) {
    law.fraction += c[n] * value / roots[n];
    const double next = (b * value - (n > 1 ? roots[n - 1] * before : 0)) / roots[n];
    before = value, value = next;
  }
  return law;
}

}  // namespace

double GuidanceWeight::at(double signal) const {
  if (signal <= low || signal >= high) return outside;
  return inside * std::min(std::pow(signal, power), largest);
}

GuidedLaw guided_law(const GuidedClasses& classes) {
  GuidedLaw law = law_with(classes, 128);
  const GuidedLaw coarse = law_with(classes, 96);
  law.error =
      std::max({std::abs(law.shift - coarse.shift), std::abs(law.variance - coarse.variance),
                std::abs(law.purity - coarse.purity), std::abs(law.fraction - coarse.fraction)});
  return law;
}

GuidedLaw guided_flow(const GuidedClasses& classes) {
  // z at the end as a function of z at the start, on even nodes of a wide interval.
  constexpr Index kNodes = 801;
  constexpr double kReach = 10;
  const double start = std::sqrt(classes.from), odds = classes.log_odds / 2,
               share = 1 / (1 + std::exp(-classes.log_odds));
  const double width = 2 * (kReach + start) / static_cast<double>(kNodes - 1);
  VectorXd z = VectorXd::LinSpaced(kNodes, -kReach - start, kReach + start);
  const VectorXd from = z;
  const auto end_with = [&](double step) {
    VectorXd c = from;
    integrate(
        classes, classes.to,
        [&](double t, double weight, const VectorXd& y) -> VectorXd {
          const double a = std::exp(t / 2);
          return a / 2 * (1 + weight - weight * (a * y.array() + odds).tanh());
        },
        [step](double t, double weight) {
          return step / (1 + std::exp(t / 2) * (1 + std::abs(weight)) / 4);
        },
        c);
    GuidedLaw law{.purity = 0, .fraction = 0};
    const double a = std::sqrt(classes.to);
    double second = 0;
    for (Index i = 0; i < kNodes; ++i) {
      const auto density = [&](double centre) {
        const double off = from[i] - centre;
        return std::exp(-off * off / 2) / std::sqrt(2 * M_PI);
      };
      const double mass = width * (share * density(start) + (1 - share) * density(-start));
      const double u = c[i] - a;
      law.shift += mass * u;
      second += mass * u * u;
      law.purity += mass * posterior(classes, c[i]);
    }
    law.variance = second - law.shift * law.shift;
    // The map rises: the start whose end is the threshold, by interpolation.
    const auto above = std::upper_bound(c.data(), c.data() + kNodes, classes.threshold) - c.data();
    const auto cut = std::clamp<Index>(above, 1, kNodes - 1);
    const double z0 =
        from[cut - 1] + width * (classes.threshold - c[cut - 1]) / (c[cut] - c[cut - 1]);
    law.fraction = share * upper_tail(z0 - start) + (1 - share) * upper_tail(z0 + start);
    return law;
  };
  GuidedLaw law = end_with(0.03);
  const GuidedLaw coarse = end_with(0.06);
  law.error = std::max(
      {std::abs(law.shift - coarse.shift), std::abs(law.variance - coarse.variance),
       std::abs(law.purity - coarse.purity), std::abs(law.fraction - coarse.fraction), 1e-10});
  return law;
}

}  // namespace symbreak::theory
