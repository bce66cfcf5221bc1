// Guided generation of one of e^{alpha d} classes: tabulated values (closed form of constant weights
// and a root of another code), limits, and the target: the posterior of all classes against Bayes'
// rule written out.
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/guided_classes.hpp"
#include "sim/random/draws.hpp"
#include "sim/target/class_score.hpp"
#include "sim/target/many_classes.hpp"
#include "tests/exact/target_build.hpp"

namespace symbreak::theory {

namespace {

GuidedClass constant_weight(double rate, double w, double v) {
  return {.rate = rate, .within = v, .from = 1e11, .weight = [w](double) { return w; }};
}

}  // namespace

TEST_CASE("Many guided classes against tabulated values", "[exact][guidance]") {
  struct Row {
    double rate, w, e_c, shift25, variance25, shift1, variance1;
  };
  for (const Row& row : {Row{.02, 1, 73.501171650, .003355652, .999954550, .013422608, .999818199},
                         Row{.02, 3, 171.488949325, .004322945, .999974889, .017291781, .999899554},
                         Row{.1, 1, 13.507206520, .017232815, .998753491, .068931258, .995013964},
                         Row{.1, 3, 31.442764557, .022412390, .999301399, .089649559, .997205594},
                         Row{.5, 1, 1.590983433, .096488459, .947155266, .385953838, .788621065},
                         Row{.5, 3, 3.209431815, .139196359, .961931109, .556785436, .847724438},
                         Row{.8, 1, .610831304, .155199368, .798498251, .5, .583333333},
                         Row{.8, 3, .899620402, .223446766, .797115683, .875, .283482143}}) {
    INFO(row.rate << " " << row.w);
    const ManyClassLaw narrow = guided_class(constant_weight(row.rate, row.w, .25)),
                       wide = guided_class(constant_weight(row.rate, row.w, 1));
    // A start at s = 1e11, not infinity, takes e/s off.
    CHECK(narrow.shift == Approx(row.shift25).margin(1e-6));
    CHECK(narrow.variance == Approx(row.variance25).margin(1e-6));
    CHECK(wide.shift == Approx(row.shift1).margin(1e-6));
    CHECK(wide.variance == Approx(row.variance1).margin(1e-6));
    CHECK(narrow.condensation + .25 == Approx(row.e_c).epsilon(1e-6));
    CHECK(wide.condensation == Approx(row.e_c > 1 ? row.e_c - 1 : 0).epsilon(1e-6));
  }
}

TEST_CASE("Many classes without guidance, and with little of them", "[exact][guidance]") {
  for (const bool flow : {false, true}) {
    GuidedClass setting = constant_weight(.3, 0, .5);
    setting.flow = flow;
    setting.from = 1e12;
    const ManyClassLaw law = guided_class(setting);
    CHECK(law.shift == Approx(0).margin(2e-6));
    CHECK(law.variance == Approx(1).margin(1e-9));
    CHECK(law.condensation + .5 == Approx(1 / std::expm1(.6)).epsilon(1e-5));
  }
  // alpha -> 0: 1 + 2w times earlier, shift 2 alpha w v/(1 + 2w).
  GuidedClass few = constant_weight(1e-4, 2, 1);
  few.from = 1e13;
  const ManyClassLaw law = guided_class(few);
  CHECK(law.condensation == Approx(5 / 2e-4).epsilon(1e-3));
  CHECK(law.shift == Approx(2e-4 * 2 / 5).epsilon(1e-3));
  // In other units of length nothing changes.
  GuidedClass scaled = constant_weight(.1, 1, .25 * 9);
  scaled.centres = scaled.own = 9;
  CHECK(guided_class(scaled).shift == Approx(.017232815).margin(1e-5));
}

TEST_CASE("Where guided classes condense at finite dimension", "[exact][guidance]") {
  const auto setting = [](double w) {
    GuidedClass of = constant_weight(.3, w, .25);
    of.from = 1000;
    return of;
  };
  // Without guidance runs have the law of noisy data, x = mu + sqrt(e) noise: E P(class|x) by the law
  // of |x - mu (1 + e)|^2, e times a non-central chi^2, is 1/2 there.
  for (const double d : {20.0, 160.0}) {
    GuidedClass far = setting(0);
    far.from = 1e7;
    const double e = *finite_condensation(far, d) + .25;
    const boost::math::non_central_chi_squared law(d, d * e);
    const double step = std::sqrt(2 * d) / 100;
    double mean = 0;
    for (double r = step / 2; r < (1 + e) * d + 14 * std::sqrt((2 + 4 * e) * d); r += step) {
      const double odds = -.3 * d - std::log1p(-std::exp(-.3 * d)) + d / 2 * std::log1p(1 / e) -
                          r / (1 + e) / 2 + d / 2;
      mean += step * boost::math::pdf(law, r) / (1 + std::exp(-odds));
    }
    CHECK(mean == Approx(.5).margin(1e-4));
  }
  // Another program (numpy, 3000 cells) for those that are pushed.
  CHECK(*finite_condensation(setting(1), 20) == Approx(2.9172).margin(5e-4));
  CHECK(*finite_condensation(setting(3), 20) == Approx(6.5481).margin(1e-3));
  // The limit, in 1/d where the log odds of runs differ by much more than they move by chance.
  for (const double w : {0.0, 1.0}) {
    const double limit = guided_class(setting(w)).condensation;
    const double off = *finite_condensation(setting(w), 4e3) - limit;
    CHECK(std::abs(off) < 4e-3 * limit);
    CHECK(*finite_condensation(setting(w), 8e3) - limit == Approx(off / 2).epsilon(.2));
  }
  // Log odds drift by 1 + 2w times half of how they diffuse, |grad D|^2 e/2 with grad D = q (x - z).
  for (const double w : {0.0, 1.0, 3.0}) {
    const ManyClassLaw law = guided_class(constant_weight(.3, w, .25));
    const double e = law.condensation + .25, r = e / (1 + e), q = 1 / (e * (1 + e));
    const double A = (1 - std::pow(r, 1 + w)) / (1 - r),
                 V = e * (1 - std::pow(r, 1 + 2 * w)) / ((1 - r) * (1 + 2 * w));
    const double square = V + std::pow(A - 1 - e, 2);  // |x - z|^2/d
    CHECK(law.drift == Approx((1 + 2 * w) * q * q * square * e / 2).epsilon(5e-3));
  }
}

TEST_CASE("The probability flow of many classes against its integral", "[exact][guidance]") {
  // Never condensed: V = (1 + e) r^{1+w}, A = (1 + w) sqrt(r^{1+w} (1 + e)) int_0^sqrt(1-r)
  // (1 - u^2)^{-(3+w)/2} du, r = e/(1 + e).
  GuidedClass setting = constant_weight(5, 2, 1);
  setting.flow = true;
  setting.from = 1e12;
  const ManyClassLaw law = guided_class(setting);
  const double r = .5, top = std::sqrt(1 - r);
  constexpr int kNodes = 20000;
  double sum = 0;
  for (int i = 0; i < kNodes; ++i) {
    const double u = top * (i + .5) / kNodes;
    sum += std::pow(1 - u * u, -2.5) * top / kNodes;
  }
  CHECK(law.condensation == 0);
  CHECK(law.variance == Approx(2 * std::pow(r, 3)).epsilon(1e-8));
  CHECK(law.shift + 1 == Approx(3 * std::sqrt(std::pow(r, 3) * 2) * sum).epsilon(3e-6));
}

}  // namespace symbreak::theory

