// Mean-field predictions for copies, and the analysis fed with exact moments: its systematic error
// must vanish against the statistical one.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/copies/scaling.hpp"
#include "analysis/theory/mean_field.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/experiment/copies/landau.hpp"
#include "sim/target/target.hpp"

namespace {

using namespace symbreak;
using Estimated = statistics::Value;
using findings::copies::Row;
using findings::copies::Rows;
using findings::copies::ScalingSample;

std::shared_ptr<const target::Target> deltas(const std::string& preset) {
  deck::Parameters parameters;
  for (const deck::Key& key : target::kind("deltas").keys) {
    deck::Value value{
        .kind = key.kind, .role = key.role, .arity = key.arity, .numbers = {}, .words = {}};
    const std::string text = key.name == "preset" ? preset : *key.fallback;
    if (key.kind == deck::Kind::word) {
      value.words = {text};
    } else if (!text.empty()) {
      value.numbers = {std::stod(text)};
    }
    parameters.set(key.path(), value);
  }
  return std::dynamic_pointer_cast<const target::Target>(
      target::kind("deltas").make(parameters, {}));
}

/// Exact moments of n copies of two deltas by the binomial sum, with the errors that `samples`
/// independent sweeps would have. Large n: every few-th value of Y, the law being smooth.
Row exact_row(double n, double s, double h, double samples) {
  const double beta = 1 / s, step = 2 * std::max(1.0, std::floor(std::sqrt(n) / 64));
  const auto log_weight = [&](double Y) {
    const double k = (n + Y) / 2;
    return -std::lgamma(k + 1) - std::lgamma(n - k + 1) + beta / (2 * n) * Y * Y + beta * h * Y;
  };
  double top = -INFINITY, sum = 0, m1 = 0, abs = 0, m2 = 0, m4 = 0;
  for (double Y = -n; Y <= n; Y += step) top = std::max(top, log_weight(Y));
  for (double Y = -n; Y <= n; Y += step) {
    const double w = std::exp(log_weight(Y) - top), m = Y / n;
    sum += w;
    m1 += w * m;
    abs += w * std::abs(m);
    m2 += w * m * m;
    m4 += w * m * m * m * m;
  }
  m1 /= sum, abs /= sum, m2 /= sum, m4 /= sum;
  Row row;
  row.t = row.s = s;
  row.n = n;
  row.h = h;
  row.factor = n * beta;
  const double kurtosis = m4 / (m2 * m2), root = std::sqrt(samples);
  row.binder = {1 - kurtosis / 3, (0.1 + std::sqrt(kurtosis - 1) / 2) / root};
  row.second = {m2, m2 * std::sqrt(kurtosis - 1) / root};
  row.absolute = {abs, std::sqrt(m2 - abs * abs) / root};
  row.order = {m1, std::sqrt(m2 - m1 * m1) / root};
  row.spread = {m2 - abs * abs, (m2 - abs * abs) * std::sqrt(2.0) / root};
  return row;
}

constexpr double kSamples = 3e5;

const Rows& exact_rows() {
  static const Rows rows = [] {
    Rows all;
    for (double n : {256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0}) {
      for (double tau : {0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.1, 0.15, 0.25}) {
        all.push_back(exact_row(n, 1 - tau, 0, kSamples));
        all.push_back(exact_row(n, 1 + tau, 0, kSamples));
      }
      all.push_back(exact_row(n, 1, 0, kSamples));
    }
    return all;
  }();
  return rows;
}

std::vector<ScalingSample> side(int sign, Estimated (*select)(const Row&)) {
  std::vector<ScalingSample> samples;
  for (const Row& row : exact_rows()) {
    const double tau = row.s - 1;
    if (tau * sign <= 0) continue;
    samples.push_back({std::abs(tau), row.n * tau * tau, select(row)});
  }
  return samples;
}

}  // namespace

TEST_CASE("Landau expansion of two deltas is m^4/12") {
  const auto law = experiment::copies::landau(*deltas("two_deltas"));
  REQUIRE(law);
  CHECK(law->components == 1);
  CHECK(law->quadratic == Approx(1).epsilon(1e-12));
  CHECK(law->quartic[0] == Approx(1.0 / 12).epsilon(1e-7));
  CHECK(law->binder(0) == Approx(theory::critical_binder(1)).epsilon(1e-10));
  CHECK(law->moment(2, 0) == Approx(theory::two_deltas_critical_amplitude()).epsilon(1e-7));
  // Deep in either phase: a Gaussian well, chi = 1/z; two wells at +-sqrt(-3 z).
  CHECK(law->moment(2, 20) * 20 == Approx(1).epsilon(0.01));
  CHECK(std::sqrt(law->moment(2, -20)) == Approx(std::sqrt(60.0)).epsilon(0.01));
}

