#include "sim/experiment/common/lattice_images.hpp"

#include <fmt/format.h>

namespace symbreak::experiment {

target::Images images_of(const target::FiniteSupport& points,
                         const std::vector<Eigen::Index>& lattice, Eigen::Index most) {
  target::Images images;
  images.height = lattice.at(0);
  images.width = lattice.at(1);
  const Eigen::Index coordinates = points.point(0).size();
  images.channels = coordinates / (images.height * images.width);
  images.values.resize(coordinates, std::min(points.count(), most));
  for (Eigen::Index j = 0; j < images.values.cols(); ++j) images.values.col(j) = points.point(j);
  images.text = fmt::format("{} images", images.count());
  return images;
}

}  // namespace symbreak::experiment
