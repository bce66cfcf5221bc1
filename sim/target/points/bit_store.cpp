#include "sim/target/points/bit_store.hpp"

#include <stdexcept>

#include "sim/kernel/points/bits.hpp"

namespace symbreak::target {

namespace {

class BitStore final : public PointStore {
 public:
  BitStore(kernel::BitPoints points, double scale, VectorXd origin)
      : points_(std::move(points)), scale_(scale), origin_(std::move(origin)) {}

  Index dimension() const override { return points_.dimension(); }
  Index count() const override { return points_.count(); }
  const VectorXd& origin() const override { return origin_; }
  void read(Index first, Eigen::Ref<MatrixXd> y) const override {
    points_.read(first, y);
    y *= scale_;
  }
  kernel::SoftmaxAverage average(const States& x, const Betas& beta, const VectorXd& log_weights,
                                 const Query& query) const override {
    if (log_weights.size() > 0) throw std::logic_error("points in bits have equal weights");
    // beta x.(scale y) = (beta scale) x.y. The norms are equal: a constant in all scores.
    kernel::SoftmaxAverage result = kernel::softmax_average(points_, x, beta * scale_, query.mean);
    result.mean *= scale_;
    const double half_norm = scale_ * scale_ * static_cast<double>(dimension()) / 2;
    if (query.norms) result.log_sum -= half_norm * beta;
    return result;
  }
  double rounding() const override { return 0; }  // sums of signs: far below what a bit decides
  std::vector<Index> copies(const std::vector<Index>& data) const override {
    std::vector<Index> found;
    for (const Index j : data) found.push_back(points_.copies(j));
    return found;
  }
  std::size_t memory() const override { return points_.memory(); }
  std::string describe() const override { return "one bit per coordinate"; }

 private:
  kernel::BitPoints points_;
  double scale_;
  VectorXd origin_;
};

}  // namespace

std::shared_ptr<const PointStore> bit_store(kernel::BitPoints points, double scale,
                                            VectorXd origin) {
  return std::make_shared<BitStore>(std::move(points), scale, std::move(origin));
}

}  // namespace symbreak::target
