// Laws of exponentially many Gaussian classes. May depend on: Eigen.
#pragma once
#include <Eigen/Core>
#include <optional>

namespace symbreak::target {

/// One of K classes, and the law of all others' means.
struct ManyClasses {
  double rate = 0;        ///< ln K/d
  double within = 1;      ///< variance within a class, per coordinate
  double centres = 1;     ///< variance of the means, per coordinate
  double own = 1;         ///< |mean|^2/d of this class
  bool annealed = false;  ///< the others are averaged over their means
};

class ManyClassTarget {
 public:
  virtual ~ManyClassTarget() = default;
  /// nullopt: not one class of them.
  virtual std::optional<ManyClasses> many_classes(Eigen::Index label) const = 0;
};

}  // namespace symbreak::target
