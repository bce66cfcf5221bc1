#include "sim/experiment/fast_samplers/simulation.hpp"

#include <algorithm>

#include "sim/experiment/common/batch.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/spin_moments.hpp"

namespace symbreak::experiment::fast_samplers {

namespace {

using target::MatrixXd;
using target::VectorXd;

class FastSamplers final : public measure::Simulation {
 public:
  FastSamplers(const Setting& setting, const measure::UnitAddress& address)
      : s_(setting),
        begin_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)),
        exact_(address.stream(random::Purpose::planted)),
        directions_(address.stream(random::Purpose::projection)),
        clean_(s_.score.make(s_.model, s_.walkers, address.address(random::Purpose::posterior))),
        start_(s_.start, s_.model, *s_.forward, s_.grid.noise.front(), s_.start_samples,
               address.stream(random::Purpose::noise)) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(measure::Recorder& recorder) override {
    const target::CleanData& data = *s_.model.data;
    const Index d = s_.model.denoiser->dimension();
    MatrixXd x(d, s_.walkers);
    start_.draw(begin_, x);
    if (clean_.sampled()) {
      MatrixXd y(d, s_.walkers);
      data.sample(begin_, y);
      clean_.plant(y);
      clean_.equilibrate(x, s_.grid.noise.front(), s_.score.burn_in);
    }
    diffusion::Integrator integrator(s_.sampler, s_.grid);
    integrator.run(clean_, noise_, x);

    // Walkers are independent: a block's mean is one sample.
    const double weight = 1 / static_cast<double>(s_.walkers);
    std::vector<double> occupied(static_cast<std::size_t>(data.classes()));
    for (Index label : data.classify(x)) {
      if (label >= 0) occupied[static_cast<std::size_t>(label)] += weight;
    }
    recorder.measure(observable::branch_occupation, occupied);
    const MatrixXd along = s_.axes.transpose() * x;
    const VectorXd mean = along.rowwise().mean(), square = along.rowwise().squaredNorm() * weight;
    recorder.measure(observable::generated_mean, span(mean));
    recorder.measure(observable::generated_square, span(square));
    distances(recorder, x.leftCols(std::min(s_.walkers, kDistanceSamples)));
    if (done_++ == 0) {
      recorder.solved(observable::evaluations, static_cast<double>(integrator.evaluations()), 0);
    }
  }

  void save(measure::State& state) const override {
    save_streams(state, begin_, noise_, exact_, directions_);
    state.integers["blocks"] = {done_};
    if (clean_.sampled()) state.integers["chains"] = clean_.save();
  }
  void load(const measure::State& state) override {
    load_streams(state, begin_, noise_, exact_, directions_);
    done_ = state.integers.at("blocks").at(0);
    if (clean_.sampled()) clean_.load(state.integers.at("chains"));
  }

 private:
  void distances(measure::Recorder& recorder, const MatrixXd& y) {
    const Index d = y.rows();
    MatrixXd a(d, y.cols()), b(d, y.cols());
    s_.model.data->sample(exact_, a);
    s_.model.data->sample(exact_, b);
    recorder.measure(observable::wasserstein_2_excess, wasserstein_excess(y, a, b, directions_));
    measure_spins(*s_.model.denoiser, y, a, b, s_.coupling_unit, recorder);
  }

  const Setting& s_;
  random::Stream begin_, noise_, exact_, directions_;
  CleanMean clean_;
  diffusion::Start start_;
  std::uint64_t done_ = 0;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<FastSamplers>(setting, address);
}

}  // namespace symbreak::experiment::fast_samplers
