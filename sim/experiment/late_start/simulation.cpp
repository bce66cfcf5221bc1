#include "sim/experiment/late_start/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::late_start {

namespace {

class LateStart final : public Unit<const Setting&> {
 public:
  using Unit::Unit;

  void advance(measure::Recorder& recorder) override {
    const Index walkers = s_.walkers;
    const double s = s_.grid.noise.front();
    const VectorXd betas = VectorXd::Constant(walkers, 1 / s);
    const target::Posterior* posterior = s_.model.posterior;
    // Also without a posterior: what follows has the same numbers.
    MatrixXd x = diffusion::clean_samples(s_.model, exact_, walkers);
    if (posterior != nullptr) recorder.measure(observable::divergence, divergence(x, betas, s));

    start_.draw(begin_, x);
    VectorXd ideal;
    if (posterior != nullptr) ideal = posterior->class_probabilities(x, betas).rowwise().mean();
    const MatrixXd last =
        diffusion::Integrator(s_.sampler, s_.grid).run(*s_.model.denoiser, noise_, x);
    const VectorXd occupied =
        classes_of_ends(s_.model, x, last, s_.grid.last_noise()).rowwise().mean();
    recorder.measure(observable::branch_occupation, occupied);
    if (posterior != nullptr) {
      recorder.measure(observable::ideal_occupation, ideal);
      // Paired: the same starts.
      recorder.measure(observable::occupation_gap, occupied - ideal);
    }

    const MatrixXd y = x.leftCols(std::min(walkers, kDistanceSamples));
    const MatrixXd a = diffusion::clean_samples(s_.model, exact_, y.cols());
    const MatrixXd b = diffusion::clean_samples(s_.model, exact_, y.cols());
    recorder.measure(observable::wasserstein_2_excess,
                     wasserstein_excess(s_.space, y, a, b, directions_));
  }

 private:
  double divergence(MatrixXd x, const VectorXd& betas, double s) {
    const Index d = x.rows();
    x += std::sqrt(s) * normals(forward_, d, betas.size());
    const VectorXd log_partition = s_.model.posterior->averages(x, betas).log_partition;
    const VectorXd norms = x.colwise().squaredNorm();
    const MatrixXd centred = x.colwise() - s_.model.data->mean_of_target();
    const VectorXd mahalanobis = s_.gaussian.whitened(centred).colwise().squaredNorm();
    // The (d/2) log 2 pi of both densities cancels.
    return (log_partition - norms / (2 * s) + mahalanobis / 2).mean() +
           (s_.gaussian.log_determinant() - static_cast<double>(d) * std::log(s)) / 2;
  }

  random::Stream& begin_ = stream(Purpose::start);
  random::Stream& noise_ = stream(Purpose::dynamics);
  random::Stream& exact_ = stream(Purpose::planted);
  random::Stream& forward_ = stream(Purpose::noise);
  random::Stream& directions_ = stream(Purpose::projection);
  diffusion::Start start_{diffusion::StartKind::gaussian, s_.model, *s_.forward,
                          s_.grid.noise.front(),          0,        random::probe()};
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<LateStart>(setting, address);
}

}  // namespace symbreak::experiment::late_start
