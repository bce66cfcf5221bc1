#include "analysis/findings/common/lattice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

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

Figure gallery(const Point& point, ObservableName pictures, const Keys& keys,
               const std::string& name, const std::string& title,
               std::optional<std::pair<double, double>> scale, Index columns) {
  const Observable& images = point.at(pictures);
  const Index height = images.shape.at(images.shape.size() - 2), width = images.shape.back();
  const VectorXd& values = images.units.at(0).mean;
  const Index count = values.size() / (height * width);
  if (columns == 0) {
    // Rows of images, as near to a square as their number allows without a gap.
    columns = 1;
    while (columns * columns < count) ++columns;
    for (Index wider = columns; wider <= 2 * columns; ++wider) {
      if (count % wider == 0) {
        columns = wider;
        break;
      }
    }
  }
  const Index rows = (count + columns - 1) / columns, gap = 1;
  const Index wide = columns * (width + gap) - gap, high = rows * (height + gap) - gap;
  verdict::Surface surface;
  surface.z = MatrixXd::Constant(wide, high, std::numeric_limits<double>::quiet_NaN());
  for (Index i = 0; i < wide; ++i) surface.x.push_back(static_cast<double>(i));
  for (Index j = 0; j < high; ++j) surface.y.push_back(static_cast<double>(j));
  for (Index n = 0; n < count; ++n) {
    const Index left = n % columns * (width + gap), top = n / columns * (height + gap);
    for (Index y = 0; y < height; ++y) {
      for (Index x = 0; x < width; ++x) {
        surface.z(left + x, high - 1 - top - y) = values[(n * height + y) * width + x];
      }
    }
  }
  Figure figure = new_figure(keys, name, title, "pixel", "pixel");
  surface.kind = verdict::Surface::Kind::pixels;
  surface.label = "pixel";
  surface.range = scale ? *scale : std::pair{values.minCoeff(), values.maxCoeff()};
  if (!(surface.range->first < surface.range->second)) surface.range.reset();
  figure.surface = surface;
  figure.caption =
      fmt::format("{} independent images of the first work unit, on one scale of grey.", count);
  return figure;
}

}  // namespace symbreak::findings::lattice
