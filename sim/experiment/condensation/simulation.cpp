#include "sim/experiment/condensation/simulation.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <cmath>

#include "analysis/findings/condensation/observables.hpp"
#include "sim/diffusion/reverse.hpp"
#include "sim/diffusion/schedule.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::condensation {

namespace observable = findings::condensation::observable;

namespace {

class Condensation final : public Unit<Setting> {
 public:
  Condensation(Setting setting, const measure::UnitAddress& address)
      : Unit(std::move(setting), address) {
    if (points_.log_weights().size() == 0) return;
    cumulative_ = points_.log_weights().array().exp();
    for (Index j = 1; j < points_.count(); ++j) cumulative_[j] += cumulative_[j - 1];
  }

  void advance(measure::Recorder& recorder) override {
    const VectorXd betas = VectorXd::Constant(s_.walkers, beta_);
    Batch batch = draw();
    const target::Averages posterior = s_.losses || s_.states == NoisyStates::trajectory
                                           ? s_.target->averages(batch.x, betas)
                                           : points_.weights(batch.x, betas);
    for (Index k = 0; k < s_.walkers; ++k) {
      recorder.measure(observable::participation, posterior.participation[k]);
      recorder.measure(observable::effective_patterns, 1 / posterior.participation[k]);
      recorder.measure(observable::entropy, posterior.entropy[k]);
      recorder.measure(observable::largest_weight, posterior.largest_weight[k]);
    }
    if (s_.states == NoisyStates::planted) measure_truth(recorder, batch, posterior);
    if (s_.classes) measure_classes(recorder, batch);
    if (s_.losses) measure_losses(recorder, batch, posterior);
    if (s_.clones != CloneMethod::none) measure_clones(recorder, batch, posterior);
    if (s_.states == NoisyStates::trajectory) measure_neighbours(recorder, posterior.mean);
  }

 private:
  struct Batch {
    MatrixXd clean, x;  ///< d x walkers; clean: empty where there is none
    std::vector<Index> datum;
  };

  /// A datum with its prior weight.
  Index pick() {
    const double u = pick_.uniform();
    if (cumulative_.size() == 0) {
      return std::min(static_cast<Index>(u * static_cast<double>(points_.count())),
                      points_.count() - 1);
    }
    const double* const begin = cumulative_.data();
    return std::upper_bound(begin, begin + points_.count() - 1, u) - begin;
  }

  Batch draw() {
    const Index d = s_.target->dimension();
    Batch batch;
    if (s_.states == NoisyStates::unplanted && s_.norm > 0) {
      batch.x = normals(noise_, d, s_.walkers);
      batch.x.colwise().normalize();
      batch.x *= s_.norm * std::sqrt(static_cast<double>(d));
      return batch;
    }
    batch.clean.resize(d, s_.walkers);
    if (s_.states == NoisyStates::unplanted) {
      s_.target->sample_law(pick_, batch.clean);
    } else {
      for (Index k = 0; k < s_.walkers; ++k) {
        batch.datum.push_back(pick());
        batch.clean.col(k) = points_.point(batch.datum.back());
      }
    }
    const bool moves = s_.states == NoisyStates::trajectory;
    const double first = moves ? s_.start_noise : s_.noise;
    batch.x = batch.clean + std::sqrt(first) * normals(noise_, d, s_.walkers);
    if (moves) {
      run(first, s_.noise, "log", batch.x);
      batch.clean.resize(0, 0);  // where a trajectory began says nothing about where it is
    }
    return batch;
  }

  /// The reverse stochastic process of the dataset's score: second-order Brownian bridges.
  void run(double from, double to, const std::string& spacing, MatrixXd& x) {
    const std::vector<double> grid = diffusion::spaced_grid(spacing, from, to, s_.steps).noise;
    for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
      const MatrixXd mean = s_.target->mean(x, VectorXd::Constant(x.cols(), 1 / grid[i]));
      diffusion::reverse_step(diffusion::Method::bridge_heun, *s_.target, grid[i], grid[i + 1],
                              mean, dynamics_, x);
    }
  }

