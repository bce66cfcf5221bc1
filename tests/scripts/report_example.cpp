// Writes the report of a made-up but realistic analysis, for the browser test and for looking at:
// report_example DIRECTORY. Two deltas at +-1: F~(x) = x^2/2 - log cosh(beta x)/beta, beta = 1/t,
// m = tanh(m/t) (Raya & Ambrogioni 2023).
#include <cmath>
#include <cstdio>

#include "analysis/report/report.hpp"

namespace {

using namespace symbreak;
using verdict::Curve;
using verdict::Figure;

double free_energy(double x, double t) {
  const double argument = std::abs(x / t);  // log cosh without overflow
  return x * x / 2 - t * (argument + std::log1p(std::exp(-2 * argument)) - std::log(2.0));
}

double magnetization(double t) {
  double low = 1e-9, high = 1;  // bisection of tanh(m/t) = m below t = 1
  for (int i = 0; i < 50; ++i) {
    const double m = (low + high) / 2;
    (std::tanh(m / t) > m ? low : high) = m;
  }
  return low;
}

std::vector<double> grid(double low, double high, int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(low + (high - low) * i / (count - 1));
  return values;
}

template <class Function>
Curve curve(const std::string& label, std::vector<double> x, Function f, Curve::Style style,
            int colour) {
  Curve result{label, std::move(x), {}, {}, style, colour};
  for (const double value : result.x) result.y.push_back(f(value));
  return result;
}

Figure landscape(double t) {
  Figure figure;
  figure.name = "landscape";
  figure.title = "Free energy along the order parameter";
  figure.x_label = "x";
  figure.y_label = "F̃(x,t) − F̃(0,t)";
  figure.y_range = {{-0.3, 0.5}};
  figure.curves.push_back(curve(
      "F̃", grid(-1.8, 1.8, 181), [t](double x) { return free_energy(x, t); }, Curve::Style::line,
      0));
  const double m = t < 1 ? magnetization(t) : 0;
  figure.curves.push_back(
      {"minima", {-m, m}, {free_energy(m, t), free_energy(m, t)}, {}, Curve::Style::points, 1});
  return figure;
}

Figure pitchfork(double now) {
  Figure figure;
  figure.name = "pitchfork";
  figure.title = "Equation of state";
  figure.x_label = "t";
  figure.y_label = "m(t)";
  figure.y_range = {{-1.1, 1.1}};
  std::vector<double> broken;
  for (const double u : grid(0, 1, 120)) broken.push_back(1 - 0.7 * u * u);
  const auto upper = [](double t) { return t < 1 ? magnetization(t) : 0; };
  figure.curves.push_back(curve("stable", broken, upper, Curve::Style::line, 0));
  figure.curves.push_back(curve(
      "stable", broken, [&](double t) { return -upper(t); }, Curve::Style::line, 0));
  figure.curves.push_back(curve(
      "stable", grid(1, 1.6, 2), [](double) { return 0; }, Curve::Style::line, 0));
  figure.curves.push_back(curve(
      "unstable", grid(0.3, 1, 2), [](double) { return 0; }, Curve::Style::dashed, 1));
  figure.vertical_lines = {{1, "t_c"}, {now, "now"}};
  return figure;
}

Figure exponent() {
  Figure figure;
  figure.name = "exponent_beta";
  figure.title = "Magnetization below the critical time";
  figure.caption =
      "Measured m(τ) with one standard error; the line is the fit with one correction "
      "to scaling, the dashed line its leading power ½.";
  figure.x_label = "τ = 1 − t/t_c";
  figure.y_label = "m";
  figure.log_x = figure.log_y = true;
  Curve data;
  data.label = "measured";
  data.colour = 0;
  const double noise[] = {0.3, -0.8, 1.1, -0.2, 0.6, -1.3, 0.1, 0.9, -0.5, 0.2, -0.7, 0.4};
  for (int i = 0; i < 12; ++i) {
    const double tau = 1e-3 * std::pow(10, 2.3 * i / 11), error = 0.06 * std::sqrt(3 * tau);
    data.x.push_back(tau);
    data.y.push_back(magnetization(1 - tau) + noise[i] * error);
    data.error.push_back(error);
  }
  std::vector<double> x;
  for (const double u : grid(-3.1, -0.6, 60)) x.push_back(std::pow(10, u));
  figure.curves = {
      data,
      curve(
          "fit", x, [](double tau) { return std::sqrt(3 * tau) * (1 - 0.1 * tau); },
          Curve::Style::line, 1),
      curve(
          "√(3τ)", x, [](double tau) { return std::sqrt(3 * tau); }, Curve::Style::dashed, 6)};
  return figure;
}

Figure susceptibility() {
  Figure figure;
  figure.name = "susceptibility";
  figure.title = "Susceptibility";
  figure.caption = "Exact solution on both sides of the transition.";
  figure.x_label = "t";
  figure.y_label = "χ";
  figure.y_range = {{0, 20}};
  const auto chi = [](double t) {
    const double m = t < 1 ? magnetization(t) : 0, s = 1 - m * m;
    return s / (t - s);
  };
  figure.curves = {curve("t < t_c", grid(0.3, 0.98, 100), chi, Curve::Style::line, 0),
                   curve("t > t_c", grid(1.02, 1.6, 100), chi, Curve::Style::line, 1)};
  figure.vertical_lines = {{1.0, "t_c"}};
  return figure;
}

Figure four_wells() {
  Figure figure;
  figure.name = "landscape_2d";
  figure.title = "Free energy of four points in the plane, t = 0.4";
  figure.caption = "Contours of F̃(x₁,x₂); dark is low. The dots are the minima.";
  figure.x_label = "x₁";
  figure.y_label = "x₂";
  const std::vector<double> nodes = grid(-1.6, 1.6, 61);
  verdict::Surface surface{nodes, nodes, Eigen::MatrixXd(61, 61)};
  surface.kind = verdict::Surface::Kind::levels;
  for (int i = 0; i < 61; ++i) {
    for (int j = 0; j < 61; ++j) {
      surface.z(i, j) = free_energy(nodes[static_cast<std::size_t>(i)], 0.4) +
                        free_energy(nodes[static_cast<std::size_t>(j)], 0.4);
    }
  }
  figure.surface = surface;
  const double m = magnetization(0.4);
  figure.curves.push_back({"minima", {m, m, -m, -m}, {m, -m, m, -m}, {}, Curve::Style::points, 1});
  return figure;
}

verdict::Verdict row(const char* quantity, double measured, double error, double predicted,
                     const char* from, const char* source) {
  verdict::Verdict verdict;
  verdict.quantity = quantity;
  verdict.measured = measured;
  verdict.error = error;
  verdict.predicted = predicted;
  verdict.from = from;
  verdict.source = source;
  return verdict;
}

verdict::Findings findings() {
  verdict::Findings all;
  const char* series = "power law with one correction, 12 points, chi2/dof 0.9";
  all.verdicts = {
      row("critical_time", 1.0000001, 3e-7, 1, "zero of the curvature of F̃ at 0, degree 4",
          "lambda_max(C)/sigma^2, score criterion, clock t"),
      row("exponent_beta", 0.50002, 6e-5, 0.5, series, "Landau expansion of m = tanh(m/t)"),
      row("exponent_gamma", 1.00013, 9e-5, 1, series, "chi = 1/(t - 1) above t_c"),
      row("exponent_gamma_prime", 0.9991, 7e-4, 1, series, "chi = 1/(2 tau) below t_c"),
      row("exponent_delta", 2.9994, 4e-4, 3, "critical isotherm, 15 points, chi2/dof 1.1",
          "h = m^3/3"),
      row("amplitude_ratio", 2.0006, 0.0011, 2, "ratio of the two fits", "Landau theory"),
      row("magnetization_amplitude", 1.7318, 0.0004, std::sqrt(3.0), series, "m = sqrt(3 tau)"),
      row("binder_crossing", 0.2729, 0.0021, 0.27052, "crossings of n = 64, 128, 256 extrapolated",
          "1 - Gamma(1/4)^4/(24 pi^2)")};
  all.diagnostics = {{verdict::Severity::note, "magnetization",
                      "two of 61 points are within 1e-4 of the critical time",
                      "they are left out of the fits"}};
  all.figures = {susceptibility(), exponent(), four_wells()};
  verdict::Movie movie;
  movie.name = "symmetry_breaking";
  movie.title = "The potential opens into two wells";
  movie.caption =
      "Left: the free energy of the noisy state at the time on the slider. Right: its "
      "minima, the equation of state.";
  movie.parameter = "t";
  for (const double t : grid(1.6, 0.3, 61)) {
    movie.values.push_back(t);
    movie.frames.push_back({landscape(t), pitchfork(t)});
  }
  all.movies = {movie};
  return all;
}

verdict::Result result() {
  verdict::Result run;
  run.run = "two_deltas";
  run.target = "deltas";
  run.experiment = "equation_of_state";
  run.headline = "equation of state of 2 points in 1 dimension, Brownian forward process";
  run.seed = 20240208;
  run.swept = {"experiment.t"};
  run.deck =
      "# The simplest diffusion model\n[run]\nname = two_deltas\nseed = 20240208\n\n[target]\n"
      "kind = deltas\npreset = two_deltas\n";
  run.provenance = {{"version", "0.1.0 (abc1234)"},
                    {"compiler", "GNU 12.2.0, Release"},
                    {"started", "2026-01-31T12:00:00Z"},
                    {"host", "node017"}};
  for (const double t : grid(0.3, 1.6, 61)) {
    verdict::Point point;
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", t);
    point.parameters = {{"experiment.t", text}, {"target.kind", "deltas"}, {"forward.sigma", "1"}};
    verdict::Observable m;
    m.name = "order_parameter";
    m.text = "m = <y> on the stable branch, per point";
    m.origin = verdict::Origin::deterministic;
    m.estimate.mean = m.estimate.error = Eigen::VectorXd::Zero(1);
    m.estimate.mean[0] = magnetization(t);
    point.observables["order_parameter"] = m;
    run.points.push_back(point);
  }
  return run;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: report_example DIRECTORY\n"), 2;
  std::fputs(report::text(result(), findings()).c_str(), stdout);
  std::puts(report::write(argv[1], result(), findings()).c_str());
}
