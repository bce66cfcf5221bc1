#include "sim/target/patch/patch_score.hpp"

namespace symbreak::target {

Index Windows::neighbour(Index site, Index r) const {
  Index y = site / width + dy(r), x = site % width + dx(r);
  if (periodic) {
    y = (y % height + height) % height;
    x = (x % width + width) % width;
  }
  return y < 0 || y >= height || x < 0 || x >= width ? -1 : y * width + x;
}

template <class Step>
void PatchScore::for_each_state(const States& x, const Betas& beta, const Step& step) const {
  MatrixXd covariance;
  for (Index k = 0; k < x.cols(); ++k) {
    if (k == 0 || beta[k] != beta[k - 1] || x.col(k) != x.col(k - 1)) {
      covariance = local_covariance(x.col(k), beta[k]);
    }
    step(k, windows(beta[k]), covariance);
  }
}

MatrixXd PatchScore::jacobian_product(const States& x, const Betas& beta, const States& v) const {
  MatrixXd result = MatrixXd::Zero(x.rows(), x.cols());
  for_each_state(x, beta, [&](Index k, const Windows& window, const MatrixXd& covariance) {
    for (Index pixel = 0; pixel < dimension(); ++pixel) {
      double sum = 0;
      for (Index r = 0; r < window.size(); ++r) {
        const Index j = window.neighbour(pixel % sites(), r);
        if (j < 0) continue;
        for (Index c = 0; c < channels_; ++c) {
          sum += covariance(c * window.size() + r, pixel) * v(c * sites() + j, k);
        }
      }
      result(pixel, k) = beta[k] * sum;
    }
  });
  return result;
}

MatrixXd PatchScore::transposed_product(const States& x, const Betas& beta, const States& v) const {
  MatrixXd result = MatrixXd::Zero(x.rows(), x.cols());
  for_each_state(x, beta, [&](Index k, const Windows& window, const MatrixXd& covariance) {
    for (Index pixel = 0; pixel < dimension(); ++pixel) {
      const double pull = beta[k] * v(pixel, k);
      for (Index r = 0; r < window.size(); ++r) {
        const Index j = window.neighbour(pixel % sites(), r);
        if (j < 0) continue;
        for (Index c = 0; c < channels_; ++c) {
          result(c * sites() + j, k) += covariance(c * window.size() + r, pixel) * pull;
        }
      }
    }
  });
  return result;
}

VectorXd PatchScore::covariance_profile(const States& x, double beta) const {
  const Index size = windows(beta).size();
  VectorXd profile = VectorXd::Zero(size);
  for (Index k = 0; k < x.cols(); ++k) {
    const MatrixXd covariance = local_covariance(x.col(k), beta);
    for (Index c = 0; c < channels_; ++c) {
      profile += covariance.block(c * size, c * sites(), size, sites()).rowwise().sum();
    }
  }
  return profile / static_cast<double>(dimension() * x.cols());
}

double antisymmetric_share(const PatchScore& score, const Windows& windows,
                           const MatrixXd& local_covariance) {
  // |A|^2 = (|J|^2 - sum_ij J_ij J_ji)/2.
  const Index size = windows.size(), sites = score.sites();
  double crossed = 0;
  for (Index pixel = 0; pixel < local_covariance.cols(); ++pixel) {
    const Index own = pixel / sites;
    for (Index row = 0; row < local_covariance.rows(); ++row) {
      const Index r = row % size, j = windows.neighbour(pixel % sites, r);
      if (j < 0) continue;
      crossed += local_covariance(row, pixel) *
                 local_covariance(own * size + size - 1 - r, row / size * sites + j);
    }
  }
  const double norm = local_covariance.squaredNorm();
  return norm > 0 ? (1 - crossed / norm) / 2 : 0;
}

void check_side(const std::string& key, Index side, Index extent, bool must_fit) {
  if (side < 1 || side % 2 == 0) {
    throw deck::KeyError(
        key, "patch side {}: a patch needs a central pixel; expected an odd number", side);
  }
  if (must_fit && side > extent) {
    throw deck::KeyError(key, "patch side {} is larger than the image side {}", side, extent);
  }
}

}  // namespace symbreak::target
