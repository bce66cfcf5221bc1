#include "sim/experiment/guided_generation/many_classes.hpp"

#include <algorithm>

#include "analysis/theory/guided_classes.hpp"

namespace symbreak::experiment::guided_generation {

using namespace findings::guided_generation;

std::vector<verdict::Fact> facts_of(const target::ManyClasses& classes) {
  return {{fact::rate, classes.rate, "alpha = ln K/d"},
          {fact::within, classes.within, "v, variance within a class, per coordinate"}};
}

std::vector<verdict::Prediction> limits(const target::ManyClasses& classes, const Setting& setting,
                                        const std::function<double(double noise)>& weight) {
  const auto negative = [&](double s) { return weight(s) < 0; };
  if (std::ranges::any_of(setting.grid.noise, negative)) return {};
  const bool flow = diffusion::deterministic(setting.sampler);
  const theory::ManyClassLaw law = theory::guided_class({.rate = classes.rate,
                                                         .within = classes.within,
                                                         .centres = classes.centres,
                                                         .own = classes.own,
                                                         .from = setting.grid.noise.front(),
                                                         .to = setting.end(),
                                                         .flow = flow,
                                                         .weight = weight});
  const std::string source = flow ? "e^(alpha d) classes, probability flow, d -> infinity"
                                  : "e^(alpha d) classes, reverse SDE, d -> infinity";
  std::vector<verdict::Prediction> all = {{prediction::limit_shift, law.shift, source},
                                          {prediction::limit_spread, law.variance, source}};
  if (law.condensation > 0) {
    all.push_back({prediction::condensation_noise, law.condensation, source});
  }
  return all;
}

}  // namespace symbreak::experiment::guided_generation
