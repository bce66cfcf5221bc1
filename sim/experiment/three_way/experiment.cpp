// Three scores on the same axes, along their own reverse trajectories (Ambrogioni's seminar;
// 2603.20092):
//   model       uniform patches on a lattice of the size of the images: the solvable patch score
//   memorizing  the exact score of the whole images ("is")
//   real        a patch machine of the same images, as the deck's target says
// A patch score softens along smooth Fourier modes, all of them, and no restoring force vanishes on
// typical states. A memorizing score destabilises along its prototypes: at the mean image the
// eigenvalues of beta Cov(y) cross 1 one by one, each along one combination of images.
//
// Measured at the same noise levels: -s v_k* J v_k per Fourier mode, S(k) of the clean mean, the
// correlation length of the softening; and the largest eigenvalues of beta Cov(y) of the memorizing
// score at the mean image, by orthogonal iteration on Jacobian products, against those of the Gram
// matrix of the images with their posterior weights.
#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/corrected.hpp"
#include "sim/experiment/families.hpp"
#include "sim/experiment/common/lattice_fields.hpp"
#include "sim/experiment/mode_softening/experiment.hpp"
#include "analysis/findings/three_way/findings.hpp"
#include "sim/target/patch/machine.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kModes = 6;

struct Setting {
  std::vector<std::shared_ptr<const target::Denoiser>> scores;  ///< as kScores
  target::Images images;
  std::vector<double> grid;
  std::vector<Index> recorded;
  Index walkers = 1;
};

/// -s v_k* J v_k of the modes 2 pi (j, 0)/L, averaged over states: from local covariances where
/// there are windows, else from products with cosine and sine waves.
VectorXd softening(const target::Denoiser& score, const MatrixXd& x, double beta, Index modes) {
  if (const auto* patch = dynamic_cast<const target::PatchScore*>(&score)) {
    return 1 - beta * window_modes(patch->windows(beta), patch->covariance_profile(x, beta), modes)
                          .array();
  }
  const auto sides = score.lattice();
  const Index sites = sides[0] * sides[1], d = score.dimension();
  const VectorXd betas = VectorXd::Constant(x.cols(), beta);
  VectorXd result(modes);
  for (Index j = 0; j < modes; ++j) {
    double sum = 0;
    for (const double phase : {0.0, M_PI / 2}) {
      VectorXd wave(d);
      for (Index i = 0; i < d; ++i) {
        wave[i] = std::cos(2 * M_PI * static_cast<double>(j * (i % sites % sides[1])) /
                               static_cast<double>(sides[1]) -
                           phase);
      }
      if (wave.squaredNorm() < 1e-9 * static_cast<double>(d)) continue;
      const MatrixXd v = wave.replicate(1, x.cols());
      // cos^2 + sin^2 = 1: the two products together are one v_k* J v_k of norm d.
      sum += v.cwiseProduct(score.jacobian_product(x, betas, v)).sum() /
             static_cast<double>(d * x.cols());
    }
    result[j] = 1 - sum;
  }
  return result;
}

/// Largest eigenvalues of the symmetric d<y>/dx = beta Cov(y) at x, descending, with their
/// residuals.
std::pair<VectorXd, VectorXd> top_eigenvalues(const target::Denoiser& score, const VectorXd& x,
                                              double beta, Index count) {
  const Index d = score.dimension(), width = std::min(d, 2 * count);
  random::Stream stream({.purpose = random::Purpose::test});
  MatrixXd basis(d, width);
  stream.normals(std::span<double>(basis.data(), static_cast<std::size_t>(basis.size())));
  const VectorXd betas = VectorXd::Constant(width, beta);
  const MatrixXd state = x.replicate(1, width);
  VectorXd values = VectorXd::Zero(count), residuals = VectorXd::Zero(count);
  for (int iteration = 0; iteration < 400; ++iteration) {
    basis = Eigen::HouseholderQR<MatrixXd>(basis).householderQ() * MatrixXd::Identity(d, width);
    const MatrixXd image = score.jacobian_product(state, betas, basis);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> small(basis.transpose() * image);
    const MatrixXd ritz = small.eigenvectors().rightCols(count).rowwise().reverse();
    values = small.eigenvalues().tail(count).reverse();
    residuals = (image * ritz - basis * ritz * values.asDiagonal()).colwise().norm();
    if (residuals.maxCoeff() < 1e-11 * std::max(values[0], 1e-3)) break;
    basis = image + 1e-30 * basis;
  }
  return {values, residuals};
}

