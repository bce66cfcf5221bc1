#include "analysis/report/figure/table.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/report/escape.hpp"

namespace symbreak::report {

std::string cell(double value) {
  return std::isfinite(value) ? fmt::format("{:.10g}", value) : "NaN";
}

std::string table(const verdict::Figure& figure, const std::vector<verdict::Curve>& curves) {
  std::string text =
      fmt::format("# curve\t{}\t{}\terror\n", one_line(figure.x_label), one_line(figure.y_label));
  for (std::size_t k = 0; k < curves.size(); ++k) {
    const verdict::Curve& curve = curves[k];
    text += fmt::format("{}# curve {}: {}\n", k == 0 ? "" : "\n\n", k, one_line(curve.label));
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      text += fmt::format("{}\t{}\t{}\t{}\n", k, cell(curve.x[i]), cell(curve.y[i]),
                          curve.error.empty() ? "0" : cell(curve.error[i]));
    }
  }
  return text;
}

}  // namespace symbreak::report
