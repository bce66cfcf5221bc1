#include <fmt/format.h>

#include <cmath>
#include <string>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/creativity/observables.hpp"

namespace symbreak::findings::creativity {

Findings analyse(const Result& result) {
  Findings findings;
  for (const KeyedPoint& keyed : complete_points(result, observable::novelty)) {
    const auto& [point, keys] = keyed;
    const std::string stem = key_stem(keys);
    findings.figures.push_back(lattice::gallery(point, observable::generated_images,
                                                "generated" + stem,
                                                lattice::titled("Generated images", keys)));
    findings.figures.push_back(
        lattice::gallery(point, observable::nearest_images, "nearest" + stem,
                         lattice::titled("Their nearest training images", keys)));
    const auto value = [&](ObservableName name) { return keyed.point.at(name).value(); };
    note(findings, "novelty" + joined(" (", key_label(keys), ")"),
         fmt::format("distance to the nearest training image is {:.2f} of that between training "
                     "images, {:.0f} % are copies; every pixel agrees with its best training patch "
                     "to {:.3f} (pixel deviation {:.3f}){}",
                     value(observable::novelty), 100 * value(observable::copies),
                     value(observable::local_residual),
                     point.fact(fact::pixel_deviation).value_or(NAN),
                     point.find(observable::sources) != nullptr
                         ? fmt::format("; windows come from {:.1f} training images",
                                       value(observable::sources))
                         : ""));
    // Files of schema 1 hold no prediction; their machine tells.
    const auto machine = point.parameters.find("target.machine");
    const bool memorizes = machine != point.parameters.end() && machine->second == "is";
    if (const auto copies = point.prediction(prediction::copies); copies || memorizes) {
      judge(findings, "copies", keys, value_of(point, observable::copies), {copies.value_or(1), 0},
            "the exact score of a dataset memorizes", "fraction of generated images");
    }
  }
  return findings;
}

}  // namespace symbreak::findings::creativity
