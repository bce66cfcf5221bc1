// Findings of condensation on hand-made results.
#include "analysis/findings/condensation/observables.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/levels/condensation.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::condensation {

namespace {

constexpr double kDimension = 64;

double normal_cdf(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

/// Points of synthetic data of dimension 64, with their facts.
verdict::Result result(std::vector<std::string> settings) {
  settings.insert(settings.begin(), {"target.kind=synthetic_dataset", "target.dimension=64"});
  if (std::none_of(settings.begin(), settings.end(),
                   [](const std::string& setting) { return setting.starts_with("target.n="); })) {
    settings.push_back("target.n=1000");
  }
  verdict::Result made = test::hand_made("condensation", settings);
  for (verdict::Point& point : made.points) {
    point.facts = {{fact::log_count, std::log(point.number("target.n")), "log N"},
                   {fact::dimension, kDimension, "d"}};
  }
  return made;
}

double log_count(const verdict::Point& point) { return *point.fact(fact::log_count); }

/// E[w_1] = Phi((log t_C - log t)/width + c), Phi(c) = `threshold`.
void put_sigmoid(verdict::Result& made, double critical, double width, double c = 0) {
  for (verdict::Point& point : made.points) {
    const double z = std::log(critical / point.number("experiment.t")) / width;
    test::put_sampled(point, observable::true_weight, {normal_cdf(z + c)}, 0.004);
  }
}

const std::string kTimes = "experiment.t=1,1.3,1.6,2,2.5,3,4";

}  // namespace

TEST_CASE("Classes of a datum collapse at a time of their own", "[unit][findings]") {
  auto made = result({kTimes});
  put_sigmoid(made, 1.2, 0.4);
  for (verdict::Point& point : made.points) {
    const double z = std::log(2.5 / point.number("experiment.t")) / .4;
    test::put_sampled(point, observable::class_weight, {normal_cdf(z)}, 0.004);
    test::put_sampled(point, observable::class_identity, {0.0}, 0.004);
    point.predictions = {{prediction::class_time, 2.5, "classes"},
                         {prediction::class_threshold_weight, 0.5, "there"},
                         {prediction::class_threshold_weight_error, 0, "none"}};
  }
  const auto rows = test::verdicts(findings::analyse(made), "class_collapse_time");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].measured == Approx(2.5).epsilon(1e-6));
  CHECK(rows[0].agrees());
  CHECK(test::verdicts(findings::analyse(made), "class_identity").at(0).agrees());
  for (verdict::Point& point : made.points) point.predictions[0].values = {2.7};
  CHECK_FALSE(test::verdicts(findings::analyse(made), "class_collapse_time").at(0).agrees());
}

TEST_CASE("The collapse time is where the planted weight crosses its threshold",
          "[unit][findings]") {
  auto made = result({kTimes});
  put_sigmoid(made, 2.1, 0.4);
  for (verdict::Point& point : made.points) {
    point.predictions = {{prediction::collapse_time, 2.1, "I = log N"},
                         {prediction::threshold_weight, 0.5, "at I = log N"},
                         {prediction::threshold_weight_error, 0, "none"}};
  }
  const auto rows = test::verdicts(findings::analyse(made), "collapse_time");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].measured == Approx(2.1).epsilon(1e-6));
  CHECK(rows[0].predicted == 2.1);
  CHECK(rows[0].predicted_error == 0);
  CHECK(rows[0].source == "I = log N");
  CHECK(rows[0].error > 0);
  CHECK(rows[0].error < 0.02);
  CHECK(rows[0].agrees());

  SECTION("another one fails") {
    for (verdict::Point& point : made.points) point.predictions[0].values = {2.3};
    CHECK_FALSE(test::verdicts(findings::analyse(made), "collapse_time").at(0).agrees());
  }
  SECTION("a bound is told, not judged") {
    for (verdict::Point& point : made.points) {
      point.facts.push_back({fact::collapse_is_bound, 1, "an upper bound"});
    }
    const verdict::Findings found = findings::analyse(made);
    CHECK(found.verdicts.empty());
    const auto times = test::measured(found, "collapse_time");
    REQUIRE(times.size() == 2);
    CHECK(times[0].measured == Approx(rows[0].measured));
    CHECK(times[0].role == verdict::Role::headline);
    CHECK_THAT(times[1].criterion, Catch::EndsWith("an upper bound"));
  }
}

