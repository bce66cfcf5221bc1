#include "sim/experiment/common/reverse_run.hpp"

#include <cmath>

#include "sim/deck/key_forms.hpp"

namespace symbreak::experiment {

diffusion::NoiseRange ReverseRun::read(const deck::Parameters& parameters,
                                       const std::optional<diffusion::NoiseRange>& own) {
  model = target::build_model(parameters);
  forward = std::make_shared<const diffusion::Forward>(parameters);
  sampler = diffusion::sampler_setting(parameters);
  refuse_if(parameters.word("experiment.schedule") == "linear_beta" &&
                forward->clock() != diffusion::Clock::ddpm,
            "experiment.schedule",
            "linear_beta is a grid of the variance-preserving process: set forward.clock = ddpm");
  const auto range = own ? *own : diffusion::noise_range(parameters, *forward, model);
  grid = diffusion::make_grid(parameters, *forward, model, range.from, range.to);
  return range;
}

double ReverseRun::seconds() const {
  return walkers_per_unit() * static_cast<double>(diffusion::evaluation_count(sampler, grid)) *
         mean_seconds(*model.denoiser);
}

target::MatrixXd classes_of_ends(const target::Model& model, const target::MatrixXd& ends,
                                 const target::MatrixXd& last, double noise) {
  if (model.posterior == nullptr || !model.posterior->exact()) {
    return model.data->class_shares(ends);
  }
  return model.posterior->class_probabilities(last,
                                              target::VectorXd::Constant(last.cols(), 1 / noise));
}

std::vector<double> recorded_noise(const deck::Parameters& parameters,
                                   const diffusion::Forward& forward, const target::Model& model) {
  const auto range = diffusion::noise_range(parameters, forward, model);
  refuse_if(!(range.from > range.to), "experiment.t_start", "t_start must exceed t_end");
  const auto records = parameters.integer("experiment.records");
  std::vector<double> noise;
  for (std::int64_t i = 0; i < records; ++i) {
    noise.push_back(range.to * std::pow(range.from / range.to,
                                        static_cast<double>(i) / static_cast<double>(records - 1)));
  }
  return noise;
}

std::vector<deck::Key> batch_keys(const std::string& walkers, const std::string& blocks,
                                  const std::string& replicas) {
  return {deck::sampling_key("walkers", walkers, "trajectories run together (one batch)", 2, 1e6),
          deck::sampling_key("blocks", blocks, "batches per work unit"),
          deck::sampling_key("replicas", replicas, "independent work units")};
}

std::vector<deck::Key> reverse_keys(const Defaults& defaults) {
  std::vector<deck::Key> keys = deck::joined(
      {diffusion::sampler_keys(), diffusion::schedule_keys(), diffusion::start_keys()});
  for (deck::Key& key : keys) {
    for (const auto& [name, value] : defaults) {
      if (key.name == name) key.fallback = value;
    }
  }
  return keys;
}

std::vector<deck::Key> started_keys(const Defaults& defaults) {
  std::vector<deck::Key> keys = reverse_keys(defaults);
  std::erase_if(keys, [](const deck::Key& key) {
    return key.name.starts_with("start") || key.name.starts_with("chain_");
  });
  for (deck::Key& key : keys) {
    if (key.name == "schedule") std::erase(key.choices, "linear_beta");
  }
  return keys;
}

}  // namespace symbreak::experiment
