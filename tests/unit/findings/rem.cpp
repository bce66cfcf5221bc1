// Findings of random-energy ensembles on hand-made results.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/rem/findings.hpp"
#include "analysis/theory/levels/random_energy.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::rem {

namespace {

const double kCritical = 2 * std::sqrt(std::log(2.0));

verdict::Result result(std::vector<std::string> settings) {
  settings.insert(settings.begin(), "target.kind=random_energy");
  verdict::Result made = test::hand_made("rem", settings);
  for (verdict::Point& point : made.points) {
    const double L = point.number("target.M") * std::log(2.0);
    // Gaussian levels: b_c = sqrt(2L), so that beta_c = 2 sqrt(log 2) in units sqrt(M/2).
    point.facts = {{fact::log_count, L, "log N"},
                   {fact::energy_unit, std::sqrt(2 * L) / kCritical, "unit"}};
  }
  return made;
}

/// Everything that is drawn but not judged: one row per temperature, solved.
void fill(verdict::Point& point, std::size_t temperatures) {
  for (const auto name :
       {observable::participation, observable::participation_3, observable::participation_4,
        observable::participation_square, observable::log_partition,
        observable::log_partition_variance, observable::entropy, observable::true_weight,
        observable::map_correct, observable::true_weight_identity, observable::map_identity}) {
    test::put_solved(point, name, std::vector<double>(temperatures, 0.5), 0.1);
  }
  test::put_solved(point, observable::participation_quantiles,
                   std::vector<double>(temperatures * findings::rem::kQuantiles.size(), 0.5), 0.1);
  test::put_solved(point, observable::participation_distribution,
                   std::vector<double>(temperatures * findings::rem::kHistogramBins, 1), 0.1);
}

/// What only the sizes together tell: no quadrature.
verdict::Findings scaling(const verdict::Result& made) {
  verdict::Findings found;
  const std::vector<RemPoint> points = rem_points(made);
  rem_scaling(points, found);
  found.figures = rem_scaling_figures(points, found);
  return found;
}

}  // namespace

TEST_CASE("Averages of random-energy ensembles are judged by quadrature", "[unit][findings]") {
  for (const bool planted : {false, true}) {
    const double a = planted ? 1 : 1.5;
    auto made = result({"target.M=20", planted ? "experiment.a=1" : "experiment.a=1.5",
                        planted ? "experiment.state=planted" : "experiment.state=unplanted"});
    verdict::Point& point = made.points[0];
    const double L = *point.fact(fact::log_count);
    const theory::RandomEnergy exact(theory::level_law(theory::LevelFamily::gaussian, 0), L,
                                     a * std::sqrt(2 * L));
    const auto put = [&](double shift) {
      fill(point, 1);
      // 2048 samples, enough of which carry the means.
      const auto sampled = [&](verdict::ObservableName name, double value, double spread) {
        test::put_sampled(point, name, {value + shift * spread}, spread, {1}, 8, 256);
      };
      const double y = planted ? exact.planted_weight() : exact.participation();
      sampled(observable::participation, y, 0.3);
      if (planted) {
        sampled(observable::true_weight, y, 0.3);
        sampled(observable::map_correct, exact.planted_success(), 0.3);
        sampled(observable::true_weight_identity, 0, 0.1);
        sampled(observable::map_identity, 0, 0.1);
      } else {
        sampled(observable::participation_3, exact.participation(3), 0.3);
        sampled(observable::participation_4, exact.participation(4), 0.3);
        sampled(observable::participation_square, exact.participation_square(), 0.3);
        sampled(observable::log_partition, exact.log_partition(), 1);
        sampled(observable::log_partition_variance, exact.log_partition_variance(), 1);
      }
      return findings::analyse(made).verdicts;
    };
    const auto right = put(0), wrong = put(1);
    std::vector<std::string> names;
    for (const auto& row : right) {
      INFO(row.quantity);
      names.push_back(row.quantity);
      CHECK(row.measured == Approx(row.predicted).margin(1e-12));
      CHECK(row.agrees());
    }
    REQUIRE(names ==
            (planted
                 ? std::vector<std::string>{"participation_ratio", "true_weight", "map_probability",
                                            "true_weight_identity", "map_identity"}
                 : std::vector<std::string>{"participation_ratio", "participation_ratio_3",
                                            "participation_ratio_4", "participation_square",
                                            "log_partition", "log_partition_variance"}));
    REQUIRE(wrong.size() == right.size());
    for (const auto& row : wrong) {
      INFO(row.quantity);
      CHECK_FALSE(row.agrees());
    }
    // Eight units, seven degrees of freedom, one temperature: Student's t of .27 % is 4.53, not 3.
    const double error = point.at(observable::participation).estimate.error[0];
    CHECK(right[0].error == Approx(error * 4.5299 / 3).epsilon(1e-3));
  }
}

