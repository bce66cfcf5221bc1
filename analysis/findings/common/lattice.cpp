#include "analysis/findings/common/lattice.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace symbreak::experiment::lattice {

using Eigen::MatrixXd;
using verdict::Curve;
using verdict::Point;

std::string stem(const std::map<std::string, std::string>& keys) {
  std::string text;
  for (const auto& [key, value] : keys) text += "_" + key.substr(key.find('.') + 1) + "_" + value;
  return text;
}

MatrixXd blocks(const Point& point, const std::vector<std::string>& names, Index per_unit) {
  std::vector<MatrixXd> parts;
  Index rows = 0, columns = 0;
  for (std::size_t unit = 0; unit < point.find(names.front())->units.size(); ++unit) {
    std::vector<MatrixXd> side_by_side;
    Index width = 0, height = 0;
    for (const std::string& name : names) {
      const MatrixXd& bins = point.find(name)->units.at(unit).bins;
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

std::vector<double> numbered(const Point& point, const std::string& name) {
  std::vector<double> values;
  for (std::size_t i = 0;; ++i) {
    const auto value = point.prediction(fmt::format("{}_{:04}", name, i));
    if (!value) return values;
    values.push_back(*value);
  }
}

Curve curve(const verdict::Observable& observable, const std::vector<double>& x,
            const std::string& text, Index stride, Index element) {
  Curve result;
  result.label = text;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Index at = static_cast<Index>(i) * stride + element;
    result.x.push_back(x[i]);
    result.y.push_back(observable.estimate.mean[at]);
    result.error.push_back(observable.estimate.error[at]);
  }
  return result;
}

verdict::Figure gallery(const Point& point, const std::string& observable, const std::string& name,
                        const std::string& title) {
  const verdict::Observable& images = *point.find(observable);
  const Index count = images.shape.at(0), height = images.shape.at(1), width = images.shape.at(2);
  const Eigen::VectorXd& values = images.units.at(0).mean;
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
  verdict::Figure figure;
  figure.name = name;
  figure.title = title;
  figure.x_label = "pixel";
  figure.y_label = "pixel";
  figure.surface = surface;
  figure.caption = fmt::format("{} independent images of the first work unit.", count);
  return figure;
}

}  // namespace symbreak::experiment::lattice
