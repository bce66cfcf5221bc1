#include "sim/experiment/guidance/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::guidance {

namespace {

class Guidance final : public Unit<const Setting&> {
 public:
  using Unit::Unit;

  void advance(measure::Recorder& recorder) override {
    const target::Denoiser& denoiser = *s_.model.denoiser;
    const target::CleanData& data = *s_.model.data;
    const Index walkers = s_.walkers;
    const std::size_t levels = s_.grid.steps();
    const double s_top = s_.grid.noise.front(), weight = 1 / static_cast<double>(walkers);
    std::vector<std::size_t> when(static_cast<std::size_t>(walkers),
                                  static_cast<std::size_t>(std::max<std::ptrdiff_t>(s_.at, 0)));
    if (s_.at < 0) {
      for (std::size_t& level : when) {
        level = std::min(static_cast<std::size_t>(times_.uniform() * static_cast<double>(levels)),
                         levels - 1);
      }
    }
    MatrixXd x = diffusion::clean_samples(s_.model, planted_, walkers);
    x += std::sqrt(s_top) * normals(forward_, x.rows(), walkers);
    MatrixXd pushed = x;
    double response = 0;
    diffusion::Integrator free_run(s_.sampler, s_.grid), pushed_run(s_.sampler, s_.grid);
    for (std::size_t i = 0; i < levels; ++i) {
      std::vector<Index> here;
      for (Index k = 0; k < walkers; ++k) {
        if (when[static_cast<std::size_t>(k)] == i) here.push_back(k);
      }
      if (!here.empty()) {
        const MatrixXd before = pushed(Eigen::all, here);
        const VectorXd betas = VectorXd::Constant(before.cols(), 1 / s_.grid.noise[i]);
        const MatrixXd kick = push(before, betas);
        // Pushes to both sides: the response to second order in the strength.
        if (s_.model.posterior != nullptr) {
          response += (committor(before + kick, betas) - committor(before - kick, betas)).sum() / 2;
        }
        pushed(Eigen::all, here) = before + kick;
      }
      const std::uint64_t position = noise_.position();
      free_run.step(i, denoiser, noise_, x);
      const std::uint64_t after = noise_.position();
      noise_.seek(position);
      pushed_run.step(i, denoiser, noise_, pushed);
      noise_.seek(after);
    }
    const double gained =
        (data.class_shares(pushed) - data.class_shares(x)).row(s_.label).sum() * weight;
    if (s_.model.posterior != nullptr) {
      recorder.measure(observable::committor_response, response * weight / s_.push);
    }
    recorder.measure(observable::class_response, gained / s_.push);
  }

 private:
  VectorXd committor(const MatrixXd& x, const VectorXd& betas) const {
    return s_.model.posterior->class_probabilities(x, betas).row(s_.label).transpose();
  }
  MatrixXd push(const MatrixXd& x, const VectorXd& betas) const {
    if (!s_.cfg) return s_.push * s_.axis.replicate(1, x.cols());
    if (s_.classes != nullptr) {  // s grad ln P = <y>_c - <y>
      return s_.push *
             (s_.classes->class_mean(x, betas, s_.label) - s_.model.denoiser->mean(x, betas));
    }
    // grad ln P along the axis by central differences of the log committor.
    const double norm = s_.axis.squaredNorm(), s = 1 / betas[0];
    const double step = 1e-4 * std::min(1.0, s / norm);
    const MatrixXd shift = step * s_.axis.replicate(1, x.cols());
    const VectorXd slope =
        (committor(x + shift, betas).array().log() - committor(x - shift, betas).array().log()) /
        (2 * step);
    return s_.push * s / norm * s_.axis * slope.transpose();
  }

  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& forward_ = stream(Purpose::noise);
  random::Stream& times_ = stream(Purpose::start);
  random::Stream& noise_ = stream(Purpose::dynamics);
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Guidance>(setting, address);
}

}  // namespace symbreak::experiment::guidance
