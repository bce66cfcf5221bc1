// Spins y in the noisy state x = y + sqrt(s) z, or masked or turned over. A window holds the sites within r bonds of a
// centre; the best local denoiser is <y_0>_r = E[y_0 | x in the window], the exact posterior in the
// fields x/s of the window and none outside: |y_i| = 1, so that a site that is not seen is a site
// without a field, and the prior stays that of the whole system (which a lattice cut out of another
// would not have). Recorded for r = 0 (the site itself) .. radius:
//   excess_mmse          E(<y_0> - <y_0>_r)^2 = mmse_r - mmse
//   information_outside  I(y_0; x outside | x in the window) = H(y_0|window) - H(y_0|x), nats
// Both fall as Lambda^r: the Markov length is -1/ln Lambda. Of a chain without field all are known
// (analysis/theory/spins/locality.hpp). Posteriors that cannot be summed are sampled (sampled.cpp);
// every window is another field and needs chains of its own, so that a state has one centre.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/theory/spins/locality.hpp"
#include "sim/deck/optional_keys.hpp"
#include "sim/experiment/locality/kinds.hpp"
#include "sim/experiment/locality/pixels.hpp"
#include "sim/experiment/locality/simulation.hpp"
#include "sim/kernel/spins/heat_bath.hpp"
#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::experiment::locality {

namespace {

using namespace findings::locality;

constexpr Index kChains = 16, kSweeps = 128, kBurnIn = 128;

/// K of a chain or ring without fields, whose couplings are equal.
std::optional<double> chain_coupling(const kernel::SpinGraph& graph) {
  const auto free = [](double h) { return h == 0; };
  if (graph.coupling.empty() || !std::ranges::all_of(graph.field, free)) return std::nullopt;
  const auto d = static_cast<std::int32_t>(graph.sites());
  for (std::int32_t i = 0; i < d; ++i) {
    for (auto k = graph.first[static_cast<std::size_t>(i)];
         k < graph.first[static_cast<std::size_t>(i) + 1]; ++k) {
      const auto entry = static_cast<std::size_t>(k);
      const int apart = std::abs(graph.neighbour[entry] - i);
      if (d < 3 || (apart != 1 && apart != d - 1)) return std::nullopt;
      if (graph.coupling[entry] != graph.coupling.front()) return std::nullopt;
    }
  }
  return graph.coupling.front();
}

class SpinLocality final : public BatchExperiment<Setting> {
 public:
  explicit SpinLocality(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    s_.target = std::make_shared<const UnitTarget>(parameters);
    sample_ = s_.target->sample();
    const auto* spins = target::part<target::SpinSystem>(*sample_);
    graph_ = &spins->spin_graph();
    read_chains(parameters);
    const std::string& channel = parameters.word("forward.channel");
    if (channel == "gaussian") {
      s_.noise = gaussian_noise(parameters, forward_);
    } else {
      s_.channel = diffusion::make_channel(parameters);
      s_.noise = diffusion::levels_of(parameters, *s_.channel).front();
      masks_ = channel == "erase";
    }
    s_.radius = parameters.integer("experiment.radius");
    const Index d = sample_->dimension();
    s_.site = parameters.integer("experiment.site") - 1;
    refuse_if(s_.site >= d, "experiment.site", fmt::format("the target has {} sites", d));
    if (s_.site < 0) {
      s_.site = middle_of(sample_->lattice().empty() ? std::vector{d} : sample_->lattice());
    }
  }

