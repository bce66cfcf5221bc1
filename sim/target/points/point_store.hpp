// Where the points of a finite target are kept: a matrix in memory, packed bits, or a file that is
// read tile by tile. May depend on: sim/target/target.hpp, sim/kernel.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "sim/kernel/points/softmax.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

class PointStore {
 public:
  /// What is asked of a softmax-average.
  struct Query {
    bool norms = true;  ///< scores beta (x.y - |y|^2/2); false: beta x.y (associative memory)
    bool mean = true;   ///< also the mean, which doubles the cost
  };

  virtual ~PointStore() = default;
  virtual Index dimension() const = 0;
  virtual Index count() const = 0;
  /// What was subtracted from the points, which were far from 0: everything here is about y_j -
  /// origin. Empty: nothing.
  virtual const VectorXd& origin() const {
    static const VectorXd none;
    return none;
  }
  /// Points first, first + 1, .., one per column of y. Exact whatever the storage.
  virtual void read(Index first, Eigen::Ref<MatrixXd> y) const = 0;
  /// Empty log_weights: all 0.
  virtual kernel::SoftmaxAverage average(const States& x, const Betas& beta,
                                         const VectorXd& log_weights, const Query& query) const = 0;
  /// Rounding of its scores, relative to beta |x||y|.
  virtual double rounding() const = 0;
  /// How many points equal each of these, themselves included.
  virtual std::vector<Index> copies(const std::vector<Index>& data) const;
  virtual std::size_t memory() const = 0;              ///< bytes
  virtual std::string describe() const { return ""; }  ///< how they are kept, "" for in memory

  VectorXd point(Index j) const {
    MatrixXd y(dimension(), 1);
    read(j, y);
    return y;
  }
  /// All points and their |y_j|^2/2 where they lie in memory in single precision; else nothing.
  struct Floats {
    const float* points;  ///< column by column
    const double* half_norms;
  };
  virtual std::optional<Floats> floats() const { return std::nullopt; }
};

/// Columns are points. Float storage is for datasets: results are double either way.
std::shared_ptr<const PointStore> matrix_store(MatrixXd points);
std::shared_ptr<const PointStore> matrix_store(Eigen::MatrixXf points, VectorXd origin = {});
/// Points and their |y_j|^2/2 in memory that `owner` keeps.
std::shared_ptr<const PointStore> matrix_store(std::shared_ptr<const void> owner,
                                               const Eigen::Map<const Eigen::MatrixXf>& points,
                                               const double* half_norms, VectorXd origin);
/// |y_j|^2/2 of all columns.
VectorXd half_norms(const Eigen::Ref<const Eigen::MatrixXf>& points);

/// Points that are made when first asked for: the plan of a deck needs their number and size only.
struct LazyPoints {
  Index dimension = 0, count = 0;
  std::size_t memory = 0;
  std::string text{};
  std::function<std::shared_ptr<const PointStore>()> make;
};
std::shared_ptr<const PointStore> lazy_store(LazyPoints points);

}  // namespace symbreak::target
