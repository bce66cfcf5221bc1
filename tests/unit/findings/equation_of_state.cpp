// Findings of the equation of state on results made by hand from closed forms.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/findings/equation_of_state/observables.hpp"
#include "analysis/theory/information.hpp"
#include "analysis/theory/mean_field.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::equation_of_state {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(), kError = 1e-15;
const std::string kKind = "equation_of_state";

/// Branches of one order axis, ascending: (m, unstable directions, potential).
void put_branches(verdict::Point& point, const std::vector<Eigen::Vector3d>& branches) {
  std::vector<double> m(8, kNaN), unstable(8, kNaN), potential(8, kNaN);
  for (std::size_t i = 0; i < branches.size(); ++i) {
    m[i] = branches[i][0];
    unstable[i] = branches[i][1];
    potential[i] = branches[i][2];
  }
  test::put_solved(point, observable::branches, m, kError, {8, 1});
  test::put_solved(point, observable::branch_unstable, unstable, 0, {8});
  test::put_solved(point, observable::branch_potential, potential, kError, {8});
}

/// Two deltas at +-1, s = t: m = tanh((m + h)/t). `softer`: times the eigenvalue; `m_power`: of
/// the order parameter.
verdict::Result two_deltas(double softer = 1, double m_power = 1,
                           const std::string& times = "experiment.t=critical(±0.5, 31)") {
  verdict::Result result = test::hand_made(kKind, {times, "experiment.landscape=0"});
  for (verdict::Point& point : result.points) {
    const double t = point.number("experiment.t");
    const double m = t < 1 ? theory::two_deltas_magnetization(t, 0) : 0;
    const double chi = t < 1 ? theory::two_deltas_susceptibility(t, 0) : t > 1 ? 1 / (t - 1) : kNaN;
    test::put_solved(point, observable::top_eigenvalue, {softer / t}, kError);
    test::put_solved(point, observable::symmetric_branch, {0}, 0, {1});
    test::put_solved(point, observable::landau, {1 - 1 / t, 1 / (3 * t * t * t), 0}, kError, {3});
    test::put_solved(point, observable::magnetization, {std::pow(m, m_power)}, kError);
    test::put_solved(point, observable::susceptibility, {chi}, kError * std::abs(chi));
    if (m > 0) {
      put_branches(point, {{-m, 0, -1}, {0, 1, 0}, {m, 0, -1}});
    } else {
      put_branches(point, {{0, 0, 0}});
    }
    std::vector<double> isotherm;
    for (const double h : point.numbers("experiment.isotherm")) {
      isotherm.push_back(theory::two_deltas_magnetization(t, h));
    }
    test::put_solved(point, observable::isotherm, isotherm, kError,
                     {static_cast<Eigen::Index>(isotherm.size())});
    point.predictions = {{prediction::critical_time, 1, "score criterion"},
                         {prediction::exponent_beta, 0.5, "mean field"},
                         {prediction::exponent_gamma, 1, "mean field"},
                         {prediction::exponent_gamma_prime, 1, "mean field"},
                         {prediction::exponent_delta, 3, "mean field"},
                         {prediction::amplitude_ratio, 2, "mean field"},
                         {prediction::magnetization_amplitude, std::sqrt(3), "Landau"}};
  }
  return result;
}

}  // namespace

TEST_CASE("Two deltas have the exponents of mean field", "[unit][findings]") {
  const verdict::Findings found = findings::analyse(two_deltas());
  REQUIRE(found.verdicts.size() == 7);
  for (const verdict::Verdict& row : found.verdicts) {
    INFO(fmt::format("{}: {} +- {}", row.quantity, row.measured, row.error));
    CHECK(row.agrees());
    CHECK(row.error > 0);
    CHECK(std::abs(row.measured - row.predicted) < 1e-3 * row.predicted);
    CHECK(row.predicted_error == Approx(1e-13 * row.predicted));
    CHECK(row.point.empty());
  }
  const auto time = test::verdicts(found, "critical_time").at(0);
  CHECK(time.measured == Approx(1).epsilon(1e-10));
  CHECK(time.source == "score criterion");
  CHECK(time.criterion == "score criterion");
  CHECK(found.diagnostics.empty());
  CHECK(found.movies.empty());
  REQUIRE(found.figures.size() == 5);
  CHECK(found.figures[0].name == "pitchfork");
  REQUIRE(found.figures[0].vertical_lines.size() == 1);
  CHECK(found.figures[0].vertical_lines[0].first == time.measured);
}