TEST_CASE("Without a law of the data the threshold is that of a random-energy model",
          "[unit][findings]") {
  auto made = result({kTimes});
  const double L = log_count(made.points[0]), weight = theory::rem_planted_critical(L);
  double c = 0;  // Phi(c) = weight, by Newton
  for (int i = 0; i < 20; ++i) {
    c -= (normal_cdf(c) - weight) * std::sqrt(2 * M_PI) * std::exp(c * c / 2);
  }
  put_sigmoid(made, 1.9, 0.5, c);
  for (verdict::Point& point : made.points) {
    point.predictions = {{prediction::collapse_time, 1.9, "known"}};
  }
  const auto rows = test::verdicts(findings::analyse(made), "collapse_time");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].measured == Approx(1.9).epsilon(1e-6));
  CHECK(rows[0].predicted_error ==
        Approx(1.9 * 0.07 / L * std::sqrt(2 * M_PI) * 0.5).epsilon(1e-5));
}

TEST_CASE("Too few times at the collapse are a warning, one datum a note", "[unit][findings]") {
  auto made = result({kTimes});
  put_sigmoid(made, 50, 0.1);  // all collapsed
  auto found = findings::analyse(made);
  REQUIRE(found.diagnostics.size() == 1);
  CHECK(found.verdicts.empty());
  CHECK(found.diagnostics[0].subject == "collapse_time");
  CHECK(found.diagnostics[0].severity == verdict::Severity::warning);

  made = result({"experiment.t=1", "target.n=1"});
  put_sigmoid(made, 1, 1);
  found = findings::analyse(made);
  REQUIRE(found.diagnostics.size() == 1);
  CHECK(found.diagnostics[0].text.starts_with("a dataset of one point"));
}

TEST_CASE("Identities are pooled over all points", "[unit][findings]") {
  auto made = result({"experiment.t=1,2,3", "experiment.clones=reverse", "experiment.steps=26"});
  const auto put = [&](double value) {
    for (verdict::Point& point : made.points) {
      test::put_sampled(point, observable::participation, {0.5}, 0.1);
      test::put_sampled(point, observable::largest_weight, {0.5}, 0.1);
      for (const auto name : {observable::true_weight_identity, observable::map_identity,
                              observable::overlap_identity, observable::clone_identity,
                              observable::return_identity}) {
        test::put_sampled(point, name, {value}, 0.1);
      }
    }
    return findings::analyse(made);
  };
  const auto right = put(0), wrong = put(0.1);
  const double error = made.points[0].at(observable::map_identity).error();
  for (const char* name : {"true_weight_identity", "map_identity", "overlap_identity",
                           "clone_identity", "return_identity"}) {
    INFO(name);
    const auto rows = test::verdicts(right, name);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].measured == Approx(0).margin(1e-15));
    CHECK(rows[0].error == Approx(error / std::sqrt(3.0)).epsilon(1e-4));
    CHECK(rows[0].detail == "3 points");
    CHECK(rows[0].agrees());
    const bool clones = std::string(name).find("clone") == 0 || std::string(name).find("ret") == 0;
    CHECK(rows[0].predicted_error == (clones ? 0.13 / 26 : 0));
    CHECK(test::verdicts(wrong, name).at(0).measured == Approx(0.1));
    CHECK_FALSE(test::verdicts(wrong, name).at(0).agrees());
  }
}

TEST_CASE("An event too rare to show an error has that of its probability", "[unit][findings]") {
  auto made = result({"experiment.t=1"});
  verdict::Point& point = made.points[0];
  test::put_sampled(point, observable::largest_weight, {0.01}, 1e-3);
  // 64 samples of mean -0.01 all but equal: no event seen where .64 were expected.
  test::put_sampled(point, observable::map_identity, {-0.01}, 1e-6);
  point.observables.at("map_identity").estimate.ess[0] = 64;
  const auto rows = test::verdicts(findings::analyse(made), "map_identity");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].error == Approx(std::sqrt(0.01 * 0.99 / 64)).epsilon(1e-4));
  CHECK(rows[0].agrees());
}

TEST_CASE("The excess entropy is what is left of log N, until all is known", "[unit][findings]") {
  auto made = result({"experiment.t=1,2,4,8"});
  const auto put = [&](double shift) {
    for (verdict::Point& point : made.points) {
      const double L = log_count(point), information = L / point.number("experiment.t");
      point.predictions = {{prediction::information, information, "I"},
                           {prediction::dispersion, 0.25, "V"}};
      test::put_sampled(point, observable::excess_entropy, {(L - information) / kDimension + shift},
                        1e-3);
    }
    return test::verdicts(findings::analyse(made), "excess_entropy");
  };
  const auto right = put(0);
  REQUIRE(right.size() == 1);
  CHECK(right[0].measured == Approx(0).margin(1e-12));
  CHECK(right[0].predicted_error == 0);
  CHECK(right[0].detail == "3 times");  // t = 1 is at the threshold
  CHECK(right[0].agrees());
  const auto wrong = put(0.002);
  CHECK(wrong.at(0).measured == Approx(0.002 * kDimension / log_count(made.points[0])));
  CHECK_FALSE(wrong[0].agrees());
}

