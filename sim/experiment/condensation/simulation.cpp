#include "sim/experiment/condensation/simulation.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <cmath>

#include "sim/diffusion/reverse.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

MatrixXd normals(random::Stream& stream, Index rows, Index columns) {
  MatrixXd z(rows, columns);
  stream.normals(std::span<double>(z.data(), static_cast<std::size_t>(z.size())));
  return z;
}

class CondensationUnit final : public Simulation {
 public:
  CondensationUnit(CondensationSetting setting, const UnitAddress& address)
      : s_(std::move(setting)),
        points_(*s_.target->points()),
        beta_(1 / s_.noise),
        pick_(address.stream(random::Purpose::planted)),
        noise_(address.stream(random::Purpose::noise)),
        dynamics_(address.stream(random::Purpose::dynamics)),
        draws_(address.stream(random::Purpose::copies)) {
    if (points_.log_weights == nullptr) return;
    cumulative_ = points_.log_weights->array().exp();
    for (Index j = 1; j < points_.count; ++j) cumulative_[j] += cumulative_[j - 1];
  }

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(Recorder& recorder) override {
    const VectorXd betas = VectorXd::Constant(s_.walkers, beta_);
    Batch batch = draw();
    const target::Posterior posterior = s_.losses || s_.states == NoisyStates::trajectory
                                            ? s_.target->posterior(batch.x, betas)
                                            : points_.weights(batch.x, betas);
    for (Index k = 0; k < s_.walkers; ++k) {
      recorder.measure("participation", posterior.participation[k]);
      recorder.measure("effective_patterns", 1 / posterior.participation[k]);
      recorder.measure("entropy", posterior.entropy[k]);
      recorder.measure("largest_weight", posterior.largest_weight[k]);
    }
    if (s_.states == NoisyStates::planted) measure_truth(recorder, batch, posterior);
    if (s_.losses) measure_losses(recorder, batch, posterior);
    if (s_.clones != CloneMethod::none) measure_clones(recorder, batch, posterior);
    if (s_.states == NoisyStates::trajectory) measure_neighbours(recorder, posterior.mean);
  }

