// Creativity of local scores: images that are new as a whole and familiar everywhere.
//
// A machine made of whole images (is) can only end in a training image. One made of local windows
// ends in mosaics: far from every training image, yet each window is close to a window of the data
// (Kamb & Ganguli 2412.20292, with their sampler: cosine schedule, 20 steps, the clean mean at the
// end).
//   nearest_distance  min_j |x - y_j|/sqrt(d) to the training images
//   novelty           its ratio to the same distance of a training image to the others
//   local_residual    rms of x - <phi_0>(x) at a noise far below the pixel scale: 0 when every
//                     pixel is the centre of a training patch that fits its surroundings
//   sources           ls: effective number of training images, 1/sum_n f_n^2, that the best fitting
//                     windows of an image come from, f_n the fraction of pixels
#include <fmt/format.h>

#include <cmath>

#include "sim/data/selection.hpp"
#include "sim/data/understood.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/schedule.hpp"
#include "sim/experiment/common/lattice_score.hpp"
#include "sim/experiment/creativity/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/patch/machine.hpp"

namespace symbreak::experiment::creativity {

using namespace findings::creativity;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Whether the deck says which images the score was made from.
bool made_from_images(const deck::Parameters& parameters) {
  return parameters.has("target.machine") && parameters.has("target.file");
}

/// Distinct clean data: all of them where they are listed, else fresh ones.
MatrixXd distinct_data(const deck::Parameters& parameters, const target::Denoiser& denoiser) {
  constexpr Index kFresh = 512;
  MatrixXd y;
  if (const auto* support = target::part<target::FiniteSupport>(denoiser)) {
    y.resize(denoiser.dimension(), support->count());
    for (Index j = 0; j < y.cols(); ++j) y.col(j) = support->point(j);
  } else if (const auto* data = target::part<target::CleanData>(denoiser)) {
    y.resize(denoiser.dimension(), kFresh);
    random::Stream stream({.seed = parameters.seed(), .purpose = random::Purpose::target});
    data->sample(stream, y);
  } else {
    throw deck::KeyError(
        "target.kind",
        "creativity compares with training images: it needs those of a file, or clean data");
  }
  Index kept = 0;
  for (Index j = 0; j < y.cols(); ++j) {
    bool fresh = true;
    for (Index i = 0; i < kept && fresh; ++i) fresh = y.col(i) != y.col(j);
    if (fresh) y.col(kept++) = VectorXd(y.col(j));
  }
  return y.leftCols(kept);
}

/// The images behind the score.
target::Images training_images(const deck::Parameters& parameters,
                               const target::Denoiser& denoiser) {
  if (made_from_images(parameters)) return target::read_images(parameters);
  const auto sides = denoiser.lattice();
  refuse_if(sides.size() != 2, "target.kind", "creativity needs a lattice of two dimensions");
  target::Images images;
  images.height = sides[0];
  images.width = sides[1];
  images.channels = denoiser.dimension() / (sides[0] * sides[1]);
  images.values = distinct_data(parameters, denoiser);
  return images;
}

class Creativity final : public BatchExperiment<Setting> {
 public:
  explicit Creativity(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    const target::Model model = target::build_denoiser(parameters);
    s_.denoiser = model.denoiser;
    require_evaluated(parameters, model);
    s_.images = training_images(parameters, *s_.denoiser);
    refuse_if(s_.denoiser->dimension() != s_.images.values.rows(), "target.side",
              "creativity compares generated with training images: they must have the same size");
    refuse_if(s_.images.count() < 2, "target.n", "creativity needs at least two training images");
    s_.sampler = diffusion::method_named(parameters.word("experiment.sampler"));
    s_.grid = diffusion::spaced_grid("cosine", 0, 0, parameters.integer("experiment.steps"),
                                     parameters.real("experiment.cosine_start"))
                  .noise;
    if (made_from_images(parameters)) {
      const target::MachineSettings machine = target::machine_settings(parameters, true);
      s_.same_location = machine.machine == "ls";
      s_.patch = machine.scales.sides.back();
      memorizes_ = machine.machine == "is";
    } else {
      memorizes_ = model.posterior != nullptr &&
                   target::part<target::FiniteSupport>(*s_.denoiser) != nullptr;
    }
    const MatrixXd& y = s_.images.values;
    s_.pixel_variance = (y.array() - y.mean()).square().mean();
    if (made_from_images(parameters) && s_.grid.front() < s_.pixel_variance) {
      data::warn(data::file_of(parameters),
                 fmt::format("the first noise level s = {:.4g} (experiment.cosine_start = {}) is "
                             "below the variance of the pixels, {:.4g}, so that pure noise is no "
                             "state of this process; set target.normalisation",
                             s_.grid.front(), parameters.real("experiment.cosine_start"),
                             s_.pixel_variance));
    }
    // A few hundred data tell the distance between data well enough.
    const Index probed = std::min<Index>(y.cols(), 200);
    double sum = 0;
    for (Index j = 0; j < probed; ++j) sum += std::sqrt(nearest(y, y.col(j), j).second);
    s_.data_distance = sum / static_cast<double>(probed) / std::sqrt(static_cast<double>(y.rows()));
  }

