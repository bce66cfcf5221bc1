#include "analysis/findings/common/pulls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <vector>

#include "analysis/findings/common/drawing.hpp"

namespace symbreak::findings {

std::optional<verdict::Figure> pulls(const verdict::Findings& findings) {
  std::vector<double> z;
  for (const verdict::Verdict& row : findings.verdicts) {
    if (std::isfinite(row.z())) z.push_back(row.z());
  }
  if (z.size() < kLeastPulls) return std::nullopt;
  std::sort(z.begin(), z.end());
  Curve measured{.label = fmt::format("{} verdicts", z.size())};
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double rank = (static_cast<double>(i) + 0.5) / static_cast<double>(z.size());
    push(measured, boost::math::quantile(boost::math::normal(), rank), z[i]);
  }
  const double most = std::max(-measured.x.front(), 1.0);
  Figure figure =
      new_figure("pulls", "Deviations from all predictions", "quantile of the normal law",
                 "z = (measured − predicted)/error", Log::none,
                 "On the diagonal errors are what they should be; steeper: they are too small, "
                 "flatter: too large, or the rows are not independent. Beyond the dashed lines a "
                 "prediction is said to disagree.");
  figure.curves = {line("normal law", {-most, most}, {-most, most}), measured,
                   line("|z| = 3", {-most, most}, {3, 3}, Curve::Style::dashed),
                   line("", {-most, most}, {-3, -3}, Curve::Style::dashed)};
  figure.curves[0].colour = 6;
  figure.curves[1].colour = 0;
  figure.curves[2].colour = figure.curves[3].colour = 1;
  return figure;
}

}  // namespace symbreak::findings
