// Discrete channels against printed tables (closed forms, enumeration and magnetization sums of an
// independent program, twelve digits), and against the definition of a conditional entropy.
#include <catch2/catch.hpp>
#include <cmath>

#include "sim/diffusion/channel/exact_curve.hpp"
#include "tests/exact/target_build.hpp"

namespace symbreak::diffusion {

namespace {

constexpr double kTable = 1e-9;

std::unique_ptr<theory::ChannelCurve> curve_of(const std::string& kind,
                                               const test::Settings& settings,
                                               const SpinChannel& channel) {
  return exact_curve(*test::make_target(kind, settings), channel);
}

std::unique_ptr<theory::ChannelCurve> torus(const std::string& T, const SpinChannel& channel) {
  return curve_of("ising_lattice", {{"side", "4"}, {"temperature", T}}, channel);
}

constexpr const char* kCriticalT = "2.269185314213022";

/// The integral of the rate over the signal, u = 1 - (1-v)^3, 400 midpoints.
double produced(const theory::ChannelCurve& curve) {
  constexpr int kPoints = 400;
  double sum = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double rest = 1 - (i + 0.5) / kPoints;
    sum += 3 * rest * rest * curve.rate(1 - rest * rest * rest) / kPoints;
  }
  return sum;
}

}  // namespace

TEST_CASE("Erased chains: entropy and its production are the printed ones", "[exact]") {
  struct Row {
    double e, entropy[2], rate[2];
  };
  const Row table[] = {
      {.25, {8.243844407891, 3.869553534716}, {34.205651092237, 16.975989606961}},
      {.50, {17.137462766057, 8.616466887458}, {37.020640561349, 21.352720411052}},
      {.75, {26.797625701570, 14.805826055727}, {40.358354510296, 28.929454704989}}};
  const auto masks = erasures();
  const char* couplings[] = {"0.5", "1"};
  for (int k = 0; k < 2; ++k) {
    const auto curve =
        curve_of("ising_chain", {{"dimension", "64"}, {"coupling", couplings[k]}}, *masks);
    CHECK(curve->data_entropy() ==
          Approx(k == 0 ? 37.371943040518 : 23.709180051054).margin(kTable).epsilon(0));
    for (const Row& row : table) {
      CHECK(curve->entropy(1 - row.e) == Approx(row.entropy[k]).margin(kTable).epsilon(0));
      CHECK(curve->rate(1 - row.e) == Approx(row.rate[k]).margin(kTable).epsilon(0));
    }
  }
  const auto source = curve_of(
      "ising_chain",
      {{"dimension", "64"}, {"source", "transition"}, {"stay_up", "0.9"}, {"stay_down", "0.8"}},
      *masks);
  CHECK(source->data_entropy() == Approx(24.798449945038).margin(kTable).epsilon(0));
  CHECK(source->entropy(.75) == Approx(4.388372728158).margin(kTable).epsilon(0));
  CHECK(source->entropy(.5) == Approx(9.625545063849).margin(kTable).epsilon(0));
  CHECK(source->entropy(.25) == Approx(16.149498690175).margin(kTable).epsilon(0));
}

TEST_CASE("Rings and chains in fields are those of the enumeration", "[exact]") {
  // The polynomial of a chain against all 3^d marginals of the same law.
  const auto masks = erasures();
  for (const char* boundary : {"open", "periodic"}) {
    const auto target = test::make_target(
        "ising_chain",
        {{"dimension", "9"}, {"coupling", "0.8"}, {"field", "0.1"}, {"boundary", boundary}});
    std::vector<double> K(9, 0.8), h(9, 0.1);
    if (boundary == std::string("open")) K.back() = 0;
    const auto chain = theory::erased_chain(K, h);
    const auto states = theory::erased_states(*state_law(*target, 9));
    for (const double u : {0.0, 0.1, 0.5, 0.93}) {
      INFO(boundary << ", u = " << u);
      CHECK(chain->entropy(u) == Approx(states->entropy(u)).margin(1e-11));
      CHECK(chain->rate(u) == Approx(states->rate(u)).margin(1e-11));
    }
  }
}

