// Finite-size scaling of random-energy ensembles over the M of a run.
//
// Around beta_c everything depends on z = (beta/beta_c - 1) sqrt(2L), L = log N (the crossover of
// Derrida 1981; moments of Y at z = 0: Monthus & Garel, cond-mat/0703017):
//     unplanted  E[Y] sqrt(L) = f(z) + g(z)/sqrt(L) + h(z)/L,  f = e^{-z^2/2}/(2 sqrt(pi) Phi(-z))
//     planted    E[w_1]       = f(z) + g(z)/sqrt(L) + h(z)/L,  f = Phi(z)
// f, g, h are fitted as polynomials, beta_c and the exponent of L are free: nothing of the theory
// but the form of its corrections enters.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/rem/findings.hpp"
#include "analysis/fit/least_squares.hpp"
#include "analysis/theory/levels/condensation.hpp"

namespace symbreak::findings::rem {

namespace {

constexpr double kGaussianCritical = 1.665109222315;  // 2 sqrt(log 2)

bool gaussian(const RemPoint& p) { return p.point->parameters.at("target.law") == "gaussian"; }

std::string state(bool planted) { return planted ? "planted" : "unplanted"; }

/// Points of one state, Gaussian, M > 0, one per M: only M may differ.
std::vector<const RemPoint*> sizes(const std::vector<RemPoint>& points, bool planted) {
  std::vector<const RemPoint*> chosen;
  std::set<double> seen;
  for (const RemPoint& p : points) {
    if (gaussian(p) && p.planted == planted && p.L > 0 && seen.insert(p.L).second) {
      chosen.push_back(&p);
    }
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const RemPoint* a, const RemPoint* b) { return a->L < b->L; });
  return chosen;
}

ObservableName order_parameter(bool planted) {
  return planted ? observable::true_weight : observable::participation;
}

/// The scaled order parameter and how its errors scale.
double scaled(const RemPoint& p, double value) {
  return p.planted ? value : value * std::sqrt(p.L);
}

struct Datum {
  const RemPoint* point;
  Index temperature;
};

struct Data {
  std::vector<Datum> data;
  VectorXd beta, L;
  fit::Errors errors;
  /// The scaled values with block `left_out` of `blocks` of disorder samples left out (-1: none).
  VectorXd values(int left_out, int blocks) const {
    VectorXd q(static_cast<Index>(data.size()));
    for (std::size_t i = 0; i < data.size(); ++i) {
      const RemPoint& p = *data[i].point;
      const auto& units = p.at(order_parameter(p.planted)).units;
      double sum = 0, count = 0;
      for (std::size_t u = 0; u < units.size(); ++u) {
        if (left_out >= 0 && u * static_cast<std::size_t>(blocks) / units.size() ==
                                 static_cast<std::size_t>(left_out)) {
          continue;
        }
        sum += units[u].mean[data[i].temperature] * static_cast<double>(units[u].count);
        count += static_cast<double>(units[u].count);
      }
      q[static_cast<Index>(i)] = scaled(p, sum / count);
    }
    return q;
  }
};

/// Where f is a smooth polynomial: chosen by the measured value, not by beta_c.
Data critical_window(const std::vector<const RemPoint*>& points) {
  std::vector<Datum> data;
  std::vector<double> beta, L;
  std::vector<Value> q;
  for (const RemPoint* p : points) {
    constexpr double least_L = 13;  // M = 20: the fit's corrections do not reach further down
    if (p->L < least_L) continue;
    for (std::size_t i = 0; i < p->b.size(); ++i) {
      const Value at = scaled(*p, 1) * p->value(order_parameter(p->planted), i);
      const bool inside =
          p->planted ? at.value > 0.2 && at.value < 0.8 : at.value > 0.12 && at.value < 0.9;
      if (!inside || !(at.error > 0)) continue;
      data.push_back({p, static_cast<Index>(i)});
      beta.push_back(p->beta[i]);
      L.push_back(p->L);
      q.push_back(at);
    }
  }
  return {data, vector_of(beta), vector_of(L), fit::moderated(fit::errors_of(q), vector_of(L))};
}

/// q = f(z) + L^{-1/2} g(z) + L^{-1} h(z), z = (beta/beta_c - 1) sqrt(2L), polynomials of degree 4,
/// 3 and 1: linear but for beta_c. value = (beta_c, f_0, f_1, ..., g_0, ..., h_0, h_1). On exact
/// values (quadrature, M = 20 to 1000) these leave a bias of 1e-5 in beta_c.
class ScalingFit {
 public:
  explicit ScalingFit(const Data& data) : data_(data) {}
  static constexpr Index degree = 4, first = 4, second = 2;
  static constexpr Index parameters = 1 + degree + 1 + first + second;

