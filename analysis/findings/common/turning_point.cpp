#include "analysis/findings/common/turning_point.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/fit/least_squares.hpp"

namespace symbreak::findings {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::vector<Index> nearby(const VectorXd& x, double centre, double reach) {
  std::vector<Index> near;
  for (Index i = 0; i < x.size(); ++i) {
    if (std::abs(x[i] - centre) <= reach) near.push_back(i);
  }
  return near;
}

VectorXd polynomial(const VectorXd& x, const VectorXd& y, double centre, Index terms) {
  MatrixXd design = MatrixXd::Ones(x.size(), terms);
  for (Index k = 1; k < terms; ++k) {
    design.col(k) = design.col(k - 1).cwiseProduct((x.array() - centre).matrix());
  }
  return fit::linear(design, y, VectorXd::Ones(x.size())).value;
}

Eigen::Vector2d minimum(const VectorXd& x, const VectorXd& y, double reach) {
  Index lowest = 0;
  y.minCoeff(&lowest);
  // A coarse grid needs a wider window for its five coefficients.
  constexpr std::size_t least = 7;
  std::vector<Index> near;
  for (double wide = reach; near.size() < least; wide *= 1.25) near = nearby(x, x[lowest], wide);
  const VectorXd c = polynomial(x(near), y(near), x[lowest], 5);
  double u = 0;
  for (int iteration = 0; iteration < 50; ++iteration) {
    const double slope = c[1] + u * (2 * c[2] + u * (3 * c[3] + u * 4 * c[4]));
    const double curvature = 2 * c[2] + u * (6 * c[3] + u * 12 * c[4]);
    u = std::clamp(u - slope / std::max(curvature, 1e-6), -reach, reach);
  }
  return {x[lowest] + u, c[0] + u * (c[1] + u * (c[2] + u * (c[3] + u * c[4])))};
}

}  // namespace symbreak::findings
