// The random-energy model at any number of levels: Derrida's Gaussian levels, and those of other
// laws that log-weights of a dataset follow when x is independent of it.
#include <fmt/format.h>

#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/target/levels/level_ensemble.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

namespace {

using theory::LevelFamily;

constexpr double kWholeBits = 40;

/// log of the number of 2^bits things, a whole number where there are fewer than 2^40.
double log_count_of(double bits) {
  return bits < kWholeBits ? std::log(std::round(std::exp2(bits))) : bits * std::log(2.0);
}

/// Puts the levels into classes.
void group(const deck::Parameters& parameters, LevelEnsemble& ensemble) {
  if (ensemble.family != LevelFamily::gaussian) {
    throw deck::KeyError("target.law", "two levels of energies are Gaussian");
  }
  const double bits = parameters.real("target.M");
  const double classes =
      parameters.has("target.classes") ? parameters.real("target.classes") : bits / 2;
  if (!(classes >= 1 && bits - classes >= 1)) {
    throw deck::KeyError(parameters.has("target.classes") ? "target.classes" : "target.M",
                         "of the M = {:g} bits {:g} number the classes and {:g} their members; "
                         "both need at least 1",
                         bits, classes, bits - classes);
  }
  ensemble.groups = {log_count_of(classes), log_count_of(bits - classes),
                     parameters.has("target.share") ? parameters.real("target.share") : 0.5};
  ensemble.log_count = ensemble.groups->log_classes + ensemble.groups->log_members;
  ensemble.bits = ensemble.log_count / std::log(2.0);
}

std::shared_ptr<const LevelEnsemble> make(const deck::Parameters& parameters) {
  LevelEnsemble ensemble;
  const std::string& law = parameters.word("target.law");
  ensemble.family = law == "gaussian"      ? LevelFamily::gaussian
                    : law == "exponential" ? LevelFamily::exponential
                    : law == "sphere"      ? LevelFamily::sphere
                                           : LevelFamily::binary;
  const bool needs_dimension =
      ensemble.family == LevelFamily::sphere || ensemble.family == LevelFamily::binary;
  if (needs_dimension != parameters.has("target.dimension")) {
    throw deck::KeyError("target.dimension",
                         needs_dimension
                             ? fmt::format("law = {} needs the dimension of the data", law)
                             : fmt::format("law = {} has no dimension; remove the key", law));
  }
  if (needs_dimension) {
    ensemble.dimension = static_cast<double>(parameters.integer("target.dimension"));
    const int least = ensemble.family == LevelFamily::sphere ? 3 : 1;
    if (ensemble.dimension < least) {
      throw deck::KeyError("target.dimension", "law = {} needs at least {} dimensions", law, least);
    }
  }
  ensemble.bits = parameters.real("target.M");
  ensemble.log_count = log_count_of(ensemble.bits);
  if (ensemble.bits < kWholeBits) ensemble.bits = ensemble.log_count / std::log(2.0);
  ensemble.law = theory::level_law(ensemble.family, ensemble.dimension);
  if (parameters.has("target.levels") && parameters.integer("target.levels") == 2) {
    group(parameters, ensemble);
  }
  return std::make_shared<const LevelEnsemble>(std::move(ensemble));
}

}  // namespace

TargetKind random_energy() {
  deck::Key share = deck::positive_key(
      "target", "share", "", "part of the variance that is between classes; left out: half of it",
      0.9999);
  return {
      .name = "random_energy",
      .text =
          "N = 2^M independent energy levels without coordinates, drawn anew for each disorder "
          "sample: the random-energy model of a dataset's log-weights (Derrida 1981; Ambrogioni "
          "2024, section 8); for experiment = rem",
      .keys = {deck::real_key(
                   "target", "M", deck::required,
                   "log2 of the number of levels; N = 2^M, rounded to a whole number below 2^40", 0,
                   1e6),
               deck::word_key(
                   "target", "law", "gaussian",
                   "gaussian: energies N(0, M/2), beta_c = 2 sqrt(log 2); exponential: density "
                   "e^E, E < 0; sphere, binary: minus the overlap of a fixed x with N spherical or "
                   "+-1 data, E = -x.y/|x| sqrt(d) and E = -sum_i y_i",
                   {"gaussian", "exponential", "sphere", "binary"}),
               deck::used_with(
                   "law=sphere|binary",
                   deck::count_key("target", "dimension", "",
                                   "sphere (at least 3), binary: dimension of the data", 1, 1e5)),
               // Without defaults: what decks of one level are must not change.
               deck::count_key("target", "levels", "",
                               "2: levels in classes, log-weights A_1 g_c + A_2 g_cj (Derrida's "
                               "generalised model); left out: independent levels",
                               1, 2),
               deck::used_with("levels=2",
                               deck::real_key("target", "classes", "",
                                              "log2 of the number of classes, of the M bits; left "
                                              "out: half of them",
                                              1, 1e6)),
               deck::used_with("levels=2", share)},
      .disordered = true,
      .provides = {Part::levels},
      .make_levels = make};
}

}  // namespace symbreak::target
