// What leaps cost and how soon data are remembered, against printed tables.
#include "analysis/theory/channels/unmasking.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/channels/memorization.hpp"
#include "sim/diffusion/channel/exact_curve.hpp"
#include "tests/exact/target_build.hpp"

namespace symbreak::diffusion {

namespace {

constexpr double kDigit = 6e-7;  // of the six printed ones

}  // namespace

TEST_CASE("The excess of leaps on every grid is the printed one", "[exact]") {
  // Five grids of 8 steps, then of 4: even, cosine, entropic, sqrt_rate, optimum.
  struct Row {
    const char* kind;
    test::Settings settings;
    double excess[2][5];
  };
  const char* kCritical = "2.269185314213022";
  const Row rows[] = {{"ising_chain",
                       {{"dimension", "64"}, {"coupling", "1"}},
                       {{1.994140, 1.965495, 1.775488, 1.775345, 1.775331},
                        {4.195716, 4.092008, 3.732004, 3.731791, 3.731670}}},
                      {"ising_chain",
                       {{"dimension", "64"}, {"coupling", "0.5"}},
                       {{.795974, .929116, .788238, .788233, .788232},
                        {1.614573, 1.872508, 1.599328, 1.599321, 1.599320}}},
                      {"curie_weiss",
                       {{"dimension", "100"}, {"coupling", "1"}},
                       {{.380004, .239422, .369839, .214099, .214092},
                        {.852461, .520016, .835064, .478206, .478148}}},
                      {"curie_weiss",
                       {{"dimension", "100"}, {"coupling", "1.5"}},
                       {{4.631525, .908145, 3.674359, .360869, .318604},
                        {9.942779, 2.689631, 9.091802, 1.009478, .784824}}},
                      {"ising_lattice",
                       {{"side", "4"}, {"temperature", "2"}},
                       {{.691738, .372970, .365944, .287255, .286178},
                        {1.597358, .825971, .853247, .653850, .647120}}},
                      {"ising_lattice",
                       {{"side", "4"}, {"temperature", kCritical}},
                       {{.574542, .354544, .377411, .303405, .302994},
                        {1.305987, .773479, .861326, .676226, .672186}}}};
  const auto masks = erasures();
  for (const Row& row : rows) {
    const auto curve = exact_curve(*test::make_target(row.kind, row.settings), *masks);
    for (int i = 0; i < 2; ++i) {
      const int n = i == 0 ? 8 : 4;
      const std::vector<double> grids[] = {
          theory::even_nodes(n), theory::cosine_nodes(n), theory::entropic_nodes(*curve, n),
          theory::sqrt_rate_nodes(*curve, n), theory::optimal_nodes(*curve, n)};
      for (int g = 0; g < 5; ++g) {
        INFO(row.kind << ", " << n << " steps, grid " << g);
        CHECK(theory::leaping_excess(*curve, grids[g]) ==
              Approx(row.excess[i][g]).margin(kDigit).epsilon(0));
      }
    }
    // One step: the total correlation. Many: half the square of the integral of sqrt(h').
    CHECK(theory::leaping_excess(*curve, {1, 0}) ==
          Approx(curve->rate(0) - curve->data_entropy()).epsilon(1e-12));
    CHECK(theory::leaping_excess(*curve, theory::sqrt_rate_nodes(*curve, 4096)) ==
          Approx(theory::many_leaps_excess(*curve, 4096)).epsilon(1e-3));
  }
}

TEST_CASE("The best grid is a minimum, and every grid is exact for independent spins", "[exact]") {
  const auto masks = erasures();
  const auto curve = exact_curve(
      *test::make_target("curie_weiss", {{"dimension", "30"}, {"coupling", "1.3"}}), *masks);
  const std::vector<double> best = theory::optimal_nodes(*curve, 5);
  const double least = theory::leaping_excess(*curve, best);
  for (std::size_t k = 1; k + 1 < best.size(); ++k) {
    for (const double moved : {-1e-3, 1e-3}) {
      std::vector<double> other = best;
      other[k] += moved;
      CHECK(theory::leaping_excess(*curve, other) > least);
    }
  }
  const auto free = exact_curve(
      *test::make_target("curie_weiss", {{"dimension", "30"}, {"coupling", "0"}}), *masks);
  CHECK(theory::leaping_excess(*free, theory::sqrt_rate_nodes(*free, 3)) ==
        Approx(0).margin(1e-11));
  CHECK(theory::leaping_excess(*free, theory::optimal_nodes(*free, 3)) == Approx(0).margin(1e-11));
}

TEST_CASE("Memorization: thresholds and E[w_1] are the printed ones", "[exact]") {
  using theory::SpinNoise;
  const double alphas[] = {.125, .25, .5, .75};
  const double critical[] = {.294926193600, .214501744860, .110027864438, .041692690274};
  for (int i = 0; i < 4; ++i) {
    CHECK(theory::memorization_noise(SpinNoise::erase, alphas[i]) == 1 - alphas[i]);
    CHECK(theory::memorization_noise(SpinNoise::flip, alphas[i]) ==
          Approx(critical[i]).margin(1e-12).epsilon(0));
  }
  const struct {
    int d;
    double erased, erased_law, flipped, flipped_law;
  } rows[] = {{40, .565076854094, .576714, .5808610413, .596686},
              {80, .549474449311, .554245, .5613476470, .568368},
              {160, .536527194751, .538357, .5453178073, .548343},
              {400, .523771668961, .524259, .5295861910, .530575}};
  for (const auto& row : rows) {
    const double L = row.d * .25 * std::log(2.0), p = critical[1];
    CHECK(theory::true_weight(SpinNoise::erase, .75, row.d, L) ==
          Approx(row.erased).margin(1e-9).epsilon(0));
    CHECK(theory::true_weight(SpinNoise::flip, p, row.d, L) ==
          Approx(row.flipped).margin(1e-9).epsilon(0));
    CHECK(theory::true_weight_law(SpinNoise::erase, .75, row.d, L) ==
          Approx(row.erased_law).margin(1e-6).epsilon(0));
    CHECK(theory::true_weight_law(SpinNoise::flip, p, row.d, L) ==
          Approx(row.flipped_law).margin(1e-6).epsilon(0));
  }
  const double L = std::log(1024.0), p = critical[1];
  CHECK(theory::true_weight(SpinNoise::erase, .65, 40, L) == Approx(.889848010798).margin(1e-9));
  CHECK(theory::true_weight(SpinNoise::erase, .85, 40, L) == Approx(.142458164737).margin(1e-9));
  CHECK(theory::true_weight(SpinNoise::flip, .8 * p, 40, L) == Approx(.8226150185).margin(1e-9));
  CHECK(theory::true_weight(SpinNoise::flip, 1.25 * p, 40, L) == Approx(.2542531300).margin(1e-9));
  // A single datum is known, and without signal each of N has the weight 1/N.
  CHECK(theory::true_weight(SpinNoise::flip, .2, 10, 0) == Approx(1));
  CHECK(theory::true_weight(SpinNoise::flip, .499999, 10, L) == Approx(1.0 / 1024).epsilon(1e-4));
}

}  // namespace symbreak::diffusion
