// Adding an experiment: its folder here, its twin in sim/experiment, a line in each registry.
#include "analysis/findings/registry.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace symbreak::findings {

// clang-format off
namespace commitment { verdict::Findings analyse(const verdict::Result& result); }
namespace condensation { verdict::Findings analyse(const verdict::Result& result); }
namespace copies { verdict::Findings analyse(const verdict::Result& result); }
namespace creativity { verdict::Findings analyse(const verdict::Result& result); }
namespace discrete_clock { verdict::Findings analyse(const verdict::Result& result); }
namespace discrete_condensation { verdict::Findings analyse(const verdict::Result& result); }
namespace discrete_generation { verdict::Findings analyse(const verdict::Result& result); }
namespace entropy_clock { verdict::Findings analyse(const verdict::Result& result); }
namespace equation_of_state { verdict::Findings analyse(const verdict::Result& result); }
namespace fast_samplers { verdict::Findings analyse(const verdict::Result& result); }
namespace field_scan { verdict::Findings analyse(const verdict::Result& result); }
namespace fluctuations { verdict::Findings analyse(const verdict::Result& result); }
namespace generation { verdict::Findings analyse(const verdict::Result& result); }
namespace guidance { verdict::Findings analyse(const verdict::Result& result); }
namespace guided_generation { verdict::Findings analyse(const verdict::Result& result); }
namespace random_hierarchy { verdict::Findings analyse(const verdict::Result& result); }
namespace late_start { verdict::Findings analyse(const verdict::Result& result); }
namespace mode_softening { verdict::Findings analyse(const verdict::Result& result); }
namespace pattern_formation { verdict::Findings analyse(const verdict::Result& result); }
namespace locality { verdict::Findings analyse(const verdict::Result& result); }
namespace rem { verdict::Findings analyse(const verdict::Result& result); }
namespace retrieval { verdict::Findings analyse(const verdict::Result& result); }
namespace samples { verdict::Findings analyse(const verdict::Result& result); }
namespace score_comparison { verdict::Findings analyse(const verdict::Result& result); }
namespace score_spectrum { verdict::Findings analyse(const verdict::Result& result); }
namespace speciation { verdict::Findings analyse(const verdict::Result& result); }
namespace three_way { verdict::Findings analyse(const verdict::Result& result); }
namespace toy { verdict::Findings analyse(const verdict::Result& result); }
namespace training { verdict::Findings analyse(const verdict::Result& result); }
namespace u_turn { verdict::Findings analyse(const verdict::Result& result); }
// clang-format on

verdict::Findings analyse(const verdict::Result& result) {
  // clang-format off
  static const std::map<std::string, verdict::Findings (*)(const verdict::Result&)> all = {
      {"commitment", commitment::analyse},
      {"condensation", condensation::analyse},
      {"copies", copies::analyse},
      {"creativity", creativity::analyse},
      {"discrete_clock", discrete_clock::analyse},
      {"discrete_condensation", discrete_condensation::analyse},
      {"discrete_generation", discrete_generation::analyse},
      {"entropy_clock", entropy_clock::analyse},
      {"equation_of_state", equation_of_state::analyse},
      {"fast_samplers", fast_samplers::analyse},
      {"field_scan", field_scan::analyse},
      {"fluctuations", fluctuations::analyse},
      {"generation", generation::analyse},
      {"guidance", guidance::analyse},
      {"guided_generation", guided_generation::analyse},
      {"random_hierarchy", random_hierarchy::analyse},
      {"late_start", late_start::analyse},
      {"mode_softening", mode_softening::analyse},
      {"pattern_formation", pattern_formation::analyse},
      {"locality", locality::analyse},
      {"rem", rem::analyse},
      {"retrieval", retrieval::analyse},
      {"samples", samples::analyse},
      {"score_comparison", score_comparison::analyse},
      {"score_spectrum", score_spectrum::analyse},
      {"speciation", speciation::analyse},
      {"three_way", three_way::analyse},
      {"toy", toy::analyse},
      {"training", training::analyse},
      {"u_turn", u_turn::analyse},
  };
  // clang-format on
  const auto found = all.find(result.experiment);
  if (found == all.end()) {
    throw std::out_of_range("this build knows no experiment '" + result.experiment + "'");
  }
  verdict::Findings findings;
  if (result.points.empty()) {
    findings.diagnostics = {{verdict::Severity::warning, "run", "nothing of it is finished yet",
                             "run the same command to continue it"}};
    return findings;
  }
  findings = found->second(result);
  verdict::warn_of_non_numbers(result, findings);
  verdict::count_units(result, findings);
  return findings;
}

}  // namespace symbreak::findings
