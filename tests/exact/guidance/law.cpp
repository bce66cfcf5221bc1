// The exact law of guided generation of two Gaussian classes: limits in closed form, a value found
// by other means (Hermite functions of another code, 72 and 96 of them), first order in w.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/guidance.hpp"
#include "analysis/theory/information.hpp"

namespace symbreak::theory {

namespace {

GuidedClasses constant(double d, double weight, double share = 0.5) {
  GuidedClasses classes{.from = 1e-8 * d, .to = d, .log_odds = std::log(share / (1 - share))};
  classes.weight.inside = weight;
  return classes;
}

}  // namespace

TEST_CASE("Without guidance the class itself is generated", "[exact][guidance]") {
  for (const double d : {1.0, 4.0, 16.0, 256.0}) {
    const GuidedLaw law = guided_law(constant(d, 0));
    CHECK(law.shift == Approx(0).margin(1e-6));
    CHECK(law.variance == Approx(1).margin(1e-6));
    CHECK(law.purity == Approx(clone_probability(d)).margin(1e-7));
    CHECK(law.error < 1e-6);
    const GuidedLaw flow = guided_flow(constant(d, 0));
    CHECK(flow.shift == Approx(0).margin(3e-4 * std::sqrt(d)));  // start at finite noise
    CHECK(flow.variance == Approx(1).margin(1e-6 * d));
  }
}

TEST_CASE("Guided laws against tabulated values", "[exact][guidance]") {
  struct Row {
    double d, weight, share, shift, variance;
  };
  for (const Row& row : {Row{1, 1, .5, .4815778, .6720502}, Row{4, 1, .5, .3332282, .7753319},
                         Row{16, 3, .5, .2899452, .9247989}, Row{64, 1, .5, .0852158, .9837006},
                         Row{4, 1, .2, .5369619, .7221275}, Row{1, 3, .2, 1.4508876, .4675322},
                         Row{4, 1, .8, .1726237, .8380333}}) {
    const GuidedLaw law = guided_law(constant(row.d, row.weight, row.share));
    INFO(row.d << " " << row.weight << " " << row.share);
    CHECK(law.shift == Approx(row.shift).margin(3e-6));
    CHECK(law.variance == Approx(row.variance).margin(3e-6));
  }
  CHECK(guided_law(constant(1, 1)).fraction == Approx(.973931).margin(2e-6));
  for (const Row& row :
       {Row{1, 1, .5, .612542427, .580269344}, Row{4, 3, .5, 1.363269832, .339479829},
        Row{64, 1, .5, .649112980, .517778518}, Row{4, 1, .2, 1.064780, .448648}}) {
    GuidedClasses classes = constant(row.d, row.weight, row.share);
    classes.from = 1e-12;
    const GuidedLaw law = guided_flow(classes);
    CHECK(law.shift == Approx(row.shift).margin(5e-6));
    CHECK(law.variance == Approx(row.variance).margin(5e-6));
  }
}

TEST_CASE("Weak guidance of many dimensions moves a class by 2 w log 2", "[exact][guidance]") {
  const double w = 1e-4, d = 400;
  GuidedClasses classes = constant(d, w);
  classes.from = 1e-12;  // a start at G_0 takes G_0 off the shift
  const GuidedLaw law = guided_law(classes);
  CHECK(law.shift * std::sqrt(d) / w == Approx(2 * std::log(2.0)).epsilon(2e-4));
  CHECK((1 - law.variance) * d / w == Approx(2 * 2.208761395).epsilon(1e-3));
}

TEST_CASE("Windows and powers of guidance", "[exact][guidance]") {
  const auto window = [](double low, double high, double outside = 0) {
    GuidedClasses classes = constant(64, 1);
    classes.weight.low = low, classes.weight.high = high, classes.weight.outside = outside;
    return guided_law(classes);
  };
  CHECK(window(0, .1).shift * 8 == Approx(.09089).margin(2e-5));
  CHECK(window(.5, 1.5).shift * 8 == Approx(.33848).margin(2e-5));
  CHECK((1 - window(1.5, 4).variance) * 64 == Approx(.89541).margin(2e-4));
  CHECK((1 - window(.5, 4).variance) * 64 == Approx(.99555).margin(2e-4));
  // A late weight of the other sign keeps the variance.
  CHECK(window(0, 1.5, -.209217).variance == Approx(1).margin(1e-6));
  CHECK(window(0, 1.5, -.209217).shift * 8 == Approx(.505164).margin(5e-5));
  GuidedClasses power = constant(4, 1);
  power.weight.power = -1, power.weight.largest = 4;
  CHECK(guided_law(power).shift == Approx(.483860).margin(3e-6));
  power.weight.power = 1;
  CHECK(guided_law(power).variance == Approx(.683647).margin(3e-6));
}

TEST_CASE("A second well is not trusted", "[exact][guidance]") {
  CHECK(guided_law(constant(64, -1)).error > 1e-4);
}

}  // namespace symbreak::theory
