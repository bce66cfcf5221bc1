// Three scores, or four, on the same axes, along their own reverse trajectories (Ambrogioni's
// seminar; 2603.20092):
//   model       uniform patches on a lattice of the size of the images: the solvable patch score
//   memorizing  the exact score of the whole images ("is")
//   real        a patch machine of the same images, as the deck's target says
//   network     where the target is a network; the others are then made of its training images
// A patch score softens along smooth Fourier modes, all of them, and no restoring force vanishes on
// typical states. A memorizing score destabilises along its prototypes: at the mean image the
// eigenvalues of beta Cov(y) cross 1 one by one, each along one combination of images.
//
// Measured at the same noise levels: -s v_k* J v_k per Fourier mode, S(k) of the clean mean, the
// correlation length of the softening; and the largest eigenvalues of beta Cov(y) of the memorizing
// score at the mean image, by orthogonal iteration on Jacobian products, against those of the Gram
// matrix of the images with their posterior weights.
#include <fmt/format.h>

#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/schedule.hpp"
#include "sim/experiment/common/lattice_images.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/experiment/three_way/simulation.hpp"
#include "sim/target/network/network.hpp"
#include "sim/target/patch/machine.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::three_way {

using namespace findings::three_way;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The solvable model on a lattice of this side.
std::shared_ptr<const target::Denoiser> uniform_patches(Index side, Index patch) {
  deck::Parameters model;
  const auto integer = [&](const std::string& name, Index value) {
    model.set("target." + name,
              {.kind = deck::Kind::integer, .numbers = {static_cast<double>(value)}, .words = {}});
  };
  model.set("target.kind", {.kind = deck::Kind::word, .numbers = {}, .words = {"uniform_patches"}});
  integer("side", side);
  integer("patch", patch);
  return target::build_denoiser(model);
}