TEST_CASE("Levels in classes are judged by quadrature and drawn", "[unit][findings]") {
  for (const bool planted : {false, true}) {
    auto made = result({"target.M=20", "target.levels=2", "target.share=0.8", "experiment.a=1",
                        planted ? "experiment.state=planted" : "experiment.state=unplanted"});
    verdict::Point& point = made.points[0];
    const double L = *point.fact(fact::log_count);
    point.facts.push_back({fact::log_classes, L / 2, "log N_1"});
    point.facts.push_back({fact::log_members, L / 2, "log N_2"});
    // The reference values of M = 20, share = .8, a = 1.
    const std::vector<std::pair<verdict::ObservableName, double>> means =
        planted ? std::vector<std::pair<verdict::ObservableName,
                                        double>>{{observable::true_weight, .074612392},
                                                 {observable::class_weight, .881732878},
                                                 {observable::participation, .074612392},
                                                 {observable::class_participation, .881732878},
                                                 {observable::true_weight_identity, 0},
                                                 {observable::class_weight_identity, 0},
                                                 {observable::map_identity, 0},
                                                 {observable::class_map_identity, 0}}
                : std::vector<std::pair<verdict::ObservableName, double>>{
                      {observable::participation, .026081782},
                      {observable::class_participation, .359585466}};
    // A^2 = 2 L, by parts: <X> = .8 A^2 (1 - Y_C) + .2 A^2 (1 - Y) = 19.605398, planted A^2.
    const double unit = *point.fact(fact::energy_unit), A = std::sqrt(2 * L),
                 exponent = planted ? A * A : 19.605398;
    const auto judged = [&](double shift) {
      test::put_sampled(point, observable::energy, {-unit * exponent / A + shift}, 0.02, {1}, 8,
                        1024);
      test::put_sampled(point, observable::entropy, {1 + shift}, 0.02, {1}, 8, 1024);
      for (const auto name :
           {observable::participation_square, observable::log_partition,
            observable::log_partition_variance, observable::class_without_member}) {
        test::put_solved(point, name, {0.5}, 0.1);
      }
      for (const auto& [name, mean] : means) {
        test::put_sampled(point, name, {mean + shift}, 0.02, {1}, 8, 1024);
      }
      return findings::analyse(made);
    };
    const verdict::Findings right = judged(0), wrong = judged(0.01);
    std::size_t compared = 0;
    for (const auto& row : right.verdicts) {
      INFO(row.quantity);
      if (row.quantity.starts_with("log_partition") || row.quantity == "participation_square" ||
          row.quantity == "entropy") {
        continue;
      }
      if (row.quantity == "energy") {
        CHECK(row.measured == Approx(row.predicted).margin(2e-6));
        CHECK_FALSE(test::verdicts(wrong, "energy").at(0).agrees());
        continue;
      }
      ++compared;
      CHECK(row.measured == Approx(row.predicted).margin(2e-9));
      CHECK(row.agrees());
    }
    CHECK(compared == means.size());
    for (const auto& row : wrong.verdicts) {
      INFO(row.quantity);
      CHECK_FALSE(row.agrees());
    }
    CHECK(test::measured(right, "critical_temperature_ratio", "classes condense").at(0).measured ==
          Approx(std::sqrt(.5 / .8)));
    REQUIRE(right.figures.size() == 1);
    CHECK(right.figures[0].title == "The class is memorized first, its members later, M = 20");
    CHECK(right.figures[0].vertical_lines.size() == 2);
  }
}

TEST_CASE("The mean of Y below condensation is not judged but told rare", "[unit][findings]") {
  auto made = result({"target.M=40", "experiment.a=0.3"});
  fill(made.points[0], 1);
  test::put_sampled(made.points[0], observable::participation, {0.9}, 0.01, {1});
  const verdict::Findings found = findings::analyse(made);
  CHECK(found.verdicts.empty());
  REQUIRE(found.diagnostics.size() == 1);
  CHECK_THAT(found.diagnostics[0].text, Catch::Contains("dominated by rare samples"));
  const auto median = test::measured(found, "participation_ratio", "median below t_c");
  REQUIRE(median.size() == 1);
  CHECK(median[0].axis.at(0) == std::pair<std::string, double>("experiment.a", 0.3));
}

