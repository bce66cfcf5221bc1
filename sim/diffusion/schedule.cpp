#include "sim/diffusion/schedule.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/entropy_rate.hpp"
#include "sim/diffusion/rate_source.hpp"
#include "sim/diffusion/step_error.hpp"

namespace symbreak::diffusion {

namespace {

/// A parametrisation of the levels: u in [0, 1] from s_0 down to s_1.
using Path = std::function<double(double)>;

/// Even in f(s), monotone.
Path even_in(double from, double to, const std::function<double(double)>& f,
             const std::function<double(double)>& inverse) {
  const double first = f(from), last = f(to);
  return [=](double u) { return inverse(first + u * (last - first)); };
}

Path cosine(double from, double to) {
  constexpr double kOffset = 0.008;
  const double norm = std::cos(kOffset / (1 + kOffset) * M_PI / 2);
  // abar = 1/(1 + s) = (cos(angle)/norm)^2
  return even_in(
      from, to, [=](double s) { return std::acos(norm / std::sqrt(1 + s)); },
      [=](double angle) { return std::pow(norm / std::cos(angle), 2) - 1; });
}

Path entropic(const deck::Parameters& parameters, const target::Model& model, double from,
              double to, const std::string& schedule) {
  const double power = schedule == "entropic" ? 0 : 0.5;
  try {
    const auto clock = std::make_shared<EntropyClock>(
        deck_rate(parameters, model, schedule == "spectral", to, from), power, to, from);
    return [=](double u) { return clock->noise(1 - u); };
  } catch (const std::invalid_argument& error) {
    throw deck::KeyError("experiment.schedule", error.what());
  }
}

}  // namespace

Grid spaced_grid(const std::string& spacing, double from, double to, Eigen::Index steps,
                 double cosine_start) {
  const auto count = static_cast<double>(steps);
  const Path path = [=](double u) {
    if (spacing == "cosine") return std::pow(std::tan(M_PI * (cosine_start * (1 - u)) / 2), 2);
    if (spacing == "log") return from * std::pow(to / from, u);
    const double root = std::sqrt(from) + u * (std::sqrt(to) - std::sqrt(from));
    return root * root;
  };
  const bool open = spacing == "cosine";  // the level after the last is 0
  Grid grid;
  for (Eigen::Index i = 0; i < steps + (open ? 0 : 1); ++i) {
    grid.noise.push_back(path(static_cast<double>(i) / count));
  }
  if (!open) {
    grid.noise.front() = from;
    grid.noise.back() = to;
  }
  grid.between = [path, count](double u) { return path(u / count); };
  return grid;
}

namespace {

/// Levels of the discrete chain up to the index where the grid starts.
std::vector<double> chain_levels(const deck::Parameters& parameters) {
  const std::int64_t length = parameters.integer("experiment.chain_length"),
                     start = parameters.integer("experiment.start_index");
  if (start >= length) {
    throw deck::KeyError("experiment.start_index",
                         fmt::format("the chain has the indices 0 to {}", length - 1));
  }
  std::vector<double> levels;
  const double first = parameters.real("experiment.chain_first"),
               last = parameters.real("experiment.chain_last");
  double log_abar = 0;
  for (std::int64_t i = 0; i <= start; ++i) {
    const double u = length > 1 ? static_cast<double>(i) / static_cast<double>(length - 1) : 0;
    log_abar += std::log1p(-(first + (last - first) * u));
    levels.push_back(std::expm1(-log_abar));
  }
  return levels;
}

Path deck_path(const deck::Parameters& parameters, const Forward& forward,
               const target::Model& model, double from, double to) {
  const std::string& schedule = parameters.word("experiment.schedule");
  if (!(from > to && to > 0)) {
    throw deck::KeyError("experiment.t_start",
                         fmt::format("generation runs backwards: t_start = {:.4g} must exceed "
                                     "t_end = {:.4g} > 0",
                                     forward.time(from), forward.time(to)));
  }
  if (schedule == "uniform_t") {
    return even_in(
        from, to, [&forward](double s) { return forward.time(s); },
        [forward](double t) { return forward.at(t).noise(); });
  }
  if (schedule == "log") {
    return even_in(
        from, to, [](double s) { return std::log(s); }, [](double v) { return std::exp(v); });
  }
  if (schedule == "sqrt" || schedule == "edm") {
    const double power = schedule == "sqrt" ? 0.5 : 0.5 / parameters.real("experiment.rho");
    return even_in(
        from, to, [power](double s) { return std::pow(s, power); },
        [power](double v) { return std::pow(v, 1 / power); });
  }
  if (schedule == "cosine") return cosine(from, to);
  return entropic(parameters, model, from, to, schedule);
}

/// `steps` as written, or the fewest whose error on Gaussian data is within the tolerance.
Eigen::Index step_count(const deck::Parameters& parameters, const target::Model& model,
                        Eigen::Index most, const std::function<Grid(Eigen::Index)>& grid) {
  const auto tolerance = parameters.tolerance("experiment.steps");
  if (!tolerance) return parameters.integer("experiment.steps");
  const auto variances = mode_variances(model);
  if (!variances) {
    throw deck::KeyError("experiment.steps",
                         "auto needs the covariance of the data, which this target has not or is "
                         "too large to store: write a number of steps");
  }
  const SamplerSetting sampler = sampler_setting(parameters);
  const Eigen::Index steps = steps_within(*tolerance, most, [&](Eigen::Index count) {
    return step_error(sampler, grid(count), *variances);
  });
  if (steps == 0) {
    throw deck::KeyError("experiment.steps",
                         "{} steps of {} still miss the tolerance {}: take another sampler or "
                         "schedule, or a later t_end",
                         most, parameters.word("experiment.sampler"), *tolerance);
  }
  return steps;
}

}  // namespace

Grid make_grid(const deck::Parameters& parameters, const Forward& forward,
               const target::Model& model, double from, double to) {
  const bool clean = parameters.word("experiment.last_step") == "clean";
  const bool chain = parameters.word("experiment.schedule") == "linear_beta";
  // Steps between positive levels; the last one to zero comes on top.
  const auto inner_of = [clean](Eigen::Index steps) { return clean ? steps - 1 : steps; };
  Path path;
  Eigen::Index most = 100000;
  if (chain) {
    const std::vector<double> levels = chain_levels(parameters);
    path = [levels](double u) {
      const double index = static_cast<double>(levels.size() - 1) * (1 - u);
      return levels[static_cast<std::size_t>(std::lround(index))];
    };
    most = static_cast<Eigen::Index>(levels.size()) - 1 + (clean ? 1 : 0);
  } else {
    path = deck_path(parameters, forward, model, from, to);
  }

  const auto grid_of = [&](Eigen::Index steps) {
    const Eigen::Index inner = inner_of(steps);
    const double count = static_cast<double>(std::max<Eigen::Index>(inner, 1));
    Grid grid;
    for (Eigen::Index i = 0; i <= inner; ++i) {
      grid.noise.push_back(path(static_cast<double>(i) / count));
    }
    if (!chain) {
      grid.noise.front() = from;
      if (inner > 0) grid.noise.back() = to;
    }
    if (clean) grid.noise.push_back(0);
    grid.between = [path, count](double u) { return path(std::min(u / count, 1.0)); };
    return grid;
  };
  const Eigen::Index steps = step_count(parameters, model, most, grid_of);
  if (chain && steps > most) {
    throw deck::KeyError("experiment.steps",
                         fmt::format("{} steps are more than the chain has from index {}", steps,
                                     parameters.integer("experiment.start_index")));
  }
  Grid grid = grid_of(steps);
  for (std::size_t i = 0; i + 1 < grid.noise.size(); ++i) {
    if (!(grid.noise[i] > grid.noise[i + 1])) {
      throw deck::KeyError("experiment.steps", "two levels of the grid coincide: fewer steps");
    }
  }
  return grid;
}

namespace {

deck::Key steps_key() {
  deck::Key key = deck::count_key(
      "experiment", "steps", "50",
      "steps of the time grid, the one to zero noise included; auto(tolerance): as many as keep "
      "every probability within the tolerance on Gaussian data of the same covariance",
      1, 1e7);
  key.automatic = true;
  return key;
}

}  // namespace

std::vector<deck::Key> schedule_keys() {
  using deck::Key;
  const std::string section = "experiment";
  std::vector<Key> keys = {
      deck::word_key(section, "schedule", "log",
                     "time grid: even in t, ln s, sqrt(s), cosine, the discrete linear-beta DDPM "
                     "chain, EDM's s^(1/2rho), equal shares of entropy, of sqrt(s) dH, or of the "
                     "latter weighted by mode (s = sigma^2 t of the Brownian gauge)",
                     {"uniform_t", "log", "sqrt", "cosine", "linear_beta", "edm", "entropic",
                      "rescaled_entropic", "spectral"}),
      steps_key(),
      deck::word_key(
          section, "last_step", "clean",
          "clean: the last step goes from t_end to zero noise, x' = <y>; noisy: it ends at t_end",
          {"clean", "noisy"}),
      deck::used_with("schedule=edm",
                      deck::real_key(section, "rho", "7", "exponent of the schedule", 0.5, 100)),
      deck::used_with("schedule=linear_beta",
                      deck::positive_key(section, "chain_first", "1e-4",
                                         "first beta of the discrete chain", 0.999)),
      deck::used_with("schedule=linear_beta",
                      deck::positive_key(section, "chain_last", "0.02",
                                         "last beta of the discrete chain", 0.999)),
      deck::used_with(
          "schedule=linear_beta",
          deck::count_key(section, "chain_length", "1000", "length of the discrete chain", 1, 1e6)),
      deck::used_with(
          "schedule=linear_beta",
          deck::count_key(section, "start_index", "999",
                          "index (from 0) of the first level; the grid runs evenly to index 0", 0,
                          1e6)),
  };
  for (const Key& key : rate_keys()) keys.push_back(key);
  return keys;
}

}  // namespace symbreak::diffusion