class ThreeWayUnit final : public Simulation {
 public:
  ThreeWayUnit(const Setting& setting, const UnitAddress& address)
      : s_(setting),
        modes_(setting.images.height, setting.images.width),
        start_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)) {
    const auto records = static_cast<Index>(s_.recorded.size());
    softening_ = structure_ = MatrixXd::Zero(kModes, records);
  }

  /// One level of one score per block.
  std::int64_t blocks() const override {
    return static_cast<std::int64_t>(s_.scores.size() * s_.grid.size());
  }

  void advance(Recorder& recorder) override {
    const target::Denoiser& score = *s_.scores[which_];
    const double s = s_.grid[level_];
    if (level_ == 0) {
      x_.resize(score.dimension(), s_.walkers);
      start_.normals(std::span<double>(x_.data(), static_cast<std::size_t>(x_.size())));
      x_ *= std::sqrt(s);
    }
    if (level_ == 0 && which_ == 0) solve_prototypes(recorder);
    const MatrixXd mean = score.mean(x_, VectorXd::Constant(s_.walkers, 1 / s));
    const auto record =
        std::find(s_.recorded.begin(), s_.recorded.end(), static_cast<Index>(level_));
    if (record != s_.recorded.end()) {
      const Index column = record - s_.recorded.begin();
      softening_.col(column) = softening(score, x_, 1 / s, kModes);
      const MatrixXd centred = mean.array() - mean.mean();
      structure_.col(column) = modes_.axis(modes_.power(centred)).rowwise().mean().head(kModes);
    }
    if (level_ + 1 < s_.grid.size()) {
      diffusion::reverse_step(diffusion::Sampler::bridge, score, s, s_.grid[level_ + 1], mean,
                              noise_, x_);
      ++level_;
      return;
    }
    const std::string name = kScores[which_];
    const auto span = [](const MatrixXd& m) {
      return std::span<const double>(m.data(), static_cast<std::size_t>(m.size()));
    };
    recorder.measure(name + "_softening", span(softening_));
    recorder.measure(name + "_structure", span(structure_));
    const MatrixXd shown = mean.topLeftCorner(s_.images.height * s_.images.width,
                                              std::min(kThreeWayShown, s_.walkers));
    recorder.measure(name + "_images", span(shown));
    level_ = 0;
    ++which_;
  }

  void save(State& state) const override {
    state.integers["position"] = {start_.position(), noise_.position(), which_, level_};
    const auto put = [&](const std::string& name, const MatrixXd& values) {
      state.reals[name].assign(values.data(), values.data() + values.size());
    };
    put("x", x_);
    put("softening", softening_);
    put("structure", structure_);
  }
  void load(const State& state) override {
    const auto& position = state.integers.at("position");
    start_.seek(position[0]);
    noise_.seek(position[1]);
    which_ = position[2];
    level_ = position[3];
    const auto get = [&](const std::string& name, MatrixXd& values) {
      const auto& stored = state.reals.at(name);
      std::copy(stored.begin(), stored.end(), values.data());
    };
    if (which_ < s_.scores.size()) {
      const std::size_t size = state.reals.at("x").size();
      x_.resize(s_.scores[which_]->dimension(), size == 0 ? 0 : s_.walkers);
      if (static_cast<std::size_t>(x_.size()) == size) get("x", x_);
    }
    get("softening", softening_);
    get("structure", structure_);
  }

 private:
  void solve_prototypes(Recorder& recorder) const {
    const auto records = static_cast<Index>(s_.recorded.size());
    const VectorXd centre = s_.images.values.rowwise().mean();
    MatrixXd values(kPrototypes, records), errors(kPrototypes, records);
    for (Index r = 0; r < records; ++r) {
      const double s = s_.grid[static_cast<std::size_t>(s_.recorded[static_cast<std::size_t>(r)])];
      const auto [top, residual] = top_eigenvalues(*s_.scores[1], centre, 1 / s, kPrototypes);
      values.col(r) = top;
      errors.col(r) = residual;
    }
    recorder.solved("prototype_eigenvalues",
                    {values.data(), static_cast<std::size_t>(values.size())},
                    {errors.data(), static_cast<std::size_t>(errors.size())});
  }

  const Setting& s_;
  LatticeModes modes_;
  random::Stream start_, noise_;
  std::size_t which_ = 0, level_ = 0;
  MatrixXd x_, softening_, structure_;
};

