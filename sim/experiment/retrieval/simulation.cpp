#include "sim/experiment/retrieval/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/retrieval/observables.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::retrieval {

namespace observable = findings::retrieval::observable;

namespace {

constexpr double kLeastWeight = 1e-150;  // of a crosstalk whose mean and square are numbers

class Retrieval final : public Unit<Setting> {
 public:
  using Unit::Unit;

  void advance(measure::Recorder& recorder) override {
    const Index d = s_.target->dimension();
    MatrixXd y(d, s_.walkers);
    const std::vector<Index> datum = points_.draw_equally(pick_, y);
    // Overlap with the datum, and the rest of its norm in a random direction.
    MatrixXd x = normals(noise_, d, s_.walkers);
    for (Index k = 0; k < s_.walkers; ++k) {
      const double norm = y.col(k).norm();
      VectorXd across = x.col(k);
      if (norm > 0) across -= y.col(k) * (y.col(k).dot(across) / (norm * norm));
      const double length = across.norm();
      x.col(k) = s_.overlap * y.col(k);
      if (length > 0) {
        x.col(k) += across * (norm * std::sqrt(1 - s_.overlap * s_.overlap) / length);
      }
    }

    target::Averages now = evaluate(x);
    const VectorXd first = weights_of(x, y, datum, now);
    if (s_.equal_norms) measure_energies(recorder, x, y);
    VectorXd energy = potential(x, now), rise = VectorXd::Constant(s_.walkers, -INFINITY);
    VectorXd moved = VectorXd::Zero(s_.walkers);
    Index updates = 0;
    for (; updates < s_.iterations; ++updates) {
      moved = (now.mean - x).colwise().norm();
      if ((moved.array() <= 1e-6 * (1 + x.colwise().norm().transpose().array())).all()) break;
      x = now.mean;
      now = evaluate(x);
      const VectorXd next = potential(x, now);
      rise = rise.cwiseMax((next - energy) / static_cast<double>(d));
      energy = next;
    }
    const VectorXd last = weights_of(x, y, datum, now);
    for (Index k = 0; k < s_.walkers; ++k) {
      const double square = y.col(k).squaredNorm();
      recorder.measure(observable::true_weight, first[k]);
      recorder.measure(observable::crosstalk,
                       (1 / std::max(first[k], kLeastWeight) - 1) /
                           static_cast<double>(std::max<Index>(1, points_.count() - 1)));
      recorder.measure(observable::square, square / static_cast<double>(d));
      recorder.measure(observable::retrieved, last[k] > 0.5 ? 1 : 0);
      recorder.measure(observable::final_overlap, square > 0 ? x.col(k).dot(y.col(k)) / square : 1);
      recorder.measure(observable::fixed_point_distance,
                       square > 0 ? (x.col(k) - y.col(k)).norm() / std::sqrt(square) : 0);
      recorder.measure(observable::residual, moved[k] / std::max(1e-300, std::sqrt(square)));
      recorder.measure(observable::updates, static_cast<double>(updates));
      if (s_.iterations > 0) recorder.measure(observable::energy_rise, updates > 0 ? rise[k] : 0);
    }
  }

 private:
  target::Averages evaluate(const MatrixXd& x) const {
    return s_.energy == theory::Energy::free_energy ? s_.target->averages(x, betas_)
                                                    : points_.associate(x, betas_);
  }
  /// |x|^2/2 - log(Z)/b; for the associative memory Z carries a factor 1/N, a constant.
  VectorXd potential(const MatrixXd& x, const target::Averages& at) const {
    return x.colwise().squaredNorm().transpose() / 2 - at.log_partition / s_.b;
  }
  VectorXd weights_of(const MatrixXd& x, const MatrixXd& y, const std::vector<Index>& datum,
                      const target::Averages& at) const {
    VectorXd weights(s_.walkers);
    for (Index k = 0; k < s_.walkers; ++k) {
      const double norm = s_.energy == theory::Energy::free_energy ? y.col(k).squaredNorm() / 2 : 0;
      weights[k] = std::exp(points_.log_weight(datum[static_cast<std::size_t>(k)]) +
                            s_.b * (x.col(k).dot(y.col(k)) - norm) - at.log_partition[k]);
    }
    return weights.cwiseMin(1);
  }
  /// The two potentials at the same x: their difference is R^2/2 + log(N)/b for points of norm R.
  void measure_energies(measure::Recorder& recorder, const MatrixXd& x, const MatrixXd& y) const {
    const VectorXd free = potential(x, s_.target->averages(x, betas_));
    // sum_j instead of (1/N) sum_j
    const double log_count = std::log(static_cast<double>(points_.count()));
    const VectorXd associative =
        potential(x, points_.associate(x, betas_)).array() - log_count / s_.b;
    for (Index k = 0; k < s_.walkers; ++k) {
      const double constant = y.col(k).squaredNorm() / 2 + log_count / s_.b;
      recorder.measure(observable::energy_difference,
                       (free[k] - associative[k] - constant) / static_cast<double>(x.rows()));
    }
  }

  const target::FiniteSupport& points_ = *target::part<target::FiniteSupport>(*s_.target);
  VectorXd betas_ = VectorXd::Constant(s_.walkers, s_.b);
  random::Stream& pick_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::start);
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Retrieval>(std::move(setting), address);
}

}  // namespace symbreak::experiment::retrieval
