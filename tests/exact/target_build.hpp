// Targets from key = value pairs, the way a deck would make them, and a few points to look at.
#pragma once
#include <charconv>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/target/finite_support.hpp"
#include "sim/target/target.hpp"

namespace symbreak::test {

using Settings = std::map<std::string, std::string>;

inline std::vector<double> numbers(const std::string& text) {
  std::vector<double> result;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    double value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error == std::errc{}) result.push_back(value);
    at = error == std::errc{} ? next : at + 1;
  }
  return result;
}

inline deck::Parameters target_parameters(const std::string& kind, Settings settings) {
  deck::Parameters parameters;
  parameters.set("target.kind", {.kind = deck::Kind::word, .numbers = {}, .words = {kind}});
  for (const deck::Key& key : target::kind(kind).keys) {
    const auto given = settings.find(key.name);
    if (given == settings.end() && !key.fallback) throw std::logic_error("missing " + key.name);
    const std::string text = given == settings.end() ? *key.fallback : given->second;
    if (given != settings.end()) settings.erase(given);
    const bool number = key.kind == deck::Kind::real || key.kind == deck::Kind::integer;
    if (number && text.empty() && key.arity == deck::Arity::scalar) continue;  // absent
    deck::Value value{.kind = key.kind, .arity = key.arity, .numbers = {}, .words = {}};
    if (number) {
      value.numbers = numbers(text);
    } else {
      value.words = {text};
    }
    parameters.set(key.path(), value);
  }
  if (!settings.empty()) throw std::logic_error("unknown key " + settings.begin()->first);
  return parameters;
}

inline std::shared_ptr<const target::Target> make_target(const std::string& kind,
                                                         const Settings& settings = {}) {
  return target::build(target_parameters(kind, settings), {.seed = 20});
}

/// The points of a target that has some.
inline const target::FiniteSupport* points(const std::shared_ptr<const target::Target>& target) {
  return target::part<target::FiniteSupport>(*target);
}

struct Named {
  std::string name;
  std::shared_ptr<const target::Target> target;
};

/// One small target of every family and preset.
inline std::vector<Named> all_targets() {
  return {
      {"two deltas", make_target("deltas")},
      {"unequal deltas", make_target("deltas", {{"p", "0.8"}})},
      {"three deltas", make_target("deltas", {{"preset", "three_deltas"}})},
      {"four deltas", make_target("deltas", {{"preset", "four_deltas"}, {"scale", "1.5"}})},
      {"custom deltas with a duplicate",
       make_target("deltas", {{"preset", "custom"},
                              {"dimension", "2"},
                              {"points", "1,0, -0.5,2, 0.3,-1, 0.3,-1"},
                              {"weights", "1, 2, 0.5, 3"}})},
      {"one point", make_target("deltas", {{"p", "1"}})},
      {"circle", make_target("sphere", {{"dimension", "2"}, {"radius", "1.3"}})},
      {"sphere", make_target("sphere", {{"dimension", "5"}})},
      {"Gaussian classes",
       make_target("gaussian_mixture",
                   {{"dimension", "3"}, {"m", "0.8"}, {"std", "0.6"}, {"weights", "0.7, 0.3"}})},
      {"random classes",
       make_target("random_classes", {{"dimension", "3"}, {"rate", "0.6"}, {"std", "0.7"}})},
      {"Curie-Weiss, disordered",
       make_target("curie_weiss", {{"dimension", "6"}, {"coupling", "0.8"}})},
      {"Curie-Weiss, ordered",
       make_target("curie_weiss", {{"dimension", "9"}, {"coupling", "1.4"}})},
      {"synthetic data", make_target("synthetic_dataset", {{"dimension", "4"}, {"n", "700"}})},
      {"Ising lattice", make_target("ising_lattice", {{"side", "3"}, {"temperature", "2.5"}})},
      {"open cubic Ising lattice in a field", make_target("ising_lattice", {{"side", "2"},
                                                                            {"length", "3"},
                                                                            {"dimension", "3"},
                                                                            {"temperature", "3"},
                                                                            {"field", "0.2"},
                                                                            {"boundary", "open"}})},
      {"open Ising chain", make_target("ising_chain", {{"dimension", "6"}, {"coupling", "0.7"}})},
      {"Markov source", make_target("ising_chain", {{"dimension", "5"},
                                                    {"source", "transition"},
                                                    {"stay_up", "0.8"},
                                                    {"stay_down", "0.6"}})},
      {"spin glass",
       make_target("sherrington_kirkpatrick", {{"dimension", "8"}, {"temperature", "0.8"}})},
      {"Hopfield network",
       make_target("hopfield", {{"dimension", "9"}, {"patterns", "2"}, {"temperature", "0.7"}})},
      {"diluted lattice",
       make_target("diluted",
                   {{"side", "3"}, {"bond_probability", "0.7"}, {"temperature", "1.5"}})},
      {"Ising classes of opposite fields",
       make_target("ising_mixture",
                   {{"side", "3"}, {"couplings", "0.2"}, {"fields", "0.6, -0.6"}})},
      {"Ising classes of different couplings",
       make_target(
           "ising_mixture",
           {{"side", "6"}, {"dimension", "1"}, {"couplings", "-0.3, 0.9"}, {"boundary", "open"}})},
      {"synthetic levels",
       make_target("two_level_dataset", {{"dimension", "4"}, {"centres", "9"}, {"members", "30"}})},
      {"synthetic classes",
       make_target("synthetic_dataset", {{"dimension", "4"}, {"n", "600"}, {"m", "0.7"}})},
  };
}

/// Reproducible generic states, d x count, of size ~ scale.
inline target::MatrixXd states(target::Index d, target::Index count, double scale = 1) {
  target::MatrixXd x(d, count);
  for (target::Index k = 0; k < count; ++k) {
    for (target::Index i = 0; i < d; ++i) {
      x(i, k) = scale * std::sin(1.3 * static_cast<double>(i) + 2.1 * static_cast<double>(k) + 0.4);
    }
  }
  return x;
}

}  // namespace symbreak::test
