// Machines that see the whole image: is (the exact score of the dataset) and es (of all translates
// of it). Translates are made one image at a time, so memory is that of the images.
#include <fmt/format.h>

#include <cmath>

#include "sim/target/jacobian_law.hpp"
#include "sim/target/patch/machine.hpp"

namespace symbreak::target {

namespace {

class WholeImageMachine final : public Denoiser, public AdjointJacobian {
 public:
  WholeImageMachine(const Images& images, bool translates)
      : images_(images), translates_(translates) {}

  Index dimension() const override { return images_.values.rows(); }
  std::vector<Index> lattice() const override { return {images_.height, images_.width}; }

  MatrixXd mean(const States& x, const Betas& beta) const override {
    return sums(x, beta, nullptr).mean;
  }
  /// beta (<y (y.v)> - <y> <y.v>).
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override {
    const MatrixXd along = v;
    const Sums a = sums(x, beta, &along);
    return (a.product - a.mean * a.along.asDiagonal()) * beta.asDiagonal();
  }

  /// J of an exact score is symmetric.
  MatrixXd transposed_product(const States& x, const Betas& beta, const States& v) const override {
    return jacobian_product(x, beta, v);
  }

  std::string describe() const override {
    return fmt::format("{} machine of {}", translates_ ? "es" : "is", images_.text);
  }
  std::size_t memory() const override {
    return static_cast<std::size_t>(images_.values.size()) * sizeof(double);
  }

 private:
  struct Sums {
    MatrixXd mean, product;  ///< <y>, <y (y.v)>
    VectorXd along;          ///< <y.v>
  };

  /// The images, or all translates of image j.
  MatrixXd tile(Index j) const {
    if (!translates_) return images_.values.middleCols(j, tile_size(j));
    const Index h = images_.height, w = images_.width;
    MatrixXd all(dimension(), h * w);
    for (Index shift = 0; shift < h * w; ++shift) {
      for (Index i = 0; i < dimension(); ++i) {
        const Index c = i / (h * w), y = i % (h * w) / w, x = i % w;
        all(c * h * w + (y + shift / w) % h * w + (x + shift % w) % w, shift) =
            images_.values(i, j);
      }
    }
    return all;
  }
  Index tile_size(Index j) const {
    constexpr Index most = 256;
    return translates_ ? 1 : std::min(most, images_.count() - j);
  }

  /// Online softmax over the tiles, in double.
  Sums sums(const States& x, const Betas& beta, const MatrixXd* v) const {
    const Index walkers = x.cols();
    Sums a{MatrixXd::Zero(x.rows(), walkers), MatrixXd::Zero(x.rows(), v ? walkers : 0),
           VectorXd::Zero(v ? walkers : 0)};
    VectorXd reference = VectorXd::Constant(walkers, -INFINITY), total = VectorXd::Zero(walkers);
    for (Index j = 0; j < images_.count(); j += tile_size(j)) {
      const MatrixXd points = tile(j);
      const VectorXd half_norms = points.colwise().squaredNorm() / 2;
      MatrixXd w = points.transpose() * x;
      const MatrixXd along = v ? MatrixXd(points.transpose() * *v) : MatrixXd();
      for (Index k = 0; k < walkers; ++k) {
        w.col(k) = beta[k] * (w.col(k) - half_norms);
        const double top = std::max(reference[k], w.col(k).maxCoeff());
        const double scale = std::exp(reference[k] - top);
        w.col(k) = (w.col(k).array() - top).exp();
        reference[k] = top;
        total[k] = total[k] * scale + w.col(k).sum();
        a.mean.col(k) *= scale;
        if (!v) continue;
        a.product.col(k) *= scale;
        a.along[k] = a.along[k] * scale + w.col(k).dot(along.col(k));
      }
      a.mean.noalias() += points * w;
      if (v) a.product.noalias() += points * w.cwiseProduct(along);
    }
    for (Index k = 0; k < walkers; ++k) {
      a.mean.col(k) /= total[k];
      if (!v) continue;
      a.product.col(k) /= total[k];
      a.along[k] /= total[k];
    }
    return a;
  }

  Images images_;
  bool translates_;
};

}  // namespace

std::shared_ptr<const Denoiser> build_whole_image_machine(const MachineSettings& settings,
                                                          const Images& images) {
  return std::make_shared<WholeImageMachine>(images, settings.machine == "es");
}

}  // namespace symbreak::target