TEST_CASE("A wrong eigenvalue and a wrong order parameter are told", "[unit][findings]") {
  const auto time = test::verdicts(findings::analyse(two_deltas(1.01)), "critical_time").at(0);
  CHECK(time.measured == Approx(1.01).epsilon(1e-8));
  CHECK_FALSE(time.agrees());
  const auto beta = test::verdicts(findings::analyse(two_deltas(1, 1.1)), "exponent_beta").at(0);
  CHECK(beta.measured == Approx(0.55).epsilon(1e-3));
  CHECK_FALSE(beta.agrees());
}

TEST_CASE("Without predictions, isotherm or the critical time there is less to say",
          "[unit][findings]") {
  verdict::Result result = two_deltas();
  for (verdict::Point& point : result.points) point.predictions.clear();
  verdict::Findings found = findings::analyse(result);
  CHECK(found.verdicts.empty());
  CHECK(found.figures.size() == 2);

  result = two_deltas();
  for (verdict::Point& point : result.points) {
    point.observables.erase(observable::isotherm.string());
  }
  found = findings::analyse(result);
  CHECK(found.verdicts.size() == 6);
  CHECK(test::verdicts(found, "exponent_delta").empty());

  found = findings::analyse(two_deltas(1, 1, "experiment.t=1.1,1.2,1.3,1.4"));
  CHECK(found.verdicts.empty());
  REQUIRE(found.diagnostics.size() == 1);
  CHECK(found.diagnostics[0].subject == "critical_time");
  CHECK_THAT(found.diagnostics[0].text, Catch::Contains("no recorded time interval"));

  // Every second time of 8, none at t_c: too few points for the exponents.
  result = two_deltas(1, 1, "experiment.t=0.6,0.7,0.8,0.9,1.1,1.2,1.3,1.4");
  for (std::size_t i = 0; i < result.points.size(); i += 3) test::unfinished(result.points[i]);
  found = findings::analyse(result);
  CHECK(test::verdicts(found, "critical_time").size() == 1);
  CHECK(test::verdicts(found, "exponent_beta").empty());
  CHECK(found.diagnostics.size() == 4);  // beta, gamma, gamma', and no isotherm at t_c
  for (verdict::Point& point : result.points) test::unfinished(point);
  CHECK(findings::analyse(result).figures.empty());
}

TEST_CASE("A fold and a coexistence on recorded branches", "[unit][findings]") {
  const double fold = 0.8, equal = 0.7;
  verdict::Result result =
      test::hand_made(kKind, {"experiment.t=lin(0.5, 0.9, 17)", "experiment.landscape=0"});
  const auto put = [&](double shift) {
    for (verdict::Point& point : result.points) {
      const double t = point.number("experiment.t"), distance = std::sqrt(fold + shift - t);
      test::put_solved(point, observable::top_eigenvalue, {0.5}, kError);
      test::put_solved(point, observable::symmetric_branch, {0}, 0, {1});
      test::put_solved(point, observable::landau, {1, 1, 1}, kError, {3});
      if (t < fold + shift) {
        const double inner = 1 - distance / 2, outer = 1 + distance / 2, F = t - equal - shift;
        put_branches(point,
                     {{-outer, 0, F}, {-inner, 1, 1}, {0, 0, 0}, {inner, 1, 1}, {outer, 0, F}});
      } else {
        put_branches(point, {{0, 0, 0}});
      }
      point.predictions = {{prediction::spinodal_time, fold, "fold"},
                           {prediction::coexistence_time, equal, "equal potential"}};
    }
    return findings::analyse(result);
  };
  for (const double shift : {0.0, 0.01}) {
    const verdict::Findings found = put(shift);
    REQUIRE(found.verdicts.size() == 2);
    CHECK(found.verdicts[0].measured == Approx(fold + shift).epsilon(1e-9));
    CHECK(found.verdicts[1].measured == Approx(equal + shift).epsilon(1e-9));
    for (const verdict::Verdict& row : found.verdicts) {
      INFO(fmt::format("{}: {} +- {}", row.quantity, row.measured, row.error));
      CHECK(row.agrees() == (shift == 0));
      CHECK(row.criterion == "score criterion");
    }
  }
  for (verdict::Point& point : result.points) put_branches(point, {{0, 0, 0}});
  const verdict::Findings none = findings::analyse(result);
  CHECK(none.verdicts.empty());
  CHECK(none.diagnostics.size() == 2);
}

