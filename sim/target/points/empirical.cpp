#include "sim/target/points/empirical.hpp"

#include <fmt/format.h>

namespace symbreak::target {

namespace {

class Empirical final : public FiniteTarget {
 public:
  Empirical(std::shared_ptr<const PointStore> points, std::string text)
      : FiniteTarget(std::move(points), {}, {}, 1), text_(std::move(text)) {}
  std::string describe() const override { return fmt::format("{} {}", count(), text_); }

 private:
  std::string text_;
};

}  // namespace

std::shared_ptr<const FiniteTarget> empirical(const MatrixXd& points, const std::string& text) {
  const VectorXd origin = points.rowwise().mean();
  const Eigen::MatrixXf kept = (points.colwise() - origin).cast<float>();
  return std::make_shared<Empirical>(matrix_store(kept, origin), text);
}

}  // namespace symbreak::target
