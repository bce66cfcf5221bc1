// Distributions of clean data. May depend on: denoiser.hpp, sim/random, analysis/theory.
#pragma once
#include <stdexcept>

#include "analysis/theory/information.hpp"
#include "sim/random/stream.hpp"
#include "sim/target/denoiser.hpp"

namespace symbreak::target {

/// Where the posterior of a finite dataset collapses onto single data: the noise variance sigma^2 t
/// at which I(Y; X_t) = log N (a Shannon threshold).
struct CollapseNoise {
  double noise = 0;       ///< sigma^2 t_C in the Brownian gauge
  std::string law;        ///< whose mutual information was used: "Gaussian data"
  bool is_bound = false;  ///< the information is an upper bound, hence so is the time
};

/// phi(y), the law of the data a denoiser was made for.
class CleanData {
 public:
  virtual ~CleanData() = default;
  /// Independent clean samples, one per column of `y`.
  virtual void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const = 0;
  virtual VectorXd mean_of_target() const = 0;
  /// Covariance of the clean data, d x d, or nullopt where d is too large to store it.
  virtual std::optional<MatrixXd> covariance() const = 0;
  /// The order parameter: columns u_1..u_k, directions of the clean space that span the modes which
  /// become unstable first; component a of the order parameter of a state y is
  /// m_a = u_a.y/|u_a|^2 (so u = (1,..,1) gives the magnetization per coordinate and a unit vector
  /// gives the plain projection).
  virtual MatrixXd order_axes() const = 0;
  /// sigma^2 t_c = lambda_max(C_beta), the solution of beta lambda_max(C_beta) = 1 on the symmetric
  /// branch, in closed form or by exact quadrature; nullopt when the target has none (a Gaussian,
  /// unequal weights) or it is not known exactly.
  virtual std::optional<double> critical_noise() const { return std::nullopt; }
  /// True when phi(y) = phi(-y).
  virtual bool even() const { return false; }
  /// True when |y| is the same for all y of the support (spins, sphere): then C_beta = C.
  virtual bool fixed_norm() const { return false; }

  // --- classes (branches that generation can end in) -------------------------------------------
  virtual Index classes() const { return 1; }
  virtual VectorXd class_weights() const { return VectorXd::Ones(1); }
  /// Class of each clean state (columns); -1 when undecidable: it belongs to all alike.
  virtual std::vector<Index> classify(const States& y) const {
    return std::vector<Index>(static_cast<std::size_t>(y.cols()), 0);
  }
  /// P(class|y), classes x n, of clean states: E[P(class|y)|x] = P(class|x), which holds for `classify`
  /// only where classes do not overlap. Then it is 1 for that one.
  virtual MatrixXd class_shares(const States& y) const;

  // --- of a dataset ----------------------------------------------------------------------------
  /// Whether clean data independent of the dataset can be drawn (a known law, or held-out data).
  virtual bool has_law() const { return false; }
  /// Data from the law the dataset was drawn from, independent of it, one per column.
  virtual void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const {
    (void)stream;
    (void)y;
    throw std::logic_error("this target has no law beyond its points");
  }
  /// Collapse threshold of a dataset, where it can be predicted.
  virtual std::optional<CollapseNoise> collapse_noise() const { return std::nullopt; }
  /// The law that the points of a dataset were drawn from, where its information is known.
  virtual std::optional<theory::DataModel> data_model() const { return std::nullopt; }
};

}  // namespace symbreak::target