TEST_CASE("Every criterion of a variance-preserving clock", "[unit][findings]") {
  // Top eigenvalue lambda = 2 of two equal classes at +-sqrt(2).
  const double lambda = 2;
  verdict::Result result =
      test::hand_made(kKind, {"forward.clock=ornstein_uhlenbeck", "experiment.criterion=drift",
                              "experiment.t=lin(0.2, 1, 41)", "experiment.landscape=0"});
  const auto time = [](double signal) { return -std::log(signal) / 2; };
  const auto put = [&](double measured) {
    for (verdict::Point& point : result.points) {
      const double signal = std::exp(-2 * point.number("experiment.t"));
      const double ratio = measured * signal / (1 - signal);
      test::put_solved(point, observable::top_eigenvalue, {2 / (1 + signal) * ratio}, kError);
      test::put_solved(point, observable::symmetric_branch, {0}, 0, {1});
      test::put_solved(point, observable::landau, {0, 1, 0}, kError, {3});
      put_branches(point, {{0, 0, 0}});
      test::put_solved(point, observable::clone_probability, {theory::clone_probability(ratio)},
                       kError);
      const double drift = theory::drift_signal(lambda), score = theory::score_signal(lambda);
      point.predictions = {
          {prediction::critical_time, time(drift), "drift"},
          {prediction::theta_critical, std::sqrt(drift), "drift"},
          {prediction::critical_time_score, time(score), "score"},
          {prediction::critical_time_drift, time(drift), "drift"},
          {prediction::critical_time_speciation, time(theory::speciation_signal(lambda)), "Biroli"},
          {prediction::critical_time_clone, time(score), "clone"}};
    }
    return findings::analyse(result);
  };
  for (const double measured : {lambda, 1.01 * lambda}) {
    const verdict::Findings found = put(measured);
    REQUIRE(found.verdicts.size() == 6);
    for (const verdict::Verdict& row : found.verdicts) {
      INFO(fmt::format("{}: {} +- {}, {}", row.quantity, row.measured, row.error, row.predicted));
      CHECK(row.agrees() == (measured == lambda));
      CHECK(row.error < 1e-6);
    }
    CHECK(found.figures.at(0).vertical_lines.size() == 4);  // drift is the criterion
  }
}