TEST_CASE("The 4 x 4 torus through masks and flips is the printed one", "[exact]") {
  struct Row {
    const char* T;
    double entropy, erased[3][2], flipped[2][4];
  };
  const Row rows[] = {{"2",
                       3.062324808512,
                       {{.546914534635, 2.244205706891},
                        {1.125550152941, 2.398140481306},
                        {1.769226517912, 2.906030775869}},
                       {{.958861104361, 5.1880487603, .924772653419, .994970658242},
                        {2.329993899106, 2.2185445435, .710353546585, .896969972947}}},
                      {kCriticalT,
                       4.482719829684,
                       {{.873405469860, 3.596488735006},
                        {1.804675250565, 3.876680899629},
                        {2.842485552138, 4.591301187658}},
                       {{1.364589575022, 8.2706057415, .895080192288, .984784217637},
                        {3.629045826759, 3.1111979539, .596840420409, .857484435374}}}};
  const auto masks = erasures(), coins = flips();
  for (const Row& row : rows) {
    INFO("T = " << row.T);
    const auto erased = torus(row.T, *masks), flipped = torus(row.T, *coins);
    CHECK(erased->data_entropy() == Approx(row.entropy).margin(kTable).epsilon(0));
    for (int i = 0; i < 3; ++i) {
      const double u = 1 - (i + 1) * .25;
      CHECK(erased->entropy(u) == Approx(row.erased[i][0]).margin(kTable).epsilon(0));
      CHECK(erased->rate(u) == Approx(row.erased[i][1]).margin(kTable).epsilon(0));
    }
    for (int i = 0; i < 2; ++i) {
      const double u = 1 - 2 * (i == 0 ? .05 : .30);
      CHECK(flipped->entropy(u) == Approx(row.flipped[i][0]).margin(kTable).epsilon(0));
      CHECK(flipped->rate(u) == Approx(row.flipped[i][1]).margin(kTable).epsilon(0));
      CHECK(*flipped->overlap(u) == Approx(row.flipped[i][2]).margin(kTable).epsilon(0));
      CHECK(*flipped->clones(u, false) == Approx(row.flipped[i][3]).margin(kTable).epsilon(0));
    }
  }
}

TEST_CASE("Curie-Weiss through masks and flips is the printed one", "[exact]") {
  struct Row {
    const char* K;
    double entropy, flipped[3][2], erased[2][2], theta, kept;
  };
  const Row rows[] = {{"0.5",
                       69.168419060733,
                       {{42.167742128034, .726920934211},
                        {60.945565958343, .587944522959},
                        {67.155232202133, .524148850519}},
                       {{34.555827584113, .730777223413}, {62.239146309679, .557474315340}},
                       .786384,
                       .618279},
                      {"1",
                       65.062224453904,
                       {{39.745506586068, .893988826874},
                        {57.189759025396, .770059986738},
                        {63.083653859960, .618795234770}},
                       {{32.214640327962, .896328703211}, {58.304924417644, .716268954508}},
                       .408763,
                       .164873},
                      {"1.5",
                       27.451650524211,
                       {{18.565726277975, .999997605150},
                        {24.403151404922, .999477648588},
                        {26.304862379317, .933788542023}},
                       {{13.358615330134, .999997745014}, {24.077706017058, .997868787808}},
                       .117718,
                       .011790}};
  const auto masks = erasures(), coins = flips();
  for (const Row& row : rows) {
    INFO("K = " << row.K);
    const test::Settings settings{{"dimension", "100"}, {"coupling", row.K}};
    const auto erased = curve_of("curie_weiss", settings, *masks),
               flipped = curve_of("curie_weiss", settings, *coins);
    CHECK(erased->data_entropy() == Approx(row.entropy).margin(kTable).epsilon(0));
    for (int i = 0; i < 3; ++i) {
      const double u = 1 - 2 * (i == 0 ? .15 : i == 1 ? .3 : .4);
      CHECK(flipped->entropy(u) == Approx(row.flipped[i][0]).margin(kTable).epsilon(0));
      CHECK(*flipped->clones(u, true) == Approx(row.flipped[i][1]).margin(kTable).epsilon(0));
    }
    for (int i = 0; i < 2; ++i) {
      const double u = i == 0 ? .5 : .1;
      CHECK(erased->entropy(u) == Approx(row.erased[i][0]).margin(kTable).epsilon(0));
      CHECK(*erased->clones(u, true) == Approx(row.erased[i][1]).margin(kTable).epsilon(0));
    }
    CHECK(*theory::signal_of_clones(*flipped, .775200245397) ==
          Approx(row.theta).margin(6e-7).epsilon(0));
    CHECK(*theory::signal_of_clones(*erased, .775200245397) ==
          Approx(row.kept).margin(6e-7).epsilon(0));
  }
}