TEST_CASE("Published excess entropies deviate by one standard error on average",
          "[unit][findings]") {
  auto made = result({"experiment.t=lin(2, 9, 50)"});
  const auto put = [&](double deviation) {
    double sign = 1;
    for (verdict::Point& point : made.points) {
      const double L = log_count(point), information = L / point.number("experiment.t");
      point.predictions = {{prediction::information, information, "I"},
                           {prediction::dispersion, 0.25, "V"},
                           {prediction::published_error, 0.01, "published"},
                           {prediction::published_ratio,
                            1 - information / L + sign * deviation * 0.01, "published"}};
      test::put_sampled(point, observable::denoising_error, {0.5}, 0.01);
      sign = -sign;
    }
    return test::verdicts(findings::analyse(made), "published_excess_entropy");
  };
  const auto right = put(1), wrong = put(2);
  REQUIRE(right.size() == 1);
  CHECK(right[0].measured == Approx(1));
  CHECK(right[0].squares == 50);
  CHECK(right[0].predicted_error == Approx(std::sqrt(2.0 / 50)));
  CHECK(right[0].agrees());
  CHECK(wrong.at(0).measured == Approx(4));
  CHECK_FALSE(wrong[0].agrees());
}

TEST_CASE("Trajectories of the exact score have the weights of planted states",
          "[unit][findings]") {
  auto made = result({"experiment.t=1,2", "experiment.state=planted,trajectory"});
  const auto put = [&](double shift) {
    for (verdict::Point& point : made.points) {
      const bool trajectory = point.parameters.at("experiment.state") == "trajectory";
      test::put_sampled(point, observable::participation, {0.4 + (trajectory ? shift : 0)}, 0.05);
    }
    return test::verdicts(findings::analyse(made), "trajectory_identity");
  };
  const auto right = put(0), wrong = put(0.1);
  REQUIRE(right.size() == 1);
  CHECK(right[0].point.empty());
  CHECK(right[0].agrees());
  CHECK(right[0].error == Approx(made.points[0].at(observable::participation).error()));
  CHECK(wrong.at(0).measured == Approx(0.1));
  CHECK_FALSE(wrong[0].agrees());
}

TEST_CASE("States of fixed norm have their exact participation ratio", "[unit][findings]") {
  auto made = result({"experiment.t=1,2,3", "experiment.state=unplanted", "experiment.norm=1"});
  const auto put = [&](double factor) {
    for (verdict::Point& point : made.points) {
      const double exact = 0.1 * point.number("experiment.t");
      point.predictions = {{prediction::participation, exact, "exact"},
                           {prediction::condensation_time, 2, "sphere"},
                           {prediction::condensation_time_printed, 3, "printed"}};
      test::put_sampled(point, observable::participation, {factor * exact}, 0.02 * exact);
    }
    return findings::analyse(made);
  };
  const auto right = put(1), wrong = put(1.1);
  const auto rows = test::verdicts(right, "participation_ratio");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].measured == Approx(1));
  CHECK(rows[0].predicted == 1);
  CHECK(rows[0].agrees());
  CHECK(test::verdicts(wrong, "participation_ratio").at(0).measured == Approx(1.1));
  CHECK_FALSE(test::verdicts(wrong, "participation_ratio")[0].agrees());
  CHECK(right.diagnostics.empty());  // no rare events
  const auto times = test::measured(right, "condensation_time");
  REQUIRE(times.size() == 2);
  CHECK(times[1].measured / times[0].measured == Approx(1.5));
  CHECK_THAT(times[1].criterion, Catch::EndsWith("as printed"));
}

TEST_CASE("A mean made by rare samples is flagged, a generalization gap told", "[unit][findings]") {
  auto made = result({"experiment.t=1", "experiment.state=planted,unplanted"});
  for (verdict::Point& point : made.points) {
    const bool planted = point.parameters.at("experiment.state") == "planted";
    test::put_sampled(point, observable::denoising_error, {planted ? 0.25 : 0.5}, 0.01);
    if (planted) continue;
    statistics::Accumulator samples(1, 256);
    for (int i = 0; i < 64; ++i) samples.add(i % 16 == 0 ? 1.0 : 0.01);
    verdict::Observable y;
    y.name = observable::participation.string();
    y.units = {samples.finish(), samples.finish()};
    y.estimate = statistics::combine(y.units, statistics::Grouping::replicas);
    point.observables[y.name] = y;
  }
  std::string all;
  const auto found = findings::analyse(made);
  for (const auto& diagnostic : found.diagnostics) all += diagnostic.text + "\n";
  CHECK_THAT(all, Catch::Contains("dominated by rare samples"));
  CHECK(test::measured(found, "participation_ratio", "median").at(0).measured == Approx(0.01));
  const auto gap = test::measured(found, "generalization_gap").at(0);
  CHECK(gap.measured == Approx(0.25));
  CHECK(gap.axis.at(0) == std::pair<std::string, double>("experiment.t", 1));
  CHECK(test::measured(found, "denoising_error").size() == 2);
}

