// Creativity of local scores: images that are new as a whole and familiar everywhere.
//
// A machine made of whole images (is) can only end in a training image. One made of local windows
// ends in mosaics: far from every training image, yet each window is close to a window of the data
// (Kamb & Ganguli 2412.20292, with their sampler: cosine schedule, 20 steps, the clean mean at the
// end).
//   nearest_distance  min_j |x - y_j|/sqrt(d) to the training images
//   novelty           its ratio to the same distance of a training image to the others
//   local_residual    rms of x - <phi_0>(x) at a noise far below the pixel scale: 0 when every
//   pixel is
//                     the centre of a training patch that fits its surroundings
//   sources           ls: effective number of training images, 1/sum_n f_n^2, that the best fitting
//                     windows of an image come from, f_n the fraction of pixels
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/corrected.hpp"
#include "sim/experiment/families.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "sim/target/patch/machine.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kShown = 8;
/// A generated image closer to a training image than a third of the distance between training
/// images is a copy of it (Yoon et al. 2023; Kadkhodaie et al. 2024 use the same kind of
/// criterion).
constexpr double kCopy = 1.0 / 3;
/// Noise of the local residual, relative to the variance of the pixels.
constexpr double kResidualNoise = 1e-3;

struct Setting {
  std::shared_ptr<const target::Denoiser> denoiser;
  target::Images images;
  diffusion::LatticeSampler sampler = diffusion::LatticeSampler::ddim;
  std::vector<double> grid;
  Index walkers = 1, patch = 1;
  bool same_location = false;  ///< ls: sources can be told
  double pixel_variance = 1, data_distance = 1;
};

/// (index, squared distance) of the nearest column of `points`, leaving out column `skip`.
std::pair<Index, double> nearest(const MatrixXd& points, const Eigen::Ref<const VectorXd>& x,
                                 Index skip = -1) {
  VectorXd distances = (points.colwise() - x).colwise().squaredNorm();
  if (skip >= 0) distances[skip] = INFINITY;
  Index at = 0;
  const double least = distances.minCoeff(&at);
  return {at, least};
}

class CreativityUnit final : public Simulation {
 public:
  CreativityUnit(const Setting& setting, const UnitAddress& address)
      : s_(setting),
        start_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)) {}

  /// One evaluation of the score per block: it may take seconds.
  std::int64_t blocks() const override { return static_cast<std::int64_t>(s_.grid.size()) + 1; }

  void advance(Recorder& recorder) override {
    const VectorXd betas =
        VectorXd::Constant(s_.walkers, level_ < s_.grid.size() ? 1 / s_.grid[level_] : 0);
    if (level_ == 0) {
      x_.resize(s_.denoiser->dimension(), s_.walkers);
      start_.normals(std::span<double>(x_.data(), static_cast<std::size_t>(x_.size())));
      x_ *= std::sqrt(1 + s_.grid.front());
    }
    if (level_ == s_.grid.size()) {
      measure(recorder);
    } else {
      const MatrixXd mean = s_.denoiser->mean(x_, betas);
      if (level_ + 1 == s_.grid.size()) {
        x_ = mean;
      } else {
        diffusion::lattice_step(s_.sampler, {}, *s_.denoiser, s_.grid[level_], s_.grid[level_ + 1],
                                mean, noise_, noise_, x_);
      }
    }
    ++level_;
  }

  void save(State& state) const override {
    state.integers["position"] = {start_.position(), noise_.position(), level_};
    state.reals["x"].assign(x_.data(), x_.data() + x_.size());
  }
  void load(const State& state) override {
    const auto& integers = state.integers.at("position");
    start_.seek(integers[0]);
    noise_.seek(integers[1]);
    level_ = integers[2];
    const auto& x = state.reals.at("x");
    x_.resize(s_.denoiser->dimension(), x.empty() ? 0 : s_.walkers);
    std::copy(x.begin(), x.end(), x_.data());
  }

 private:
  void measure(Recorder& recorder) {
    const double noise = kResidualNoise * s_.pixel_variance;
    const MatrixXd residual = x_ - s_.denoiser->mean(x_, VectorXd::Constant(s_.walkers, 1 / noise));
    const double d = static_cast<double>(x_.rows());
    const Index shown = std::min(kShown, s_.walkers);
    MatrixXd partners(x_.rows(), shown);
    for (Index k = 0; k < s_.walkers; ++k) {
      const auto [index, squared] = nearest(s_.images.values, x_.col(k));
      const double distance = std::sqrt(squared / d);
      recorder.measure("nearest_distance", distance);
      recorder.measure("novelty", distance / s_.data_distance);
      recorder.measure("copies", distance < kCopy * s_.data_distance ? 1 : 0);
      recorder.measure("local_residual", std::sqrt(residual.col(k).squaredNorm() / d));
      if (s_.same_location) recorder.measure("sources", sources(x_.col(k)));
      if (k < shown) partners.col(k) = s_.images.values.col(index);
    }
    const Index sites = s_.images.height * s_.images.width;
    const auto first_channel = [&](const MatrixXd& images) -> MatrixXd {
      return images.topLeftCorner(sites, shown);
    };
    const MatrixXd generated = first_channel(x_), training = first_channel(partners);
    const auto span = [](const MatrixXd& m) {
      return std::span<const double>(m.data(), static_cast<std::size_t>(m.size()));
    };
    recorder.measure("generated_images", span(generated));
    recorder.measure("nearest_images", span(training));
  }

  double sources(const Eigen::Ref<const VectorXd>& x) const {
    const target::Windows windows{s_.patch, s_.images.height, s_.images.width, false};
    const Index sites = s_.images.height * s_.images.width;
    std::vector<double> share(static_cast<std::size_t>(s_.images.count()), 0.0);
    VectorXd distances(s_.images.count());
    for (Index site = 0; site < sites; ++site) {
      distances.setZero();
      for (Index r = 0; r < windows.size(); ++r) {
        const Index j = windows.neighbour(site, r);
        if (j < 0) continue;
        for (Index c = 0; c < s_.images.channels; ++c) {
          distances.array() +=
              (s_.images.values.row(c * sites + j).transpose().array() - x[c * sites + j]).square();
        }
      }
      Index best = 0;
      distances.minCoeff(&best);
      share[static_cast<std::size_t>(best)] += 1 / static_cast<double>(sites);
    }
    double sum = 0;
    for (const double f : share) sum += f * f;
    return 1 / sum;
  }

  const Setting& s_;
  random::Stream start_, noise_;
  MatrixXd x_;
  std::size_t level_ = 0;
};

