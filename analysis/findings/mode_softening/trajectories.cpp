// Typical trajectories: the dip of the restoring force, the amplitude of fluctuations at s_c, the
// best time for a pulse.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/common/patterns.hpp"
#include "analysis/findings/common/turning_point.hpp"
#include "analysis/findings/mode_softening/findings.hpp"
#include "analysis/findings/mode_softening/observables.hpp"
#include "analysis/theory/patch_field.hpp"

namespace symbreak::findings::mode_softening {

namespace {

/// |ln q| of the records that S_x(0)/s at q = 1 is interpolated from.
constexpr double kNearCritical = 0.4;

VectorXd logarithms(const std::vector<double>& values) {
  VectorXd logs(static_cast<Index>(values.size()));
  for (Index i = 0; i < logs.size(); ++i) logs[i] = std::log(values[static_cast<std::size_t>(i)]);
  return logs;
}

class TrajectoryAnalysis {
 public:
  TrajectoryAnalysis(const KeyedPoint& at, Findings& findings)
      : point_(at.point), keys_(at.keys), findings_(findings), unit_(noise_unit(at.point)) {
    for (const double s : point_.fact_values(fact::noise)) q_.push_back(unit_.value / s);
  }

  void work() {
    const auto side = static_cast<int>(std::lround(std::sqrt(unit_.value)));
    const bool reference = of_uniform_patches(point_) &&
                           point_.number("experiment.corrector") == 0 &&
                           point_.parameters.at("experiment.sampler").starts_with("bridge");
    dip(side, reference);
    if (reference) critical_power();
    if (point_.find(observable::pulse_response) != nullptr) pulses(reference && side == 3);
    judge_mosaics(point_, keys_, findings_);
    draw();
    draw_patterns(point_, keys_, findings_);
  }

 private:
  /// Against the reference, where there is one.
  void add(const std::string& quantity, Value measured, std::optional<theory::Reference> predicted,
           const std::string& source, const std::string& from, Index batches) {
    Verdict& row = predicted ? judge(findings_, quantity, keys_, measured,
                                     {predicted->value, predicted->error}, source, from)
                             : tell(findings_, quantity, keys_, measured, from);
    row.detail = fmt::format("{} batches", batches);
    row.role = Role::headline;
  }

  /// The first of each record's modes.
  static VectorXd uniform_mode(const VectorXd& values, Index records) {
    return values(Eigen::seqN(0, records, values.size() / records));
  }

  void dip(int side, bool reference) {
    const VectorXd x = logarithms(q_);
    const MatrixXd rows = lattice::blocks(point_, {observable::softening});
    if (rows.rows() < 2 || x.size() < 7) return;
    const auto found = statistics::jackknife(rows, [&](const VectorXd& means) -> VectorXd {
      return minimum(x, uniform_mode(means, x.size()), 0.9);
    });
    const double noise = std::exp(-found.value[0]);
    std::optional<theory::Reference> least, at;
    if (reference) least = theory::softening_minimum(side);
    if (least) at = theory::kSofteningNoise;
    add("softening_minimum", found.at(1), least,
        "independent simulation of the reverse SDE, within 2 %",
        "restoring force -s v*Jv of the uniform mode on typical states, degree 4 in ln s",
        rows.rows());
    add("softening_noise", {noise, noise * found.error[0], found.dof[0]}, at,
        "independent simulation: s/P^2 of the minimum", "s of the same minimum, over its unit",
        rows.rows());
  }

  /// S_x(0)/s at s = P^2, interpolated between records.
  void critical_power() {
    const VectorXd x = logarithms(q_);
    const std::vector<Index> near = nearby(x, 0, kNearCritical);
    const MatrixXd rows = lattice::blocks(point_, {observable::state_structure});
    if (rows.rows() < 2 || near.size() < 4) return;
    const auto found = statistics::jackknife(rows, [&](const VectorXd& means) -> VectorXd {
      VectorXd logs = uniform_mode(means, x.size())(near);
      for (double& value : logs) value = std::log(value);
      return VectorXd::Constant(1, std::exp(polynomial(x(near), logs, 0, 3)[0]));
    });
    add("critical_fluctuation", found.at(), theory::kCriticalPower,
        "independent simulation; bare linear theory has (e^2 - 1)/2",
        "S_x(0)/s at s = P^2, quadratic in ln s", rows.rows());
  }

