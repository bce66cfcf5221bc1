// Typical trajectories: the dip of the restoring force, the amplitude of fluctuations at s_c, the
// best time for a pulse.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/common/patterns.hpp"
#include "analysis/findings/mode_softening/findings.hpp"
#include "analysis/findings/mode_softening/observables.hpp"
#include "analysis/fit/least_squares.hpp"
#include "analysis/theory/patch_field.hpp"

namespace symbreak::findings::mode_softening {

using Eigen::Index;
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using verdict::Figure;
using verdict::Point;

/// |ln q| of the records that S_x(0)/s at q = 1 is interpolated from.
constexpr double kNearCritical = 0.4;

/// Minimum of the polynomial of degree 4 through y(x) near its lowest point: (x, y).
Eigen::Vector2d minimum(const VectorXd& x, const VectorXd& y, double reach) {
  Index lowest = 0;
  y.minCoeff(&lowest);
  // A coarse grid needs a wider window for its five coefficients.
  constexpr std::size_t least = 7;
  std::vector<Index> near;
  for (double wide = reach;; wide *= 1.25) {
    near.clear();
    for (Index i = 0; i < x.size(); ++i) {
      if (std::abs(x[i] - x[lowest]) <= wide) near.push_back(i);
    }
    if (near.size() >= least || near.size() == static_cast<std::size_t>(x.size())) break;
  }
  const auto n = static_cast<Index>(near.size());
  MatrixXd design(n, 5);
  VectorXd values(n);
  for (Index i = 0; i < n; ++i) {
    const double u = x[near[static_cast<std::size_t>(i)]] - x[lowest];
    design.row(i) << 1, u, u * u, u * u * u, u * u * u * u;
    values[i] = y[near[static_cast<std::size_t>(i)]];
  }
  const VectorXd c = fit::linear(design, values, VectorXd::Ones(n)).value;
  double u = 0;
  for (int iteration = 0; iteration < 50; ++iteration) {
    const double slope = c[1] + u * (2 * c[2] + u * (3 * c[3] + u * 4 * c[4]));
    const double curvature = 2 * c[2] + u * (6 * c[3] + u * 12 * c[4]);
    u = std::clamp(u - slope / std::max(curvature, 1e-6), -reach, reach);
  }
  return {x[lowest] + u, c[0] + u * (c[1] + u * (c[2] + u * (c[3] + u * c[4])))};
}

class TrajectoryAnalysis {
 public:
  TrajectoryAnalysis(const verdict::Result& result, const Point& point, verdict::Findings& findings)
      : point_(point),
        keys_(swept_keys(result, point)),
        findings_(findings),
        noise_(point.fact_values(fact::noise)),
        window_(noise_unit(point).value) {}

  void work() {
    const auto side = static_cast<int>(std::lround(std::sqrt(window_)));
    const bool reference = of_uniform_patches(point_) &&
                           point_.number("experiment.corrector") == 0 &&
                           point_.parameters.at("experiment.sampler").starts_with("bridge");
    dip(side, reference);
    if (reference) critical_power();
    if (point_.find(observable::pulse_response) != nullptr) pulses(reference && side == 3);
    judge_mosaics(point_, keys_, findings_);
    draw_trajectories(point_, keys_, findings_);
    draw_patterns(point_, keys_, findings_);
  }

 private:
  void add(const std::string& quantity, Value measured, theory::Reference predicted,
           const std::string& source, const std::string& from, const std::string& note = "") {
    judge(findings_, quantity, keys_, measured, {predicted.value, predicted.error}, source, from,
          note);
  }

  VectorXd log_q() const {
    VectorXd x(static_cast<Index>(noise_.size()));
    for (std::size_t i = 0; i < noise_.size(); ++i) {
      x[static_cast<Index>(i)] = std::log(window_ / noise_[i]);
    }
    return x;
  }

