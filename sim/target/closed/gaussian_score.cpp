#include "sim/target/closed/gaussian_score.hpp"

#include <fmt/format.h>

#include "sim/target/spectrum.hpp"

namespace symbreak::target {

namespace {

class GaussianScore final : public Denoiser {
 public:
  GaussianScore(VectorXd mean, MatrixXd covariance, std::vector<Index> lattice)
      : centre_(std::move(mean)),
        covariance_(std::move(covariance)),
        lattice_(std::move(lattice)) {}
  Index dimension() const override { return centre_.size(); }
  MatrixXd mean(const States& x, const Betas& beta) const override {
    return jacobian_product(x, beta, x.colwise() - centre_).colwise() + centre_;
  }
  MatrixXd jacobian_product(const States&, const Betas& beta, const States& v) const override {
    const Spectrum& spectrum = this->spectrum();
    MatrixXd along = spectrum.vectors.transpose() * v;
    for (Index k = 0; k < v.cols(); ++k) {
      const auto lambda = spectrum.values.array().max(0);
      along.col(k).array() *= lambda / (lambda + 1 / beta[k]);
    }
    return spectrum.vectors * along;
  }
  std::vector<Index> lattice() const override { return lattice_; }
  std::string describe() const override {
    return fmt::format("a Gaussian in {} dimensions", dimension());
  }
  std::size_t memory() const override {
    return static_cast<std::size_t>(dimension() * dimension()) * sizeof(double);
  }

 private:
  const Spectrum& spectrum() const {
    if (!spectrum_) {
      spectrum_ = symmetric_spectrum(covariance_);
      covariance_.resize(0, 0);
    }
    return *spectrum_;
  }

  VectorXd centre_;
  mutable MatrixXd covariance_;  ///< until the spectrum is known
  mutable std::optional<Spectrum> spectrum_;
  std::vector<Index> lattice_;
};

}  // namespace

std::shared_ptr<const Denoiser> gaussian_score(VectorXd mean, MatrixXd covariance,
                                               std::vector<Index> lattice) {
  return std::make_shared<GaussianScore>(std::move(mean), std::move(covariance),
                                         std::move(lattice));
}

}  // namespace symbreak::target