TEST_CASE("The rate is the slope of the entropy, and all of it is the entropy", "[exact]") {
  const auto masks = erasures(), coins = flips();
  for (const SpinChannel* channel : {masks.get(), coins.get()}) {
    for (const auto& curve :
         {curve_of("ising_lattice", {{"side", "3"}, {"temperature", "2.5"}}, *channel),
          curve_of("curie_weiss", {{"dimension", "41"}, {"coupling", "1.2"}}, *channel),
          curve_of("sherrington_kirkpatrick", {{"dimension", "8"}, {"temperature", "2"}},
                   *channel)}) {
      for (const double u : {.2, .6, .9}) {
        constexpr double kStep = 1e-5;
        const double slope = (curve->entropy(u - kStep) - curve->entropy(u + kStep)) / (2 * kStep);
        INFO(channel->describe() << ", u = " << u);
        CHECK(curve->rate(u) == Approx(slope).epsilon(1e-7));
      }
      CHECK(produced(*curve) == Approx(curve->data_entropy()).epsilon(2e-5));
      CHECK(curve->entropy(1) == Approx(0).margin(1e-12));
      // Without signal clones agree by chance: two classes of one half, M = 0 shared.
      CHECK(*curve->clones(0, true) == Approx(.5).margin(1e-12));
      CHECK(*curve->clones(1, false) == Approx(1).margin(1e-12));
    }
  }
  // A mask says more than a coin in its place.
  for (const double p : {.1, .3}) {
    CHECK(torus("2", *coins)->entropy(1 - 2 * p) > torus("2", *masks)->entropy(1 - 2 * p));
  }
}

TEST_CASE("One bit in d copies: one kept spin decides", "[exact]") {
  // All spins alike: P(M = +-d) = 1/2. Erasure: clones 1 - e^d/2. Flips: printed at d theta^2 = 1.
  const struct {
    int d;
    double flipped;
  } rows[] = {{16, .781485276930}, {64, .776738010833}, {256, .775582653366}};
  for (const auto& row : rows) {
    Eigen::VectorXd law = Eigen::VectorXd::Zero(row.d + 1);
    law[0] = law[row.d] = 0.5;
    for (const double e : {.5, .99}) {
      CHECK(*theory::erased_exchangeable(law)->clones(1 - e, true) ==
            Approx(1 - std::pow(e, row.d) / 2).margin(1e-12));
    }
    CHECK(*theory::flipped_exchangeable(law)->clones(1 / std::sqrt(double(row.d)), true) ==
          Approx(row.flipped).margin(1e-11).epsilon(0));
  }
}

TEST_CASE("Coordinates other than +-1 are refused", "[exact]") {
  CHECK_NOTHROW(
      require_spins(*test::make_target("curie_weiss", {{"dimension", "4"}, {"coupling", "1"}})));
  CHECK_NOTHROW(require_spins(*test::make_target(
      "synthetic_dataset", {{"law", "binary"}, {"dimension", "4"}, {"n", "3"}})));
  for (const auto& [kind, settings] :
       {std::pair<std::string, test::Settings>{"gaussian_mixture", {{"dimension", "2"}}},
        {"synthetic_dataset", {{"law", "binary"}, {"dimension", "4"}, {"n", "3"}, {"std", "2"}}},
        {"deltas", {{"preset", "three_deltas"}}}}) {
    INFO(kind);
    CHECK_THROWS_AS(require_spins(*test::make_target(kind, settings)), deck::KeyError);
  }
}

}  // namespace symbreak::diffusion
