#include "sim/experiment/common/batch_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/target/finite_support.hpp"
#include "sim/target/network/network.hpp"
#include "sim/target/random_features/trained_score.hpp"

namespace symbreak::experiment {

Sampling sampling(const deck::Parameters& parameters) {
  const auto amount = [&](const std::string& key, std::int64_t otherwise) {
    return parameters.has(key) ? parameters.integer(key) : otherwise;
  };
  return {amount("sampling.walkers", 1), amount("sampling.blocks", 1),
          amount("sampling.replicas", 1), amount("sampling.disorder_samples", 1)};
}

UnitTarget::UnitTarget(const deck::Parameters& parameters) : parameters_(parameters) {
  const target::TargetKind& kind = target::kind(parameters.word("target.kind"));
  if (kind.disordered) return;
  refuse_if(parameters.integer("sampling.disorder_samples") > 1, "sampling.disorder_samples",
            fmt::format("target '{}' is one fixed dataset or system and has no disorder to average "
                        "over; use sampling.replicas or sampling.walkers for more of its states",
                        kind.name));
  fixed_ = target::build(parameters, {});
}

std::shared_ptr<const target::Target> UnitTarget::sample() const {
  return fixed_ ? fixed_ : target::build(parameters_, {});
}

std::shared_ptr<const target::Target> UnitTarget::of(const measure::UnitAddress& address) const {
  return fixed_ ? fixed_ : target::build(parameters_, address.address(random::Purpose::data));
}

target::MatrixXd order_projection(const target::CleanData& data) {
  target::MatrixXd axes = data.order_axes();
  for (Index a = 0; a < axes.cols(); ++a) axes.col(a) /= axes.col(a).squaredNorm();
  return axes;
}

std::vector<double> times_of(const diffusion::Forward& forward, const std::vector<double>& noise) {
  std::vector<double> times;
  for (const double s : noise) times.push_back(forward.time(s));
  return times;
}

std::vector<Index> recorded_levels(Index levels, Index records) {
  const Index count = std::min(records, levels);
  std::vector<Index> recorded;
  for (Index r = 0; r < count; ++r) {
    recorded.push_back(r * (levels - 1) / std::max<Index>(1, count - 1));
  }
  return recorded;
}

std::vector<double> at_levels(const std::vector<double>& grid, const std::vector<Index>& recorded) {
  std::vector<double> noise;
  for (const Index i : recorded) noise.push_back(grid[static_cast<std::size_t>(i)]);
  return noise;
}

std::vector<double> weights_of_classes(const target::CleanData& data) {
  const target::VectorXd weights = data.class_weights();
  return {weights.begin(), weights.end()};
}

double critical_time(const deck::Parameters& parameters, const std::optional<double>& noise,
                     const std::string& refusal) {
  refuse_if(!noise, "experiment.t", refusal + "; give numbers");
  return diffusion::Forward(parameters).time(*noise);
}

double mean_seconds(const target::Denoiser& denoiser) {
  if (const auto* network = target::part<target::Network>(denoiser)) return network->seconds();
  if (const auto* trained = target::part<target::feature_flow::TrainedScore>(denoiser)) {
    // Two products with F and A, and p activations.
    const auto p = static_cast<double>(trained->machine().features().count());
    return p * (4e-10 * static_cast<double>(denoiser.dimension()) + 3e-9) + 50e-9;
  }
  const auto* points = target::part<target::FiniteSupport>(denoiser);
  const double size = points ? static_cast<double>(points->count()) : 4;
  return static_cast<double>(denoiser.dimension()) * (size * 0.4e-9 + 5e-9) + 50e-9;
}

std::size_t memory_with(const target::Denoiser& denoiser, Index numbers) {
  return denoiser.memory() + sizeof(double) * static_cast<std::size_t>(numbers);
}

void require_evaluated(const deck::Parameters& parameters, const target::Model& model) {
  refuse_if(
      !model.exact(), "target.kind",
      fmt::format("{} needs a clean mean that is evaluated, not sampled by Markov chains as in {}: "
                  "take a smaller system",
                  parameters.word("experiment.kind"), model.denoiser->describe()));
}

}  // namespace symbreak::experiment
