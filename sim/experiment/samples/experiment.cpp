// Samples of any generator, from files: copies of the training data against the same count of data
// that were held out, nearness to the own half of the data, spurious attractors, classes, distances
// of laws; along training time and the number of data. No network is needed.
//
//   memorized       d_1 < d_2/3, d_1 and d_2 the distances to the nearest and second nearest
//                   training datum (Yoon et al. 2023). Held-out data have such neighbours too: the
//                   excess over their fraction is what a generator adds
//   own_half        P(nearest training datum is nearer than nearest held-out datum), as many of
//                   each: 1/2 for a generator of the law, whatever the law
//   spurious        no copy, but other samples lie where this one does: an attractor that is no
//                   datum
//   Frechet, sliced Wasserstein    in pixels, or in the features of a worker (`target.kind =
//                   network`): with an Inception network the first is FID
#include <algorithm>
#include <cctype>
#include <filesystem>

#include "analysis/findings/samples/observables.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/experiment/samples/simulation.hpp"
#include "sim/target/network/network.hpp"

namespace symbreak::experiment::samples {

using namespace findings::samples;

namespace {

/// The last number in the name of a file: 2000 of "run7_checkpoint_02000.npy".
std::optional<double> number_in(const std::string& file) {
  const std::string name = std::filesystem::path(file).stem().string();
  const auto digit = [](char letter) { return std::isdigit(static_cast<unsigned char>(letter)); };
  const auto end = std::find_if(name.rbegin(), name.rend(), digit).base();
  const auto begin = std::find_if_not(std::make_reverse_iterator(end), name.rend(), digit).base();
  if (begin == end || end - begin > 15) return std::nullopt;
  return std::stod(std::string(begin, end));
}

class SamplesExperiment final : public BatchExperiment<Setting> {
 public:
  explicit SamplesExperiment(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    s_.model = target::build_model(parameters);
    const auto* network = target::part<target::Network>(*s_.model.denoiser);
    const target::Denoiser& law = network ? *network->data() : *s_.model.denoiser;
    s_.training = target::part<target::FiniteSupport>(law);
    refuse_if(s_.training == nullptr, "target.kind",
              "samples are held against the points of a dataset: set target.kind = dataset, or "
              "network with data = dataset");
    refuse_if(s_.training->count() < 2, "target.n",
              "the nearest datum and a second one are needed");
    s_.file = {.file = parameters.word("experiment.samples"),
               .key = "experiment.samples",
               .dataset_path = parameters.word("experiment.samples_path"),
               .row = "sample",
               .path_key = "experiment.samples_path"};
    s_.scale = parameters.real("experiment.scale");
    s_.threshold = parameters.real("experiment.threshold");
    s_.space = Space(parameters, *s_.model.denoiser);
    level_ = parameters.real("experiment.level");
    s_.count = read_samples(s_, s_.model.denoiser->dimension()).cols();
    refuse_if(s_.count < 2, "experiment.samples", "one sample is no sample of a law");
    s_.held_out = s_.training->held_out().cols();
    s_.blocks = std::min<std::int64_t>(parameters.integer("sampling.parts"), s_.count);
  }