  void measure_truth(measure::Recorder& recorder, const Batch& batch,
                     const target::Averages& posterior) {
    const auto d = static_cast<double>(batch.x.rows());
    for (Index k = 0; k < s_.walkers; ++k) {
      const Index datum = batch.datum[static_cast<std::size_t>(k)];
      const double log_w =
          points_.log_weight(datum) +
          beta_ * (batch.x.col(k).dot(batch.clean.col(k)) - batch.clean.col(k).squaredNorm() / 2) -
          posterior.log_partition[k];
      const double weight = std::exp(log_w), correct = posterior.heaviest[k] == datum ? 1 : 0;
      recorder.measure(observable::true_weight, weight);
      recorder.measure(observable::excess_entropy, -log_w / d);
      recorder.measure(observable::map_correct, correct);
      recorder.measure(observable::true_weight_identity, weight - posterior.participation[k]);
      recorder.measure(observable::map_identity, correct - posterior.largest_weight[k]);
    }
  }

  void measure_classes(measure::Recorder& recorder, const Batch& batch) {
    const MatrixXd p =
        s_.target->class_probabilities(batch.x, VectorXd::Constant(s_.walkers, beta_));
    for (Index k = 0; k < s_.walkers; ++k) {
      const double own = p(points_.label(batch.datum[static_cast<std::size_t>(k)]), k);
      recorder.measure(observable::class_weight, own);
      recorder.measure(observable::class_identity, own - p.col(k).squaredNorm());
    }
  }

  void measure_losses(measure::Recorder& recorder, const Batch& batch,
                      const target::Averages& posterior) {
    if (batch.clean.size() == 0) return;
    const auto d = static_cast<double>(batch.x.rows());
    const double log_norm = std::log(beta_ / boost::math::constants::two_pi<double>()) / 2;
    for (Index k = 0; k < s_.walkers; ++k) {
      recorder.measure(observable::denoising_error,
                       (posterior.mean.col(k) - batch.clean.col(k)).squaredNorm() / d);
      recorder.measure(
          observable::log_likelihood,
          log_norm + (posterior.log_partition[k] - beta_ * batch.x.col(k).squaredNorm() / 2) / d);
      if (s_.states != NoisyStates::planted) continue;
      recorder.measure(observable::overlap_identity,
                       posterior.mean.col(k).dot(batch.clean.col(k) - posterior.mean.col(k)) / d);
    }
  }

  /// Two futures of the same x, and one against the past that x came from.
  void measure_clones(measure::Recorder& recorder, const Batch& batch,
                      const target::Averages& posterior) {
    MatrixXd twice(batch.x.rows(), 2 * s_.walkers);
    twice << batch.x, batch.x;
    const std::vector<Index> both = future(std::move(twice));
    const std::span<const Index> one(both.data(), static_cast<std::size_t>(s_.walkers)),
        two = std::span(both).subspan(one.size());
    for (Index k = 0; k < s_.walkers; ++k) {
      const auto walker = static_cast<std::size_t>(k);
      const double same = one[walker] == two[walker] ? 1 : 0,
                   returns = one[walker] == batch.datum[walker] ? 1 : 0;
      recorder.measure(observable::clone_probability, same);
      recorder.measure(observable::return_probability, returns);
      recorder.measure(observable::clone_identity, same - posterior.participation[k]);
      recorder.measure(observable::return_identity, returns - posterior.participation[k]);
    }
  }

  /// The datum behind x: drawn from the posterior, of a trajectory's end where there is one.
  std::vector<Index> future(MatrixXd x) {
    double noise = s_.noise;
    if (s_.clones == CloneMethod::reverse) {
      noise *= kDecided;
      run(s_.noise, noise, "sqrt", x);
    }
    VectorXd uniforms(x.cols());
    draws_.uniforms({uniforms.data(), static_cast<std::size_t>(x.cols())});
    return points_.draw(x, VectorXd::Constant(x.cols(), 1 / noise), uniforms);
  }

  void measure_neighbours(measure::Recorder& recorder, const MatrixXd& generated) {
    const target::FiniteSupport::Nearest found = points_.nearest(generated);
    for (Index k = 0; k < s_.walkers; ++k) {
      const double ratio = found.first[k] == 0 ? 0 : found.first[k] / found.second[k];
      recorder.measure(observable::nearest_ratio, ratio);
      recorder.measure(observable::memorized, ratio < kMemorizedRatio ? 1 : 0);
    }
  }

  const target::FiniteSupport& points_ = *target::part<target::FiniteSupport>(*s_.target);
  double beta_ = 1 / s_.noise;
  VectorXd cumulative_;  // of unequal prior weights
  random::Stream& pick_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
  random::Stream& dynamics_ = stream(Purpose::dynamics);
  random::Stream& draws_ = stream(Purpose::copies);
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Condensation>(std::move(setting), address);
}

}  // namespace symbreak::experiment::condensation
