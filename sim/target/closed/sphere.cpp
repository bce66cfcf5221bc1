// Uniform distribution on a hypersphere: the O(d) model's analogue (Ambrogioni 2024, section 3.3;
// Raya & Ambrogioni 2023). Its posterior is the von Mises-Fisher law of concentration
// kappa = beta r |x| along x.
#include <fmt/format.h>

#include <boost/random/beta_distribution.hpp>
#include <cmath>

#include "analysis/theory/jacobian_spectrum.hpp"
#include "analysis/theory/sphere.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/jacobian_law.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

namespace {

std::span<double> span(VectorXd& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }

/// 1 - cos of the angle to the pole of a von Mises-Fisher variable: rejection from a beta envelope
/// (Ulrich 1984, as corrected by Wood 1994), rearranged so that nothing cancels at large kappa.
double draw_versine(double d, double kappa, random::Stream& stream) {
  const double b = (d - 1) / (std::sqrt(4 * kappa * kappa + (d - 1) * (d - 1)) + 2 * kappa);
  const double gap = 2 * b / (1 + b);  // 1 - x0, x0 the envelope's reference cosine
  boost::random::beta_distribution<double> envelope((d - 1) / 2, (d - 1) / 2);
  for (;;) {
    const double z = envelope(stream);
    const double versine = 2 * b * z / (1 - (1 - b) * z);
    const double log_ratio =
        kappa * (gap - versine) +
        (d - 1) * std::log((gap + (1 - gap) * versine) * (1 + b) * (1 + b) / (4 * b));
    if (log_ratio >= std::log(stream.uniform())) return versine;
  }
}

class Sphere final : public Target, public JacobianLaw {
 public:
  Sphere(double radius, Index dimension) : radius_(radius), dimension_(dimension) {}

  Index dimension() const override { return dimension_; }

  Averages averages(const States& x, const Betas& beta) const override {
    const VectorXd none = VectorXd::Constant(x.cols(), NAN);
    Averages result{mean(x, beta), VectorXd(x.cols()), none, none, none};
    for (Index k = 0; k < x.cols(); ++k) {
      result.log_partition[k] =
          theory::log_sphere_average(static_cast<double>(dimension_), kappa(x, beta, k)) -
          beta[k] * radius_ * radius_ / 2;
    }
    return result;
  }

  MatrixXd mean(const States& x, const Betas& beta) const override {
    MatrixXd result(x.rows(), x.cols());
    for (Index k = 0; k < x.cols(); ++k) {
      const double length = ratio(kappa(x, beta, k));
      result.col(k) = radius_ * length * direction(x, k);
    }
    return result;
  }

  /// beta r^2 (A' along x, A/kappa across it).
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override {
    MatrixXd result(x.rows(), x.cols());
    for (Index k = 0; k < x.cols(); ++k) {
      const double concentration = kappa(x, beta, k), d = static_cast<double>(dimension_);
      const double along = theory::bessel_ratio_slope(d, concentration);
      const double across = concentration > 0 ? ratio(concentration) / concentration : 1 / d;
      const VectorXd e = direction(x, k);
      result.col(k) = beta[k] * radius_ * radius_ *
                      (across * v.col(k) + (along - across) * e.dot(v.col(k)) * e);
    }
    return result;
  }

  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    VectorXd point(dimension_);
    for (Index k = 0; k < y.cols(); ++k) {
      stream.normals(span(point));
      y.col(k) = radius_ * point.normalized();
    }
  }

  /// O(n d): each copy is a cosine along x and a uniform direction across it.
  CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                      random::Stream& stream) const override {
    const double concentration = beta * radius_ * x.norm();
    const VectorXd pole = direction(x, 0);
    VectorXd sum = VectorXd::Zero(dimension_), across(dimension_);
    for (std::int64_t copy = 0; copy < n; ++copy) {
      const double versine = draw_versine(static_cast<double>(dimension_), concentration, stream);
      stream.normals(span(across));
      across -= across.dot(pole) * pole;
      sum += (1 - versine) * pole + std::sqrt(versine * (2 - versine)) * across.normalized();
    }
    return {radius_ * sum, static_cast<double>(n) * radius_ * radius_};
  }

  VectorXd mean_of_target() const override { return VectorXd::Zero(dimension_); }
  std::optional<MatrixXd> covariance() const override {
    return *critical_noise() * MatrixXd::Identity(dimension_, dimension_);
  }
  /// All directions are equivalent: the coordinate axes.
  MatrixXd order_axes() const override { return MatrixXd::Identity(dimension_, dimension_); }
  std::optional<double> critical_noise() const override {
    return radius_ * radius_ / static_cast<double>(dimension_);
  }
  bool even() const override { return true; }
  bool fixed_norm() const override { return true; }
  std::optional<double> expected_trace(double noise) const override {
    return theory::sphere_trace(static_cast<double>(dimension_), radius_, noise);
  }

  std::string describe() const override {
    return fmt::format("hypersphere of radius {} in {} dimensions", radius_, dimension_);
  }
  std::size_t memory() const override { return sizeof(*this); }

 private:
  double kappa(const States& x, const Betas& beta, Index k) const {
    return beta[k] * radius_ * x.col(k).norm();
  }
  double ratio(double kappa) const {
    return theory::bessel_ratio(static_cast<double>(dimension_), kappa);
  }
  template <class X>
  VectorXd direction(const X& x, Index k) const {
    const double norm = x.col(k).norm();
    return norm > 0 ? VectorXd(x.col(k) / norm) : VectorXd(VectorXd::Unit(dimension_, 0));
  }

  double radius_;
  Index dimension_;
};

}  // namespace

TargetKind sphere() {
  return {.name = "sphere",
          .text =
              "uniform distribution on a hypersphere; sigma^2 t_c = radius^2/dimension (Ambrogioni "
              "2024, section 3.3)",
          .keys = {deck::positive_key("target", "radius", "1", "radius of the sphere"),
                   deck::count_key("target", "dimension", deck::required,
                                   "dimension d of the space the sphere S^{d-1} lies in", 2, 2048)},
          .make = [](const deck::Parameters& parameters, const random::Address&) {
            return std::make_shared<Sphere>(parameters.real("target.radius"),
                                            parameters.integer("target.dimension"));
          }};
}

}  // namespace symbreak::target