  std::vector<measure::ObservableInfo> observables() const override {
    std::vector<measure::ObservableInfo> infos = {
        {.name = observable::memorized,
         .text = "share of samples whose nearest training datum is nearer than the threshold times "
                 "the second nearest"},
        {.name = observable::nearest_distance,
         .text = "distance to the nearest training datum, over sqrt(d)"},
        {.name = observable::spurious,
         .text = "share of samples that are no copies, but have another sample nearer than the "
                 "threshold times their nearest datum"}};
    if (s_.held_out > 0) {
      infos.push_back({.name = observable::memorized_held_out,
                       .text = "the same share of held-out data: what chance makes"});
      infos.push_back({.name = observable::nearest_distance_held_out,
                       .text = "the same distance of held-out data"});
      infos.push_back({.name = observable::own_half,
                       .text = "share of samples nearer to training data than to held-out data, as "
                               "many of each; 1/2 for samples of the law"});
      infos.push_back({.name = observable::distance_gap,
                       .text = "(b - a)/(b + a), a and b the distances to the nearest training "
                               "datum and to the nearest held-out datum"});
    }
    if (s_.model.data->classes() > 1) {
      infos.push_back(shaped(observable::class_occupation, {s_.model.data->classes()},
                             "share of samples in each class"));
    }
    infos = measure::independent(std::move(infos));
    const auto solved = [&](verdict::ObservableName name, const std::string& text) {
      infos.push_back({.name = name, .text = text, .origin = verdict::Origin::deterministic});
    };
    if (s_.per_datum()) {
      solved(observable::copies_per_datum, "share of the samples that copy each training datum");
      infos.back().shape = {s_.training->count()};
    }
    if (!s_.distances()) return infos;
    const std::string space = s_.space.name();
    const std::string real = s_.held_out > 1 ? "held-out" : "training";
    solved(observable::frechet_distance,
           fmt::format("Frechet distance of the samples to {} data, in {}", real, space));
    solved(observable::wasserstein_2_squared,
           fmt::format("sliced W_2^2 of the samples to {} data, in {}", real, space));
    if (s_.held_out > 1) {
      solved(observable::frechet_held_out, "Frechet distance of training to held-out data");
      solved(observable::wasserstein_2_held_out, "sliced W_2^2 of training to held-out data");
    }
    return infos;
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<verdict::Fact> all = {
        {fact::count, static_cast<double>(s_.count), "samples in the file"},
        {fact::training, static_cast<double>(s_.training->count()), "training data"},
        {fact::held_out, static_cast<double>(s_.held_out), "held-out data"},
        {fact::level, level_, "of the memorized excess at tau_mem"}};
    if (const auto number = number_in(s_.file.file)) {
      all.push_back({fact::number, *number, "in the name of the file"});
    }
    if (s_.model.data->classes() > 1) {
      all.push_back({fact::class_weights, weights_of_classes(*s_.model.data), "of the data"});
    }
    return all;
  }

  double seconds_per_unit() const override {
    const auto n = static_cast<double>(s_.count);
    return static_cast<double>(s_.model.denoiser->dimension()) * n *
           (2 * static_cast<double>(s_.training->count()) + 2 * n +
            static_cast<double>(s_.held_out)) *
           0.5e-9;
  }
  std::size_t memory_per_unit() const override {
    const auto points = std::min<Index>(s_.training->count(), s_.held_out);
    return memory_with(*s_.model.denoiser, s_.model.denoiser->dimension() *
                                               (4 * s_.count + 2 * s_.held_out + 2 * points));
  }

 private:
  double level_ = 0.5;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "samples";
  kind.text =
      "files of generated samples: memorized fraction less that of held-out data, nearness to the "
      "own half, spurious attractors, classes, Frechet and Wasserstein distances; along training "
      "time and number of data";
  deck::Key samples = deck::plain_key(
      deck::Kind::file, "experiment", "samples", deck::required,
      "IDX, .npy, .npz, text or HDF5, one sample per row, or a folder of PNG images, in the "
      "coordinates of the normalised data; a list is a sweep, and the last number in a name its "
      "axis");
  samples.folder = true;
  kind.keys = {samples,
               deck::plain_key(deck::Kind::text, "experiment", "samples_path", "",
                               "HDF5: the data set of the samples; .npz: the array"),
               deck::positive_key("experiment", "scale", "1", "the samples are multiplied by it"),
               deck::positive_key(
                   "experiment", "threshold", "0.3333333333333333",
                   "largest ratio of the distances to the nearest and second nearest datum of "
                   "a copy",
                   1),
               space_key(),
               deck::positive_key("experiment", "level", "0.5",
                                  "memorized excess at which tau_mem is read off", 1),
               deck::with_alias("blocks",
                                deck::sampling_key("parts", "16",
                                                   "in which the file is worked through", 1, 1e6))};
  kind.needs = {target::Part::clean_data};
  kind.make = make<SamplesExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::samples
