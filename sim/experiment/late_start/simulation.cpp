#include "sim/experiment/late_start/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "sim/experiment/common/batch.hpp"
#include "sim/experiment/common/sample_distance.hpp"

namespace symbreak::experiment::late_start {

namespace {

using target::MatrixXd;
using target::VectorXd;

class LateStart final : public measure::Simulation {
 public:
  LateStart(const Setting& setting, const measure::UnitAddress& address)
      : s_(setting),
        begin_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)),
        exact_(address.stream(random::Purpose::planted)),
        forward_(address.stream(random::Purpose::noise)),
        directions_(address.stream(random::Purpose::projection)),
        start_(diffusion::StartKind::gaussian, s_.model, *s_.forward, s_.grid.noise.front(), 0,
               probe()) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(measure::Recorder& recorder) override {
    const target::CleanData& data = *s_.model.data;
    const Index d = s_.model.denoiser->dimension(), walkers = s_.walkers;
    const double s = s_.grid.noise.front();
    const VectorXd betas = VectorXd::Constant(walkers, 1 / s);
    const target::Posterior* posterior = s_.model.posterior;
    MatrixXd x(d, walkers);
    data.sample(exact_, x);  // also without a posterior: what follows has the same numbers
    if (posterior != nullptr) recorder.measure(observable::divergence, divergence(x, betas, s));

    start_.draw(begin_, x);
    VectorXd ideal;
    if (posterior != nullptr) ideal = posterior->class_probabilities(x, betas).rowwise().mean();
    diffusion::Integrator(s_.sampler, s_.grid).run(*s_.model.denoiser, noise_, x);
    VectorXd occupied = VectorXd::Zero(data.classes());
    for (Index label : data.classify(x)) {
      if (label >= 0) occupied[label] += 1 / static_cast<double>(walkers);
    }
    recorder.measure(observable::branch_occupation, span(occupied));
    if (posterior != nullptr) {
      recorder.measure(observable::ideal_occupation, span(ideal));
      // Paired: the same starts.
      recorder.measure(observable::occupation_gap, span(occupied - ideal));
    }

    const MatrixXd y = x.leftCols(std::min(walkers, kDistanceSamples));
    MatrixXd a(d, y.cols()), b(d, y.cols());
    data.sample(exact_, a);
    data.sample(exact_, b);
    recorder.measure(observable::wasserstein_2_excess, wasserstein_excess(y, a, b, directions_));
  }

  void save(measure::State& state) const override {
    save_streams(state, begin_, noise_, exact_, forward_, directions_);
  }
  void load(const measure::State& state) override {
    load_streams(state, begin_, noise_, exact_, forward_, directions_);
  }

 private:
  double divergence(MatrixXd x, const VectorXd& betas, double s) {
    const Index d = x.rows();
    x += std::sqrt(s) * normals(forward_, d, betas.size());
    const VectorXd log_partition = s_.model.posterior->averages(x, betas).log_partition;
    const VectorXd norms = x.colwise().squaredNorm();
    MatrixXd centred = x.colwise() - s_.model.data->mean_of_target();
    s_.gaussian.matrixL().solveInPlace(centred);
    const VectorXd mahalanobis = centred.colwise().squaredNorm();
    // The (d/2) log 2 pi of both densities cancels.
    return (log_partition - norms / (2 * s) + mahalanobis / 2).mean() +
           (s_.log_determinant - static_cast<double>(d) * std::log(s)) / 2;
  }

  const Setting& s_;
  random::Stream begin_, noise_, exact_, forward_, directions_;
  diffusion::Start start_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<LateStart>(setting, address);
}

}  // namespace symbreak::experiment::late_start