class ThreeWay final : public Experiment {
 public:
  explicit ThreeWay(const deck::Parameters& parameters) {
    if (parameters.word("target.kind") != "image_patches") {
      throw deck::KeyError("target.kind",
                           "three_way compares scores of the same images: it needs "
                           "image_patches");
    }
    const std::shared_ptr<const target::PatchScore> real = build_patch_score(parameters);
    s_.images = target::read_images(parameters);
    if (s_.images.height != s_.images.width || s_.images.count() < 2 ||
        real->dimension() != s_.images.values.rows()) {
      throw deck::KeyError("target.file",
                           "three_way needs at least two square images, and a score of "
                           "their size");
    }
    if (std::min(s_.images.height / 2 + 1, s_.images.count()) < kModes) {
      throw deck::KeyError("target.file",
                           fmt::format("three_way measures {} Fourier modes and as many "
                                       "prototypes: images are too small or too few",
                                       kModes));
    }
    deck::Parameters model;
    const auto integer = [&](const std::string& name, double value) {
      model.set("target." + name, {.kind = deck::Kind::integer, .numbers = {value}, .words = {}});
    };
    model.set("target.kind",
              {.kind = deck::Kind::word, .numbers = {}, .words = {"uniform_patches"}});
    model_patch_ = parameters.integer("experiment.model_patch");
    target::check_side("experiment.model_patch", model_patch_, s_.images.width, true);
    integer("side", static_cast<double>(s_.images.width));
    integer("patch", static_cast<double>(model_patch_));
    s_.scores = {target::build_denoiser(model, {}),
                 target::build_machine({"is", {{1}, {}}, 0, false}, s_.images), real};
    const double from = parameters.real("experiment.s_start"),
                 to = parameters.real("experiment.s_end");
    if (!(from > to)) {
      throw deck::KeyError("experiment.s_end", "the last noise is not below the first");
    }
    const Index steps = parameters.integer("experiment.steps"),
                records = std::min(parameters.integer("experiment.records"), steps + 1);
    s_.grid = diffusion::noise_grid(from, to, steps, "log");
    for (Index r = 0; r < records; ++r) {
      s_.recorded.push_back(r * steps / std::max<Index>(1, records - 1));
    }
    s_.walkers = parameters.integer("sampling.walkers");
    replicas_ = parameters.integer("sampling.replicas");
  }

