#include "sim/target/levels/two_level_rest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/theory/gauss_legendre.hpp"

namespace symbreak::target {

namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
/// Classes this far below typical do not occur.
constexpr double kLowest = -9;
/// Relative step of derivatives: off by its square.
constexpr double kStep = 1e-4;

/// log(e^x - 1), x >= 0, and log(1 + e^x), for any x.
double log_excess(double x) { return x > 0 ? x + std::log(-std::expm1(-x)) : kNone; }
double log_one_more(double x) { return x > 40 ? x : std::log1p(std::exp(x)); }

/// Deviations of a sum of relative variance e^{log_variance} and of its partner of relative
/// covariance e^{log_covariance}, both lognormal in one normal.
std::pair<double, double> deviations(double log_variance, double log_covariance) {
  const double own = std::sqrt(log_one_more(log_variance));
  return {own, own > 0 ? log_one_more(log_covariance) / own : 0};
}

double log_sum(const std::vector<double>& terms) {
  const double top = *std::max_element(terms.begin(), terms.end());
  if (top == kNone) return top;
  double sum = 0;
  for (const double term : terms) sum += std::exp(term - top);
  return top + std::log(sum);
}

/// s of the quantile with `expected` of e^{log_count} above, at least the median.
double top_quantile(const theory::LevelLaw& normal, double log_count, double expected) {
  return normal.quantile(std::max(std::log(2.0), log_count - std::log(expected)));
}

}  // namespace

double log_unmarked(const theory::LevelLaw& normal, double log_members, double threshold) {
  const double above = normal.log_tail(threshold);
  if (above < -36) return -std::exp(log_members + above);
  return -std::exp(log_members + std::log(-std::log1p(-std::exp(above))));
}

ClassNodes::ClassNodes(double upper, double steepest) {
  const double top = std::isfinite(upper) ? upper : 40 + steepest;
  const double width = std::min(0.05, 4 / (1 + steepest)), bottom = std::min(top, kLowest) - 3;
  const auto panels = static_cast<int>(std::ceil((top - bottom) / width));
  const auto& rule = theory::gauss_legendre_16();
  for (int i = 0; i < panels; ++i) {
    for (std::size_t k = 0; k < 16; ++k) {
      const double at = top - width * (i + (1 - rule.node[k]) / 2);
      g.push_back(at);
      log_weight.push_back(-at * at / 2 - std::log(2 * M_PI) / 2 +
                           std::log(width / 2 * rule.weight[k]));
    }
  }
}

LevelThresholds::LevelThresholds(const LevelGroups& groups, double log_classes, double kept)
    : rho(std::sqrt(groups.share)), kappa(std::sqrt(1 - groups.share)) {
  const auto normal = theory::level_law(theory::LevelFamily::gaussian);
  leading = top_quantile(*normal, log_classes, leaders(kept));
  // Up to four times as many classes as leaders: all are drawn.
  leader = log_classes > std::log(4 * leaders(kept)) ? leading : kNone;
  most = top_quantile(*normal, groups.log_members, kept);
  least = top_quantile(*normal, groups.log_members, std::max(1.0, kept / 16));
  // N E[levels above; g below the highest of the classes] = K.
  const ClassNodes nodes(normal->quantile(std::max(0.1, log_classes)), 0);
  const double log_count = groups.log_members + log_classes;
  std::vector<double> terms(nodes.g.size());
  const auto excess = [&](double at) {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      terms[i] = nodes.log_weight[i] + normal->log_tail((at - rho * nodes.g[i]) / kappa);
    }
    return log_count + log_sum(terms) - std::log(kept);
  };
  double low = 0, high = std::sqrt(2 * log_count) + 5;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (excess(middle) > 0 ? low : high) = middle;
  }
  level = low;
}

double LevelThresholds::marked(double g) const { return std::max(most, (level - rho * g) / kappa); }

double LevelThresholds::members(double g) const {
  const double at = marked(g);
  return g >= leading ? std::min(at, least) : at;
}

double LevelThresholds::highest() const { return std::max(least, marked(kLowest)); }

