// The law that training data are drawn from, as far as averages over it are known.
// May depend on: features.hpp, sim/target, sim/random.
#pragma once
#include <optional>
#include <string>

#include "sim/random/stream.hpp"
#include "sim/target/clean_data.hpp"
#include "sim/target/random_features/features.hpp"

namespace symbreak::target::feature_flow {

class Law {
 public:
  /// Exact where the source is one or two Gaussians of equal variance or independent signs; else
  /// `points` data drawn from its law, independent of the training set, stand for it (the average
  /// over the noise stays exact). nullopt where there is nothing to draw: a dataset without
  /// held-out data.
  static std::optional<Law> of(const Denoiser& source, Activation activation, Index points,
                               random::Stream stream);

  bool exact() const { return kind_ != Kind::points; }
  /// One Gaussian of equal variance in all directions: `edm` starts at its optimum.
  bool isotropic() const {
    return kind_ == Kind::gaussians && (cloud_.centres.colwise() - cloud_.centres.col(0)).isZero(0);
  }
  const std::string& text() const { return text_; }  ///< "two Gaussian classes, exact averages"
  /// Averages of the features over data minus `shift`.
  Moments moments(const Features& features, const MatrixXd& gram, const VectorXd& shift, double k,
                  double noise) const;
  /// The clean mean of the law itself at noise s, d x states; nullopt unless exact().
  std::optional<MatrixXd> mean(const States& x, double noise) const;
  /// Half the way from one of two classes to the other; nullopt where there are no such classes.
  std::optional<VectorXd> axis() const {
    if (kind_ != Kind::gaussians || cloud_.centres.cols() != 2 || isotropic()) return std::nullopt;
    return VectorXd((cloud_.centres.col(0) - cloud_.centres.col(1)) / 2);
  }
  /// Data of the law, one per column.
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const;

 private:
  enum class Kind { gaussians, signs, points };
  Kind kind_ = Kind::points;
  const CleanData* data_ = nullptr;  ///< of the source, which outlives the law
  bool finite_ = false;              ///< the source is a dataset, its law is behind it
  Cloud cloud_;                      ///< classes, or the points; signs: the middle
  double sigma_ = 0;                 ///< of the signs
  std::string text_;
};

}  // namespace symbreak::target::feature_flow
