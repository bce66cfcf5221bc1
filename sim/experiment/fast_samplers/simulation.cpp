#include "sim/experiment/fast_samplers/simulation.hpp"

#include <algorithm>

#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::fast_samplers {

namespace {

class FastSamplers final : public Unit<const Setting&> {
 public:
  FastSamplers(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address) {
    keep_integers("blocks", done_);
    if (clean_.sampled()) keep_chains("chains", clean_);
  }

  void advance(measure::Recorder& recorder) override {
    MatrixXd x(s_.model.denoiser->dimension(), s_.walkers);
    start_.draw(begin_, x);
    if (clean_.sampled()) {
      clean_.plant(diffusion::clean_samples(s_.model, begin_, s_.walkers));
      clean_.equilibrate(x, s_.grid.noise.front(), s_.score.burn_in);
    }
    diffusion::Integrator integrator(s_.sampler, s_.grid);
    integrator.run(clean_, noise_, x);

    // Walkers are independent: a block's mean is one sample.
    recorder.measure(observable::branch_occupation, occupation(*s_.model.data, x));
    const MatrixXd along = s_.axes.transpose() * x;
    recorder.measure(observable::generated_mean, along.rowwise().mean());
    recorder.measure(observable::generated_square,
                     along.rowwise().squaredNorm() * (1 / static_cast<double>(s_.walkers)));
    distances(recorder, x.leftCols(std::min(s_.walkers, kDistanceSamples)));
    if (done_++ == 0) {
      recorder.solved(observable::evaluations, static_cast<double>(integrator.evaluations()), 0);
    }
  }

 private:
  void distances(measure::Recorder& recorder, const MatrixXd& y) {
    const MatrixXd a = diffusion::clean_samples(s_.model, exact_, y.cols());
    const MatrixXd b = diffusion::clean_samples(s_.model, exact_, y.cols());
    recorder.measure(observable::wasserstein_2_excess,
                     wasserstein_excess(s_.space, y, a, b, directions_));
    measure_spins(*s_.model.denoiser, y, a, b, s_.coupling_unit, recorder);
  }

  random::Stream& begin_ = stream(Purpose::start);
  random::Stream& noise_ = stream(Purpose::dynamics);
  random::Stream& exact_ = stream(Purpose::planted);
  random::Stream& directions_ = stream(Purpose::projection);
  CleanMean clean_ = s_.score.make(s_.model, s_.walkers, address_.address(Purpose::posterior));
  diffusion::Start start_{s_.start,         s_.model,
                          *s_.forward,      s_.grid.noise.front(),
                          s_.start_samples, address_.stream(Purpose::noise)};
  std::uint64_t done_ = 0;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<FastSamplers>(setting, address);
}

}  // namespace symbreak::experiment::fast_samplers
