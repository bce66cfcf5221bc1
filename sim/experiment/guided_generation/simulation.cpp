#include "sim/experiment/guided_generation/simulation.hpp"

#include <cmath>

#include "analysis/statistics/distances.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::guided_generation {

namespace {

class GuidedGeneration final : public Unit<const Setting&> {
 public:
  using Unit::Unit;

  void advance(measure::Recorder& recorder) override {
    const Index walkers = s_.walkers, d = s_.guided->dimension();
    const double s = s_.end(), samples = static_cast<double>(walkers);
    MatrixXd x = diffusion::clean_samples(s_.model, planted_, walkers);
    x += std::sqrt(s_.grid.noise.front()) * normals(start_, d, walkers);
    run(x, recorder);

    // Independent walkers: variances without bias.
    const VectorXd place = x.transpose() * s_.axis;
    const double deviation = std::sqrt(s_.wanted.along + s);
    recorder.measure(observable::shift, (place.mean() - s_.axis.dot(s_.wanted.mean)) / deviation);
    recorder.measure(observable::variance, (place.array() - place.mean()).square().sum() /
                                               (samples - 1) / std::pow(deviation, 2));
    const VectorXd mean = x.rowwise().mean();
    recorder.measure(observable::spread,
                     (x.colwise() - mean).squaredNorm() / (samples - 1) /
                         (s_.wanted.variance.sum() + static_cast<double>(d) * s));
    if (s_.law != nullptr) {
      const VectorXd beta = VectorXd::Constant(walkers, 1 / s);
      recorder.measure(observable::purity,
                       s_.law->class_probabilities(x, beta).row(s_.label).mean());
    }
    double inside = 0;
    for (const Index found : s_.model.data->classify(x)) inside += found == s_.label ? 1 : 0;
    recorder.measure(observable::class_fraction, inside / samples);
    if (!s_.distance) return;
    MatrixXd exact(d, walkers);
    s_.classes->sample_class(exact_, s_.label, exact);
    exact += std::sqrt(s) * normals(exact_, d, walkers);
    recorder.measure(observable::energy_distance, statistics::energy_distance(x, exact));
  }

 private:
  /// All steps, with P(class|x) at the levels that are followed.
  void run(MatrixXd& x, measure::Recorder& recorder) {
    diffusion::Integrator integrator(s_.sampler, s_.grid);
    VectorXd committed(static_cast<Index>(s_.followed.size()));
    Index next = 0;
    for (std::size_t i = 0; i <= s_.grid.steps(); ++i) {
      if (next < committed.size() &&
          s_.followed[static_cast<std::size_t>(next)] == static_cast<Index>(i)) {
        const VectorXd beta = VectorXd::Constant(x.cols(), 1 / s_.grid.noise[i]);
        committed[next++] = s_.model.posterior->class_probabilities(x, beta).row(s_.label).mean();
      }
      if (i < s_.grid.steps()) integrator.step(i, *s_.guided, dynamics_, x);
    }
    if (next > 0) recorder.measure(observable::committed, committed);
  }

  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& start_ = stream(Purpose::noise);
  random::Stream& dynamics_ = stream(Purpose::dynamics);
  random::Stream& exact_ = stream(Purpose::target);
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<GuidedGeneration>(setting, address);
}

}  // namespace symbreak::experiment::guided_generation
