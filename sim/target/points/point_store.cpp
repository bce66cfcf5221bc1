#include "sim/target/points/point_store.hpp"

#include <algorithm>

namespace symbreak::target {

namespace {

template <class Scalar>
class MatrixStore final : public PointStore {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  explicit MatrixStore(Matrix points, VectorXd origin = {})
      : points_(std::move(points)), origin_(std::move(origin)), half_norms_(points_.cols()) {
    for (Index j = 0; j < points_.cols(); ++j) {
      half_norms_[j] = points_.col(j).template cast<double>().squaredNorm() / 2;
    }
  }

  Index dimension() const override { return points_.rows(); }
  Index count() const override { return points_.cols(); }
  const VectorXd& origin() const override { return origin_; }
  void read(Index first, Eigen::Ref<MatrixXd> y) const override {
    y = points_.middleCols(first, y.cols()).template cast<double>();
  }
  kernel::SoftmaxAverage average(const States& x, const Betas& beta, const VectorXd& log_weights,
                                 const Query& query) const override {
    return kernel::softmax_average(points_, query.norms ? half_norms_ : VectorXd::Zero(count()),
                                   log_weights, x, beta, query.mean);
  }
  std::size_t memory() const override {
    return static_cast<std::size_t>(points_.size()) * sizeof(Scalar) +
           static_cast<std::size_t>(count()) * sizeof(double);
  }

 private:
  Matrix points_;
  VectorXd origin_, half_norms_;
};

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
  std::vector<Index> copies(const std::vector<Index>& data) const override {
    return made().copies(data);
  }
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
  return std::make_shared<MatrixStore<double>>(std::move(points));
}

std::shared_ptr<const PointStore> matrix_store(Eigen::MatrixXf points, VectorXd origin) {
  return std::make_shared<MatrixStore<float>>(std::move(points), std::move(origin));
}

}  // namespace symbreak::target
