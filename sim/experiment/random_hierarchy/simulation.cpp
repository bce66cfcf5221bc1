#include "sim/experiment/random_hierarchy/simulation.hpp"

#include <cmath>

#include "analysis/findings/random_hierarchy/observables.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/hierarchy/random_hierarchy.hpp"

namespace symbreak::experiment::random_hierarchy {

namespace observable = findings::random_hierarchy::observable;

namespace {

using target::RandomHierarchy;

class HierarchyRun final : public Unit<const Setting&> {
 public:
  HierarchyRun(const Setting& setting, std::shared_ptr<const target::Denoiser> rules,
               const measure::UnitAddress& address)
      : Unit(setting, address), rules_(std::move(rules)) {}

  void advance(measure::Recorder& recorder) override {
    const auto layers = static_cast<std::size_t>(target_.layers()) + 1;
    std::vector<double> belief(layers), correct(layers);
    for (Index w = 0; w < s_.walkers; ++w) {
      const RandomHierarchy::Reading datum = target_.draw(planted_);
      const std::vector<MatrixXd> found = target_.beliefs(blurred(datum.symbols.back()));
      for (std::size_t l = 0; l < layers; ++l) {
        double sum = 0, right = 0;
        for (Index node = 0; node < found[l].cols(); ++node) {
          const Index symbol = datum.symbols[l][static_cast<std::size_t>(node)];
          Index most = 0;
          found[l].col(node).maxCoeff(&most);
          sum += found[l](symbol, node);
          right += most == symbol ? 1 : 0;
        }
        const double share =
            1 / static_cast<double>(found[l].cols()) / static_cast<double>(s_.walkers);
        belief[l] += sum * share;
        correct[l] += right * share;
      }
    }
    recorder.measure(observable::belief, belief);
    recorder.measure(observable::recovered, correct);
  }

 private:
  MatrixXd blurred(const std::vector<Index>& leaves) {
    const Index v = target_.classes(), count = static_cast<Index>(leaves.size());
    if (s_.gaussian) {
      const VectorXd x = target_.one_hot(leaves) +
                         std::sqrt(s_.strength) * normals(noise_, target_.dimension(), 1);
      return target_.likelihood(x, 1 / s_.strength);
    }
    const double wrong = s_.strength / static_cast<double>(v);
    MatrixXd result = MatrixXd::Constant(v, count, wrong);
    for (Index i = 0; i < count; ++i) {
      result(leaves[static_cast<std::size_t>(i)], i) = 1 - s_.strength + wrong;
    }
    return result;
  }

  std::shared_ptr<const target::Denoiser> rules_;
  const RandomHierarchy& target_ = *target::part<RandomHierarchy>(*rules_);
  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                std::shared_ptr<const target::Denoiser> rules,
                                                const measure::UnitAddress& address) {
  return std::make_unique<HierarchyRun>(setting, std::move(rules), address);
}

}  // namespace symbreak::experiment::random_hierarchy
