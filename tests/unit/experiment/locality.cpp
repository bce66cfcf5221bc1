#include <cmath>

#include "sim/experiment/locality/windows.hpp"
#include "sim/target/patch/machine.hpp"
#include "sim/target/points/empirical.hpp"
#include "tests/contract.hpp"

namespace symbreak::experiment::locality {

namespace {

MatrixXd numbers(Index rows, Index columns, std::uint64_t seed) {
  random::Stream stream({.seed = seed});
  MatrixXd values(rows, columns);
  stream.normals({values.data(), static_cast<std::size_t>(values.size())});
  return values;
}

}  // namespace

TEST_CASE("Contract of locality", "[unit][experiment]") {
  const auto check = [&](std::vector<std::string> settings) {
    settings.insert(settings.end(),
                    {"experiment.radius=2", "sampling.walkers=8", "sampling.blocks=3"});
    test::check_contract("locality", settings);
  };
  check(
      {"target.kind=ising_chain", "target.dimension=31", "target.coupling=0.5", "experiment.t=1"});
  check({"target.kind=ising_chain", "target.dimension=31", "target.coupling=0.5",
         "forward.channel=erase", "experiment.noise=0.5"});
  check({"target.kind=ising_lattice", "target.side=3", "target.temperature=2.5", "experiment.t=1",
         "experiment.site=2"});
  check({"target.kind=sherrington_kirkpatrick", "target.dimension=6", "target.temperature=1",
         "forward.channel=flip", "experiment.noise=0.2", "sampling.disorder_samples=2"});
}

TEST_CASE("Windows reach as far as bonds do", "[unit][experiment]") {
  const auto experiment =
      experiment::kind("locality")
          .make(test::parameters(
              "locality", {"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
                           "experiment.t=1", "experiment.radius=4"}));
  std::vector<double> sites;
  for (const auto& fact : experiment->facts()) {
    if (fact.name == "window_sites") sites = fact.values;
  }
  CHECK(sites == std::vector<double>{1, 5, 11, 15, 16});  // of a 4 x 4 torus
}

TEST_CASE("Contract of locality by chains", "[unit][experiment]") {
  const auto check = [&](std::vector<std::string> settings) {
    settings.insert(settings.end(),
                    {"experiment.radius=1", "experiment.chains=4", "experiment.sweeps=8",
                     "experiment.burn_in=4", "sampling.walkers=4", "sampling.blocks=2"});
    test::check_contract("locality", settings);
  };
  check({"target.kind=ising_lattice", "target.side=8", "target.temperature=2.5", "experiment.t=1"});
  check({"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
         "forward.channel=erase", "experiment.noise=0.5"});
  check({"target.kind=sherrington_kirkpatrick", "target.dimension=40", "target.temperature=1",
         "forward.channel=flip", "experiment.noise=0.2", "sampling.disorder_samples=2"});
  check(
      {"target.kind=ising_chain", "target.dimension=31", "target.coupling=0.5", "experiment.t=1"});
}

TEST_CASE("Contract of locality of images and of masked input", "[unit][experiment]") {
  const auto check = [&](std::vector<std::string> settings) {
    settings.insert(settings.end(), {"experiment.radius=2", "experiment.t=1", "sampling.walkers=8",
                                     "sampling.blocks=3"});
    test::check_contract("locality", settings);
  };
  const std::vector<std::string> points{"target.kind=synthetic_dataset", "target.dimension=50",
                                        "target.n=300", "experiment.sides=5,5"};
  check(points);
  std::vector<std::string> anywhere = points;
  anywhere.push_back("experiment.equivariant=yes");
  check(anywhere);
  std::vector<std::string> several = points;
  several.insert(several.end(), {"sampling.disorder_samples=2", "experiment.site=1"});
  check(several);
  check({"target.kind=gaussian_mixture", "target.dimension=9", "experiment.sides=3,3"});
}

TEST_CASE("Windows of pixels are squares, cut off at the edges", "[unit][experiment]") {
  const PixelWindows middle({5, 7}, 2, 2 * 7 + 3, 2);
  CHECK(middle.centre() == std::vector<Index>{17, 35 + 17});
  CHECK(middle.sites(0) == 1);
  CHECK(middle.sites(1) == 9);
  CHECK(middle.sites(2) == 25);
  CHECK(middle.rings.back().size() == 2 * 10);
  CHECK(middle.within(1).size() == 2 * 9);
  CHECK(middle.places[0].size() == 35);
  CHECK(middle.places[2].size() == 1 * 3);
  const PixelWindows corner({5, 7}, 1, 0, 1);
  CHECK(corner.sites(1) == 4);
  CHECK(corner.places[1].size() == 4 * 6);  // of 2 x 2 pixels
  const PixelWindows line({9}, 1, 4, 3);
  CHECK(line.sites(3) == 7);
}

TEST_CASE("Windows of images are the local score machine of their patches", "[unit][experiment]") {
  constexpr Index h = 6, w = 5, channels = 2, states = 7;
  target::Images images;
  images.channels = channels, images.height = h, images.width = w;
  images.values = numbers(channels * h * w, 300, 1);  // more than two tiles
  const auto points = target::empirical(images.values, "images");
  for (Index j = 0; j < points->count(); ++j) images.values.col(j) = points->point(j);
  const double s = 3;
  const MatrixXd x = images.values.leftCols(states) + std::sqrt(s) * numbers(60, states, 2);
  for (const Index site : {Index{0}, Index{12}, Index{29}}) {
    const PixelWindows windows({h, w}, channels, site, 2);
    const WindowPosteriors seen = window_posteriors(*points, windows, x, 1 / s);
    const std::vector<MatrixXd> anywhere = equivariant_means(*points, windows, x, 1 / s);
    const auto differs = [&](const std::string& machine, Index r, const MatrixXd& from) {
      const auto score = target::build_machine(
          {.machine = machine, .scales = {{2 * r + 1}, {}}, .single_precision = false}, images);
      const MatrixXd mean = score->mean(x, VectorXd::Constant(states, 1 / s));
      return (from - MatrixXd(mean(windows.centre(), Eigen::all))).cwiseAbs().maxCoeff();
    };
    for (Index r = 0; r <= 2; ++r) {
      const auto at = static_cast<std::size_t>(r);
      CHECK(differs("ls", r, seen.mean[at]) < 1e-12);
      // Machines pad at the edges; windows are cut off.
      if (site == 12 || r == 0) CHECK(differs("els_valid", r, anywhere[at]) < 1e-12);
    }
    const target::Averages whole = points->averages(x, VectorXd::Constant(states, 1 / s));
    CHECK((seen.mean.back() - MatrixXd(whole.mean(windows.centre(), Eigen::all)))
              .cwiseAbs()
              .maxCoeff() < 1e-5);
    CHECK((seen.entropy - whole.entropy).cwiseAbs().maxCoeff() < 1e-5);
  }
}

TEST_CASE("Windows of a few points against sums over them", "[unit][experiment]") {
  const MatrixXd y = numbers(9, 5, 3);
  const auto points = target::empirical(y, "points");
  const MatrixXd x = points->point(2) + numbers(9, 1, 4);
  const double beta = 0.7;
  const PixelWindows windows({3, 3}, 1, 0, 1);
  const WindowPosteriors seen = window_posteriors(*points, windows, x, beta);
  const auto weights = [&](const std::vector<Index>& within) {
    VectorXd w(5);
    for (Index j = 0; j < 5; ++j) {
      double square = 0;
      for (const Index i : within) square += std::pow(x(i, 0) - points->point(j)[i], 2);
      w[j] = std::exp(-beta * square / 2);
    }
    return VectorXd(w / w.sum());
  };
  const VectorXd near = weights({0, 1, 3, 4}), all = weights({0, 1, 2, 3, 4, 5, 6, 7, 8});
  double divergence = 0, mean = 0, square = 0, entropy = 0;
  for (Index j = 0; j < 5; ++j) {
    divergence += all[j] * std::log(all[j] / near[j]);
    entropy -= all[j] * std::log(all[j]);
    mean += all[j] * points->point(j)[0];
    square += all[j] * std::pow(points->point(j)[0], 2);
  }
  CHECK(seen.divergence(1, 0) == Approx(divergence).epsilon(1e-12));
  CHECK(seen.entropy[0] == Approx(entropy).epsilon(1e-12));
  CHECK(seen.mean.back()(0, 0) == Approx(mean).epsilon(1e-12));
  CHECK(seen.variance(0, 0) == Approx(square - mean * mean).epsilon(1e-11));
}

TEST_CASE("Pixels that know nothing of each other are denoised one by one", "[unit][experiment]") {
  constexpr Index d = 9;
  MatrixXd y(d, 1 << d);  // all states: a product law
  for (Index j = 0; j < y.cols(); ++j) {
    for (Index i = 0; i < d; ++i) y(i, j) = (j >> i & 1) != 0 ? 1 : -1;
  }
  const auto points = target::empirical(y, "all states");
  const double s = 2;
  const MatrixXd x = y.leftCols(6) + std::sqrt(s) * numbers(d, 6, 5);
  const PixelWindows windows({3, 3}, 1, 4, 1);
  const WindowPosteriors seen = window_posteriors(*points, windows, x, 1 / s);
  for (Index k = 0; k < x.cols(); ++k) {
    double outside = 0;  // of all spins but the centre: log 2 - H(y_i|x_i)
    for (Index i = 0; i < d; ++i) {
      const double p = 1 / (1 + std::exp(-2 * x(i, k) / s));
      if (i != 4) outside += std::log(2.0) + p * std::log(p) + (1 - p) * std::log(1 - p);
    }
    CHECK(seen.mean[0](0, k) == Approx(std::tanh(x(4, k) / s)).epsilon(1e-13));
    CHECK(seen.mean[2](0, k) == Approx(seen.mean[0](0, k)).epsilon(1e-13));
    CHECK(seen.divergence(0, k) == Approx(outside).epsilon(1e-12));
    CHECK(std::abs(seen.divergence(1, k)) < 1e-13);  // the window is the whole
  }
}

TEST_CASE("locality refuses sites that are not there, and targets without a grid",
          "[unit][experiment]") {
  const std::vector<std::string> chain{"target.kind=ising_chain", "target.dimension=31",
                                       "target.coupling=0.5"};
  const auto refuses = [](std::vector<std::string> settings, const std::vector<std::string>& more,
                          const std::string& key, const std::string& words) {
    settings.insert(settings.end(), more.begin(), more.end());
    test::check_refusal("locality", settings, key, words);
  };
  refuses(chain, {"experiment.t=1", "experiment.site=32"}, "experiment.site", "31 sites");
  refuses(chain, {}, "experiment.t", "needs a time");
  refuses(chain, {"forward.channel=flip", "experiment.noise=0.7"}, "experiment.noise",
          "between 0 and 0.5");
  const std::vector<std::string> points{"target.preset=two_deltas", "experiment.t=1"};
  refuses(points, {}, "experiment.sides", "spins with couplings");
  refuses(points, {"experiment.sides=2,2"}, "experiment.sides", "4 sites do not divide");
  refuses(points, {"experiment.sides=1", "experiment.site=2"}, "experiment.site", "1 sites");
  refuses(chain, {"experiment.t=1", "experiment.equivariant=yes"}, "experiment.equivariant",
          "images");
  refuses(points, {"experiment.sides=1", "experiment.chains=4"}, "experiment.chains",
          "nothing is sampled");
  refuses(points, {"experiment.sides=1", "forward.channel=erase", "experiment.noise=0.3"},
          "forward.channel", "gaussian");
  refuses({"target.kind=gaussian_mixture", "target.dimension=9", "experiment.t=1",
           "experiment.sides=3,3", "sampling.disorder_samples=2"},
          {}, "sampling.disorder_samples", "replicas");
}

}  // namespace symbreak::experiment::locality