  std::vector<measure::ObservableInfo> observables() const override {
    std::vector<measure::ObservableInfo> infos = {
        {.name = observable::nearest_distance,
         .text = "min_j |x - y_j|/sqrt(d) to the training images"},
        {.name = observable::novelty,
         .text =
             "nearest_distance over the mean distance of a training image to its nearest other"},
        {.name = observable::copies, .text = "fraction of images with novelty below 1/3"},
        {.name = observable::local_residual,
         .text = "rms of x - <phi_0>(x) at 1e-3 of the pixel variance, pixel units"}};
    if (s_.same_location) {
      infos.push_back({.name = observable::sources,
                       .text = "effective number of training images that the best fitting windows "
                               "of an image come from"});
    }
    for (const auto name : {observable::generated_images, observable::nearest_images}) {
      infos.push_back(shaped(name, {s_.shown(), s_.images.height, s_.images.width},
                             "first channel; unit 0 is a picture", 2));
    }
    return measure::independent(std::move(infos));
  }
  std::vector<verdict::Fact> facts() const override {
    return {
        {fact::data_distance, s_.data_distance,
         "mean distance of a training image to its nearest other"},
        {fact::pixel_deviation, std::sqrt(s_.pixel_variance), "standard deviation of the pixels"}};
  }
  std::vector<verdict::Prediction> predictions() const override {
    if (!memorizes_) return {};
    return {{prediction::copies, 1.0, "the exact score of a dataset memorizes"}};
  }
  double seconds_per_unit() const override {
    return static_cast<double>(s_.grid.size() + 1) * evaluation_seconds(*s_.denoiser, s_.walkers);
  }
  std::size_t memory_per_unit() const override {
    return memory_with(*s_.denoiser,
                       2 * s_.images.values.size() + 8 * s_.walkers * s_.denoiser->dimension());
  }

 private:
  bool memorizes_ = false;  ///< the score is exactly that of the training images
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "creativity";
  kind.text =
      "images generated by a patch score from a dataset: distance to the training images, "
      "agreement of their windows with training patches (Kamb & Ganguli 2024)";
  kind.keys = {
      deck::word_key("experiment", "sampler", "ddim",
                     "ddim: the published deterministic sampler; bridge: the reverse SDE",
                     {"ddim", "bridge"}),
      deck::count_key(
          "experiment", "steps", "20",
          "steps of the cosine schedule s = tan^2(pi u/2), u = cosine_start (1 - j/steps)", 2, 1e5),
      deck::real_key("experiment", "cosine_start", "0.95", "first u, between 0 and 1", 0.01, 0.999),
      deck::sampling_key("walkers", "16", "images generated together", 1, 1e5),
      deck::sampling_key("replicas", "2", "independent work units"),
  };
  kind.needs = {target::Part::denoiser, target::Part::lattice};
  kind.make = make<Creativity>;
  return kind;
}

}  // namespace symbreak::experiment::creativity
