// The equation of state against closed forms. References: m = tanh((m + h)/s) of two deltas and the
// published values quoted beside each check.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/mean_field.hpp"
#include "equation_of_state_run.hpp"

namespace {

using namespace symbreak;

const verdict::Point& at(const verdict::Result& result, double t) {
  for (const verdict::Point& point : result.points) {
    if (std::abs(point.number("experiment.t") - t) < 1e-12) return point;
  }
  throw std::out_of_range("no such point");
}

double value(const verdict::Point& point, const std::string& name, Eigen::Index i = 0) {
  return point.observables.at(name).estimate.mean[i];
}

int branches(const verdict::Point& point) {
  int count = 0;
  for (const double potential : point.observables.at("branch_potential").estimate.mean) {
    if (!std::isnan(potential)) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("two deltas: magnetization, susceptibility and isotherm are exact", "[equation]") {
  const auto result = test::solve(
      "[target]\nkind = deltas\n[experiment]\nkind = equation_of_state\n"
      "t = 0.3, 0.5, 0.9, 0.99, 0.9999, 1, 1.01, 1.5\n");
  CHECK(value(at(result, 0.5), "magnetization") == Approx(0.957504024077).margin(1e-12));
  CHECK(value(at(result, 0.9), "magnetization") == Approx(0.525429512658).margin(1e-12));
  CHECK(value(at(result, 0.99), "magnetization") == Approx(0.172511069975).margin(1e-12));
  CHECK(value(at(result, 0.99), "susceptibility") * 0.02 == Approx(0.98202).margin(5e-6));
  for (const verdict::Point& point : result.points) {
    const double t = point.number("experiment.t");
    CAPTURE(t);
    CHECK(branches(point) == (t < 1 ? 3 : 1));
    const double m = theory::two_deltas_magnetization(t, 0);
    CHECK(std::abs(value(point, "magnetization") - m) < 1e-10);
    if (t != 1) {
      const double chi = theory::two_deltas_susceptibility(t, 0);
      CHECK(std::abs(value(point, "susceptibility") / chi - 1) < 1e-10);
      CHECK(std::abs(value(point, "susceptibility") - chi) <
            point.observables.at("susceptibility").error() * 10);
    } else {
      CHECK(std::isnan(value(point, "susceptibility")));
    }
    CHECK(value(point, "top_eigenvalue") == Approx(1 / t).epsilon(1e-14));
    CHECK(value(point, "landau", 0) == Approx(1 - 1 / t).margin(1e-10));
    CHECK(value(point, "landau", 1) == Approx(1 / (3 * t * t * t)).epsilon(1e-7));
    const auto fields = point.numbers("experiment.isotherm");
    REQUIRE(fields.size() == 17);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const double exact = theory::two_deltas_magnetization(t, fields[i]);
      CHECK(std::abs(value(point, "isotherm", static_cast<Eigen::Index>(i)) - exact) < 1e-10);
    }
  }
}

TEST_CASE("two deltas: the branches are labelled and the potential is the closed form",
          "[equation]") {
  const auto result =
      test::solve("[target]\nkind = deltas\n[experiment]\nkind = equation_of_state\nt = 0.5\n");
  const verdict::Point& point = result.points[0];
  const double t = 0.5, m = 0.957504024077;
  CHECK(value(point, "branches", 0) == Approx(-m).margin(1e-12));
  CHECK(value(point, "branches", 1) == 0);
  CHECK(value(point, "branch_unstable", 0) == 0);
  CHECK(value(point, "branch_unstable", 1) == 1);
  CHECK(value(point, "branch_unstable", 2) == 0);
  // F = 1/2 - s log cosh(x/s), F~ = F + x^2/2.
  const double potential = 0.5 + m * m / 2 - t * std::log(std::cosh(m / t));
  CHECK(value(point, "branch_potential", 2) == Approx(potential).margin(1e-12));
  CHECK(value(point, "branch_free_energy", 1) == Approx(0.5).margin(1e-14));
  const auto& axis = point.observables.at("landscape_axis").estimate.mean;
  const auto& landscape = point.observables.at("landscape").estimate.mean;
  REQUIRE(axis.size() == 161);
  for (Eigen::Index i = 0; i < axis.size(); i += 10) {
    const double x = axis[i];
    CHECK(landscape[i] == Approx(0.5 + x * x / 2 - t * std::log(std::cosh(x / t))).margin(1e-12));
  }
}

TEST_CASE("a field selects the branch", "[equation]") {
  const auto result = test::solve(
      "[target]\nkind = deltas\n[experiment]\nkind = equation_of_state\nt = 0.6, 2\nh = -0.01\n");
  for (const double t : {0.6, 2.0}) {
    CHECK(value(at(result, t), "magnetization") ==
          Approx(theory::two_deltas_magnetization(t, -0.01)).margin(1e-12));
    CHECK(value(at(result, t), "symmetric_branch") ==
          Approx(theory::two_deltas_magnetization(t, -0.01)).margin(1e-12));
  }
}

TEST_CASE("four deltas: nine branches, two independent two-delta models", "[equation]") {
  const auto result = test::solve(
      "[target]\nkind = deltas\npreset = four_deltas\n[experiment]\nkind = equation_of_state\n"
      "t = 0.25, 0.45, 0.7\nlandscape = 9\n");
  const verdict::Point& broken = at(result, 0.45);
  CHECK(branches(broken) == 9);
  CHECK(branches(at(result, 0.25)) == 9);
  CHECK(branches(at(result, 0.7)) == 1);
  // Along each diagonal: +-1/sqrt(2), critical at 1/2; both broken: |m| = m(t/t_c).
  CHECK(value(broken, "magnetization") == Approx(0.525429512658).margin(1e-11));
  const double chi = theory::two_deltas_susceptibility(0.9, 0);
  for (Eigen::Index a = 0; a < 2; ++a) {
    CHECK(value(broken, "susceptibility_eigenvalues", a) == Approx(chi).epsilon(1e-10));
  }
  CHECK(value(broken, "susceptibility") == Approx(chi).epsilon(1e-10));
  CHECK(broken.prediction(verdict::PredictionName{"critical_time"}).value() ==
        Approx(0.5).epsilon(1e-13));
}

TEST_CASE("the reverse drift and the score have different critical times", "[equation]") {
  const std::string deck =
      "[target]\nkind = deltas\nscale = 3.1622776601683795\n[forward]\nclock = "
      "ornstein_uhlenbeck\n[experiment]\nkind = equation_of_state\nt = 1.3\n";
  const auto drift = test::solve(deck + "criterion = drift\n").points[0];
  CHECK(drift.prediction(verdict::PredictionName{"critical_time_score"}).value() ==
        Approx(1.1989476364).margin(1e-10));
  CHECK(drift.prediction(verdict::PredictionName{"critical_time_drift"}).value() ==
        Approx(1.4991114751).margin(1e-10));
  CHECK(drift.prediction(verdict::PredictionName{"critical_time"}).value() ==
        Approx(1.4991114751).margin(1e-10));
  CHECK(drift.prediction(verdict::PredictionName{"critical_time_speciation"}).value() ==
        Approx(1.1512925465).margin(1e-10));
  CHECK(branches(drift) == 3);  // between the two: the drift has branched, the score has not
  CHECK(branches(test::solve(deck).points[0]) == 1);

  const auto unit = test::solve(
      "[target]\nkind = deltas\n[forward]\nclock = ddpm\n[experiment]\nkind = equation_of_state\n"
      "criterion = drift\nt = critical(±0.1, 3)\n");
  CHECK(unit.points[1].prediction(verdict::PredictionName{"theta_critical"}).value() ==
        Approx(0.6435942529).margin(1e-10));
  CHECK(unit.points[1].number("experiment.t") == Approx(0.2926416543).margin(1e-10));
  CHECK(value(unit.points[1], "top_eigenvalue") == Approx(1).margin(1e-12));
}

TEST_CASE("unequal deltas: the spinodal of the minority branch", "[equation]") {
  for (const auto& [p, spinodal] : {std::pair{0.8, 0.4502260733}, {0.6, 0.6704036560}}) {
    const auto result = test::solve(
        fmt::format("[target]\nkind = deltas\np = {}\n[experiment]\nkind = equation_of_state\n"
                    "t = critical(±0.01, 3)\n",
                    p));
    CAPTURE(p);
    CHECK(result.points[1].number("experiment.t") == Approx(spinodal).margin(1e-10));
    CHECK(branches(result.points[0]) == 3);
    CHECK(branches(result.points[2]) == 1);
    CHECK(value(result.points[0], "symmetric_branch") > 0);
  }
}

TEST_CASE("three deltas: instability window, first-order birth, tricritical point", "[equation]") {
  const auto keys = [](double w0) {
    return fmt::format(
        "[target]\nkind = deltas\npreset = three_deltas\nw0 = {}\n[experiment]\nkind = "
        "equation_of_state\nt = 0.16\n",
        w0);
  };
  const auto continuous = test::solve(keys(0.2)).points[0];
  CHECK(continuous.prediction(verdict::PredictionName{"critical_time"}).value() ==
        Approx(0.6493844031).margin(1e-10));
  CHECK(continuous.prediction(verdict::PredictionName{"critical_time_lower"}).value() ==
        Approx(0.1670631436).margin(1e-10));
  CHECK(continuous.prediction(verdict::PredictionName{"exponent_beta"}).value() == 0.5);
  CHECK(branches(continuous) == 5);  // below the lower root: 0 and +-outer stable, two between
  const auto first_order = test::solve(keys(0.4)).points[0];
  CHECK_FALSE(first_order.prediction(verdict::PredictionName{"critical_time"}).has_value());
  CHECK_FALSE(first_order.prediction(verdict::PredictionName{"exponent_beta"}).has_value());
  CHECK(first_order.prediction(verdict::PredictionName{"spinodal_time"}).value() ==
        Approx(0.18033049).margin(1e-8));
  CHECK(first_order.prediction(verdict::PredictionName{"tricritical_time"}).value() ==
        Approx(1.0 / 3).margin(1e-12));
  CHECK(first_order.prediction(verdict::PredictionName{"tricritical_w0"}).value() ==
        Approx(0.308561545964).margin(1e-12));
  // Above w0 = 1/3 the centre outweighs the outer branches at every time.
  CHECK_FALSE(first_order.prediction(verdict::PredictionName{"coexistence_time"}).has_value());

  // At coexistence F~(x) = x^2/2 - s log(w0 + (1 - w0) e^{-1/2s} cosh(x/s)) is equal at 0 and at
  // the outer solution of its stationarity.
  const double w0 = 0.32, s = test::solve(keys(w0))
                                  .points[0]
                                  .prediction(verdict::PredictionName{"coexistence_time"})
                                  .value();
  const double tilt = (1 - w0) * std::exp(-1 / (2 * s));
  double x = 1;
  for (int i = 0; i < 10000; ++i) {
    x = tilt * std::sinh(x / s) / (w0 + tilt * std::cosh(x / s));
  }
  CHECK(x > 0.5);
  CHECK(x * x / 2 - s * std::log(w0 + tilt * std::cosh(x / s)) ==
        Approx(-s * std::log(w0 + tilt)).margin(1e-13));
}

TEST_CASE("combinations that make no sense name the key", "[equation]") {
  const auto message = [](const std::string& keys) {
    try {
      test::deck_of(keys);
    } catch (const deck::Errors& errors) {
      return errors.messages.at(0);
    }
    return std::string("no error");
  };
  CHECK_THAT(message("[target]\nkind = deltas\n[experiment]\nkind = equation_of_state\nt = 1\n"
                     "criterion = drift\n"),
             Catch::Contains("needs a variance-preserving clock"));
  CHECK_THAT(message("[target]\nkind = deltas\npreset = custom\npoints = 1\n[experiment]\nkind = "
                     "equation_of_state\nt = critical(±0.1, 3)\n"),
             Catch::Contains("neither a critical time nor a spinodal"));
}

TEST_CASE("Points in the plane with one order axis: the potential beside it", "[equation]") {
  const double t = 0.2;
  const std::vector<Eigen::Vector2d> points = {{1, .3},   {1, -.3}, {-1, .3},
                                               {-1, -.3}, {0, .5},  {0, -.5}};
  const auto result = test::solve(
      "[target]\nkind = deltas\npreset = custom\ndimension = 2\n"
      "points = 1, .3, 1, -.3, -1, .3, -1, -.3, 0, .5, 0, -.5\n"
      "[experiment]\nkind = equation_of_state\nt = 0.2\nlandscape = 41\n");
  const verdict::Point& point = result.points[0];
  const auto& c = point.observables.at("landscape_plane_axis").estimate.mean;
  const auto& plane = point.observables.at("landscape_plane").estimate.mean;
  REQUIRE(c.size() == 11);
  // The grid spans 1.5 times the data and a tenth; they reach 1 along the order axis (1, 0).
  const double length = 1.65 / c.maxCoeff();
  for (Eigen::Index i = 0; i < 11; ++i) {
    for (Eigen::Index j = 0; j < 11; ++j) {
      const Eigen::Vector2d x = length * Eigen::Vector2d(c[i], c[j]);
      double sum = 0;
      for (const auto& y : points) sum += std::exp((x.dot(y) - y.squaredNorm() / 2) / t) / 6;
      CHECK(plane[i * 11 + j] == Approx(x.squaredNorm() / 2 - t * std::log(sum)).margin(1e-12));
    }
  }
  // Branches are pairs of mirrored ones, off the axis or on it; none beyond the data.
  for (Eigen::Index b = 0; b < branches(point); ++b) {
    CHECK(std::abs(length * value(point, "branches_across", b)) < 0.5);
  }
  CHECK(test::solve("[target]\nkind = deltas\n[experiment]\nkind = equation_of_state\nt = 0.5\n")
            .points[0]
            .observables.count("landscape_plane") == 0);
}

TEST_CASE("Points in the plane that turn away from their axis: its amplitude is no prediction",
          "[equation]") {
  const auto predicted = [](const std::string& points, verdict::PredictionName quantity) {
    const auto result =
        test::solve("[target]\nkind = deltas\npreset = custom\ndimension = 2\npoints = " + points +
                    "\n[experiment]\nkind = equation_of_state\nt = 1\nlandscape = 0\n");
    return result.points[0].prediction(quantity);
  };
  // lambda_max of the covariance at x = 0, reweighted by exp(-|y|^2/2s): by numpy's eigvalsh.
  const std::string turned =
      "1, .8, 1.3, 1, 1.1, 1.3, -1, -.8, -1.3, -1, -1.1, -1.3, .4, -.5, -.4, .5";
  CHECK(predicted(turned, verdict::PredictionName{"critical_time"}).value() ==
        Approx(1.3477673).margin(1e-7));
  CHECK_FALSE(predicted(turned, verdict::PredictionName{"magnetization_amplitude"}));
  CHECK_FALSE(predicted(turned, verdict::PredictionName{"exponent_delta"}));
  CHECK(predicted(turned, verdict::PredictionName{"exponent_beta"}));
  const std::string mirrored = "1, .3, 1, -.3, -1, .3, -1, -.3, 0, .5, 0, -.5";
  CHECK(predicted(mirrored, verdict::PredictionName{"magnetization_amplitude"}));
  CHECK(predicted(mirrored, verdict::PredictionName{"exponent_delta"}));
}
