#include "analysis/findings/common/lattice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/findings/common/drawing.hpp"

namespace symbreak::findings::lattice {

MatrixXd blocks(const Point& point, const std::vector<ObservableName>& names, Index per_unit) {
  std::vector<MatrixXd> parts;
  Index rows = 0, columns = 0;
  for (std::size_t unit = 0; unit < point.at(names.front()).units.size(); ++unit) {
    std::vector<MatrixXd> side_by_side;
    Index width = 0, height = 0;
    for (const ObservableName name : names) {
      const MatrixXd& bins = point.at(name).units.at(unit).bins;
      side_by_side.push_back(statistics::rebin(bins, std::min(per_unit, bins.cols())));
      width += side_by_side.back().cols();
      height = side_by_side.back().rows();
    }
    MatrixXd part(height, width);
    Index at = 0;
    for (const MatrixXd& block : side_by_side) {
      part.middleCols(at, block.cols()) = block;
      at += block.cols();
    }
    rows += height;
    columns = width;
    parts.push_back(part);
  }
  MatrixXd all(rows, columns);
  Index at = 0;
  for (const MatrixXd& part : parts) {
    all.middleRows(at, part.rows()) = part;
    at += part.rows();
  }
  return all;
}

Curve curve(const Observable& values, const std::vector<double>& x, const std::string& text,
            Index stride, Index element) {
  Curve result{.label = text};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Index at = static_cast<Index>(i) * stride + element;
    push(result, x[i], {values.estimate.mean[at], values.estimate.error[at]});
  }
  return result;
}

std::vector<Curve> mode_curves(const Observable& values, const std::vector<double>& x,
                               Index first) {
  const Index modes = values.shape.at(1);
  std::vector<Curve> all;
  for (Index j = first; j < std::min(modes, first + 4); ++j) {
    all.push_back(curve(values, x, fmt::format("k = 2π({}, 0)/L", j), modes, j));
  }
  return all;
}

std::string titled(const std::string& title, const Keys& keys) {
  return title + joined(", ", key_label(keys));
}

Figure gallery(const Point& point, ObservableName pictures, const std::string& name,
               const std::string& title) {
  const Observable& images = point.at(pictures);
  const Index count = images.shape.at(0), height = images.shape.at(1), width = images.shape.at(2);
  const VectorXd& values = images.units.at(0).mean;
  const Index gap = 1, total = count * (width + gap) - gap;
  verdict::Surface surface;
  const double dark = values.minCoeff();
  surface.z = MatrixXd::Constant(total, height, dark);
  for (Index i = 0; i < total; ++i) surface.x.push_back(static_cast<double>(i));
  for (Index j = 0; j < height; ++j) surface.y.push_back(static_cast<double>(j));
  for (Index n = 0; n < count; ++n) {
    for (Index y = 0; y < height; ++y) {
      for (Index x = 0; x < width; ++x) {
        surface.z(n * (width + gap) + x, height - 1 - y) = values[(n * height + y) * width + x];
      }
    }
  }
  Figure figure = new_figure(name, title, "pixel", "pixel");
  figure.surface = surface;
  figure.caption = fmt::format("{} independent images of the first work unit.", count);
  return figure;
}

}  // namespace symbreak::findings::lattice
