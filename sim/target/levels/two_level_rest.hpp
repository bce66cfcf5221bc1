// What is not drawn one by one of levels in classes: members of a class below a threshold, and all
// classes that are not drawn, as sums with their exact means and variances, and the covariances of
// sums that belong together; lognormal. May depend on: Eigen, sim/kernel, analysis/theory.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "sim/kernel/levels/smooth_table.hpp"
#include "sim/target/levels/level_ensemble.hpp"
#include "sim/target/levels/level_sampler.hpp"

namespace symbreak::target {

/// Which classes and members are drawn one by one; normals g_c, g_cj, level e = rho g_c + kappa g_cj.
struct LevelThresholds {
  double rho, kappa;
  double level;        ///< levels above it are drawn: typical samples have K of them
  double leader;       ///< classes of larger g are drawn; -infinity: all of them
  double leading;      ///< the K/2-th class: from it on at least K/16 members are drawn on average
  double most, least;  ///< of a class's members: g of the K-th and of the K/16-th

  LevelThresholds(const LevelGroups& groups, double log_classes, double kept);
  static double leaders(double kept) { return kept / 2; }
  double members(double g) const;  ///< g_cj from which on members of a class of this g are drawn
  double marked(double g) const;   ///< the same without `least`: what makes a class drawn
  double highest() const;          ///< the largest that either is for any g that occurs
};

/// exp(log_mean + deviation z - deviation^2/2), z a standard normal.
struct LogNormal {
  double log_mean = 0, deviation = 0;
};

/// Moments of Z = sum_j exp(A g_j), S = sum_j exp(2 A g_j) over n independent g_j < threshold.
/// Logarithms; relative to products of means.
struct CutMoments {
  double z, s;                  ///< log E Z, log E S
  double zz, zs, zzz;           ///< log E Z^2/(E Z)^2, log E ZS/(E Z E S), log E Z^3/(E Z)^3
  double variance, covariance;  ///< log (Var Z/(E Z)^2), log (Cov(Z,S)/(E Z E S)); may be -infinity
  CutMoments(const theory::LevelLaw& normal, double A, double log_count, double threshold);
};

/// The members of a class that are not drawn, as functions of the threshold, at all temperatures:
/// sums Z of e^{A g} and S of e^{2A g} over the members below.
class MemberRest {
 public:
  enum Quantity : std::size_t {
    mean,              ///< log E Z per member
    square_mean,       ///< log E S per member
    deviation,         ///< of Z
    square_deviation,  ///< such that the covariance of Z and S is right
    mean_slope,        ///< A d/dA of log E Z
    deviation_slope,   ///< A d/dA of the deviation
    quantities
  };
  MemberRest() = default;
  MemberRest(const theory::LevelLaw& normal, const VectorXd& A, double log_members, double low,
             double high);
  /// values[(quantities temperature + quantity) n + i] at n thresholds; resized.
  void evaluate(std::span<const double> threshold, std::vector<double>& values) const;

 private:
  kernel::SmoothTables tables_;
};

/// All classes that are not drawn, at one temperature: sums over them of Z_c, S_c and Z_c^2. log
/// means are those of one class; all three use the same normal.
struct ClassRest {
  LogNormal z, s, square;
  ClassRest(const theory::LevelLaw& normal, const LevelGroups& groups,
            const LevelThresholds& thresholds, double b, double log_count);
};

/// Nodes for the law of g below the leaders: g and log weights. Sums of exp(c g), c <= steepest.
struct ClassNodes {
  std::vector<double> g, log_weight;
  ClassNodes(double upper, double steepest);
};
/// log P(no member of a class of this g is above the threshold).
double log_unmarked(const theory::LevelLaw& normal, double log_members, double threshold);

}  // namespace symbreak::target
