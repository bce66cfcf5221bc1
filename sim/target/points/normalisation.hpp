// Shift and scale of the points of a file, the same for points in memory and streamed ones. May
// depend on: Eigen, sim/deck.
#pragma once
#include <Eigen/Core>
#include <functional>
#include <string>

namespace symbreak::target {

class Normalisation {
 public:
  /// Visits the points, block after block: columns of each block are points.
  using Visit = std::function<void(const std::function<void(const Eigen::MatrixXd&)>&)>;

  /// how: none, unit (divided by 255), centred (mean 0 per coordinate), standardised (also variance
  /// 1; constant coordinates become 0), sphere (every point to norm sqrt(d)), signs (1 above the
  /// middle of the smallest and the largest number of all points, else -1). Means and variances are
  /// summed point after point: the same bits however the points are cut into blocks.
  Normalisation(std::string how, std::string file, const Visit& points);
  /// Columns of `block` are points; `first` counts them in messages.
  void apply(Eigen::Ref<Eigen::MatrixXd> block, Eigen::Index first) const;
  bool changes() const { return how_ != "none"; }

 private:
  std::string how_, file_;
  Eigen::VectorXd mean_, scale_;
  double middle_ = 0;
};

}  // namespace symbreak::target