TEST_CASE("Limits of infinitely many levels are extrapolated from several sizes",
          "[unit][findings]") {
  auto made = result({"target.M=50,100,200,400,800,1600", "experiment.a=1,1.5"});
  const auto put = [&](double amplitude, double limit) {
    for (verdict::Point& point : made.points) {
      const double L = *point.fact(fact::log_count);
      fill(point, 2);
      const double critical = amplitude + 0.2 / std::sqrt(L) - 0.1 / L;
      const double condensed = limit + (0.3 * std::log(L) - 0.2) / L;
      test::put_solved(point, observable::participation,
                       {critical / std::sqrt(M_PI * L), condensed}, 1e-5);
    }
    return scaling(made);
  };
  const verdict::Findings right = put(1, 1.0 / 3), wrong = put(1.02, 0.34);
  const auto amplitude = test::verdicts(right, "critical_amplitude");
  REQUIRE(amplitude.size() == 1);
  CHECK(amplitude[0].measured == Approx(1));
  CHECK(amplitude[0].predicted == 1);
  const auto limit = test::verdicts(right, "participation_ratio_limit");
  REQUIRE(limit.size() == 1);
  CHECK(limit[0].measured == Approx(1.0 / 3));
  CHECK(limit[0].predicted == Approx(1 - 1 / 1.5));
  CHECK(limit[0].point == std::map<std::string, std::string>{{"experiment.a", "1.5"}});
  CHECK(amplitude[0].agrees());
  CHECK(limit[0].agrees());
  CHECK_FALSE(test::verdicts(wrong, "critical_amplitude").at(0).agrees());
  CHECK_FALSE(test::verdicts(wrong, "participation_ratio_limit").at(0).agrees());
}

TEST_CASE("The collapse of planted weights finds the critical temperature", "[unit][findings]") {
  auto made = result({"target.M=20,40,80,160", "experiment.a=1", "experiment.state=planted"});
  // Sixteen units whose critical temperatures scatter by 1e-3 around `critical`.
  constexpr int kUnits = 16;
  constexpr double kScatter = 1e-3;
  const auto put = [&](double critical) {
    for (verdict::Point& point : made.points) {
      const double root = std::sqrt(2 * *point.fact(fact::log_count));
      std::vector<double> beta;
      std::string list;
      for (int i = -3; i <= 3; ++i) {
        beta.push_back(kCritical * (1 + 0.2 * i / root));
        list += (list.empty() ? "" : ",") + std::to_string(beta.back() / kCritical);
        beta.back() = kCritical * std::stod(list.substr(list.rfind(',') + 1));
      }
      point.parameters["experiment.a"] = list;
      fill(point, beta.size());
      verdict::Observable weight;
      weight.name = observable::true_weight.string();
      weight.shape = {static_cast<Eigen::Index>(beta.size())};
      for (int unit = 0; unit < kUnits; ++unit) {
        const double own = critical * (1 + (unit % 2 == 0 ? kScatter : -kScatter));
        std::vector<double> sample;
        for (const double b : beta) {
          const double z = (b / own - 1) * root;
          sample.push_back(0.5 + 0.4 * z - 0.06 * z * z * z + 0.1 * z / root);
        }
        statistics::Accumulator accumulator(static_cast<Eigen::Index>(beta.size()), 256);
        for (int i = 0; i < 4; ++i) accumulator.add(sample);
        weight.units.push_back(accumulator.finish());
      }
      weight.estimate = statistics::combine(weight.units, statistics::Grouping::disorder);
      point.observables[weight.name] = weight;
    }
    return scaling(made);
  };
  const verdict::Findings right = put(kCritical), wrong = put(1.01 * kCritical);
  const auto rows = test::verdicts(right, "critical_beta");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].measured == Approx(kCritical).epsilon(1e-5));
  CHECK(rows[0].predicted == Approx(kCritical).epsilon(1e-9));
  // Standard error of the mean of sixteen.
  CHECK(rows[0].error == Approx(kCritical * kScatter / std::sqrt(kUnits - 1.0)).epsilon(0.05));
  CHECK(rows[0].agrees());
  CHECK(test::verdicts(wrong, "critical_beta").at(0).measured ==
        Approx(1.01 * kCritical).epsilon(1e-5));
  CHECK_FALSE(test::verdicts(wrong, "critical_beta")[0].agrees());
  CHECK(std::any_of(right.figures.begin(), right.figures.end(),
                    [](const auto& figure) { return figure.name == "collapse_planted"; }));
}

TEST_CASE("Figures of random-energy ensembles: which there are", "[unit][findings]") {
  auto made = result({"target.M=20", "experiment.a=1,1.5"});
  for (verdict::Point& point : made.points) fill(point, 1);
  std::string names;
  for (const verdict::Figure& figure : findings::analyse(made).figures) names += figure.name + ' ';
  CHECK(names ==
        "participation participation_median participation_variance entropy "
        "participation_distribution ");
}

TEST_CASE("A random-energy run without complete points has no findings", "[unit][findings]") {
  auto made = result({"target.M=20", "experiment.a=1"});
  test::unfinished(made.points[0]);
  const verdict::Findings found = findings::analyse(made);
  CHECK(found.verdicts.empty());
  CHECK(found.figures.empty());
}

}  // namespace symbreak::findings::rem
