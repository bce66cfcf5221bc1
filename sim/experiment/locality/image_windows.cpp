// A datum y of a set of points on a grid in the noisy state x = y + sqrt(s) z, Gaussian channel. The
// best denoiser that sees the pixels x_W within r of a centre c, the largest of the distances along
// the sides, is the posterior of the set given them,
//     <y_c>_r = sum_j w_j^r y_jc,   w_j^r ~ exp(log_weight_j - |x_W - y_jW|^2/2s),
// pixel by pixel the local score machine ("ls", Kamb & Ganguli 2412.20292) of patch 2r + 1. Recorded
// for r = 0 (the pixel itself) .. radius, averaged over channels:
//   excess_mmse                E(<y_c> - <y_c>_r)^2 = mmse_r - mmse
//   datum_information_outside  E sum_j w_j log(w_j/w_j^r) = I(j; x outside | x in the window), nats:
//                              of which datum it is, not of the pixel c alone
//   mmse, datum_entropy        of all of x: E(y_c - <y_c>)^2, H(j|x)
//   overlap_identity           E(y_c - <y_c>_r)(<y_c>_r - E y_c), 0 at every radius
// and, if asked, of the score that does not know where its window is, the posterior f_r of the
// windows of every place ("els"; away from the edges that of Kamb & Ganguli):
//   equivariant_excess         E(<y_c> - f_r)^2 = excess_mmse + E(<y_c>_r - f_r)^2
//   equivariant_identity       E(<y_c> - <y_c>_r)(<y_c>_r - f_r), 0: <y_c>_r is the best of all
//                              functions of the window
#include <fmt/format.h>

#include "sim/experiment/locality/images.hpp"
#include "sim/experiment/locality/kinds.hpp"
#include "sim/experiment/locality/pixels.hpp"

namespace symbreak::experiment::locality {

namespace {

using namespace findings::locality;

class ImageLocalityExperiment final : public BatchExperiment<ImageSetting> {
 public:
  explicit ImageLocalityExperiment(const deck::Parameters& parameters)
      : BatchExperiment(parameters) {
    refuse_chains(parameters);
    s_.noise = gaussian_noise(parameters, forward_);
    s_.target = std::make_shared<const UnitTarget>(parameters);
    sample_ = s_.target->sample();
    s_.windows = windows_of(parameters, *sample_);
    s_.equivariant =
        parameters.has("experiment.equivariant") && parameters.flag("experiment.equivariant");
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index radii = s_.windows.radius() + 1;
    std::vector<measure::ObservableInfo> all = measure::independent(
        {shaped(observable::excess_mmse, {radii}, "E(<y_c> - <y_c>_window)^2 by radius"),
         shaped(observable::datum_information_outside, {radii},
                "I(datum; x outside | x in the window) by radius, nats"),
         {.name = observable::mmse, .text = "E(y_c - <y_c>)^2, all of x seen"},
         {.name = observable::datum_entropy, .text = "H(datum|x), nats"},
         shaped(observable::overlap_identity, {radii + 1},
                "E(y_c - <y_c>_window)(<y_c>_window - E y_c) by radius, the whole last: 0")});
    if (!s_.equivariant) return all;
    append(all, measure::independent(
                    {shaped(observable::equivariant_excess, {radii},
                            "E(<y_c> - f)^2 by radius, f from the windows of every place"),
                     shaped(observable::equivariant_identity, {radii},
                            "E(<y_c> - <y_c>_window)(<y_c>_window - f) by radius: 0")}));
    return all;
  }
  std::vector<verdict::Fact> facts() const override { return window_facts(s_.windows, s_.noise); }
  double seconds_per_unit() const override {
    constexpr double kExponential = 5e-9;
    const auto* points = target::part<target::FiniteSupport>(*sample_);
    const double each = static_cast<double>(points->count()) *
                        static_cast<double>(s_.windows.radius() + 2) * kExponential;
    double moved = 0;  // by windows of every place
    for (Index r = 0; s_.equivariant && r <= s_.windows.radius(); ++r) {
      const auto places = s_.windows.places[static_cast<std::size_t>(r)].size();
      moved += static_cast<double>(points->count()) * static_cast<double>(places) *
               (kExponential + 2e-10 * static_cast<double>(s_.windows.within(r).size()));
    }
    return s_.walkers_per_unit() * (mean_seconds(*sample_) + each + moved);
  }
  std::size_t memory_per_unit() const override {
    const Index d = sample_->dimension();
    return memory_with(*sample_, (4 * d + 200 * (s_.windows.radius() + 4)) * s_.walkers);
  }

 private:
  std::shared_ptr<const target::Target> sample_;
};

}  // namespace

std::unique_ptr<measure::Experiment> of_images(const deck::Parameters& parameters) {
  return std::make_unique<ImageLocalityExperiment>(parameters);
}

}  // namespace symbreak::experiment::locality
