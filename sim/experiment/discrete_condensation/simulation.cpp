#include "sim/experiment/discrete_condensation/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/discrete_condensation/observables.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::discrete_condensation {

namespace observable = findings::discrete_condensation::observable;

namespace {

class SpinCondensation final : public Unit<Setting> {
 public:
  using Unit::Unit;

  void advance(measure::Recorder& recorder) override {
    const Index d = s_.target->dimension();
    MatrixXd y(d, s_.walkers);
    const std::vector<Index> datum = points_.draw_equally(planted_, y);
    const MatrixXd x = diffusion::noised(*s_.channel, y, s_.signal, noise_);
    const double h = s_.channel->field(s_.signal);
    const VectorXd fields = VectorXd::Constant(s_.walkers, h);
    const target::Averages posterior = points_.weights(x, fields);
    const std::vector<Index> first = draw(x, fields), second = draw(x, fields);
    for (Index k = 0; k < s_.walkers; ++k) {
      const auto walker = static_cast<std::size_t>(k);
      const double exponent = h * (x.col(k).dot(y.col(k)) - static_cast<double>(d) / 2);
      const double weight =
          std::exp(points_.log_weight(datum[walker]) + exponent - posterior.log_partition[k]);
      const double Y = posterior.participation[k];
      const double clones = first[walker] == second[walker] ? 1 : 0;
      const double back = first[walker] == datum[walker] ? 1 : 0;
      const double map = posterior.heaviest[k] == datum[walker] ? 1 : 0;
      recorder.measure(observable::true_weight, weight);
      recorder.measure(observable::participation, Y);
      recorder.measure(observable::largest_weight, posterior.largest_weight[k]);
      recorder.measure(observable::conditional_entropy, posterior.entropy[k]);
      recorder.measure(observable::clone_probability, clones);
      recorder.measure(observable::return_probability, back);
      recorder.measure(observable::map_correct, map);
      recorder.measure(observable::true_weight_identity, weight - Y);
      recorder.measure(observable::clone_identity, clones - Y);
      recorder.measure(observable::return_identity, back - Y);
      recorder.measure(observable::map_identity, map - posterior.largest_weight[k]);
    }
  }

 private:
  std::vector<Index> draw(const MatrixXd& x, const VectorXd& fields) {
    VectorXd uniforms(x.cols());
    copies_.uniforms({uniforms.data(), static_cast<std::size_t>(uniforms.size())});
    return points_.draw(x, fields, uniforms);
  }

  const target::FiniteSupport& points_ = *target::part<target::FiniteSupport>(*s_.target);
  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
  random::Stream& copies_ = stream(Purpose::copies);
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<SpinCondensation>(std::move(setting), address);
}

}  // namespace symbreak::experiment::discrete_condensation
