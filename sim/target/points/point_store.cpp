#include "sim/target/points/point_store.hpp"

#include <algorithm>
#include <limits>

namespace symbreak::target {

namespace {

template <class Scalar>
using MatrixOf = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

template <class Points>
VectorXd half_norms_of(const Points& points) {
  VectorXd result(points.cols());
  for (Index j = 0; j < points.cols(); ++j) {
    result[j] = points.col(j).template cast<double>().squaredNorm() / 2;
  }
  return result;
}

template <class Scalar>
class MatrixStore final : public PointStore {
 public:
  MatrixStore(std::shared_ptr<const void> owner, const Eigen::Map<const MatrixOf<Scalar>>& points,
              const double* half_norms, VectorXd origin)
      : owner_(std::move(owner)),
        points_(points),
        half_norms_(half_norms),
        origin_(std::move(origin)) {}

  Index dimension() const override { return points_.rows(); }
  Index count() const override { return points_.cols(); }
  const VectorXd& origin() const override { return origin_; }
  void read(Index first, Eigen::Ref<MatrixXd> y) const override {
    y = points_.middleCols(first, y.cols()).template cast<double>();
  }
  kernel::SoftmaxAverage average(const States& x, const Betas& beta, const VectorXd& log_weights,
                                 const Query& query) const override {
    VectorXd none;
    if (!query.norms) none.setZero(count());
    kernel::SoftmaxAccumulator<Scalar> sums(x, beta, query.mean);
    sums.add(points_.data(), query.norms ? half_norms_ : none.data(),
             log_weights.size() > 0 ? log_weights.data() : nullptr, count());
    return sums.finish();
  }
  double rounding() const override { return std::numeric_limits<Scalar>::epsilon() / 2; }
  std::optional<Floats> floats() const override {
    if constexpr (std::is_same_v<Scalar, float>) return Floats{points_.data(), half_norms_};
    return std::nullopt;
  }
  std::size_t memory() const override {
    return static_cast<std::size_t>(points_.size()) * sizeof(Scalar) +
           static_cast<std::size_t>(count()) * sizeof(double);
  }

 private:
  std::shared_ptr<const void> owner_;
  Eigen::Map<const MatrixOf<Scalar>> points_;
  const double* half_norms_;
  VectorXd origin_;
};

template <class Scalar>
std::shared_ptr<const PointStore> own_matrix(MatrixOf<Scalar> points, VectorXd origin) {
  struct Own {
    MatrixOf<Scalar> points;
    VectorXd half_norms;
  };
  const auto own = std::make_shared<Own>();
  own->half_norms = half_norms_of(points);
  own->points = std::move(points);
  const Eigen::Map<const MatrixOf<Scalar>> all(own->points.data(), own->points.rows(),
                                               own->points.cols());
  return std::make_shared<MatrixStore<Scalar>>(own, all, own->half_norms.data(), std::move(origin));
}

class LazyStore final : public PointStore {
 public:
  explicit LazyStore(LazyPoints points) : points_(std::move(points)) {}

  Index dimension() const override { return points_.dimension; }
  Index count() const override { return points_.count; }
  void read(Index first, Eigen::Ref<MatrixXd> y) const override { made().read(first, y); }
  kernel::SoftmaxAverage average(const States& x, const Betas& beta, const VectorXd& log_weights,
                                 const Query& query) const override {
    return made().average(x, beta, log_weights, query);
  }
  double rounding() const override { return made().rounding(); }
  std::vector<Index> copies(const std::vector<Index>& data) const override {
    return made().copies(data);
  }
  std::optional<Floats> floats() const override { return made().floats(); }
  std::size_t memory() const override { return points_.memory; }
  std::string describe() const override { return points_.text; }

 private:
  const PointStore& made() const {
    if (!store_) store_ = points_.make();
    return *store_;
  }
  LazyPoints points_;
  mutable std::shared_ptr<const PointStore> store_;
};

}  // namespace

std::vector<Index> PointStore::copies(const std::vector<Index>& data) const {
  MatrixXd wanted(dimension(), static_cast<Index>(data.size()));
  for (std::size_t k = 0; k < data.size(); ++k) {
    read(data[k], wanted.col(static_cast<Index>(k)));
  }
  const VectorXd norms = wanted.colwise().squaredNorm();
  std::vector<Index> found(data.size(), 0);
  constexpr Index kTile = 512;
  for (Index first = 0; first < count(); first += kTile) {
    MatrixXd tile(dimension(), std::min(kTile, count() - first));
    read(first, tile);
    for (Index j = 0; j < tile.cols(); ++j) {
      const double norm = tile.col(j).squaredNorm();
      for (std::size_t k = 0; k < data.size(); ++k) {
        const auto column = static_cast<Index>(k);
        if (std::abs(norm - norms[column]) <= 1e-12 * norm && tile.col(j) == wanted.col(column)) {
          ++found[k];
        }
      }
    }
  }
  return found;
}

std::shared_ptr<const PointStore> lazy_store(LazyPoints points) {
  return std::make_shared<LazyStore>(std::move(points));
}

std::shared_ptr<const PointStore> matrix_store(MatrixXd points) {
  return own_matrix<double>(std::move(points), {});
}

std::shared_ptr<const PointStore> matrix_store(Eigen::MatrixXf points, VectorXd origin) {
  return own_matrix<float>(std::move(points), std::move(origin));
}

std::shared_ptr<const PointStore> matrix_store(std::shared_ptr<const void> owner,
                                               const Eigen::Map<const Eigen::MatrixXf>& points,
                                               const double* half_norms, VectorXd origin) {
  return std::make_shared<MatrixStore<float>>(std::move(owner), points, half_norms,
                                              std::move(origin));
}

VectorXd half_norms(const Eigen::Ref<const Eigen::MatrixXf>& points) {
  return half_norms_of(points);
}

}  // namespace symbreak::target
