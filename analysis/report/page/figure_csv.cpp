#include "analysis/report/page/figure_csv.hpp"

#include "analysis/report/csv.hpp"
#include "analysis/report/escape.hpp"

namespace symbreak::report {

std::string figure_csv(const verdict::Figure& figure) {
  const auto name = [](const std::string& label, const char* plain) {
    return label.empty() ? plain : one_line(label);
  };
  std::vector<std::string> head = {"curve", name(figure.x_label, "x"), name(figure.y_label, "y")};
  head.emplace_back(figure.surface ? "height" : "error");
  if (figure.surface && !figure.curves.empty()) head.emplace_back("error");
  std::string text = csv_row(head);
  const auto row = [&](std::vector<std::string> fields) {
    fields.resize(head.size());
    text += csv_row(fields);
  };
  if (figure.surface) {
    const verdict::Surface& surface = *figure.surface;
    for (std::size_t i = 0; i < surface.x.size(); ++i) {
      for (std::size_t j = 0; j < surface.y.size(); ++j) {
        row({"surface", csv_number(surface.x[i]), csv_number(surface.y[j]),
             csv_number(surface.z(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)))});
      }
    }
  }
  for (const verdict::Curve& curve : figure.curves) {
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      std::vector<std::string> fields = {one_line(curve.label), csv_number(curve.x[i]),
                                         csv_number(curve.y[i])};
      if (figure.surface) fields.emplace_back();
      fields.push_back(curve.error.empty() ? "" : csv_number(curve.error[i]));
      row(fields);
    }
  }
  return text;
}

}  // namespace symbreak::report
