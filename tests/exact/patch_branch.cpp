// The noise-free branch of patch scores: tables of the uniform-patch ferromagnet and of Ising
// windows, mode thresholds, theory functions. References: physics notes (independent program).
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "analysis/theory/patch_field.hpp"
#include "sim/target/patch/machine.hpp"
#include "sim/target/target.hpp"
#include "tests/parameters.hpp"

using namespace symbreak;
using Eigen::Index;

namespace {

std::map<std::string, Eigen::VectorXd> solve(const std::vector<std::string>& settings) {
  const auto parameters = test::parameters("mode_softening", settings);
  const auto experiment = experiment::kind("mode_softening").make(parameters);
  measure::Recorder recorder(experiment->observables());
  experiment->start({.seed = 1})->advance(recorder);
  std::map<std::string, Eigen::VectorXd> values;
  const auto infos = experiment->observables();
  const auto series = recorder.finish();
  for (std::size_t i = 0; i < infos.size(); ++i) values[infos[i].name.string()] = series[i].mean;
  return values;
}

std::string failure(const std::vector<std::string>& settings) {
  try {
    const auto parameters = test::parameters("mode_softening", settings);
    experiment::kind(parameters.word("experiment.kind")).make(parameters);
  } catch (const deck::KeyError& error) {
    return error.key + ": " + error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Uniform patches without noise: m, chi and xi of the tables") {
  struct Row {
    double u, m, chi, xi;
  };
  for (const Row& row :
       {Row{0.5, .9575040241, .19957596, .44673925}, Row{0.9, .5254295127, 4.11142414, 2.02766470},
        Row{1.1, 0, 10, 3.16227766}}) {
    for (const int P : {3, 5}) {
      const auto found = solve({"target.kind=uniform_patches", "target.side=16",
                                fmt::format("target.patch={}", P), "experiment.states=noiseless",
                                fmt::format("experiment.t={:.17g}", row.u * P * P)});
      const double length = theory::patch_length(P);
      CHECK(found.at("magnetization")[0] == Approx(row.m).margin(1e-9));
      CHECK(found.at("susceptibility")[0] == Approx(row.chi).margin(6e-9));
      CHECK(found.at("correlation_length")[0] / length == Approx(row.xi).epsilon(1e-8));
      CHECK(found.at("correlation_length")[0] ==
            Approx(theory::uniform_patch_correlation_length(P, row.u)).epsilon(1e-11));
      const double s = row.u * P * P;
      CHECK(found.at("mass")[0] == Approx((s - P * P) / (s * s)).epsilon(1e-12));
      CHECK(found.at("gradient")[0] == Approx(P * P * length * length / (s * s)).epsilon(1e-12));
    }
  }
}

TEST_CASE("Mode thresholds of uniform patches") {
  CHECK(theory::uniform_patch_threshold(3, 16, 1) == Approx(8.543277195).epsilon(1e-10));
  CHECK(theory::uniform_patch_threshold(5, 16, 1) == Approx(21.309863137).epsilon(1e-10));
  const auto found =
      solve({"target.kind=uniform_patches", "target.side=16", "target.patch=3",
             "experiment.states=noiseless",
             fmt::format("experiment.t={:.17g}", theory::uniform_patch_threshold(3, 16, 1))});
  CHECK(found.at("mode_margin")[1] == Approx(0).margin(1e-13));
  CHECK(found.at("mode_margin")[0] < 0);
}

TEST_CASE("Zero padding shifts the softening of uniform patches to (1 + 2 cos(pi/(L+1)))^2") {
  // Two uniform images, local windows, zero padding: the Jacobian at 0 is the open box sum.
  const Index L = 6;
  target::Images images{1, L, L, Eigen::MatrixXd(L * L, 2), {}, "two uniform images"};
  images.values.col(0).setOnes();
  images.values.col(1).setConstant(-1);
  const auto machine = target::build_machine({"ls", {{3}, {}}, 0, false}, images);
  Eigen::VectorXd mode(L * L);
  for (Index i = 0; i < L * L; ++i) {
    const double step = M_PI / static_cast<double>(L + 1);
    mode[i] = std::sin(step * static_cast<double>(i / L + 1)) *
              std::sin(step * static_cast<double>(i % L + 1));
  }
  const Eigen::VectorXd one = Eigen::VectorXd::Ones(1);
  const double s_c = std::pow(1 + 2 * std::cos(M_PI / static_cast<double>(L + 1)), 2);
  const Eigen::VectorXd image = machine->jacobian_product(Eigen::VectorXd::Zero(L * L), one, mode);
  CHECK((image - s_c * mode).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("Windows of the 4 x 4 Ising torus: s_c and magnetization of the tables") {
  struct Row {
    double T, s_c, m_half, m_near;
  };
  for (const Row& row : {Row{2, 7.9410383965, .9276423311, .5048975932},
                         Row{3, 4.6438898489, .8716898456, .4549353161}}) {
    CHECK(theory::ising_torus_window(4, 3, row.T) == Approx(row.s_c).epsilon(1e-10));
    const auto at = [&](double share) {
      return solve({"target.kind=ising_patches", fmt::format("target.temperature={}", row.T),
                    "target.patch=3", "target.side=4", "experiment.states=noiseless",
                    fmt::format("experiment.t={:.17g}", share * row.s_c)});
    };
    const auto critical = at(1);
    CHECK(critical.at("mode_margin")[0] == Approx(0).margin(1e-9));
    CHECK(at(0.5).at("magnetization")[0] == Approx(row.m_half).margin(1e-9));
    CHECK(at(0.9).at("magnetization")[0] == Approx(row.m_near).margin(1e-8));
  }
}

TEST_CASE("Correlations of the infinite Ising lattice give s_c of 3 x 3 windows") {
  const double critical = 2 / std::log(1 + std::sqrt(2.0));
  const auto s_c = [](double T) {
    return 1 + 4 * theory::ising_neighbour_correlation(T) +
           4 * theory::ising_diagonal_correlation(T);
  };
  CHECK(s_c(critical) == Approx(6.3749062142).epsilon(1e-9));
  CHECK(s_c(3) == Approx(3.7011941966).epsilon(1e-9));
  CHECK(s_c(critical * (1 - 1e-7)) == Approx(s_c(critical)).epsilon(1e-4));
  CHECK(s_c(0.5) == Approx(9).epsilon(1e-3));
}

TEST_CASE("What does not fit is refused with its key") {
  const auto uniform = [](const std::string& side, const std::string& patch) {
    return failure({"target.kind=uniform_patches", "target.side=" + side, "target.patch=" + patch});
  };
  CHECK(uniform("8", "4").find("target.patch: patch side 4") == 0);
  CHECK(uniform("3", "5").find("target.patch: patch side 5 is larger") == 0);
  const std::vector<std::string> ising = {"target.kind=ising_patches", "target.temperature=3"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), ising.begin(), ising.end());
    return failure(more);
  };
  CHECK(with({}).find("target.patch: this machine needs") == 0);
  CHECK(with({"target.patch=2"}).find("target.patch: patch side 2") == 0);
  CHECK(with({"target.patch=5"}).find("target.patch: patch side 5 is larger") == 0);
  CHECK(with({"target.scales=3, 1"}).find("target.scale_noise: a schedule of 2 patch sides") == 0);
  CHECK(with({"target.scales=3, 1", "target.scale_noise=1, 2"}).find("target.scale_noise") == 0);
  CHECK(with({"target.scales=3, 3, 1", "target.scale_noise=1, 2"})
            .find("target.scale_noise: noise") == 0);
  CHECK(with({"target.patch=3", "target.data_side=8"}).find("target.configurations") == 0);
  CHECK(with({"target.patch=3", "target.machine=ls", "target.side=9"}).find("target.side") == 0);
  CHECK(with({"target.machine=is"}).empty());  // no windows: fewer observables
  CHECK(with({"target.patch=3", "experiment.states=noiseless"}).find("experiment.t") == 0);
  // A score without a posterior, where one is needed.
  const auto parameters = test::parameters(
      "generation", {"target.kind=uniform_patches", "target.side=4", "target.patch=3"});
  CHECK_THROWS_WITH(experiment::kind("generation").make(parameters),
                    Catch::Matchers::Contains("needs clean data, which 'uniform_patches' has not"));
}
