// A small fixed catalogue with the shape of the real one, so that the tests of the deck depend on
// no target and no experiment.
#pragma once
#include "sim/deck/deck.hpp"

namespace symbreak::deck {

inline Catalogue small_catalogue() {
  Catalogue catalogue;
  catalogue.common = common_keys();
  catalogue.common.push_back({.section = "forward",
                              .name = "clock",
                              .kind = Kind::word,
                              .fallback = "brownian",
                              .text = "forward process",
                              .choices = {"brownian", "ornstein_uhlenbeck", "ddpm"}});
  catalogue.common.push_back({.section = "forward",
                              .name = "sigma",
                              .fallback = "1",
                              .text = "noise strength",
                              .minimum = 0,
                              .open_minimum = true});
  catalogue.targets = {
      {"deltas",
       "finite set of weighted points",
       {{.section = "target",
         .name = "preset",
         .kind = Kind::word,
         .fallback = "two_deltas",
         .text = "which points",
         .choices = {"two_deltas", "three_deltas", "four_deltas", "custom"}},
        {.section = "target",
         .name = "w0",
         .fallback = "0.2",
         .text = "three_deltas: weight of the point 0",
         .minimum = 0,
         .maximum = 1},
        {.section = "target",
         .name = "points",
         .fallback = "",
         .text = "custom: coordinates, point after point",
         .arity = Arity::list}}},
      {"sphere",
       "uniform on the unit sphere",
       {{.section = "target",
         .name = "dimension",
         .kind = Kind::integer,
         .text = "number of coordinates",
         .minimum = 2}}},
      {"dataset",
       "points read from a file",
       {{.section = "target", .name = "file", .kind = Kind::file, .text = "IDX, NumPy or CSV"}}}};
  const Key t{.section = "experiment",
              .name = "t",
              .text = "diffusion time in the deck's clock",
              .minimum = 0,
              .open_minimum = true,
              .critical = true};
  catalogue.experiments = {
      {"equation_of_state",
       "all branches m(h, t), deterministic",
       {t,
        {.section = "experiment", .name = "h", .fallback = "0", .text = "field"},
        {.section = "experiment",
         .name = "branches",
         .kind = Kind::boolean,
         .fallback = "yes",
         .text = "follow metastable branches"}}},
      {"copies",
       "Monte Carlo of n coupled copies",
       {t,
        {.section = "experiment",
         .name = "n",
         .kind = Kind::integer,
         .text = "number of copies",
         .minimum = 1},
        {.section = "sampling",
         .name = "blocks",
         .kind = Kind::integer,
         .fallback = "4",
         .text = "batches per work unit",
         .minimum = 1,
         .maximum = 1e9,
         .role = Role::statistics}}}};
  // sigma^2 t_c = lambda_max(C): 1 for two deltas, 1 - w0 for three.
  catalogue.critical = [](const Parameters& point) {
    if (point.word("target.kind") != "deltas") {
      throw KeyError("experiment.t", "this target has no predicted critical time; give numbers");
    }
    const bool three = point.word("target.preset") == "three_deltas";
    const double sigma = point.real("forward.sigma");
    return (three ? 1 - point.real("target.w0") : 1) / (sigma * sigma);
  };
  catalogue.validate = [](const Parameters& point) {
    if (point.word("target.kind") == "deltas" && point.word("target.preset") == "custom" &&
        point.reals("target.points").empty()) {
      throw KeyError("target.points", "preset = custom needs points");
    }
  };
  return catalogue;
}

}  // namespace symbreak::deck