class Creativity final : public Experiment {
 public:
  explicit Creativity(const deck::Parameters& parameters) {
    if (parameters.word("target.kind") != "image_patches") {
      throw deck::KeyError("target.kind",
                           "creativity compares with training images: it needs "
                           "image_patches");
    }
    s_.denoiser = target::build_denoiser(parameters, {});
    s_.images = target::read_images(parameters);
    if (s_.denoiser->dimension() != s_.images.values.rows()) {
      throw deck::KeyError("target.side",
                           "creativity compares generated with training images: they "
                           "must have the same size");
    }
    if (s_.images.count() < 2) {
      throw deck::KeyError("target.n", "creativity needs at least two training images");
    }
    s_.sampler = diffusion::lattice_sampler(parameters.word("experiment.sampler"));
    s_.grid = diffusion::lattice_grid("cosine", 0, 0, parameters.real("experiment.cosine_start"),
                                      parameters.integer("experiment.steps"));
    s_.walkers = parameters.integer("sampling.walkers");
    replicas_ = parameters.integer("sampling.replicas");
    const target::MachineSettings machine = target::machine_settings(parameters, true);
    s_.same_location = machine.machine == "ls";
    s_.patch = machine.scales.sides.back();
    const MatrixXd& y = s_.images.values;
    s_.pixel_variance = (y.array() - y.mean()).square().mean();
    // A few hundred data tell the distance between data well enough.
    const Index probed = std::min<Index>(y.cols(), 200);
    double sum = 0;
    for (Index j = 0; j < probed; ++j) sum += std::sqrt(nearest(y, y.col(j), j).second);
    s_.data_distance = sum / static_cast<double>(probed) / std::sqrt(static_cast<double>(y.rows()));
  }