TEST_CASE("The tricritical point of a family of targets", "[unit][findings]") {
  // The cubic coefficient vanishes at w0 = 0.3 on the line t_c = 0.4 + (0.3 - w0)/2.
  verdict::Result result =
      test::hand_made(kKind, {"target.preset=three_deltas", "target.w0=lin(0.05, 0.5, 8)",
                              "experiment.t=lin(0.25, 0.6, 15)", "experiment.landscape=0"});
  for (verdict::Point& point : result.points) {
    const double t = point.number("experiment.t"), w0 = point.number("target.w0");
    const double t_c = 0.4 + (0.3 - w0) / 2;
    test::put_solved(point, observable::top_eigenvalue, {t_c / t}, kError);
    test::put_solved(point, observable::symmetric_branch, {0}, 0, {1});
    test::put_solved(point, observable::landau, {1 - t_c / t, 0.3 - w0, 1}, kError, {3});
    put_branches(point, {{0, 0, 0}});
    point.predictions = {{prediction::tricritical_time, 0.4, "Blume-Capel"},
                         {prediction::tricritical_w0, 0.3, "Blume-Capel"}};
  }
  verdict::Findings found = findings::analyse(result);
  REQUIRE(found.verdicts.size() == 2);
  CHECK(found.verdicts[0].quantity == "tricritical_time");
  CHECK(found.verdicts[0].measured == Approx(0.4));
  CHECK(found.verdicts[1].quantity == "tricritical_w0");
  CHECK(found.verdicts[1].measured == Approx(0.3));
  CHECK(found.verdicts[0].agrees());
  CHECK(found.verdicts[1].agrees());
  CHECK(found.figures.size() == 16);
  CHECK(found.figures[0].name == "pitchfork_w0_0.05");

  for (verdict::Point& point : result.points) {
    point.predictions = {{prediction::tricritical_time, 0.41, "wrong"},
                         {prediction::tricritical_w0, 0.28, "wrong"}};
  }
  found = findings::analyse(result);
  REQUIRE(found.verdicts.size() == 2);
  CHECK_FALSE(found.verdicts[0].agrees());
  CHECK_FALSE(found.verdicts[1].agrees());
}

TEST_CASE("The potential is a movie next to the branches", "[unit][findings]") {
  verdict::Result result = two_deltas();
  for (verdict::Point& point : result.points) {
    test::put_solved(point, observable::landscape_axis, {-1, 0, 1}, 0, {3});
    test::put_solved(point, observable::landscape, {-1, 0, -1}, kError, {3});
  }
  verdict::Findings found = findings::analyse(result);
  REQUIRE(found.movies.size() == 1);
  CHECK(found.movies[0].values.size() == result.points.size());
  CHECK(found.movies[0].frames.at(0).size() == 2);
  // A branch that lies above what the wells span, as a metastable one, is inside the frame.
  const auto range = found.movies[0].frames.at(0).at(0).y_range;
  REQUIRE(range);
  for (const auto& frame : found.movies[0].frames) {
    CHECK(frame[0].caption.size() > 20);
    for (std::size_t marks = 1; marks < frame[0].curves.size(); ++marks) {
      for (const double y : frame[0].curves[marks].y) {
        CHECK(y > range->first);
        CHECK(y < range->second);
      }
    }
  }
  // Points in the plane with one order axis: the plane as well, branches where they are in it.
  verdict::Result plane = result;
  for (verdict::Point& point : plane.points) {
    test::put_solved(point, observable::landscape_plane_axis, {-1, 0, 1}, 0, {3});
    test::put_solved(point, observable::landscape_plane, std::vector<double>(9, 0.0), kError,
                     {3, 3});
    const auto count = static_cast<std::size_t>(point.at(observable::branches).shape[0]);
    test::put_solved(point, observable::branches_across, std::vector<double>(count, 0.25), kError,
                     {static_cast<Eigen::Index>(count)});
  }
  const auto beside = findings::analyse(plane).movies.at(0).frames.at(0);
  REQUIRE(beside.size() == 3);
  REQUIRE(beside[1].surface.has_value());
  REQUIRE_FALSE(beside[1].curves[0].x.empty());
  CHECK(beside[1].curves[0].y[0] == 0.25);
  for (verdict::Point& point : result.points) {
    test::put_solved(point, observable::landscape, std::vector<double>(9, 0.0), kError, {3, 3});
  }
  found = findings::analyse(result);
  REQUIRE(found.movies.size() == 1);
  CHECK(found.movies[0].frames.at(0).at(0).surface.has_value());
}

