// Keys that the chosen value of another key does not use: Key::used_with, declared by every kind.
#include "sim/deck/used_with.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "sim/deck/key_forms.hpp"
#include "sim/experiment/registry.hpp"

using namespace symbreak;
using namespace symbreak::deck;
using Catch::Matchers::Contains;
using Lines = std::vector<std::string>;

namespace {

/// Everything that is wrong with a deck but for its physics.
Lines faults_of(const std::string& text, const Lines& overrides = {}, bool unused_keys = false) {
  Catalogue catalogue = experiment::decks();
  catalogue.validate = {};
  catalogue.unused_keys = unused_keys;
  try {
    parse(text, "d.ini", overrides, catalogue);
  } catch (const Errors& errors) {
    return errors.messages;
  }
  return {};
}

/// The same of a deck with these lines in its sections, from line 3.
Lines faults_of(const std::string& target, const std::string& forward,
                const std::string& experiment, const std::string& sampling = "") {
  return faults_of("[run]\nseed = 1\n[target]\nkind = " + target + "[forward]\n" + forward +
                   "[experiment]\nkind = " + experiment + "[sampling]\n" + sampling);
}

const std::string kSolve = "equation_of_state\nt = 1\n";

}  // namespace

TEST_CASE("A key that another's value does not use is an error at its place", "[deck]") {
  const auto of_deltas = [](const std::string& lines) {
    return faults_of("deltas\n" + lines, "", kSolve);
  };
  CHECK(of_deltas("points = 1, 2, -3\n") ==
        Lines{"d.ini:5:1: key 'points' is used with preset = custom; this deck has two_deltas "
              "(default)"});
  CHECK(of_deltas("preset = two_deltas\n  weights = 1, 5\n") ==
        Lines{"d.ini:6:3: key 'weights' is used with preset = custom; this deck has two_deltas"});
  CHECK(of_deltas("w0 = 0.5\n") ==
        Lines{"d.ini:5:1: key 'w0' is used with preset = three_deltas; this deck has two_deltas "
              "(default)"});
  CHECK(of_deltas("preset = four_deltas\np = 0.5\n") ==
        Lines{"d.ini:6:1: key 'p' is used with preset = two_deltas or two_levels; this deck has "
              "four_deltas"});
  CHECK(of_deltas("preset = custom\nfile = " SYMBREAK_SOURCE_DIR
                  "/inputs/README.md\ndimension = 2\n") ==
        Lines{"d.ini:7:1: key 'dimension' is used without file; this deck has file "
              "= " SYMBREAK_SOURCE_DIR "/inputs/README.md"});
  CHECK(
      of_deltas("preset = custom\npoints = 1, 2, -3\ndimension = 1\nweights = 1, 1, 2\n").empty());
}

