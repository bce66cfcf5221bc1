// Scores and data of single classes: the tower rule sum_c P(c|x) <y>_c = <y>, and moments against
// sums over the points.
#include <catch2/catch.hpp>

#include "sim/random/draws.hpp"
#include "sim/target/class_score.hpp"
#include "sim/target/finite_support.hpp"
#include "tests/exact/target_build.hpp"

namespace symbreak::target {

namespace {

std::vector<std::shared_ptr<const Target>> classed() {
  return {test::make_target("gaussian_mixture",
                            {{"dimension", "3"}, {"class_std", "0.5,2"}, {"weights", "1,3"}}),
          test::make_target("deltas", {{"preset", "four_deltas"}}),
          test::make_target("synthetic_dataset", {{"n", "700"}, {"dimension", "4"}, {"m", "1"}})};
}

}  // namespace

TEST_CASE("The scores of the classes add up to the score", "[exact][target]") {
  for (const auto& law : classed()) {
    INFO(law->describe());
    const auto& classes = *part<ClassScore>(*law);
    random::Stream stream(random::Address{.seed = 5});
    const MatrixXd x = 2 * random::normals(stream, law->dimension(), 6);
    VectorXd beta(6);
    beta << 1e-3, .1, 1, 3, 30, 1e4;
    const MatrixXd probability = law->class_probabilities(x, beta);
    MatrixXd sum = MatrixXd::Zero(x.rows(), x.cols());
    for (Index c = 0; c < law->classes(); ++c) {
      sum += classes.class_mean(x, beta, c) * probability.row(c).asDiagonal();
    }
    CHECK((sum - law->mean(x, beta)).cwiseAbs().maxCoeff() < 2e-6);  // float storage of datasets
  }
}

TEST_CASE("Moments and samples of a class", "[exact][target]") {
  for (const auto& law : classed()) {
    INFO(law->describe());
    const auto& classes = *part<ClassScore>(*law);
    const Index d = law->dimension(), n = 20000;
    VectorXd u = VectorXd::LinSpaced(d, 1, 2);
    u.normalize();
    for (Index c = 0; c < law->classes(); ++c) {
      const auto moments = classes.class_moments(c, u);
      if (const auto* points = part<FiniteSupport>(*law)) {
        VectorXd mean = VectorXd::Zero(d), second = mean;
        double count = 0, along = 0;
        for (Index j = 0; j < points->count(); ++j) {
          if (points->label(j) != c) continue;
          const VectorXd y = points->point(j);
          mean += y, second += y.cwiseAbs2(), along += std::pow(y.dot(u), 2), count += 1;
        }
        mean /= count;
        CHECK((moments.mean - mean).norm() < 1e-12);
        CHECK((moments.variance - (second / count - mean.cwiseAbs2())).norm() < 1e-12);
        CHECK(moments.along == Approx(along / count - std::pow(mean.dot(u), 2)).margin(1e-12));
      }
      random::Stream stream(random::Address{.seed = 6});
      MatrixXd y(d, n);
      classes.sample_class(stream, c, y);
      for (Index i = 0; i < d; ++i) {
        const double error = std::sqrt(moments.variance[i] / static_cast<double>(n));
        CHECK(std::abs(y.row(i).mean() - moments.mean[i]) <= 4 * error + 1e-12);
      }
    }
  }
}

}  // namespace symbreak::target