  fit::Fit operator()(const VectorXd& q) const {
    // Coarse search over the window, then all parameters together.
    const double low = data_.beta.minCoeff(), high = data_.beta.maxCoeff();
    VectorXd start(parameters);
    double least = INFINITY;
    // Fine enough for the largest size, whose scaling function is 1/sqrt(2L) wide.
    const double width = low / std::sqrt(2 * data_.L.maxCoeff());
    const int steps = static_cast<int>(std::clamp(4 * (high - low) / width, 60.0, 2e4));
    for (int i = 0; i <= steps; ++i) {
      const double critical = low + (high - low) * i / steps;
      const fit::Fit at = fit::linear(design(critical), q, data_.errors);
      if (!(at.chi2 < least)) continue;
      least = at.chi2;
      start << critical, at.value;
    }
    return fit::nonlinear(
        [&](const VectorXd& p) -> VectorXd { return design(p[0]) * p.tail(parameters - 1); }, start,
        q, data_.errors);
  }

 private:
  MatrixXd design(double critical) const {
    const VectorXd root = data_.L.cwiseSqrt();
    const VectorXd z =
        std::sqrt(2) * (data_.beta.array() / critical - 1).matrix().cwiseProduct(root);
    MatrixXd columns(z.size(), parameters - 1);
    columns.col(0).setOnes();
    for (Index k = 1; k <= degree; ++k) columns.col(k) = columns.col(k - 1).cwiseProduct(z);
    for (Index k = 0; k < first; ++k) {
      columns.col(degree + 1 + k) = columns.col(k).cwiseQuotient(root);
    }
    for (Index k = 0; k < second; ++k) {
      columns.col(degree + 1 + first + k) = columns.col(k).cwiseQuotient(data_.L);
    }
    return columns;
  }
  const Data& data_;
};

void critical_beta(const std::vector<const RemPoint*>& points, Findings& findings) {
  constexpr std::size_t kLeastSizes = 4;
  constexpr int kBlocks = 16;
  if (points.size() < kLeastSizes) return;
  const Data data = critical_window(points);
  std::set<double> used;
  for (const Datum& datum : data.data) used.insert(datum.point->L);
  if (used.size() < kLeastSizes || data.beta.size() < 2 * ScalingFit::parameters) return;
  for (const RemPoint* p : points) {
    if (p->at(order_parameter(p->planted)).units.size() < kBlocks) return;
  }
  const ScalingFit scaling(data);
  const fit::Fit whole = scaling(data.values(-1, kBlocks));
  if (whole.p_value < 1e-6) {
    Verdict& misfit =
        tell(findings, "critical_beta", {}, {whole.chi2_per_dof()}, "the collapse that fails");
    misfit.criterion = "chi2/dof, " + state(points.front()->planted);
    warn(findings, "critical_beta",
         fmt::format("{} does not collapse: no value is given",
                     points.front()->planted ? "E[w_1]" : "E[Y]"),
         "add temperatures around beta_c for the largest M, or leave out the smallest");
    return;
  }
  // All temperatures of an M share their samples: the error is that of leaving samples out.
  VectorXd left_out(kBlocks);
  for (int block = 0; block < kBlocks; ++block) {
    left_out[block] = scaling(data.values(block, kBlocks)).value[0];
  }
  const double mean = left_out.mean();
  const bool planted = points.front()->planted;
  const std::string from = fmt::format("collapse of {} in (beta/beta_c - 1) sqrt(2L), jackknife",
                                       planted ? "E[w_1]" : "E[Y] sqrt(L)");
  Verdict& row =
      judge(findings, "critical_beta", {},
            {kBlocks * whole.value[0] - (kBlocks - 1) * mean,
             std::sqrt((kBlocks - 1.0) / kBlocks * (left_out.array() - mean).square().sum()),
             kBlocks - 1},
            {kGaussianCritical}, "2 sqrt(log 2) (Derrida 1981)", from);
  of_fit(row, whole);
  row.criterion = state(planted);
  row.detail = fmt::format("{} points, M = {:.6g} to {:.6g}", data.beta.size(),
                           points.front()->bits, points.back()->bits);
  row.role = Role::headline;
  const auto at_critical = [&](double value, const char* how) {
    tell(findings, "scaling_function", {}, {value}, how).criterion = "at beta_c, " + state(planted);
  };
  at_critical(whole.value[1], "the same collapse");
  at_critical(planted ? 0.5 : 1 / std::sqrt(M_PI), "N -> infinity");
  if (!whole.converged) {
    warn(findings, "critical_beta", "the collapse fit did not converge", "add temperatures or M");
  }
}

/// E[Y] at fixed a over the sizes, beyond the crossover z >= least_z.
void limits(const std::vector<const RemPoint*>& points, Findings& findings) {
  if (points.empty()) return;
  const RemPoint& last = *points.back();
  for (std::size_t i = 0; i < last.a.size(); ++i) {
    const double a = last.a[i];
    const bool critical = std::abs(a - 1) < 1e-9;
    if (a < 1.2 && !critical) continue;
    std::vector<double> y, sigma, freedom, L;
    for (const RemPoint* p : points) {
      constexpr double least_z = 4;
      if (!critical && (a - 1) * std::sqrt(2 * p->L) < least_z) continue;
      for (std::size_t j = 0; j < p->a.size(); ++j) {
        if (std::abs(p->a[j] - a) > 1e-9 * a) continue;
        const double factor = critical ? std::sqrt(M_PI * p->L) : 1;
        const auto [value, error, dof] = p->value(observable::participation, j);
        if (!(error > 0)) continue;  // a single batch
        y.push_back(factor * value);
        sigma.push_back(factor * error);
        freedom.push_back(dof);
        L.push_back(p->L);
      }
    }
    if (y.size() < 4) continue;
    // At a = 1 a series in L^{-1/2}; in the condensed phase (log L and 1)/L.
    MatrixXd design(static_cast<Index>(y.size()), 3);
    for (std::size_t k = 0; k < y.size(); ++k) {
      design.row(static_cast<Index>(k)) =
          critical ? Eigen::RowVector3d(1, 1 / std::sqrt(L[k]), 1 / L[k])
                   : Eigen::RowVector3d(1, std::log(L[k]) / L[k], 1 / L[k]);
    }
    const fit::Fit fitted =
        fit::linear(design, vector_of(y), {vector_of(sigma), vector_of(freedom)});
    Verdict& row =
        judge(findings, critical ? "critical_amplitude" : "participation_ratio_limit",
              {{"experiment.a", fmt::format("{:.6g}", a)}}, fitted.at(0, true),
              {critical ? 1 : theory::rem_participation_limit(a)},
              critical ? "E[Y] = 1/sqrt(pi L) at beta_c" : "1 - beta_c/beta, N -> infinity",
              critical ? "E[Y] sqrt(pi L) = 1 + c_1/sqrt(L) + c_2/L"
                       : "E[Y] = limit + (c_1 log L + c_2)/L");
    of_fit(row, fitted);
    row.detail = fmt::format("{} M", y.size());
    row.role = Role::headline;
  }
}

}  // namespace

