#include "sim/target/points/file_store.hpp"

#include <algorithm>
#include <limits>

namespace symbreak::target {

namespace {

/// Bytes of points in memory at a time.
constexpr Index kBuffer = 4 << 20;

class FileStore final : public PointStore {
 public:
  FileStore(std::shared_ptr<const data::Rows> rows, Index count,
            std::shared_ptr<const Normalisation> normalisation, VectorXd origin)
      : rows_(std::move(rows)),
        count_(count),
        normalisation_(std::move(normalisation)),
        origin_(std::move(origin)) {}

  Index dimension() const override { return static_cast<Index>(rows_->columns()); }
  Index count() const override { return count_; }
  const VectorXd& origin() const override { return origin_; }
  void read(Index first, Eigen::Ref<MatrixXd> y) const override {
    y = columns(first, y.cols()).cast<double>();
  }
  kernel::SoftmaxAverage average(const States& x, const Betas& beta, const VectorXd& log_weights,
                                 const Query& query) const override {
    kernel::SoftmaxAccumulator<float> sums(x, beta, query.mean);
    const Index fitting = kBuffer / (dimension() * static_cast<Index>(sizeof(float)));
    const Index piece = std::max<Index>(1, fitting / sums.tile()) * sums.tile();
    for (Index first = 0; first < count_; first += piece) {
      const Index n = std::min(piece, count_ - first);
      const Eigen::MatrixXf points = columns(first, n);
      VectorXd half_norms = VectorXd::Zero(n);
      for (Index j = 0; query.norms && j < n; ++j) {
        half_norms[j] = points.col(j).cast<double>().squaredNorm() / 2;
      }
      sums.add(points.data(), half_norms.data(),
               log_weights.size() > 0 ? log_weights.data() + first : nullptr, n);
    }
    return sums.finish();
  }
  double rounding() const override { return std::numeric_limits<float>::epsilon() / 2; }
  std::size_t memory() const override { return 3 * static_cast<std::size_t>(kBuffer); }
  std::string describe() const override { return "streamed"; }

 private:
  Eigen::MatrixXf columns(Index first, Index n) const {
    if (!normalisation_->changes() && origin_.size() == 0) {
      Eigen::MatrixXf points(dimension(), n);
      rows_->read(static_cast<std::size_t>(first), static_cast<std::size_t>(n), points.data());
      return points;
    }
    MatrixXd points = read_columns(*rows_, first, n);
    normalisation_->apply(points, first);
    if (origin_.size() > 0) points.colwise() -= origin_;
    return points.cast<float>();
  }

  std::shared_ptr<const data::Rows> rows_;
  Index count_;
  std::shared_ptr<const Normalisation> normalisation_;
  VectorXd origin_;
};

}  // namespace

MatrixXd read_columns(const data::Rows& rows, Index first, Index count) {
  MatrixXd points(static_cast<Index>(rows.columns()), count);
  if (count > 0) {
    rows.read(static_cast<std::size_t>(first), static_cast<std::size_t>(count), points.data());
  }
  return points;
}

std::shared_ptr<const PointStore> file_store(std::shared_ptr<const data::Rows> rows, Index count,
                                             std::shared_ptr<const Normalisation> normalisation,
                                             VectorXd origin) {
  return std::make_shared<FileStore>(std::move(rows), count, std::move(normalisation),
                                     std::move(origin));
}

}  // namespace symbreak::target