TEST_CASE("Sizes and times make a map of memorization", "[unit][findings]") {
  auto made = result({kTimes, "target.n=100,1000,10000"});
  put_sigmoid(made, 2, 0.5);
  for (verdict::Point& point : made.points) {
    const double z = std::log(2 / point.number("experiment.t")) / 0.5;
    point.predictions = {{prediction::collapse_time, 2, "known"},
                         {prediction::threshold_weight, 0.5, "known"},
                         {prediction::planted_weight, normal_cdf(z), "law"}};
  }
  const verdict::Findings found = findings::analyse(made);
  CHECK(test::verdicts(found, "collapse_time").size() == 3);
  const verdict::Figure& map = found.figures.at(1);
  REQUIRE(map.name == "memorization_map");
  REQUIRE(map.surface);
  CHECK(map.surface->z.rows() == 7);
  CHECK(map.surface->z.cols() == 3);
  CHECK(map.surface->y[1] == Approx(std::log(1000.0) / kDimension));
  CHECK(map.surface->z(3, 1) == Approx(0.5));  // t = 2
  REQUIRE_FALSE(map.curves.empty());
  CHECK(map.curves[0].x == std::vector<double>(3, 2));
  CHECK(map.log_x);
  CHECK(map.surface->x[3] == Approx(2));
  CHECK(map.surface->label == "E[w₁]");
  const verdict::Figure& times = found.figures.at(0);
  REQUIRE(times.name == "collapse_time");
  REQUIRE(times.curves.size() == 2);
  CHECK(times.curves[0].x[2] == Approx(10000));
  const auto rows = test::verdicts(found, "collapse_time");
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(times.curves[0].y[i] == rows[i].measured);
    CHECK(times.curves[0].error[i] == rows[i].error);
    CHECK(times.curves[1].y[i] == 2);
  }
  CHECK(times.curves[1].label == "I(Y;X_t) = log N");
  CHECK(found.figures.at(2).name == "weights");
}

TEST_CASE("The first figure is the collapse time against N, with its law", "[unit][findings]") {
  auto made = result({kTimes, "target.n=100,1000,10000"});
  for (verdict::Point& point : made.points) {
    const double critical = 6 / std::sqrt(point.number("target.n") / 100);
    const double z = std::log(critical / point.number("experiment.t")) / 0.9;
    test::put_sampled(point, observable::true_weight, {normal_cdf(z)}, 0.004);
    point.predictions = {{prediction::collapse_time, critical, "I = log N"},
                         {prediction::threshold_weight, 0.5, "at I = log N"},
                         {prediction::threshold_weight_error, 0, "none"}};
  }
  const verdict::Figure figure = findings::analyse(made).figures.front();
  REQUIRE(figure.name == "collapse_time");
  REQUIRE(figure.curves.size() == 2);
  const verdict::Curve &measured = figure.curves[0], &law = figure.curves[1];
  CHECK(law.x == std::vector<double>{100, 1000, 10000});
  CHECK(measured.x.size() >= 2);  // where the times reach the transition
  for (std::size_t i = 0; i < measured.x.size(); ++i) {
    CHECK(measured.y[i] == Approx(6 / std::sqrt(measured.x[i] / 100)).epsilon(1e-5));
    CHECK(measured.error[i] > 0);
  }
  CHECK(law.style == verdict::Curve::Style::line);
  // One N is no curve.
  auto single = result({kTimes});
  put_sigmoid(single, 2, 0.5);
  for (const verdict::Figure& each : findings::analyse(single).figures) {
    CHECK(each.name != "collapse_time");
  }
}

TEST_CASE("Condensation without observables or complete points has no verdicts",
          "[unit][findings]") {
  auto made = result({kTimes, "experiment.state=planted,unplanted,trajectory"});
  CHECK(findings::analyse(made).verdicts.empty());
  put_sigmoid(made, 2, 0.5);
  for (verdict::Point& point : made.points) test::unfinished(point);
  const verdict::Findings found = findings::analyse(made);
  CHECK(found.verdicts.empty());
  CHECK(found.figures.empty());
}

}  // namespace symbreak::findings::condensation
