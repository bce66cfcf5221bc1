#include "sim/experiment/equation_of_state/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/equation_of_state/observables.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::equation_of_state {

namespace observable = findings::equation_of_state::observable;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Row = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Components along the order axes, m_a = u_a.m/|u_a|^2.
VectorXd components(const MatrixXd& axes, const VectorXd& m) {
  return (axes.transpose() * m).array() / axes.colwise().squaredNorm().transpose().array();
}

class Solution final : public Unit<Setting> {
 public:
  Solution(SharedTarget target, Setting setting)
      : Unit(std::move(setting), {}), target_(std::move(target)) {}

  void advance(measure::Recorder& recorder) override {
    const VectorXd symmetric =
        symmetric_branch(target_, s_.criterion, s_.noise, equation_.field, line_);
    const Eigenvalue top = top_eigenvalue(equation_, symmetric);
    recorder.solved(observable::top_eigenvalue, top.value, top.error);
    recorder.solved(observable::noise, s_.noise, kEpsilon * s_.noise);
    const VectorXd order = components(axes_, symmetric);
    recorder.solved(observable::symmetric_branch, order, order * 0);
    record_branches(recorder, fixed_points(equation_, line_, symmetric));
    if (target_->even() && s_.h == 0) record_landau(recorder);
    record_isotherm(recorder);
    if (s_.landscape > 0) record_landscape(recorder);
    if (s_.plane) record_plane(recorder);
    if (target_->dimension() == 1 && target_->classes() > 1) {
      const double same = clone_probability(*target_, s_.noise);
      recorder.solved(observable::clone_probability, same, 1e-14);
    }
  }

 private:
  SelfConsistency at_field(double h) const {
    return SelfConsistency(target_, s_.criterion, s_.noise, h * line_.axis);
  }