TEST_CASE("Four wells are followed by their vectors", "[unit][findings]") {
  // Two order axes: wells at (+-a, +-a), saddles at (+-a, 0) and (0, +-a) below t_c = 1.
  verdict::Result result =
      test::hand_made(kKind, {"experiment.t=lin(0.5, 1.5, 21)", "experiment.landscape=0"});
  for (verdict::Point& point : result.points) {
    const double t = point.number("experiment.t");
    const double a = t < 1 ? theory::two_deltas_magnetization(t, 0) : 0;
    std::vector<double> m(32, kNaN), unstable(16, kNaN), potential(16, kNaN);
    Eigen::Index n = 0;
    for (int i = -1; i <= 1; ++i) {
      for (int j = -1; j <= 1; ++j) {
        if (a == 0 && (i != 0 || j != 0)) continue;
        const auto at = static_cast<std::size_t>(n++);
        m[2 * at] = i * a, m[2 * at + 1] = j * a;
        unstable[at] = a == 0 ? 0 : 2 - std::abs(i) - std::abs(j);
        potential[at] = 0;
      }
    }
    test::put_solved(point, observable::branches, m, kError, {16, 2});
    test::put_solved(point, observable::branch_unstable, unstable, 0, {16});
    test::put_solved(point, observable::branch_potential, potential, kError, {16});
    test::put_solved(point, observable::top_eigenvalue, {1 / t}, kError);
    test::put_solved(point, observable::symmetric_branch, {0, 0}, 0, {2});
    test::put_solved(point, observable::landau, {1 - 1 / t, 1, 1}, kError, {3});
    point.predictions = {{prediction::critical_time, 1, "score criterion"}};
  }
  const verdict::Figure figure = findings::analyse(result).figures.at(0);
  // |m| of wells, of saddles, the unstable centre, and the symmetric branch above t_c.
  REQUIRE(figure.curves.size() == 4);
  const double well = std::sqrt(2) * theory::two_deltas_magnetization(0.5, 0);
  std::vector<double> starts;
  for (const verdict::Curve& curve : figure.curves) {
    const bool stable = curve.style == verdict::Curve::Style::line;
    if (curve.x.front() < 0.6) starts.push_back(stable ? curve.y.front() : -curve.y.front());
    if (curve.y.front() > 0.1) {  // drawn into the symmetric branch at t_c
      CHECK(curve.x.back() == Approx(1));
      CHECK(curve.y.back() == 0);
    }
  }
  std::sort(starts.begin(), starts.end());
  REQUIRE(starts.size() == 3);
  CHECK(starts[0] == Approx(-well / std::sqrt(2)));
  CHECK(starts[1] == 0);
  CHECK(starts[2] == Approx(well));
}

TEST_CASE("A fold joins its stable and its unstable branch, not the symmetric one",
          "[unit][findings]") {
  const double fold = 0.8;
  verdict::Result result =
      test::hand_made(kKind, {"experiment.t=lin(0.5, 0.9, 17)", "experiment.landscape=0"});
  for (verdict::Point& point : result.points) {
    const double t = point.number("experiment.t");
    test::put_solved(point, observable::top_eigenvalue, {0.5}, kError);
    test::put_solved(point, observable::symmetric_branch, {0}, 0, {1});
    test::put_solved(point, observable::landau, {1, 1, 1}, kError, {3});
    if (t < fold - 1e-6) {
      const double half = std::sqrt(fold - t) / 2;
      put_branches(
          point,
          {{-1 - half, 0, -1}, {-1 + half, 1, 1}, {0, 0, 0}, {1 - half, 1, 1}, {1 + half, 0, -1}});
    } else {
      put_branches(point, {{0, 0, 0}});
    }
    point.predictions = {{prediction::spinodal_time, fold, "fold"}};
  }
  const verdict::Figure figure = findings::analyse(result).figures.at(0);
  REQUIRE(figure.curves.size() == 5);
  int met = 0;
  for (const verdict::Curve& curve : figure.curves) {
    const bool symmetric = curve.y.front() == 0;
    for (const double m : curve.y) CHECK((symmetric ? m == 0 : std::abs(m) > 0.4));
    met += !symmetric && curve.x.back() == Approx(fold) && std::abs(curve.y.back()) == Approx(1);
    if (symmetric) CHECK(curve.x.back() == Approx(0.9));
  }
  CHECK(met == 4);
}

}  // namespace symbreak::findings::equation_of_state