  std::vector<ObservableInfo> observables() const override {
    const auto records = static_cast<Index>(s_.recorded.size());
    const Index shown = std::min(kThreeWayShown, s_.walkers);
    std::vector<ObservableInfo> infos;
    for (const std::string name : kScores) {
      infos.push_back({.name = name + "_softening",
                       .shape = {records, kModes},
                       .text = "-s v_k* J v_k, modes 2 pi (j, 0)/L, along reverse trajectories",
                       .max_bins = 32});
      infos.push_back({.name = name + "_structure",
                       .shape = {records, kModes},
                       .text = "S(k) of the clean mean less its average, per site",
                       .max_bins = 32});
      infos.push_back({.name = name + "_images",
                       .shape = {shown, s_.images.height, s_.images.width},
                       .text = "final images; unit 0 is a picture",
                       .max_bins = 2});
    }
    infos.push_back({.name = "prototype_eigenvalues",
                     .shape = {records, kPrototypes},
                     .text =
                         "largest eigenvalues of beta Cov(y) of the memorizing score at the mean "
                         "image: above 1 unstable",
                     .origin = verdict::Origin::deterministic});
    return infos;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all = {
        {"lattice_side", static_cast<double>(s_.images.width), "L"},
        {"window", static_cast<double>(model_patch_ * model_patch_), "P^2 of the model"},
        {"largest_norm", s_.images.values.colwise().squaredNorm().maxCoeff(), "max |y|^2"}};
    for (std::size_t r = 0; r < s_.recorded.size(); ++r) {
      const double s = s_.grid[static_cast<std::size_t>(s_.recorded[r])];
      all.push_back({fmt::format("noise_{:04}", r), s, "sigma^2 t in the Brownian gauge"});
      const VectorXd values = gram_eigenvalues(s);
      for (Index a = 0; a < kPrototypes; ++a) {
        all.push_back({fmt::format("eigenvalue_{}_{:04}", a, r), values[a],
                       "Gram matrix of the images with their posterior weights"});
      }
    }
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const double stored = static_cast<double>(s_.scores[2]->memory()) / sizeof(float);
    return static_cast<double>(s_.walkers) *
           static_cast<double>(s_.grid.size() + 3 * s_.recorded.size()) *
           static_cast<double>(s_.images.values.rows()) * (50e-9 + stored * 0.03e-9);
  }
  std::size_t memory_per_unit() const override {
    return s_.scores[2]->memory() +
           sizeof(double) *
               static_cast<std::size_t>(3 * s_.images.values.size() + 40 * s_.images.values.rows());
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<ThreeWayUnit>(s_, address);
  }

 private:
  /// Eigenvalues of Cov_w(y)/s from the N x N matrix sqrt(w_i w_j) (y_i - <y>).(y_j - <y>)/s.
  VectorXd gram_eigenvalues(double s) const {
    const MatrixXd& y = s_.images.values;
    const VectorXd centre = y.rowwise().mean();
    VectorXd log_weights = -(y.colwise() - centre).colwise().squaredNorm() / (2 * s);
    VectorXd w = (log_weights.array() - log_weights.maxCoeff()).exp();
    w /= w.sum();
    const MatrixXd scaled = (y.colwise() - y * w) * w.cwiseSqrt().asDiagonal();
    const MatrixXd gram = scaled.transpose() * scaled / s;
    const VectorXd values =
        Eigen::SelfAdjointEigenSolver<MatrixXd>(gram, Eigen::EigenvaluesOnly).eigenvalues();
    return values.tail(kPrototypes).reverse();
  }

  Setting s_;
  Index model_patch_ = 1;
  std::int64_t replicas_ = 1;
};

}  // namespace

ExperimentKind three_way() {
  ExperimentKind kind;
  kind.name = "three_way";
  kind.text =
      "the uniform-patch model, the memorizing score of whole images and a patch score of the same "
      "images on the same axes: softening, structure, prototypes (Ambrogioni 2026)";
  kind.keys = {deck::count_key("experiment", "model_patch", "5",
                               "patch side P of the uniform-patch model", 1, 1e6),
               deck::count_key("experiment", "steps", "80",
                               "bridges from the first to the last noise", 2, 1e6),
               deck::count_key("experiment", "records", "21",
                               "noise levels at which all is measured", 2, 1e6),
               deck::positive_key("experiment", "s_start", "1000",
                                  "first noise s = sigma^2 t (Brownian gauge)"),
               deck::positive_key("experiment", "s_end", "0.01", "last noise"),
               deck::sampling_key("walkers", "8", "trajectories per score and unit", 1, 1e6),
               deck::sampling_key("replicas", "4", "independent work units", 1, 1e6)};
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<ThreeWay>(parameters);
  };
  kind.analyse = analyse_three_way;
  return kind;
}

}  // namespace symbreak::experiment
