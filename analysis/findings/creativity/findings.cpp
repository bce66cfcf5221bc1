#include <fmt/format.h>

#include <cmath>
#include <string>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/creativity/observables.hpp"

namespace symbreak::findings::creativity {

Findings analyse(const Result& result) {
  Findings findings;
  for (const KeyedPoint& keyed : measured_points(result, observable::novelty)) {
    const auto& [point, keys] = keyed;
    findings.figures.push_back(lattice::gallery(point, observable::generated_images, keys,
                                                "generated", "Generated images"));
    findings.figures.push_back(lattice::gallery(point, observable::nearest_images, keys, "nearest",
                                                "Their nearest training images"));
    const auto add = [&](ObservableName name, const std::string& from) -> Verdict& {
      return tell(findings, name.string(), keyed.keys, value_of(keyed.point, name), from);
    };
    add(observable::novelty, "distance to the nearest training image over that between them").role =
        Role::headline;
    add(observable::local_residual, "distance of a pixel's window from its best training patch");
    if (const auto deviation = point.fact(fact::pixel_deviation)) {
      tell(findings, fact::pixel_deviation.string(), keys, {*deviation},
           "standard deviation of the pixels of training images");
    }
    if (point.find(observable::sources) != nullptr) {
      add(observable::sources, "training images that the windows of one image come from");
    }
    // Files of schema 1 hold no prediction; their machine tells.
    const auto machine = point.parameters.find("target.machine");
    const bool memorizes = machine != point.parameters.end() && machine->second == "is";
    if (const auto copies = point.prediction(prediction::copies); copies || memorizes) {
      judge(findings, "copies", keys, value_of(point, observable::copies), {copies.value_or(1), 0},
            "the exact score of a dataset memorizes", "fraction of generated images");
    } else {
      add(observable::copies, "fraction of generated images");
    }
  }
  return findings;
}

}  // namespace symbreak::findings::creativity