TEST_CASE("Clocks, samplers, targets and experiments say which keys they use", "[deck]") {
  const auto first = [](const Lines& lines) { return lines.empty() ? "" : lines.front(); };
  const auto of_clock = [&](const std::string& lines) {
    return first(faults_of("deltas\n", lines, kSolve));
  };
  CHECK_THAT(of_clock("clock = ornstein_uhlenbeck\nsigma = 2\n"),
             Contains("'sigma' is used with clock = brownian; this deck has ornstein_uhlenbeck"));
  CHECK_THAT(of_clock("clock = ddpm\nsigma = 2\n"), Contains("'sigma' is used"));
  CHECK_THAT(of_clock("beta_min = 0.2\n"), Contains("'beta_min' is used with clock = ddpm"));
  CHECK_THAT(of_clock("clock = ornstein_uhlenbeck\nbeta_max = 9\n"), Contains("'beta_max' is"));

  const auto of_sampler = [&](const std::string& lines) {
    return first(faults_of("deltas\n", "clock = ddpm\n", "fast_samplers\n" + lines));
  };
  CHECK_THAT(of_sampler("sampler = bridge\neta = 0.5\n"),
             Contains("'eta' is used with sampler = ddim; this deck has bridge"));
  CHECK_THAT(of_sampler("sampler = ode\nchurn_noise = 1.1\n"),
             Contains("'churn_noise' is used with sampler = heun; this deck has ode"));
  CHECK_THAT(of_sampler("sampler = heun\nchurn_noise = 1.1\n"),
             Contains("'churn_noise' is used with churn other than 0; this deck has 0 (default)"));
  CHECK_THAT(of_sampler("schedule = log\nrho = 5\n"),
             Contains("'rho' is used with schedule = edm"));
  CHECK_THAT(of_sampler("schedule = edm\nrate_samples = 64\n"),
             Contains("'rate_samples' is used with schedule = entropic or rescaled_entropic; this "
                      "deck has edm"));
  CHECK_THAT(of_sampler("schedule = entropic\nrate = gaussian\nrate_samples = 64\n"),
             Contains("'rate_samples' is used with rate = target; this deck has gaussian"));
  CHECK_THAT(of_sampler("schedule = linear_beta\nt_start = 1\n"),
             Contains("'t_start' is used with schedule other than linear_beta"));
  CHECK_THAT(of_sampler("start = planted\nstart_samples = 100\n"), Contains("'start_samples' is"));
  CHECK_THAT(of_sampler("score = exact\nsweeps = 4\n"),
             Contains("'sweeps' is used with score = auto or chains; this deck has exact"));
  CHECK(of_sampler("sampler = heun\nchurn = 3\nchurn_noise = 1.1\nschedule = edm\nrho = 5\n"
                   "start = gaussian_estimated\nstart_samples = 100\nsweeps = 4\n") == "");

  const auto of_target = [&](const std::string& lines) {
    return first(faults_of(lines, "", "generation\n"));
  };
  CHECK_THAT(of_target("gaussian_mixture\nfile = " SYMBREAK_SOURCE_DIR "/inputs/README.md\n"),
             Contains("'file' is used with means = file; this deck has symmetric"));
  CHECK_THAT(of_target("gaussian_mixture\nstd = 1\nclass_std = 1, 2\n"),
             Contains("'std' is used without class_std; this deck has class_std = 1, 2"));
  CHECK_THAT(of_target("ising_chain\ndimension = 8\ncoupling = 1\nstay_up = 0.9\n"),
             Contains("'stay_up' is used with source = transition; this deck has coupling"));
  CHECK_THAT(of_target("diluted\ngraph = regular\nsites = 8\ndegree = 3\nside = 4\n"
                       "temperature = 1\n"),
             Contains("'side' is used with graph = lattice; this deck has regular"));
  CHECK_THAT(of_target("image_patches\nfile = " SYMBREAK_SOURCE_DIR
                       "/inputs/README.md\nmachine = is\npatch = 3\n"),
             Contains("'patch' is used with machine = ls or els_valid or els_wrapped or bbels"));
  CHECK_THAT(of_target("synthetic_dataset\nn = 9\ndimension = 4\nsubspace = coordinate\n"),
             Contains("'subspace' is used with intrinsic_dimension other than 0"));
  CHECK_THAT(of_target("random_energy\nM = 8\ndimension = 3\n"),
             Contains("'dimension' is used with law = sphere or binary"));

  const auto of_experiment = [&](const std::string& lines, const std::string& sampling = "") {
    return first(faults_of("deltas\n", "", lines, sampling));
  };
  CHECK_THAT(of_experiment("condensation\nt = 1\nsteps = 10\n"),
             Contains("'steps' is used with state = trajectory or with clones = reverse; this deck "
                      "has state = planted (default) and clones = none (default)"));
  CHECK_THAT(of_experiment("condensation\nt = 1\nstate = unplanted\nclones = reverse\nnorm = 1\n"),
             Contains("'clones' is used with state = planted; this deck has unplanted"));
  CHECK_THAT(of_experiment("copies\nt = 1\nn = 4\nlaw = exact\n"),
             Contains("'law' is used with coupling = order_plane; this deck has all"));
  CHECK_THAT(of_experiment("copies\nt = 1\nn = 4\nisotherm_n = 9\n"),
             Contains("'isotherm_n' is used with isotherm; this deck has none"));
  CHECK_THAT(of_experiment("mode_softening\nstates = noiseless\nt = 1\n", "burn_in = 10\n"),
             Contains("'burn_in' is used with experiment.states = equilibrium; this deck has "
                      "noiseless"));
  CHECK_THAT(of_experiment("commitment\nt = 1\nposterior = exact\nrounds = 3\n"),
             Contains("'rounds' is used with posterior = auto or chains"));
}