CutMoments::CutMoments(const theory::LevelLaw& normal, double A, double log_count,
                       double threshold) {
  const double below = normal.log_tail(-threshold);  // of a symmetric law
  const auto moment = [&](int k) {
    return k * k * A * A / 2 + normal.log_tail(k * A - threshold) - below;
  };
  const double m1 = moment(1), m2 = moment(2), m3 = moment(3);
  z = log_count + m1;
  s = log_count + m2;
  variance = log_excess(m2 - 2 * m1) - log_count;
  covariance = log_excess(m3 - m2 - m1) - log_count;
  zz = log_one_more(variance);
  zs = log_one_more(covariance);
  // 1 + 3 v + kappa_3, kappa_3 = n^-2 (e^{m3 - 3 m1} - 3 e^{m2 - 2 m1} + 2).
  const double cube = m3 - 3 * m1 - 2 * log_count;
  if (cube > 600 || variance > 600) {
    zzz = theory::log_add(cube, zz + std::log(3.0));
  } else {
    const double v = std::exp(variance);
    const double third =
        std::exp(cube) - (3 * std::exp(m2 - 2 * m1 - 2 * log_count)) + 2 * std::exp(-2 * log_count);
    zzz = std::log1p(3 * v + std::max(third, -v));
  }
}

MemberRest::MemberRest(const theory::LevelLaw& normal, const VectorXd& steepness,
                       double log_members, double low, double high) {
  constexpr std::size_t intervals = 512;
  std::vector<kernel::SmoothTable> tables;
  for (const double A : steepness) {
    const auto table = [&](const auto& f) {
      tables.emplace_back(low, high, intervals, [&](double threshold) {
        return f(CutMoments(normal, A, log_members, threshold));
      });
    };
    const auto slope = [&](const auto& f) {
      tables.emplace_back(low, high, intervals, [&](double threshold) {
        return (f(CutMoments(normal, A * (1 + kStep), log_members, threshold)) -
                f(CutMoments(normal, A * (1 - kStep), log_members, threshold))) /
               (2 * kStep);
      });
    };
    const auto own_deviation = [](const CutMoments& m) {
      return deviations(m.variance, m.covariance).first;
    };
    // In the order of `Quantity`.
    table([=](const CutMoments& m) { return m.z - log_members; });
    table([=](const CutMoments& m) { return m.s - log_members; });
    table(own_deviation);
    table([](const CutMoments& m) { return deviations(m.variance, m.covariance).second; });
    slope([](const CutMoments& m) { return m.z; });
    slope(own_deviation);
  }
  tables_ = kernel::SmoothTables(tables);
}

void MemberRest::evaluate(std::span<const double> threshold, std::vector<double>& values) const {
  values.resize(tables_.count() * threshold.size());
  tables_.evaluate(threshold, values);
}

ClassRest::ClassRest(const theory::LevelLaw& normal, const LevelGroups& groups,
                     const LevelThresholds& thresholds, double b, double log_count) {
  const double A1 = b * thresholds.rho, A2 = b * thresholds.kappa;
  const ClassNodes nodes(thresholds.leader, 3 * A1);
  const std::size_t n = nodes.g.size();
  std::vector<double> one(n), z_terms(n), s_terms(n), zz(n), zs(n), zzz(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double g = nodes.g[i], cut = thresholds.marked(g);
    const CutMoments m(normal, A2, groups.log_members, cut);
    one[i] = nodes.log_weight[i] + log_unmarked(normal, groups.log_members, cut);
    z_terms[i] = one[i] + A1 * g + m.z;
    s_terms[i] = one[i] + 2 * A1 * g + m.s;
    zz[i] = one[i] + 2 * (A1 * g + m.z) + m.zz;
    zs[i] = one[i] + 3 * A1 * g + m.z + m.s + m.zs;
    zzz[i] = one[i] + 3 * (A1 * g + m.z) + m.zzz;
  }
  const double norm = log_sum(one);
  const double log_z = log_sum(z_terms) - norm, log_s = log_sum(s_terms) - norm;
  const double log_zz = log_sum(zz) - norm, log_zs = log_sum(zs) - norm;
  const double log_zzz = log_sum(zzz) - norm;
  const double variance = log_excess(log_zz - 2 * log_z) - log_count;
  const auto [own, with_s] = deviations(variance, log_excess(log_zs - log_z - log_s) - log_count);
  const auto with_square =
      deviations(variance, log_excess(log_zzz - log_z - log_zz) - log_count).second;
  z = {log_z, own};
  s = {log_s, with_s};
  square = {log_zz, with_square};
}

}  // namespace symbreak::target
