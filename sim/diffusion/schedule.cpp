#include "sim/diffusion/schedule.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/entropy_rate.hpp"
#include "sim/diffusion/rate_source.hpp"

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

Grid make_grid(const deck::Parameters& parameters, const Forward& forward,
               const target::Model& model, double from, double to) {
  const std::string& schedule = parameters.word("experiment.schedule");
  const bool clean = parameters.word("experiment.last_step") == "clean";
  const auto steps = static_cast<std::size_t>(parameters.integer("experiment.steps"));
  // Steps between positive levels; the last one to zero comes on top.
  const std::size_t inner = clean ? steps - 1 : steps;

  Path path;
  if (schedule == "linear_beta") {
    const std::int64_t length = parameters.integer("experiment.chain_length"),
                       start = parameters.integer("experiment.start_index");
    if (start >= length) {
      throw deck::KeyError("experiment.start_index",
                           fmt::format("the chain has the indices 0 to {}", length - 1));
    }
    if (static_cast<std::int64_t>(inner) > start) {
      throw deck::KeyError(
          "experiment.steps",
          fmt::format("{} steps are more than the chain has from index {}", steps, start));
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
    path = [levels](double u) {
      const double index = static_cast<double>(levels.size() - 1) * (1 - u);
      return levels[static_cast<std::size_t>(std::lround(index))];
    };
  } else {
    if (!(from > to && to > 0)) {
      throw deck::KeyError("experiment.t_start",
                           fmt::format("generation runs backwards: t_start = {:.4g} must exceed "
                                       "t_end = {:.4g} > 0",
                                       forward.time(from), forward.time(to)));
    }
    if (schedule == "uniform_t") {
      path = even_in(
          from, to, [&forward](double s) { return forward.time(s); },
          [forward](double t) { return forward.at(t).noise(); });
    } else if (schedule == "log") {
      path = even_in(
          from, to, [](double s) { return std::log(s); }, [](double v) { return std::exp(v); });
    } else if (schedule == "sqrt" || schedule == "edm") {
      const double power = schedule == "sqrt" ? 0.5 : 0.5 / parameters.real("experiment.rho");
      path = even_in(
          from, to, [power](double s) { return std::pow(s, power); },
          [power](double v) { return std::pow(v, 1 / power); });
    } else if (schedule == "cosine") {
      path = cosine(from, to);
    } else {
      path = entropic(parameters, model, from, to, schedule);
    }
  }

  Grid grid;
  const double count = static_cast<double>(std::max<std::size_t>(inner, 1));
  for (std::size_t i = 0; i <= inner; ++i)
    grid.noise.push_back(path(static_cast<double>(i) / count));
  if (schedule != "linear_beta") {
    grid.noise.front() = from;
    if (inner > 0) grid.noise.back() = to;
  }
  if (clean) grid.noise.push_back(0);
  grid.between = [path, count](double u) { return path(std::min(u / count, 1.0)); };
  for (std::size_t i = 0; i + 1 < grid.noise.size(); ++i) {
    if (!(grid.noise[i] > grid.noise[i + 1])) {
      throw deck::KeyError("experiment.steps", "two levels of the grid coincide: fewer steps");
    }
  }
  return grid;
}

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
      deck::count_key(section, "steps", "50",
                      "steps of the time grid, the one to zero noise included", 1, 1e7),
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
