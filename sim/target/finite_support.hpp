// Finite support, phi = sum_j exp(log_weight_j) delta(y - point_j). May depend on: posterior.hpp.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/random/stream.hpp"
#include "sim/target/posterior.hpp"

namespace symbreak::target {

class FiniteSupport {
 public:
  virtual ~FiniteSupport() = default;
  virtual Index count() const = 0;
  virtual const VectorXd& log_weights() const = 0;  ///< N, normalised; empty: all -log N
  double log_weight(Index j) const {
    return log_weights().size() > 0 ? log_weights()[j] : -std::log(static_cast<double>(count()));
  }
  virtual VectorXd point(Index j) const = 0;  ///< coordinates of datum j
  virtual Index label(Index j) const = 0;     ///< class of datum j
  /// Points of the same source that are not of the support, d x count; empty: none.
  virtual MatrixXd held_out() const { return {}; }

  /// Data by equal chances, one into each column of y.
  std::vector<Index> draw_equally(random::Stream& stream, MatrixXd& y) const {
    std::vector<Index> data(static_cast<std::size_t>(y.cols()));
    for (Index k = 0; k < y.cols(); ++k) {
      const auto drawn = static_cast<Index>(stream.uniform() * static_cast<double>(count()));
      y.col(k) = point(data[static_cast<std::size_t>(k)] = std::min(drawn, count() - 1));
    }
    return data;
  }

  /// The averages without the mean, at half the cost.
  virtual Averages weights(const States& x, const Betas& beta) const = 0;
  /// Weights e^{beta x.y_j} without the norms of the points: the dense associative memory.
  virtual Averages associate(const States& x, const Betas& beta) const = 0;
  /// An exact draw from the posterior of each walker by inversion of a uniform number.
  virtual std::vector<Index> draw(const States& x, const Betas& beta,
                                  const VectorXd& uniforms) const = 0;
  /// Distances to the nearest point and to the nearest one with other coordinates (infinity: none).
  struct Nearest {
    std::vector<Index> datum;
    VectorXd first, second;
  };
  virtual Nearest nearest(const States& y) const = 0;
  /// How many points have the coordinates of each of these data, themselves included.
  virtual std::vector<Index> multiplicity(const std::vector<Index>& data) const = 0;
  /// A hash of the coordinates of each datum: data that are alike have one place.
  std::vector<std::size_t> places() const;
  /// Of the law, nats: data that are alike are one.
  double entropy() const;
  /// Data first, first + 1, .., one per column of y.
  virtual void read(Index first, Eigen::Ref<MatrixXd> y) const = 0;
};

}  // namespace symbreak::target