  std::vector<ObservableInfo> observables() const override {
    std::vector<ObservableInfo> infos = {
        {.name = "nearest_distance", .text = "min_j |x - y_j|/sqrt(d) to the training images"},
        {.name = "novelty",
         .text =
             "nearest_distance over the mean distance of a training image to its nearest other"},
        {.name = "copies", .text = "fraction of images with novelty below 1/3"},
        {.name = "local_residual",
         .text = "rms of x - <phi_0>(x) at 1e-3 of the pixel variance, pixel units"}};
    if (s_.same_location) {
      infos.push_back({.name = "sources",
                       .text =
                           "effective number of training images that the best fitting windows of "
                           "an image come from"});
    }
    const Index shown = std::min(kShown, s_.walkers);
    for (const char* name : {"generated_images", "nearest_images"}) {
      infos.push_back({.name = name,
                       .shape = {shown, s_.images.height, s_.images.width},
                       .text = "first channel; unit 0 is a picture",
                       .max_bins = 2});
    }
    return infos;
  }
  std::vector<verdict::Prediction> predictions() const override {
    return {{"data_distance", s_.data_distance,
             "mean distance of a training image to its nearest other"},
            {"pixel_deviation", std::sqrt(s_.pixel_variance), "standard deviation of the pixels"}};
  }
  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const double stored = static_cast<double>(s_.denoiser->memory()) / sizeof(float);
    return static_cast<double>(s_.walkers) * static_cast<double>(s_.grid.size() + 1) *
           static_cast<double>(s_.denoiser->dimension()) * (20e-9 + stored * 0.03e-9);
  }
  std::size_t memory_per_unit() const override {
    return s_.denoiser->memory() +
           sizeof(double) * static_cast<std::size_t>(2 * s_.images.values.size() +
                                                     8 * s_.walkers * s_.denoiser->dimension());
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<CreativityUnit>(s_, address);
  }

 private:
  Setting s_;
  std::int64_t replicas_ = 1;
};

verdict::Findings analyse(const verdict::Result& result) {
  verdict::Findings findings;
  for (const verdict::Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    const std::string stem = lattice::stem(keys), text = key_label(keys);
    const std::string suffix = text.empty() ? "" : ", " + text;
    findings.figures.push_back(lattice::gallery(point, "generated_images", "generated" + stem,
                                                "Generated images" + suffix));
    findings.figures.push_back(lattice::gallery(point, "nearest_images", "nearest" + stem,
                                                "Their nearest training images" + suffix));
    const auto value = [&](const char* name) { return point.find(name)->value(); };
    findings.diagnostics.push_back(
        {verdict::Severity::note, "novelty" + (text.empty() ? "" : " (" + text + ")"),
         fmt::format(
             "distance to the nearest training image is {:.2f} of that between training images, "
             "{:.0f} % are copies; every pixel agrees with its best training patch to {:.3f} "
             "(pixel deviation {:.3f}){}",
             value("novelty"), 100 * value("copies"), value("local_residual"),
             *point.prediction("pixel_deviation"),
             point.find("sources") != nullptr
                 ? fmt::format("; windows come from {:.1f} training images", value("sources"))
                 : ""),
         ""});
    if (point.parameters.at("target.machine") == "is") {
      const verdict::Observable& copies = *point.find("copies");
      findings.verdicts.push_back({.quantity = "copies",
                                   .point = keys,
                                   .measured = copies.value(),
                                   .error = copies.error(),
                                   .predicted = 1,
                                   .predicted_error = 0,
                                   .source = "the exact score of a dataset memorizes",
                                   .from = "fraction of generated images"});
    }
  }
  return findings;
}

}  // namespace

ExperimentKind creativity() {
  using deck::Key;
  using deck::Kind;
  ExperimentKind kind;
  kind.name = "creativity";
  kind.text =
      "images generated by a patch score from a dataset: distance to the training images, "
      "agreement "
      "of their windows with training patches (Kamb & Ganguli 2024)";
  kind.keys = {
      Key{.section = "experiment",
          .name = "sampler",
          .kind = Kind::word,
          .fallback = "ddim",
          .text = "ddim: the published deterministic sampler; bridge: the reverse SDE",
          .choices = {"ddim", "bridge"}},
      deck::count_key(
          "experiment", "steps", "20",
          "steps of the cosine schedule s = tan^2(pi u/2), u = cosine_start (1 - j/steps)", 2, 1e5),
      Key{.section = "experiment",
          .name = "cosine_start",
          .kind = Kind::real,
          .fallback = "0.95",
          .text = "first u, between 0 and 1",
          .minimum = 0.01,
          .maximum = 0.999},
      deck::sampling_key("walkers", "16", "images generated together", 1, 1e5),
      deck::sampling_key("replicas", "2", "independent work units"),
  };
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<Creativity>(parameters);
  };
  kind.analyse = analyse;
  return kind;
}

}  // namespace symbreak::experiment