class ThreeWay final : public BatchExperiment<Setting> {
 public:
  explicit ThreeWay(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    const LatticeScore asked = lattice_score(parameters);
    const auto* network = target::part<target::Network>(*asked.denoiser);
    const auto* points = network ? target::part<target::FiniteSupport>(*network->data()) : nullptr;
    refuse_if(points == nullptr && (asked.patches == nullptr || !parameters.has("target.file")),
              "target.kind",
              "three_way compares scores of the same images: it needs local windows of the images "
              "of a file, or a network beside a dataset");
    const auto integer_or = [&](const char* path, Index otherwise) {
      return parameters.has(path) ? parameters.integer(path) : otherwise;
    };
    s_.images =
        points ? images_of(*points, asked.denoiser->lattice(), integer_or("experiment.images", 500))
               : target::read_images(parameters);
    const Index dimension = asked.denoiser->dimension();
    refuse_if(s_.images.height != s_.images.width || s_.images.count() < 2 ||
                  dimension != s_.images.values.rows() ||
                  (points && dimension != s_.images.height * s_.images.width),
              "target.file",
              "three_way needs at least two square images of one channel, and a score of their "
              "size");
    refuse_if(std::min(s_.images.height / 2 + 1, s_.images.count()) < kModes, "target.file",
              fmt::format("three_way measures {} Fourier modes and as many prototypes: images are "
                          "too small or too few",
                          kModes));
    model_patch_ = parameters.integer("experiment.model_patch");
    target::check_side("experiment.model_patch", model_patch_, s_.images.width, true);
    s_.scores = {lattice_of(uniform_patches(s_.images.width, model_patch_)),
                 lattice_of(target::build_machine({"is", {{1}, {}}, 0, false}, s_.images))};
    if (points) {
      const Index patch = integer_or("experiment.patch", 5);
      const bool chosen = parameters.has("experiment.machine");
      target::check_side("experiment.patch", patch, s_.images.width, true);
      s_.scores.push_back(lattice_of(target::build_machine(
          {.machine = chosen ? parameters.word("experiment.machine") : "els_valid",
           .scales = {{patch}, {}}},
          images_of(*points, asked.denoiser->lattice(),
                    integer_or("experiment.patch_images", 60)))));
    }
    s_.scores.push_back(asked);
    const double from = parameters.real("experiment.s_start"),
                 to = parameters.real("experiment.s_end");
    refuse_if(!(from > to), "experiment.s_end", "the last noise is not below the first");
    const Index steps = parameters.integer("experiment.steps");
    s_.grid = diffusion::spaced_grid("log", from, to, steps).noise;
    s_.recorded = recorded_levels(steps + 1, parameters.integer("experiment.records"));
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const auto records = static_cast<Index>(s_.recorded.size());
    std::vector<measure::ObservableInfo> infos;
    for (std::size_t which = 0; which < s_.scores.size(); ++which) {
      const ScoreNames& score = kScores[which];
      infos.push_back(shaped(score.softening, {records, kModes},
                             "-s v_k* J v_k, modes 2 pi (j, 0)/L, along reverse trajectories", 32));
      infos.push_back(shaped(score.structure, {records, kModes},
                             "S(k) of the clean mean less its average, per site", 32));
      infos.push_back(shaped(score.images, {s_.shown(), s_.images.height, s_.images.width},
                             "final images; unit 0 is a picture", 2));
    }
    infos.push_back(shaped(observable::prototype_eigenvalues, {records, kPrototypes},
                           "largest eigenvalues of beta Cov(y) of the memorizing score at the mean "
                           "image: above 1 unstable"));
    infos.back().origin = verdict::Origin::deterministic;
    return measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    return {{fact::lattice_side, static_cast<double>(s_.images.width), "L"},
            {fact::window, static_cast<double>(model_patch_ * model_patch_), "P^2 of the model"},
            {fact::largest_norm, s_.images.values.colwise().squaredNorm().maxCoeff(), "max |y|^2"},
            {fact::noise, at_levels(s_.grid, s_.recorded), "sigma^2 t in the Brownian gauge"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    MatrixXd values(s_.recorded.size(), kPrototypes);
    for (std::size_t r = 0; r < s_.recorded.size(); ++r) {
      values.row(static_cast<Index>(r)) = gram_eigenvalues(s_.noise(r)).transpose();
    }
    std::vector<verdict::Prediction> all;
    for (Index a = 0; a < kPrototypes; ++a) {
      all.push_back({prediction::eigenvalues[static_cast<std::size_t>(a)],
                     std::vector<double>(values.col(a).begin(), values.col(a).end()),
                     "Gram matrix of the images with their posterior weights"});
    }
    return all;
  }

  double seconds_per_unit() const override {
    double each = 0;
    for (std::size_t which = 2; which < s_.scores.size(); ++which) {
      each += evaluation_seconds(*s_.scores[which].denoiser, s_.walkers);
    }
    return 2 * static_cast<double>(s_.grid.size() + 3 * s_.recorded.size()) * each;
  }
  std::size_t memory_per_unit() const override {
    return memory_with(*s_.scores[2].denoiser,
                       3 * s_.images.values.size() + 40 * s_.images.values.rows());
  }

 private:
  /// Eigenvalues of Cov_w(y)/s from the N x N matrix sqrt(w_i w_j) (y_i - <y>).(y_j - <y>)/s, or,
  /// of more images than pixels, from Cov_w(y) itself.
  VectorXd gram_eigenvalues(double s) const {
    const MatrixXd& y = s_.images.values;
    const VectorXd centre = y.rowwise().mean();
    VectorXd log_weights = -(y.colwise() - centre).colwise().squaredNorm() / (2 * s);
    VectorXd w = (log_weights.array() - log_weights.maxCoeff()).exp();
    w /= w.sum();
    const MatrixXd scaled = (y.colwise() - y * w) * w.cwiseSqrt().asDiagonal();
    const MatrixXd gram = scaled.cols() > scaled.rows() ? MatrixXd(scaled * scaled.transpose() / s)
                                                        : MatrixXd(scaled.transpose() * scaled / s);
    const VectorXd values = target::eigenvalues(gram);
    return values.tail(kPrototypes).reverse();
  }

  Index model_patch_ = 1;
};

}  // namespace

ExperimentKind kind() {
  // Optional: decks without a network have no trace of them.
  const auto of_network = [](deck::Key key) {
    key.optional = true;
    return deck::used_with("target.kind=network", std::move(key));
  };
  ExperimentKind kind;
  kind.name = "three_way";
  kind.text =
      "the uniform-patch model, the memorizing score of whole images and a patch score of the same "
      "images on the same axes, and a network trained on them: softening, structure, prototypes "
      "(Ambrogioni 2026)";
  kind.keys = {
      deck::count_key("experiment", "model_patch", "5", "patch side P of the uniform-patch model",
                      1, 1e6),
      of_network(deck::count_key("experiment", "images", "",
                                 "training images of the memorizing score, the first "
                                 "ones; default: 500",
                                 2, 1e6)),
      of_network(deck::count_key("experiment", "patch", "",
                                 "patch side of the patch machine (odd); default: 5", 1, 1e6)),
      of_network(deck::word_key("experiment", "machine", "",
                                "which patch machine, as in image_patches; default: "
                                "els_valid",
                                {"ls", "els_valid", "els_wrapped", "bbels"})),
      of_network(deck::count_key("experiment", "patch_images", "",
                                 "training images that it is made of, the first ones; "
                                 "default: 60",
                                 1, 1e6)),
      deck::count_key("experiment", "steps", "80", "bridges from the first to the last noise", 2,
                      1e6),
      deck::count_key("experiment", "records", "21", "noise levels at which all is measured", 2,
                      1e6),
      deck::positive_key("experiment", "s_start", "1000",
                         "first noise s = sigma^2 t (Brownian gauge)"),
      deck::positive_key("experiment", "s_end", "0.01", "last noise"),
      deck::sampling_key("walkers", "8", "trajectories per score and unit", 1, 1e6),
      deck::sampling_key("replicas", "4", "independent work units", 1, 1e6)};
  kind.needs = {target::Part::lattice};
  kind.make = make<ThreeWay>;
  return kind;
}

}  // namespace symbreak::experiment::three_way
