// How far a score looks: any denoiser D with clean data on a grid, a network above all. Nobody knows
// its posterior given a window; but x outside the window can be that of another, independent datum,
// x'. Every pixel then has the law that it has in the data, the network is asked nothing of a kind
// that it has not seen, and what is outside says nothing. Recorded for r = 0 .. radius, averaged over
// channels, c the centre:
//   error_growth      E|D_c(x_W, x'_out) - y_c|^2 - E|D_c(x) - y_c|^2, from the same states
//   outside_response  E(D_c(x) - D_c(x_W, x'_out))^2: 0 where D looks no further than r
//   loss              E|D_c(x) - y_c|^2
// D was not made for two halves that do not fit: that the error grows says that it looks outside, not
// that a denoiser made for windows would lose as much, which is the excess of the data (the same deck
// with the dataset as its target).
#include <fmt/format.h>

#include "sim/experiment/locality/images.hpp"
#include "sim/experiment/locality/kinds.hpp"
#include "sim/experiment/locality/pixels.hpp"

namespace symbreak::experiment::locality {

namespace {

using namespace findings::locality;

class MaskedInput final : public BatchExperiment<MaskedSetting> {
 public:
  explicit MaskedInput(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    refuse_chains(parameters);
    s_.noise = gaussian_noise(parameters, forward_);
    s_.parameters = parameters;
    s_.model = target::build_model(parameters);
    require_evaluated(parameters, s_.model);
    const target::TargetKind& kind = target::kind(parameters.word("target.kind"));
    refuse_if(!kind.disordered && s_.disorder_samples > 1, "sampling.disorder_samples",
              "the score is one and the same in all units; use sampling.replicas");
    s_.windows = windows_of(parameters, *s_.model.denoiser);
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index radii = s_.windows.radius() + 1;
    return measure::independent(
        {shaped(observable::error_growth, {radii},
                "E|D_c(x_W, x'_out) - y_c|^2 - E|D_c(x) - y_c|^2 by radius, x' of another datum"),
         shaped(observable::outside_response, {radii}, "E(D_c(x) - D_c(x_W, x'_out))^2 by radius"),
         {.name = observable::loss, .text = "E|D_c(x) - y_c|^2 of the centre"}});
  }
  std::vector<verdict::Fact> facts() const override { return window_facts(s_.windows, s_.noise); }
  double seconds_per_unit() const override {
    return s_.walkers_per_unit() * static_cast<double>(s_.windows.radius() + 2) *
           mean_seconds(*s_.model.denoiser);
  }
  std::size_t memory_per_unit() const override {
    return memory_with(*s_.model.denoiser, 8 * s_.model.denoiser->dimension() * s_.walkers);
  }
};

}  // namespace

std::unique_ptr<measure::Experiment> of_masked_input(const deck::Parameters& parameters) {
  return std::make_unique<MaskedInput>(parameters);
}

}  // namespace symbreak::experiment::locality