void rem_scaling(const std::vector<RemPoint>& points, Findings& findings) {
  for (const bool planted : {false, true}) {
    const std::vector<const RemPoint*> chosen = sizes(points, planted);
    critical_beta(chosen, findings);
    if (!planted) limits(chosen, findings);
  }
}

std::vector<Figure> rem_scaling_figures(const std::vector<RemPoint>& points,
                                        const Findings& findings) {
  std::vector<Figure> figures;
  for (const bool planted : {false, true}) {
    const std::vector<const RemPoint*> chosen = sizes(points, planted);
    if (chosen.size() < 2) continue;
    double critical = kGaussianCritical;
    for (const verdict::Verdict& row : findings.verdicts) {
      if (row.quantity == "critical_beta" && row.criterion == state(planted)) {
        critical = row.measured;
      }
    }
    Figure figure =
        new_figure(planted ? "collapse_planted" : "collapse",
                   planted ? "Scaling collapse of the planted weight" : "Scaling collapse of Y",
                   "z = (β/β_c − 1) √(2L)", planted ? "E[w₁]" : "E[Y] √(πL)");
    figure.x_range = {{-3, 3}};
    figure.caption = fmt::format("β_c = {:.5f}. The line is the limit of infinite N.", critical);
    figure.shades = static_cast<int>(chosen.size());
    std::size_t p_index = 0;
    for (const RemPoint* p : chosen) {
      Curve curve{.label = fmt::format("M = {:.6g}", p->bits),
                  .colour = static_cast<int>(p_index++)};
      for (std::size_t i = 0; i < p->beta.size(); ++i) {
        const double z = (p->beta[i] / critical - 1) * std::sqrt(2 * p->L);
        if (std::abs(z) > 3) continue;
        const double factor = planted ? 1 : std::sqrt(M_PI * p->L);
        const auto [value, error, dof] = p->value(order_parameter(planted), i);
        push(curve, z, {factor * value, factor * error});
      }
      if (!curve.x.empty()) figure.curves.push_back(curve);
    }
    Curve line{.label = "N → ∞", .style = Curve::Style::line};
    for (double z = -3; z <= 3.001; z += 0.05) {
      push(line, z,
           planted ? std::erfc(-z / std::sqrt(2.0)) / 2
                   : std::exp(-z * z / 2) / std::erfc(z / std::sqrt(2.0)));
    }
    figure.curves.push_back(line);
    figures.push_back(figure);
  }
  return figures;
}

}  // namespace symbreak::findings::rem
