#include "sim/diffusion/posterior_transition.hpp"

#include <cmath>

namespace symbreak::diffusion {

void posterior_transition(const target::Posterior& posterior, double from, double to,
                          random::Stream& noise, Eigen::MatrixXd& x) {
  const double keep = to / from, kick = std::sqrt(to * (1 - keep));
  Eigen::VectorXd z(x.rows());
  for (Eigen::Index k = 0; k < x.cols(); ++k) {
    const Eigen::VectorXd y = posterior.draw_copies(x.col(k), 1 / from, 1, noise).sum;
    x.col(k) = y + keep * (x.col(k) - y);
    if (kick == 0) continue;
    noise.normals({z.data(), static_cast<std::size_t>(z.size())});
    x.col(k) += kick * z;
  }
}

}  // namespace symbreak::diffusion