TEST_CASE("O(k) Binder cumulants are Gamma functions") {
  for (int k : {1, 2, 3, 5}) {
    const theory::LandauLaw law{.components = k, .quadratic = 1, .quartic = {0.3}};
    CHECK(law.binder(0) == Approx(theory::critical_binder(k)).epsilon(1e-9));
  }
}

TEST_CASE("four deltas: anisotropic plane, two independent components") {
  const auto law = experiment::copies::landau(*deltas("four_deltas"));
  REQUIRE(law);
  CHECK(law->components == 2);
  CHECK_FALSE(law->isotropic());
  // <|m|^4> = 2 <c^4> + 2 <c^2>^2, <|m|^2> = 2 <c^2>, c of the two-delta model.
  const double kurtosis = 3 * (1 - theory::critical_binder(1));
  CHECK(law->binder(0) == Approx(1 - (2 * kurtosis + 2) / 12).epsilon(1e-8));
  // c = c_two_deltas/sqrt(2): <|m|^2> equals <m^2> of two deltas.
  CHECK(law->moment(2, 0) == Approx(theory::two_deltas_critical_amplitude()).epsilon(1e-7));
}

TEST_CASE("a first-order transition has no LandauLaw law") {
  CHECK(experiment::copies::landau(*deltas("three_deltas")).has_value());
}

TEST_CASE("analysis of exact moments: crossings and finite-size scaling") {
  const auto found = findings::copies::crossings(exact_rows(), 1);
  REQUIRE(found);
  const fit::Fit &s = found->critical_s, &binder = found->critical_binder;
  INFO(fmt::format("s_c - 1 = {:.2e}({:.1e}), U4* = {:.5f}({:.1e})", s.value[0] - 1, s.error[0],
                   binder.value[0], binder.error[0]));
  CHECK(std::abs(s.value[0] - 1) < s.error[0] / 2);
  CHECK(std::abs(binder.value[0] - theory::critical_binder(1)) < binder.error[0] / 2);
  CHECK(binder.error[0] < 0.002);

  const fit::Fit scaling = findings::copies::binder_scaling(exact_rows(), 1);
  INFO(fmt::format("nu_bar = {:.5f}({:.1e}), U4* = {:.5f}({:.1e}), chi2 {:.2g}", scaling.value[1],
                   scaling.error[1], scaling.value[2], scaling.error[2], scaling.chi2));
  CHECK(std::abs(scaling.value[1] - 2) < scaling.error[1] / 4);
  CHECK(std::abs(scaling.value[2] - theory::critical_binder(1)) < scaling.error[2] / 2);

  const auto critical =
      findings::copies::critical_moments(exact_rows(), 1, {s.value[0], s.error[0]});
  REQUIRE(critical);
  CHECK(std::abs(critical->power.value[0] - 0.5) < critical->power.error[0] / 2);
  CHECK(std::abs(std::exp(critical->amplitude.value[0]) - theory::two_deltas_critical_amplitude()) <
        critical->amplitude.error[0]);
}

TEST_CASE("analysis of exact moments: thermodynamic exponents") {
  const auto check = [](const std::string& name,
                        const std::optional<findings::copies::Power>& power, double reference,
                        double largest_error) {
    REQUIRE(power);
    INFO(fmt::format("{} = {:.5f}({:.1e}), reference {}, window {}", name, power->exponent(),
                     power->error(), reference, power->fit.window));
    CHECK(std::abs(power->exponent() - reference) < 1.5 * power->error());
    CHECK(power->error() < largest_error);
  };
  const auto magnetization = [](const Row& row) { return row.second; };
  const auto above = [](const Row& row) {
    return Estimated{row.factor * row.second.value, row.factor * row.second.error};
  };
  const auto below = [](const Row& row) {
    return Estimated{row.factor * row.spread.value, row.factor * row.spread.error};
  };
  check("2 beta", findings::copies::power_law(side(-1, magnetization), 1), 1, 0.02);
  check("-gamma", findings::copies::power_law(side(1, above), 1), -1, 0.01);
  check("-gamma'", findings::copies::power_law(side(-1, below), 1), -1, 0.01);

  std::vector<ScalingSample> isotherm;
  const double n = 262144;
  for (int i = 0; i < 16; ++i) {
    const double h = 5e-4 * std::pow(60.0, i / 15.0);
    const Estimated m = exact_row(n, 1, h, kSamples).order;
    isotherm.push_back({m.value, n * h * m.value, {h, 3 * h * m.error / m.value}});
  }
  check("delta", findings::copies::power_law(isotherm, 2), 3, 0.01);
}