  void pulses(bool reference) {
    const std::vector<double> q = point_.numbers("experiment.pulses");
    Figure figure =
        new_figure(keys_, "pulse_response", "Response to a field pulse", unit_.ratio(), "q dM/dh",
                   Log::x, "A field acts most where the image is decided: at the peak.");
    figure.curves = {lattice::curve(point_.at(observable::pulse_response), q,
                                    "final magnetization per pulse in ln s")};
    findings_.figures.push_back(figure);
    const MatrixXd rows = lattice::blocks(point_, {observable::pulse_response});
    if (rows.rows() < 2 || q.size() < 7) return;
    const VectorXd x = logarithms(q);
    const auto found = statistics::jackknife(
        rows, [&](const VectorXd& means) -> VectorXd { return minimum(x, -means, 1.2); });
    const double peak = std::exp(found.value[0]);
    add("pulse_peak", {peak, peak * found.error[0], found.dof[0]},
        reference ? std::optional(theory::kPulsePeak) : std::nullopt,
        "independent simulation, L = 24", "q of the largest response, degree 4 in ln q",
        rows.rows());
  }

  /// Softening, lengths, structure factors and rates.
  void draw() {
    const auto figure = [&](const std::string& name, const std::string& title,
                            const std::string& y_label) {
      Figure result = new_figure(keys_, name, title, unit_.ratio(), y_label, Log::x);
      result.vertical_lines = {{1, "noise-free s_c"}};
      return result;
    };
    const Observable& softening = point_.at(observable::softening);
    Figure dips = figure("softening", "Mode softening on typical trajectories", "−s v*Jv");
    dips.curves = lattice::mode_curves(softening, q_);
    dips.caption = "With noise the restoring force dips and recovers; it vanishes for no mode.";
    findings_.figures.push_back(dips);

    if (const Observable* gradient = point_.find(observable::gradient_term)) {
      const Index modes = softening.shape.at(1);
      Figure length =
          figure("correlation_length_j", "Correlation length of the Jacobian", "ξ_J / sites");
      Curve xi = line("√(gradient/softening)");
      for (std::size_t r = 0; r < q_.size(); ++r) {
        const auto at = static_cast<Index>(r);
        const double ratio = gradient->estimate.mean[at] / softening.estimate.mean[at * modes];
        push(xi, q_[r], ratio > 0 ? std::sqrt(ratio) : NAN);  // the line is broken there
      }
      length.caption = "Where the restoring force is least the length is largest, but finite.";
      length.curves = {xi};
      findings_.figures.push_back(length);
    }

    Figure structure = figure("structure", "Structure factor of the noisy state", "S_x(k)/s");
    structure.log_y = true;
    structure.caption =
        "What of the noise has become structure: it grows from the longest waves on.";
    structure.curves = lattice::mode_curves(point_.at(observable::state_structure), q_);
    findings_.figures.push_back(structure);

    if (!unit_.windows) return;
    Figure rates = figure("rates", "Score, local posterior, non-equilibrium", "per pixel");
    rates.curves = {lattice::curve(point_.at(observable::score_norm), q_, "s |score|²/d")};
    Curve trace = lattice::curve(point_.at(observable::local_variance), q_, "−s tr J/d"),
          entropy = trace;
    entropy.label = "pseudo-entropy rate, ½ Var/s per unit ln s";
    for (std::size_t r = 0; r < q_.size(); ++r) {
      const double beta = q_[r] / unit_.value;
      trace.y[r] = 1 - beta * trace.y[r];
      trace.error[r] *= beta;
      entropy.y[r] *= beta / 2;
      entropy.error[r] *= beta / 2;
    }
    rates.curves.push_back(trace);
    rates.curves.push_back(entropy);
    rates.curves.push_back(
        lattice::curve(point_.at(observable::antisymmetric_share), q_, "|A|²/|J|² of d⟨φ₀⟩/dx"));
    rates.caption =
        "For an exact score E s|score|²/d = −E s tr J/d; their gap shows that this one has no p_t.";
    findings_.figures.push_back(rates);
  }

  const Point& point_;
  const Keys& keys_;
  Findings& findings_;
  const NoiseUnit unit_;
  std::vector<double> q_;  ///< of the records
};

}  // namespace

Findings trajectories(const Result& result) {
  Findings findings;
  for (const KeyedPoint& at : measured_points(result, observable::softening)) {
    TrajectoryAnalysis(at, findings).work();
  }
  return findings;
}

}  // namespace symbreak::findings::mode_softening
