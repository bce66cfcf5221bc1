// From recorded branches to critical times and exponents. May depend on: analysis, sim/diffusion.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// The points of a run that differ in t alone, ascending in t.
struct TimeSeries {
  std::map<std::string, std::string> keys;  ///< the other swept keys and their values
  std::vector<const verdict::Point*> points;
  std::string label() const;  ///< "w0 = 0.2"
  std::string stem() const;   ///< the same for file names: "_w0_0.2"
};
std::vector<TimeSeries> time_series(const verdict::Result& result);

/// Verdicts on critical times (each names its criterion), exponents, amplitude ratio, spinodal,
/// coexistence and tricritical point; diagnostics; figures.
verdict::Findings analyse_equation_of_state(const verdict::Result& result);

/// Figures and the landscape movie of one series. `critical_times`: measured, with labels.
void draw_equation_of_state(const TimeSeries& series,
                            const std::vector<std::pair<double, std::string>>& critical_times,
                            verdict::Findings& findings);

}  // namespace symbreak::experiment