  std::vector<measure::ObservableInfo> observables() const override {
    std::vector<measure::ObservableInfo> infos = {
        shaped(observable::excess_mmse, {s_.radius + 1}, "E(<y_0> - <y_0>_window)^2 by radius"),
        shaped(observable::information_outside, {s_.radius + 1},
               "E KL(P(y_0|x) | P(y_0|window)) by radius, nats"),
        {.name = observable::mmse, .text = "1 - E<y_0>^2, all of x seen"},
        {.name = observable::entropy, .text = "H(y_0|x), nats"}};
    if (s_.groups.used) {
      append(infos,
             {shaped(observable::overlap_identity, {s_.radius + 2},
                     "E[y_0 a] - E[a b] of two groups of chains by radius, the whole last: 0 where "
                     "they have forgotten the datum they began in")});
    }
    return measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<double> radii, sites;
    const std::vector<Index> distance = distances(*graph_, s_.site);
    for (Index r = 0; r <= s_.radius; ++r) {
      radii.push_back(static_cast<double>(r));
      sites.push_back(static_cast<double>(
          std::ranges::count_if(distance, [r](Index away) { return away >= 0 && away <= r; })));
    }
    return {{fact::noise, s_.noise, s_.channel ? "e or p of a spin" : "s = sigma^2 t"},
            {fact::radius, radii, "bonds from the centre"},
            {fact::window_sites, sites, "sites of the window (of one disorder sample)"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    const auto K = s_.target->disordered() ? std::nullopt : chain_coupling(*graph_);
    if (!K || (s_.channel && !masks_)) return of_site();
    if (!s_.channel && (1 / s_.noise > kLargestBeta || 1 / s_.noise < kSmallestBeta)) {
      return of_site();
    }
    // As infinitely long as tanh^2 K per bond forgets the ends.
    const Index ends = std::min(s_.site, sample_->dimension() - 1 - s_.site);
    if (std::pow(std::tanh(*K), 2.0 * static_cast<double>(ends)) > kForgotten) return of_site();
    const auto radius = static_cast<int>(s_.radius);
    const theory::ChainWindows exact = masks_ ? theory::masked_chain_windows(*K, s_.noise, radius)
                                              : theory::chain_windows(*K, 1 / s_.noise, radius);
    std::vector<double> excess, outside;
    for (std::size_t r = 0; r < exact.mmse.size(); ++r) {
      excess.push_back(exact.mmse[r] - exact.whole_mmse);
      outside.push_back(exact.entropy[r] - exact.whole_entropy);
    }
    const std::string source =
        masks_ ? "infinite chain, nearest seen spins" : "infinite chain, density evolution";
    return {{prediction::excess_mmse, excess, source},
            {prediction::information_outside, outside, source},
            {prediction::mmse, exact.whole_mmse, source},
            {prediction::entropy, exact.whole_entropy, source},
            {prediction::markov_length, -1 / std::log(exact.factor),
             masks_ ? "-1/ln(e tanh^2 K)" : "top eigenvalue of the messages' kernel"}};
  }

  double seconds_per_unit() const override {
    if (s_.groups.used) {
      return s_.walkers_per_unit() * static_cast<double>((s_.radius + 2) * sample_->dimension()) *
             2 * static_cast<double>(s_.groups.per_group) *
             static_cast<double>(s_.groups.burn_in + s_.groups.sweeps) * update_seconds();
    }
    return s_.walkers_per_unit() * static_cast<double>(s_.radius + 2) * mean_seconds(*sample_);
  }
  std::size_t memory_per_unit() const override {
    const Index fields = s_.groups.used ? 5 * (s_.radius + 2) : 0;
    return memory_with(*sample_, (6 + fields) * sample_->dimension() * s_.walkers);
  }

 private:
  void read_chains(const deck::Parameters& parameters) {
    if (sample_->exact() && !parameters.has("experiment.chains")) return;
    refuse_if(target::chains(*sample_, 1, {}, 1) == nullptr, "experiment.chains",
              "this target has no posterior sampler");
    s_.groups = {.used = true,
                 .per_group = deck::count_or(parameters, "experiment.chains", kChains),
                 .rounds = 1,
                 .sweeps = deck::count_or(parameters, "experiment.sweeps", kSweeps),
                 .burn_in = deck::count_or(parameters, "experiment.burn_in", kBurnIn)};
  }

  /// Of a spin of a chain, the clean states included (spin_posterior.hpp). Frustrated bonds have
  /// chains of 16 temperatures.
  double update_seconds() const {
    constexpr double kBytes = 0.3e-9, kSite = 40e-9 / 64, kBond = 3e-9 / 64;
    const bool ferromagnet = std::ranges::all_of(graph_->coupling, [](double K) { return K >= 0; });
    if (ferromagnet && kernel::has_uniform_bonds(*graph_)) return kBytes;
    const double bonds =
        static_cast<double>(graph_->neighbour.size()) / static_cast<double>(graph_->sites());
    return (ferromagnet ? 1 : 16) * std::max(kSite, kBond * bonds);
  }

  /// Where no more is known: of spins that are as often up as down, the window of the site alone.
  std::vector<verdict::Prediction> of_site() const {
    if (s_.target->disordered() || !sample_->even()) return {};
    const double p = s_.noise;
    return {{prediction::mmse_of_site,
             !s_.channel ? theory::binary_mmse(1 / s_.noise)
             : masks_    ? p
                         : 4 * p * (1 - p),
             "one spin that is up as often as down"}};
  }

  static constexpr double kSmallestBeta = 0.01, kLargestBeta = 30, kForgotten = 1e-7;
  std::shared_ptr<const target::Target> sample_;
  const kernel::SpinGraph* graph_ = nullptr;  ///< of the sample
  bool masks_ = false;                        ///< the channel erases
};

}  // namespace

std::unique_ptr<measure::Experiment> of_spins(const deck::Parameters& parameters) {
  return std::make_unique<SpinLocality>(parameters);
}

std::vector<deck::Key> chain_keys() {
  return {deck::optional_count(
              "experiment", "chains", kChains, 1,
              "a sampled posterior: chains in each of the two groups of a state and window; set it "
              "to sample where the posterior could be summed"),
          deck::optional_count("experiment", "sweeps", kSweeps, 1,
                               "sweeps of these chains in which they are measured"),
          deck::optional_count("experiment", "burn_in", kBurnIn, 0,
                               "their sweeps before, in which planted chains forget their datum")};
}

}  // namespace symbreak::experiment::locality
