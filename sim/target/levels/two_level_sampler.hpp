// Disorder samples of levels in classes (LevelGroups): averages of one sample at many inverse
// temperatures, by its leading classes, their highest members and the truncated rest (any sizes), or
// by enumeration. May depend on: Eigen, sim/kernel, sim/random, analysis/theory.
//
// Unplanted: all levels alike. Planted: reweighted by Z. Class 1 then has g_1 ~ N(A_1, 1) and its
// member 1 g_11 ~ N(A_2, 1), A_1 = b sqrt(share), A_2 = b sqrt(1 - share); the rest is as before.
#pragma once
#include <Eigen/Core>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sim/kernel/levels/guided_search.hpp"
#include "sim/target/levels/level_ensemble.hpp"
#include "sim/target/levels/two_level_rest.hpp"

namespace symbreak::target {

/// Averages over the Boltzmann weights w_cj = exp(b e_cj)/Z of one disorder sample, one entry per b;
/// W_c = sum_j w_cj is the weight of a class.
struct TwoLevelAverages {
  VectorXd log_partition;  ///< log Z, nats
  VectorXd exponent;       ///< b <e> = sum_cj w_cj b e_cj; log Z less it is the entropy
  VectorXd second;         ///< Y = sum_cj w_cj^2
  VectorXd class_second;   ///< Y_C = sum_c W_c^2
  VectorXd largest;        ///< max_cj w_cj
  VectorXd largest_class;  ///< max_c W_c
  VectorXd planted;        ///< w_11; this and the next empty when unplanted
  VectorXd planted_class;  ///< W_1
  VectorXd success;        ///< 1 when the planted level is the highest
  VectorXd class_success;  ///< 1 when its class is the heaviest
  void resize(Eigen::Index temperatures, bool is_planted);
};

/// O(K) per sample whatever the numbers of classes and members are. Drawn one by one: the K/2
/// classes of largest g (on average), every class with a level above a threshold that typical samples have K
/// of, and the members of all these above the threshold, but no fewer than K/16 and no more than K
/// (on average) of a class of largest g. A class's other members, and all other classes, enter by
/// sums of exact mean and variance and of lognormal form. What that form leaves out is of the order
/// of the third cumulant of these sums, relative to Z: some K^{-2}. Their part of <e> is the slope of
/// such a sum in b at the same normal, whose mean and covariance with the sum are exact as well, since
/// Cov(Z, dZ/db) = (d/db) Var(Z)/2.
class TwoLevelTop {
 public:
  TwoLevelTop(const LevelEnsemble& ensemble, const VectorXd& b, bool planted, double kept);
  void draw(random::Stream& stream, TwoLevelAverages& result);

 private:
  struct Class {
    double g;          ///< of the class
    double threshold;  ///< its members above it are drawn one by one
    int first, count;  ///< of these, in members_
    double left;       ///< log of the number of the others
    double normal;     ///< of their sum
  };
  /// Of one temperature; log-weights, then weights relative to e^{top}.
  struct Sums {
    static constexpr double none = -std::numeric_limits<double>::infinity();
    double top = none, bulk = none;             ///< the largest; classes that are not drawn
    double own = none, own_g = 0;               ///< the planted member, its class
    double own_rest = none, own_square = none;  ///< its class's members that are not drawn
    double own_best = none, own_slope = 0;      ///< the highest of the others; of the rest
    double Z = 0, X = 0;                        ///< X: of weights times log-weights
    double Y = 0, classes = 0, largest = 0, heaviest = 0;  ///< of squares; of members, of classes
  };
  void find_classes(random::Stream& stream);
  void find_members(random::Stream& stream);
  double log_left(int drawn);
  double exponential(random::Stream& stream);  ///< of unit mean, from a block of uniforms
  void members_of(random::Stream& stream, double count, double limit, bool at_least_one);
  void average(TwoLevelAverages& result);
  double* rest(std::size_t temperature, MemberRest::Quantity quantity);  ///< of all classes
  void weigh(std::size_t temperature);
  template <std::size_t many>
  void add_classes(std::size_t first_temperature);
  void finish(Eigen::Index temperature, TwoLevelAverages& result);

  double rho_, kappa_;
  bool planted_, all_classes_;
  VectorXd b_;
  double classes_count_, members_count_, log_members_;
  LevelThresholds thresholds_;
  std::optional<kernel::OrderStatistics> leaders_;
  kernel::SmoothTable class_quantile_, member_quantile_, log_limit_;
  double marked_share_ = 0;  ///< P(a level above the threshold | g below that of the leaders)
  std::vector<double> marked_g_;
  kernel::GuidedSearch marked_;  ///< in the law of g of such classes
  std::vector<double> log_left_;
  MemberRest rest_;
  std::vector<double> planted_rest_;  ///< of the planted class
  double planted_log_limit_ = 0;
  std::vector<ClassRest> bulk_;
  std::vector<std::pair<double, double>>
      bulk_slope_;  ///< b d/db of log mean and deviation of its Z
  // Workspace of a draw.
  std::vector<Class> classes_;
  std::vector<double> members_, uniforms_, places_, s_, normals_, thresholds_of_, limits_;
  std::vector<double> rest_values_, weights_;  ///< of classes' rests, of members
  std::vector<Sums> sums_;                     ///< per temperature
  double highest_ = 0;                         ///< level but the planted class's
  double log_others_ = 0;                      ///< log number of classes that are not drawn
  double planted_share_ = 0;  ///< log share of the planted class's members that are not drawn
  std::size_t next_ = 0, leading_ = 0;
  int planted_members_ = 0;
};

/// All levels of a sample at once: at most 2^20.
class TwoLevelEnumeration {
 public:
  static constexpr double most_bits = 20;
  TwoLevelEnumeration(const LevelEnsemble& ensemble, const VectorXd& b, bool planted);
  void draw(random::Stream& stream, TwoLevelAverages& result);

 private:
  double rho_, kappa_;
  bool planted_;
  VectorXd b_;
  Eigen::Index classes_, members_;
  VectorXd g_, terms_, log_weights_;
  Eigen::MatrixXd level_;  ///< members of a class in a column
};

}  // namespace symbreak::target