  void record_branches(measure::Recorder& recorder, std::vector<FixedPoint> found) const {
    // Degenerate minima (+-m) differ by rounding: among equals the largest first component counts.
    double lowest = found.front().potential, scale = 0;
    for (const FixedPoint& point : found) {
      lowest = std::min(lowest, point.potential);
      scale = std::max(scale, std::abs(point.potential));
    }
    const FixedPoint* minimum = nullptr;
    for (const FixedPoint& point : found) {
      if (point.potential <= lowest + 1e-13 * scale) minimum = &point;  // found is ascending
    }
    record_minimum(recorder, *minimum);

    while (static_cast<Index>(found.size()) > kBranches) {
      found.erase(std::max_element(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return a.potential < b.potential;
      }));
    }
    const Index k = axes_.cols();
    Row m = Row::Constant(kBranches, k, kNaN), m_error = Row::Zero(kBranches, k);
    Row beside = Row::Constant(1, kBranches, kNaN), beside_error = Row::Zero(1, kBranches);
    Row rest = Row::Constant(4, kBranches, kNaN), rest_error = Row::Zero(4, kBranches);
    for (Index i = 0; i < static_cast<Index>(found.size()); ++i) {
      const FixedPoint& point = found[static_cast<std::size_t>(i)];
      m.row(i) = components(axes_, point.mean);
      m_error.row(i) = point.error / axes_.colwise().norm().array();
      if (s_.plane) {
        beside(0, i) = across().dot(point.mean - line_.origin) / across().squaredNorm();
        beside_error(0, i) = point.error / across().norm();
      }
      const double rounding = 8 * kEpsilon * (std::abs(point.free_energy) + 1e-3);
      rest.col(i) << point.top.value, static_cast<double>(point.unstable), point.free_energy,
          point.potential;
      rest_error.col(i) << point.top.error, 0, rounding, rounding;
    }
    recorder.solved(observable::branches, m, m_error);
    if (s_.plane) recorder.solved(observable::branches_across, beside, beside_error);
    const verdict::ObservableName names[] = {
        observable::branch_eigenvalue, observable::branch_unstable, observable::branch_free_energy,
        observable::branch_potential};
    for (Index row = 0; row < 4; ++row) {
      recorder.solved(names[row], rest.row(row), rest_error.row(row));
    }
  }

  void record_minimum(measure::Recorder& recorder, const FixedPoint& minimum) const {
    const Index k = axes_.cols();
    const VectorXd norms = axes_.colwise().norm();
    const VectorXd m = components(axes_, minimum.mean);
    const VectorXd error = minimum.error / norms.array();
    recorder.solved(observable::order_parameter, m, error);
    recorder.solved(observable::magnetization, k == 1 ? m[0] : m.norm(), error.maxCoeff());

    // (1 - kappa beta Cov)^{-1} = 1 + kappa chi carries rounding, and the error of m through the
    // change of the covariance with it, into the response.
    const double extent = line_.extent() * norms[0];
    const auto relative = [&](double chi) {
      const double gain = 1 + equation_.kappa * std::abs(chi);
      return gain * (8 * kEpsilon + 2 * minimum.mean.norm() * minimum.error / (extent * extent));
    };
    const VectorXd direction =
        m.norm() > 0 ? VectorXd(m / m.norm()) : VectorXd(VectorXd::Unit(k, 0));
    const auto along = response(equation_, minimum.mean, axes_ * direction);
    const double chi = along ? direction.dot(components(axes_, *along)) : kNaN;
    recorder.solved(observable::susceptibility, chi, along ? relative(chi) * chi : 0);

    // Columns that diverge (a free rotation of the order parameter, or criticality) are NaN; the
    // spectrum is that of the rest.
    Row chi_matrix = Row::Constant(k, k, kNaN);
    std::vector<Index> finite;
    for (Index b = 0; b < k; ++b) {
      const auto column = response(equation_, minimum.mean, axes_.col(b));
      if (!column) continue;
      chi_matrix.col(b) = components(axes_, *column);
      finite.push_back(b);
    }
    recorder.solved(
        observable::susceptibility_matrix, chi_matrix,
        chi_matrix.unaryExpr([&](double each) { return relative(each) * std::abs(each); }));
    double largest = 0;
    Row values = Row::Constant(1, k, kNaN), vectors = Row::Constant(k, k, kNaN);
    if (!finite.empty()) {
      const auto [chi_values, chi_vectors] = symmetric_spectrum(chi_matrix(finite, finite));
      const auto n = static_cast<Index>(finite.size());
      values.rightCols(n) = chi_values.transpose();
      largest = chi_values[n - 1];
      vectors.rightCols(n).setZero();
      for (Index row = 0; row < n; ++row) {
        vectors.row(finite[static_cast<std::size_t>(row)]).tail(n) = chi_vectors.row(row);
      }
    }
    recorder.solved(observable::susceptibility_eigenvalues, values,
                    values.unaryExpr([&](double each) { return relative(each) * std::abs(each); }));
    recorder.solved(observable::susceptibility_eigenvectors, vectors,
                    Row::Constant(k, k, relative(largest)));
  }

  void record_landau(measure::Recorder& recorder) const {
    const Landau expansion = landau(equation_, line_);
    recorder.solved(
        observable::landau,
        Eigen::RowVector3d(expansion.linear, expansion.cubic, expansion.quintic),
        Eigen::RowVector3d(expansion.linear_error, expansion.cubic_error, expansion.quintic_error));
  }

  /// From the largest field down, by Newton from the right: each start lies beyond the solution,
  /// so the outermost branch is followed.
  void record_isotherm(measure::Recorder& recorder) const {
    const std::size_t count = s_.isotherm.size();
    if (count == 0) return;
    std::vector<double> m(count, kNaN), error(count, 0);
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return s_.isotherm[a] > s_.isotherm[b]; });
    const bool on_line = invariant(equation_, line_);
    double c = line_.highest;
    for (std::size_t i : order) {
      if (!on_line) break;
      const SelfConsistency equation = at_field(s_.h + s_.isotherm[i]);
      double f = 0, derivative = 1;
      for (int step = 0; step < 100; ++step) {
        f = residual(equation, line_, VectorXd::Constant(1, c))[0];
        derivative = slope(equation, line_, c);
        const double move = f / derivative;
        if (!(derivative > 0) || std::abs(move) < 2 * kEpsilon * std::abs(c)) break;
        c -= move;
      }
      if (!(derivative > 0) || std::abs(f) > 1e-12 * line_.extent()) break;
      m[i] = c;
      error[i] = (std::abs(f) + kEpsilon * std::abs(c)) / derivative;
    }
    recorder.solved(observable::isotherm, m, error);
  }

  void record_landscape(measure::Recorder& recorder) const {
    const Index k = axes_.cols(), n = landscape_side(s_.landscape, k);
    const double low = 1.5 * line_.lowest, high = 1.5 * line_.highest;
    const VectorXd c = VectorXd::LinSpaced(n, low, high);
    recorder.solved(observable::landscape_axis, c, c * 0);
    Row potential(k == 1 ? 1 : n, n);
    for (Index i = 0; i < potential.rows(); ++i) {
      MatrixXd mean = (line_.axis * c.transpose()).colwise() + line_.origin;
      if (k > 1) {
        // Rows run along the first axis, columns along the second.
        mean = (axes_.col(1) * c.transpose()).colwise() + (line_.origin + c[i] * line_.axis);
      }
      potential.row(i) = equation_.potential(mean);
    }
    recorder.solved(observable::landscape, potential, 8 * kEpsilon * potential.cwiseAbs());
  }

  /// In the plane, what is perpendicular to the order axis and as long.
  VectorXd across() const { return (VectorXd(2) << -line_.axis[1], line_.axis[0]).finished(); }

  void record_plane(measure::Recorder& recorder) const {
    const Index n = landscape_side(s_.landscape, 2);
    const double reach = 1.5 * line_.extent();
    const VectorXd c = VectorXd::LinSpaced(n, -reach, reach);
    Row potential(n, n);
    for (Index i = 0; i < n; ++i) {
      const MatrixXd mean =
          (across() * c.transpose()).colwise() + (line_.origin + c[i] * line_.axis);
      potential.row(i) = equation_.potential(mean);
    }
    recorder.solved(observable::landscape_plane_axis, c, c * 0);
    recorder.solved(observable::landscape_plane, potential, 8 * kEpsilon * potential.cwiseAbs());
  }

  SharedTarget target_;
  Line line_ = first_axis(*target_);
  MatrixXd axes_ = target_->order_axes();
  SelfConsistency equation_ = at_field(s_.h);
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(SharedTarget target, Setting setting) {
  return std::make_unique<Solution>(std::move(target), std::move(setting));
}

}  // namespace symbreak::experiment::equation_of_state
