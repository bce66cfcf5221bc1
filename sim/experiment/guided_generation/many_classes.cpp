#include "sim/experiment/guided_generation/many_classes.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/theory/guided_classes.hpp"

namespace symbreak::experiment::guided_generation {

using namespace findings::guided_generation;

std::vector<verdict::Fact> facts_of(const target::ManyClasses& classes) {
  return {{fact::rate, classes.rate, "alpha = ln K/d"},
          {fact::within, classes.within, "v, variance within a class, per coordinate"}};
}

namespace {

/// nullopt for weights that are negative somewhere.
std::optional<theory::GuidedClass> guided(const target::ManyClasses& classes,
                                          const Setting& setting,
                                          const std::function<double(double noise)>& weight) {
  const auto negative = [&](double s) { return weight(s) < 0; };
  if (std::ranges::any_of(setting.grid.noise, negative)) return std::nullopt;
  return theory::GuidedClass{.rate = classes.rate,
                             .within = classes.within,
                             .centres = classes.centres,
                             .own = classes.own,
                             .from = setting.grid.noise.front(),
                             .to = setting.end(),
                             .flow = diffusion::deterministic(setting.sampler),
                             .weight = weight};
}

}  // namespace

std::vector<verdict::Prediction> limits(const target::ManyClasses& classes, const Setting& setting,
                                        const std::function<double(double noise)>& weight) {
  const auto of = guided(classes, setting, weight);
  if (!of) return {};
  const bool flow = of->flow;
  const theory::ManyClassLaw law = theory::guided_class(*of);
  const std::string source = flow ? "e^(alpha d) classes, probability flow, d -> infinity"
                                  : "e^(alpha d) classes, reverse SDE, d -> infinity";
  std::vector<verdict::Prediction> all = {{prediction::limit_shift, law.shift, source},
                                          {prediction::limit_spread, law.variance, source}};
  if (law.condensation > 0) {
    all.push_back({prediction::condensation_noise, law.condensation, source});
  }
  return all;
}

std::vector<verdict::Prediction> finite_laws(const target::ManyClasses& classes,
                                             const Setting& setting,
                                             const std::function<double(double noise)>& weight) {
  const auto of = guided(classes, setting, weight);
  if (!of || of->flow || !classes.annealed) return {};
  const theory::ManyClassLaw law = theory::guided_class(*of);
  const auto d = static_cast<double>(setting.dimension());
  const auto noise = law.condensation > 0 ? theory::finite_condensation(*of, d) : std::nullopt;
  if (!noise) return {};
  // The push goes on to the end of the step in which a run condenses: log odds must not move by much
  // more than they fluctuate, which is by one. Measured: -.4 % of the noise at steps of 1.1.
  constexpr double kResolved = 0.3;
  const std::vector<double>& levels = setting.grid.noise;
  const auto after = std::ranges::find_if(levels, [&](double s) { return s < *noise; });
  if (after == levels.begin() || after == levels.end()) return {};
  const double step = std::log((classes.within + *(after - 1)) / (classes.within + *after));
  if (step * d * law.drift > kResolved) return {};
  return {
      {prediction::condensation_finite, *noise, "Fokker-Planck of the log odds at this dimension"}};
}

}  // namespace symbreak::experiment::guided_generation