  void dip(int side, bool reference) {
    const Index records = static_cast<Index>(noise_.size()),
                modes = point_.at(observable::softening).shape.at(1);
    const MatrixXd rows = lattice::blocks(point_, {observable::softening});
    if (rows.rows() < 2 || records < 7) return;
    const VectorXd x = log_q();
    const auto found = statistics::jackknife(rows, [&](const VectorXd& means) -> VectorXd {
      VectorXd y(records);
      for (Index r = 0; r < records; ++r) y[r] = means[r * modes];
      return minimum(x, y, 0.9);
    });
    const double noise = std::exp(-found.value[0]);
    const auto minimum_known = theory::softening_minimum(side);
    if (!reference || !minimum_known) return;
    const std::string from =
        fmt::format("degree 4 in ln s near the minimum, {} batches", rows.rows());
    add("softening_minimum", found.at(1), *minimum_known,
        "independent simulation of the reverse SDE, within 2 %", from,
        "the restoring force -s v*Jv of the uniform mode on typical states never vanishes");
    add("softening_noise", {noise, noise * found.error[0], found.dof}, theory::kSofteningNoise,
        "independent simulation: s/P^2 of the minimum", from);
  }

  /// S_x(0)/s at s = P^2, interpolated between records.
  void critical_power() {
    const Index records = static_cast<Index>(noise_.size()),
                modes = point_.at(observable::state_structure).shape.at(1);
    const VectorXd x = log_q();
    const MatrixXd rows = lattice::blocks(point_, {observable::state_structure});
    if (rows.rows() < 2 || (x.array().abs() < kNearCritical).count() < 4) return;
    const auto found = statistics::jackknife(rows, [&](const VectorXd& means) -> VectorXd {
      std::vector<Index> near;
      for (Index r = 0; r < records; ++r) {
        if (std::abs(x[r]) < kNearCritical) near.push_back(r);
      }
      const auto n = static_cast<Index>(near.size());
      MatrixXd design(n, 3);
      VectorXd values(n);
      for (Index i = 0; i < n; ++i) {
        const Index r = near[static_cast<std::size_t>(i)];
        design.row(i) << 1, x[r], x[r] * x[r];
        values[i] = std::log(means[r * modes]);
      }
      return VectorXd::Constant(1,
                                std::exp(fit::linear(design, values, VectorXd::Ones(n)).value[0]));
    });
    add("critical_fluctuation", found.at(), theory::kCriticalPower,
        "independent simulation; bare linear theory (e^2 - 1)/2 = 3.19",
        "S_x(0)/s at s = P^2, quadratic in ln s");
  }

  void pulses(bool reference) {
    const std::vector<double> q = point_.numbers("experiment.pulses");
    Figure figure = new_figure("pulse_response" + key_stem(keys_), "Response to a field pulse",
                               noise_unit(point_).ratio(), "q dM/dh", Log::x);
    figure.curves = {lattice::curve(point_.at(observable::pulse_response), q,
                                    "final magnetization per pulse in ln s")};
    findings_.figures.push_back(figure);
    const MatrixXd rows = lattice::blocks(point_, {observable::pulse_response});
    if (rows.rows() < 2 || q.size() < 7) return;
    VectorXd x(static_cast<Index>(q.size()));
    for (std::size_t i = 0; i < q.size(); ++i) x[static_cast<Index>(i)] = std::log(q[i]);
    const auto found = statistics::jackknife(
        rows, [&](const VectorXd& means) -> VectorXd { return minimum(x, -means, 1.2); });
    if (!reference) return;
    const double peak = std::exp(found.value[0]);
    add("pulse_peak", {peak, peak * found.error[0], found.dof}, theory::kPulsePeak,
        "independent simulation, L = 24 (two deltas: 1.508)", "degree 4 in ln q near the peak");
  }

  const Point& point_;
  std::map<std::string, std::string> keys_;
  verdict::Findings& findings_;
  std::vector<double> noise_;
  double window_;
};

}  // namespace

verdict::Findings trajectories(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (!point.complete || point.find(observable::softening) == nullptr) continue;
    TrajectoryAnalysis(result, point, findings).work();
  }
  return findings;
}

}  // namespace symbreak::findings::mode_softening
