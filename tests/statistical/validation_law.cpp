// What `validate --seeds` says of error bars, where predictions have errors of their own.
// May depend on: sim/validation, sim/random.
#include "sim/validation/law.hpp"

#include <catch2/catch.hpp>

#include "sim/random/stream.hpp"

using namespace symbreak;
using validation::Law;

namespace {

/// Twenty seeds of three independent rows; measured with `width` times the error that is claimed,
/// against predictions that are off by as much as their errors say.
Law law(std::uint64_t repetition, double predicted_error, double width = 1, double bias = 0) {
  random::Stream stream({.seed = repetition, .purpose = random::Purpose::test});
  double predicted[3];
  for (double& value : predicted) value = bias + predicted_error * stream.normal();
  validation::Seeds seeds(20);
  for (auto& rows : seeds) {
    for (const double value : predicted) {
      verdict::Verdict row;
      row.measured = width * stream.normal(), row.error = 1;
      row.predicted = value, row.predicted_error = predicted_error;
      row.source = "a simulation";
      rows.push_back(row);
    }
  }
  return validation::law_of(seeds);
}

struct Count {
  int mean = 0, width = 0;
};
/// How many of 400 are refused at 1 %.
Count refused(double predicted_error, double width = 1, double bias = 0) {
  Count count;
  for (std::uint64_t r = 0; r < 400; ++r) {
    const Law found = law(r, predicted_error, width, bias);
    count.mean += found.mean_p < .01, count.width += found.width_p < .01;
  }
  return count;
}

}  // namespace

TEST_CASE("Honest errors pass, whosever share is the larger", "[validation]") {
  // 4 of 400 expected; above 16 with probability 2e-6 (binomial). Means share their offset by more
  // than three independent rows do, so that their tests are conservative.
  for (const double predicted_error : {0., .5, 2.}) {
    const Count count = refused(predicted_error);
    CHECK(count.mean <= 16);
    CHECK(count.width <= 24);  // t of squares, which are skew
  }
  CHECK(law(1, 2).prediction == Approx(.8));
  CHECK(law(1, .05).prediction == 0);  // below 1 %
  CHECK(law(1, 20).width_p == 1);      // nothing is seen of the scatter
  verdict::Verdict squares;            // chi^2/n against 1: its error is that of the law
  squares.predicted = 1, squares.predicted_error = .4, squares.squares = 12;
  CHECK(validation::shared_variance({{squares}, {squares}}) == std::vector<double>{0});
  // One prediction for all seeds, but for the weights that it was fitted with; another for each.
  verdict::Verdict first, next;
  first.error = next.error = 1;
  first.predicted = 1, first.predicted_error = next.predicted_error = 2;
  next.predicted = 1.1;
  CHECK(validation::shared_variance({{first}, {next}})[0] == Approx(.8));
  next.predicted = 1.3;
  CHECK(validation::shared_variance({{first}, {next}}) == std::vector<double>{0});
}

TEST_CASE("Error bars that are twice too large or too small are seen", "[validation]") {
  for (const double predicted_error : {0., 1., 2.}) {
    CHECK(refused(predicted_error, .5).width > 380);
    CHECK(refused(predicted_error, 2).width > 200);
  }
  CHECK(refused(0, 1, 1).mean > 390);   // a bias of one error bar
  CHECK(refused(.5, 1, 3).mean > 390);  // of six of the prediction's
  CHECK(refused(2, 1, 2).mean < 16);    // within it
}
