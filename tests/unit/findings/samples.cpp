// Findings of files of samples, made by hand: tau_mem and its exponent, classes, nulls.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/samples/crossing.hpp"
#include "analysis/findings/samples/observables.hpp"
#include "tests/hand_made.hpp"
#include "tests/scratch.hpp"

namespace symbreak::findings::samples {

namespace {

/// Memorized share (ln tau - ln tau_0)/4 + 1/2 + null, tau_0 = 20 N, of five checkpoints.
verdict::Result training_runs(const std::vector<double>& sizes) {
  const test::ScratchFolder folder;
  std::string files, numbers;
  for (const char* name : {"a_100", "a_1000", "a_10000", "a_100000"}) {
    files += (files.empty() ? "" : ", ") + folder.write(name + std::string(".csv"), name);
  }
  for (const double n : sizes) numbers += (numbers.empty() ? "" : ", ") + std::to_string(int(n));
  verdict::Result result = test::hand_made(
      "samples", {"target.kind=dataset", "target.file=" + folder.write("data.csv", "1\n2\n"),
                  "experiment.samples=" + files, "target.n=" + numbers});
  constexpr double kNull = 0.02;
  for (verdict::Point& point : result.points) {
    const std::string& name = point.parameters.at("experiment.samples");
    const double number = std::stod(name.substr(name.find("a_") + 2));
    const double size = point.number("target.n");
    const double share = std::log(number / (20 * size)) / 20 + 0.5;
    point.facts = {{fact::number, number, "name"},
                   {fact::count, 1000.0, "samples"},
                   {fact::training, size, "N"},
                   {fact::level, 0.5, "level"},
                   {fact::class_weights, std::vector<double>{0.8, 0.2}, "weights"}};
    test::put_sampled(point, observable::memorized, {share + kNull}, 0.01);
    test::put_sampled(point, observable::memorized_held_out, {kNull}, 0.01);
    test::put_sampled(point, observable::own_half, {0.5}, 0.01);
    test::put_sampled(point, observable::class_occupation, {0.8, 0.2}, 0.01, {2});
  }
  return result;
}

std::string note_on(const verdict::Findings& findings, const std::string& subject) {
  for (const verdict::Diagnostic& diagnostic : findings.diagnostics) {
    if (diagnostic.subject.starts_with(subject)) return diagnostic.text;
  }
  return "";
}

}  // namespace

TEST_CASE("The memorization time is read off the excess, and grows as it was made to",
          "[unit][findings]") {
  const verdict::Result result = training_runs({10, 100, 1000});
  const auto groups = group_points(result, {"experiment.samples"});
  REQUIRE(groups.size() == 3);
  std::vector<double> sizes;
  std::vector<Value> times;
  for (const PointGroup& group : groups) {
    const auto time = memorization_time(group);
    REQUIRE(time);
    const double size = group.first().number("target.n");
    CHECK(time->value == Approx(20 * size).epsilon(1e-9));  // linear in the logarithm: exact
    CHECK(time->error > 0.05 * time->value);
    sizes.push_back(size);
    times.push_back(*time);
  }
  const auto exponent = memorization_exponent(sizes, times);
  REQUIRE(exponent);
  CHECK(exponent->value == Approx(1).margin(1e-9));
  CHECK(exponent->error > 0);
  CHECK_FALSE(memorization_exponent({100, 100}, {{1, 0.1}, {2, 0.1}}));
  const verdict::Findings found = findings::analyse(result);
  CHECK_THAT(test::measured(found, "exponent_tau_mem").at(0).detail, Catch::Contains("3 sizes"));
  CHECK(test::measured(found, "tau_mem").at(0).measured == Approx(200));
  const auto copies = test::measured(found, "memorized"),
             beyond = test::measured(found, "memorized_excess");
  CHECK(beyond.at(0).measured == Approx(copies.at(0).measured - copies.at(1).measured));
}

TEST_CASE("A lost minority disagrees with the weights of the classes", "[unit][findings]") {
  verdict::Result result = training_runs({10});
  CHECK(test::verdicts(findings::analyse(result), "class_occupation").front().agrees());
  test::put_sampled(result.points[0], observable::class_occupation, {0.9, 0.1}, 0.01, {2});
  CHECK(test::verdicts(findings::analyse(result), "class_occupation").front().disagrees());
}

TEST_CASE("Without held-out data the null is missed", "[unit][findings]") {
  verdict::Result result = training_runs({10});
  for (verdict::Point& point : result.points) {
    point.observables.erase(observable::memorized_held_out.string());
    point.observables.erase(observable::own_half.string());
  }
  CHECK_THAT(note_on(findings::analyse(result), "memorized"),
             Catch::Contains("chance alone would copy is not known"));
}

}  // namespace symbreak::findings::samples