namespace symbreak::target {

TEST_CASE("The posterior of random classes is Bayes' rule", "[exact][target]") {
  for (const auto& settings :
       {test::Settings{{"dimension", "8"}, {"rate", "0.5"}, {"std", "0.6"}, {"centre_std", "1.5"}},
        {{"dimension", "8"}, {"rate", "0.5"}, {"std", "0.6"}, {"others", "annealed"}}}) {
    const auto law = test::make_target("random_classes", settings);
    INFO(law->describe());
    const auto& classes = *part<ClassScore>(*law);
    const bool annealed = settings.contains("others");
    const Index K = law->classes(), d = 8;
    REQUIRE(K == (annealed ? 2 : 55));
    random::Stream stream(random::Address{.seed = 7});
    const MatrixXd x = 2 * random::normals(stream, d, 5);
    VectorXd beta(5);
    beta << 1e-3, .1, 1, 3, 30;
    const Averages found = law->averages(x, beta);
    const MatrixXd p = law->class_probabilities(x, beta);
    for (Index k = 0; k < x.cols(); ++k) {
      VectorXd weight(K);
      MatrixXd mean(d, K);
      for (Index c = 0; c < K; ++c) {
        const auto moments = classes.class_moments(c, VectorXd::Unit(d, 0));
        const double e = moments.along + 1 / beta[k];
        weight[c] = law->class_weights()[c] * std::pow(e, -.5 * d) *
                    std::exp(-(x.col(k) - moments.mean).squaredNorm() / (2 * e));
        mean.col(c) = moments.mean + moments.along / e * (x.col(k) - moments.mean);
      }
      // p(x) = Z (beta/2 pi)^{d/2} e^{-beta x^2/2}, and the densities above lack (2 pi)^{-d/2}.
      CHECK(found.log_partition[k] == Approx(std::log(weight.sum()) - .5 * d * std::log(beta[k]) +
                                             beta[k] * x.col(k).squaredNorm() / 2)
                                          .epsilon(1e-10));
      weight /= weight.sum();
      CHECK((p.col(k) - weight).norm() < 1e-11);
      CHECK((found.mean.col(k) - mean * weight).norm() < 1e-11);
    }
  }
  const auto law = test::make_target("random_classes",
                                     {{"dimension", "50"}, {"rate", "2"}, {"others", "annealed"}});
  const auto many = part<ManyClassTarget>(*law)->many_classes(0);
  REQUIRE(many);
  CHECK(many->own == Approx(1));
  CHECK(std::log(law->class_weights()[1] / law->class_weights()[0]) == Approx(100));
  CHECK_FALSE(part<ManyClassTarget>(*law)->many_classes(1));
}

}  // namespace symbreak::target