  void save(State& state) const override {
    state.integers["streams"] = {pick_.position(), noise_.position(), dynamics_.position(),
                                 draws_.position()};
  }
  void load(const State& state) override {
    const auto& positions = state.integers.at("streams");
    pick_.seek(positions[0]);
    noise_.seek(positions[1]);
    dynamics_.seek(positions[2]);
    draws_.seek(positions[3]);
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
      return std::min(static_cast<Index>(u * static_cast<double>(points_.count)),
                      points_.count - 1);
    }
    const double* const begin = cumulative_.data();
    return std::upper_bound(begin, begin + points_.count - 1, u) - begin;
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
    const std::vector<double> grid = diffusion::noise_grid(from, to, s_.steps, spacing);
    for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
      const MatrixXd mean = s_.target->mean(x, VectorXd::Constant(x.cols(), 1 / grid[i]));
      diffusion::reverse_step(diffusion::Sampler::bridge_heun, *s_.target, grid[i], grid[i + 1],
                              mean, dynamics_, x);
    }
  }

  void measure_truth(Recorder& recorder, const Batch& batch, const target::Posterior& posterior) {
    const auto d = static_cast<double>(batch.x.rows());
    std::vector<double> log_weight(batch.datum.size());
    std::vector<Index> shared;  // walkers whose datum may have duplicates
    VectorXd correct(s_.walkers);
    for (Index k = 0; k < s_.walkers; ++k) {
      const auto walker = static_cast<std::size_t>(k);
      log_weight[walker] =
          points_.log_weight(batch.datum[walker]) +
          beta_ * (batch.x.col(k).dot(batch.clean.col(k)) - batch.clean.col(k).squaredNorm() / 2) -
          posterior.log_partition[k];
      const double weight = std::exp(log_weight[walker]);
      // The maximum a posteriori datum is the planted one exactly when no weight exceeds its own.
      correct[k] = weight >= posterior.largest_weight[k] * (1 - 1e-7) ? 1 : 0;
      // Duplicates tie, and share the success; with a weight above 1/2 there is none.
      if (correct[k] > 0 && weight <= 0.5 * (1 + 1e-6)) shared.push_back(k);
    }
    if (!shared.empty()) {
      std::vector<Index> data;
      for (const Index k : shared) data.push_back(batch.datum[static_cast<std::size_t>(k)]);
      const std::vector<Index> copies = points_.multiplicity(data);
      for (std::size_t i = 0; i < shared.size(); ++i) {
        correct[shared[i]] /= static_cast<double>(copies[i]);
      }
    }
    for (Index k = 0; k < s_.walkers; ++k) {
      const double log_w = log_weight[static_cast<std::size_t>(k)], weight = std::exp(log_w);
      recorder.measure("true_weight", weight);
      recorder.measure("excess_entropy", -log_w / d);
      recorder.measure("map_correct", correct[k]);
      recorder.measure("true_weight_identity", weight - posterior.participation[k]);
      recorder.measure("map_identity", correct[k] - posterior.largest_weight[k]);
    }
  }

  void measure_losses(Recorder& recorder, const Batch& batch, const target::Posterior& posterior) {
    if (batch.clean.size() == 0) return;
    const auto d = static_cast<double>(batch.x.rows());
    const double log_norm = std::log(beta_ / boost::math::constants::two_pi<double>()) / 2;
    for (Index k = 0; k < s_.walkers; ++k) {
      recorder.measure("denoising_error",
                       (posterior.mean.col(k) - batch.clean.col(k)).squaredNorm() / d);
      recorder.measure(
          "log_likelihood",
          log_norm + (posterior.log_partition[k] - beta_ * batch.x.col(k).squaredNorm() / 2) / d);
      if (s_.states != NoisyStates::planted) continue;
      recorder.measure("overlap_identity",
                       posterior.mean.col(k).dot(batch.clean.col(k) - posterior.mean.col(k)) / d);
    }
  }

  /// Two futures of the same x, and one against the past that x came from.
  void measure_clones(Recorder& recorder, const Batch& batch, const target::Posterior& posterior) {
    MatrixXd twice(batch.x.rows(), 2 * s_.walkers);
    twice << batch.x, batch.x;
    const std::vector<Index> both = future(std::move(twice));
    const std::span<const Index> one(both.data(), static_cast<std::size_t>(s_.walkers)),
        two = std::span(both).subspan(one.size());
    for (Index k = 0; k < s_.walkers; ++k) {
      const auto walker = static_cast<std::size_t>(k);
      double same = one[walker] == two[walker] ? 1 : 0;
      double returns = one[walker] == batch.datum[walker] ? 1 : 0;
      if (s_.clones == CloneMethod::reverse) {
        // A trajectory finds a place; which of several data there is its datum is left to chance.
        const VectorXd place = points_.point(one[walker]);
        if (place == batch.clean.col(k)) returns = 1;
        if (same + returns > 0 && posterior.largest_weight[k] <= 0.5 * (1 + 1e-6)) {
          const auto copies = static_cast<double>(points_.multiplicity({one[walker]}).front());
          same /= copies;
          returns /= copies;
        }
      }
      recorder.measure("clone_probability", same);
      recorder.measure("return_probability", returns);
      recorder.measure("clone_identity", same - posterior.participation[k]);
      recorder.measure("return_identity", returns - posterior.participation[k]);
    }
  }

  std::vector<Index> future(MatrixXd x) {
    if (s_.clones == CloneMethod::posterior) {
      VectorXd uniforms(x.cols());
      draws_.uniforms({uniforms.data(), static_cast<std::size_t>(x.cols())});
      return points_.draw(x, VectorXd::Constant(x.cols(), beta_), uniforms);
    }
    const double end = kDecided * s_.noise;
    run(s_.noise, end, "sqrt", x);
    return points_.nearest(s_.target->mean(x, VectorXd::Constant(x.cols(), 1 / end))).datum;
  }

  void measure_neighbours(Recorder& recorder, const MatrixXd& generated) {
    const target::Points::Nearest found = points_.nearest(generated);
    for (Index k = 0; k < s_.walkers; ++k) {
      const double ratio = found.first[k] == 0 ? 0 : found.first[k] / found.second[k];
      recorder.measure("nearest_ratio", ratio);
      recorder.measure("memorized", ratio < kMemorizedRatio ? 1 : 0);
    }
  }

  CondensationSetting s_;
  target::Points points_;
  double beta_;
  VectorXd cumulative_;  // of unequal prior weights
  random::Stream pick_, noise_, dynamics_, draws_;
};

}  // namespace

std::unique_ptr<Simulation> condensation_unit(CondensationSetting setting,
                                              const UnitAddress& address) {
  return std::make_unique<CondensationUnit>(std::move(setting), address);
}

}  // namespace symbreak::experiment