TEST_CASE("Unused keys are told all at once, and with every other fault", "[deck]") {
  const std::string text =
      "[run]\nseed = 1\n[target]\nkind = deltas\nw0 = 0.5\nratio = 0.1\n[forward]\n"
      "clock = ornstein_uhlenbeck\nsigma = 2\n[experiment]\nkind = fast_samplers\n"
      "eta = 0.5\nstps = 3\n";
  const Lines found = faults_of(text, {"experiment.rho=3"});
  REQUIRE(found.size() == 6);
  CHECK_THAT(found[0], Contains("d.ini:5:1: key 'w0'"));
  CHECK_THAT(found[1], Contains("d.ini:6:1: key 'ratio'"));
  CHECK_THAT(found[2], Contains("d.ini:9:1: key 'sigma'"));
  CHECK_THAT(found[3], Contains("d.ini:12:1: key 'eta'"));
  CHECK_THAT(found[4], Contains("d.ini:13:1: unknown key 'stps'"));
  CHECK_THAT(found[5], Contains("--set experiment.rho: key 'rho' is used with schedule = edm"));
  CHECK(faults_of(text, {}, true).size() == 1);  // a run that was begun with them goes on
}

TEST_CASE("A key that one point of a sweep uses is used", "[deck]") {
  const auto of = [](const std::string& lines) {
    return faults_of("deltas\n" + lines, "", kSolve);
  };
  CHECK(of("preset = two_deltas, three_deltas\nw0 = 0.1, 0.2\n").empty());
  CHECK(of("preset = two_deltas, two_levels\nw0 = 0.1\n") ==
        Lines{"d.ini:6:1: key 'w0' is used with preset = three_deltas; this deck has two_deltas, "
              "two_levels"});
  CHECK(faults_of("uniform_patches\nside = 8\npatch = 3\n", "",
                  "pattern_formation\ncorrector = 0, 1\nlangevin_step = 0.1\n")
            .empty());
  CHECK(faults_of("uniform_patches\nside = 8\npatch = 3\n", "",
                  "pattern_formation\ncorrector = 0\nlangevin_step = 0.1\n")
            .size() == 1);
}

TEST_CASE("Every condition names a key of its deck and values that it may have", "[deck]") {
  const Catalogue catalogue = experiment::decks();
  int conditioned = 0;
  const auto judge = [&](const std::vector<Key>& keys, const std::string& kind) {
    std::vector<Key> all = catalogue.common;
    all.insert(all.end(), keys.begin(), keys.end());
    for (const Key& key : keys) {
      for (const auto& alternatives : conditions(key)) {
        for (const Condition& condition : alternatives) {
          INFO(kind << ": " << key.path() << " " << usage(key));
          ++conditioned;
          const auto other = std::ranges::find(all, condition.path, &Key::path);
          REQUIRE(other != all.end());
          CHECK(other->path() != key.path());
          for (const std::string& value : condition.values) {
            if (other->kind == Kind::integer) {
              CHECK((std::stod(value) >= other->minimum && std::stod(value) <= other->maximum));
            } else if (condition.path == "target.kind") {
              CHECK(std::ranges::count(catalogue.targets, value, &Catalogue::Entry::name) == 1);
            } else {
              CHECK((other->choices.empty() ? value == "0"
                                            : std::ranges::count(other->choices, value) == 1));
            }
          }
          CHECK((condition.values.size() < other->choices.size() || other->choices.empty()));
        }
      }
    }
  };
  judge(catalogue.common, "common");
  for (const auto& entry : catalogue.targets) judge(entry.keys, entry.name);
  for (const auto& entry : catalogue.experiments) judge(entry.keys, entry.name);
  CHECK(conditioned > 100);
}

TEST_CASE("explain and the tables say when a key is used", "[deck]") {
  const Catalogue catalogue = experiment::decks();
  CHECK_THAT(explain("forward.sigma", catalogue, 200), Contains("(used with clock = brownian)"));
  CHECK_THAT(explain("deltas", catalogue, 200),
             Contains("(used with preset = custom and without file)"));
  CHECK(markdown({used_with(
            "!b", used_with("a=1|2 or s.c!=0", count_key("x", "n", "1", "a number", 0, 9)))}) ==
        "| key | value | default | meaning |\n|---|---|---|---|\n"
        "| `x.n` | an integer from 0 to 9 | 1 | a number (used without b and with a = 1 or 2 or "
        "with s.c other than 0) |\n");
}
