// Do error bars cover? Shared by the coverage tests. May depend on: Boost.Random, Boost.Math.
//
// A 1 sigma bar of an unbiased Gaussian estimate covers with probability 0.6827. `hits` of n
// repetitions are binomial; they are accepted within 3.5 of its standard deviations (false-alarm
// rate 4.7e-4 a test, two-sided), plus `slack` for what the estimator states itself: error bars
// from few degrees of freedom cover slightly less (Student's t: 68.27 % -> 67.8 % for 40).
#pragma once
#include <Eigen/Core>
#include <boost/math/distributions/students_t.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <string>
#include <vector>

namespace coverage {

using Engine = boost::random::mt19937_64;

inline double normal(Engine& engine) {
  boost::random::normal_distribution<double> distribution;
  return distribution(engine);
}

inline Eigen::VectorXd normals(Engine& engine, Eigen::Index count) {
  boost::random::normal_distribution<double> distribution;
  Eigen::VectorXd z(count);
  for (double& component : z) component = distribution(engine);
  return z;
}

constexpr double expected = 0.682689492;

class Count {
 public:
  void add(double value, double error, double truth, double scale = 1) {
    ++repetitions_;
    hits_ += std::abs(value - truth) <= scale * error ? 1 : 0;
    const double pull = (value - truth) / error;
    sum_ += pull;
    squares_ += pull * pull;
  }
  double rate() const { return hits_ / repetitions_; }
  double band() const { return 3.5 * std::sqrt(expected * (1 - expected) / repetitions_); }
  bool covers(double slack = 0) const { return std::abs(rate() - expected) <= band() + slack; }
  std::string text() const {
    return "covered " + std::to_string(rate()) + ", expected 0.6827 +- " + std::to_string(band()) +
           " (3.5 sigma), mean pull " + std::to_string(sum_ / repetitions_) + ", rms pull " +
           std::to_string(std::sqrt(squares_ / repetitions_));
  }

 private:
  double repetitions_ = 0, hits_ = 0, sum_ = 0, squares_ = 0;
};

/// A standard error as `nu` degrees of freedom estimate it.
inline double estimated(Engine& engine, double sigma, double nu) {
  return sigma * std::sqrt(normals(engine, static_cast<Eigen::Index>(nu)).squaredNorm() / nu);
}

/// How many times as often as they say tails of 2 and of 3 normal deviates occur, by Student's law of
/// the degrees of freedom of each error.
class Tails {
 public:
  void add(double value, double error, double dof, double truth) {
    const double deviates = std::abs(value - truth) / error;
    const double p = std::isinf(dof) ? std::erfc(deviates / std::sqrt(2.0))
                                     : 2 * cdf(complement(boost::math::students_t(dof), deviates));
    ++repetitions_;
    two_ += p < kTwo;
    three_ += p < kThree;
  }
  double two() const { return two_ / (kTwo * repetitions_); }
  double three() const { return three_ / (kThree * repetitions_); }
  std::string text() const {
    return "times too often beyond 2 and 3: " + std::to_string(two()) + ", " +
           std::to_string(three());
  }

 private:
  static constexpr double kTwo = 0.045500264, kThree = 0.002699796;
  double repetitions_ = 0, two_ = 0, three_ = 0;
};

}  // namespace coverage
