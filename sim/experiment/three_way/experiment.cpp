// Scores of the same images on the same axes, along their own reverse trajectories (Ambrogioni's
// seminar; 2603.20092); as many as a deck asks for (scores.hpp):
//   model       uniform patches on a lattice of the size of the images: the solvable patch score
//   memorizing  the exact score of the whole images ("is"), of the first N of them
//   gaussian    of the mean and covariance of the images: the best linear denoiser
//   real        a patch machine of the same images, as the deck's target says, and of other sides
//   network     where the target is a network; the others are then made of its training images
// A patch score softens along smooth Fourier modes, all of them, and no restoring force vanishes on
// typical states. A memorizing score destabilises along its prototypes: at the mean image the
// eigenvalues of beta Cov(y) cross 1 one by one, each along one combination of images. A Gaussian
// score softens by s v_k* (C + s)^{-1} v_k whatever the state, to the share of v_k outside C.
//
// Measured at the same noise levels: -s v_k* J v_k per Fourier mode, S(k) of the clean mean, the
// correlation length of the softening; and the largest eigenvalues of beta Cov(y) of each
// memorizing score at the mean image, by orthogonal iteration on Jacobian products, against those
// of the Gram matrix of the images with their posterior weights.
#include <fmt/format.h>

#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/schedule.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/experiment/three_way/gaussian.hpp"
#include "sim/experiment/three_way/scores.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::three_way {

using namespace findings::three_way;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

class ThreeWay final : public BatchExperiment<Setting> {
 public:
  explicit ThreeWay(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    make_scores(parameters, s_, moments_);
    model_patch_ = parameters.integer("experiment.model_patch");
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
    for (const Score& score : s_.scores) {
      infos.push_back(shaped(score.names->softening, {records, kModes},
                             "-s v_k* J v_k, modes 2 pi (j, 0)/L, along reverse trajectories", 32));
      infos.push_back(shaped(score.names->structure, {records, kModes},
                             "S(k) of the clean mean less its average, per site", 32));
      infos.push_back(shaped(score.names->images, {s_.shown(), s_.images.height, s_.images.width},
                             "final images; unit 0 is a picture", 2));
    }
    for (const Score& score : s_.scores) {
      if (score.names->sort != Sort::memorizing) continue;
      infos.push_back(shaped(score.names->eigenvalues, {records, kPrototypes},
                             "largest eigenvalues of beta Cov(y) of the memorizing score at the "
                             "mean image: above 1 unstable"));
      infos.back().origin = verdict::Origin::deterministic;
    }
    return measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<verdict::Fact> all = {
        {fact::lattice_side, static_cast<double>(s_.images.width), "L"},
        {fact::window, static_cast<double>(model_patch_ * model_patch_), "P^2 of the model"},
        {fact::largest_norm, s_.images.values.colwise().squaredNorm().maxCoeff(), "max |y|^2"},
        {fact::noise, at_levels(s_.grid, s_.recorded), "sigma^2 t in the Brownian gauge"}};
    const auto of_several = [&](Sort sort, verdict::FactName name, const char* text) {
      std::vector<double> numbers;
      for (const Score& score : s_.scores) {
        if (score.names->sort == sort) numbers.push_back(static_cast<double>(score.number));
      }
      if (numbers.size() > 1) all.push_back({name, numbers, text});
    };
    of_several(Sort::memorizing, fact::memorized, "images of each memorizing score");
    of_several(Sort::real, fact::patch_sides, "P of each patch machine; 0: several scales");
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    for (const Score& score : s_.scores) {
      if (score.names->sort != Sort::memorizing) continue;
      MatrixXd values(s_.recorded.size(), kPrototypes);
      for (std::size_t r = 0; r < s_.recorded.size(); ++r) {
        values.row(static_cast<Index>(r)) = gram_eigenvalues(score, s_.noise(r)).transpose();
      }
      for (Index a = 0; a < kPrototypes; ++a) {
        all.push_back({score.names->predicted[static_cast<std::size_t>(a)],
                       std::vector<double>(values.col(a).begin(), values.col(a).end()),
                       "Gram matrix of the images with their posterior weights"});
      }
    }
    if (moments_.covariance.size() > 0) {
      const auto list = [](const MatrixXd& values) {
        return std::vector<double>(values.data(), values.data() + values.size());
      };
      all.push_back(
          {prediction::gaussian_softening,
           list(gaussian_softening(moments_.covariance, s_.images.width,
                                   at_levels(s_.grid, s_.recorded), kModes)),
           "s v_k* (C + s)^{-1} v_k, C the covariance of the images, by Cholesky decomposition"});
      all.push_back({prediction::gaussian_structure,
                     list(gaussian_structure(moments_.mean, moments_.covariance, s_.images.width,
                                             s_.grid, s_.recorded, kModes)),
                     "the same steps eigendirection by eigendirection of C"});
    }
    return all;
  }

  double seconds_per_unit() const override {
    double each = 0;
    for (const Score& score : s_.scores) {
      each += evaluation_seconds(*score.lattice.denoiser, s_.walkers);
    }
    return 2 * static_cast<double>(s_.grid.size() + 3 * s_.recorded.size()) * each;
  }
  std::size_t memory_per_unit() const override {
    std::size_t scores = 0;
    for (const Score& score : s_.scores) scores += score.lattice.denoiser->memory();
    return scores + sizeof(double) * static_cast<std::size_t>(3 * s_.images.values.size() +
                                                              40 * s_.images.values.rows());
  }

 private:
  /// Eigenvalues of Cov_w(y)/s from the N x N matrix sqrt(w_i w_j) (y_i - <y>).(y_j - <y>)/s, or,
  /// of more images than pixels, from Cov_w(y) itself.
  VectorXd gram_eigenvalues(const Score& score, double s) const {
    const MatrixXd y = s_.memorized(score);
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
  Moments moments_;  ///< of the Gaussian score, if there is one
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "three_way";
  kind.text =
      "any number of scores of the same images on the same axes, by default the uniform-patch "
      "model, the memorizing score of whole images, a patch score and a network trained on them; "
      "also a Gaussian, other patches, numbers of images, networks: softening, structure, "
      "prototypes (Ambrogioni 2026)";
  kind.keys =
      deck::joined({score_keys(),
                    {deck::count_key("experiment", "steps", "80",
                                     "bridges from the first to the last noise", 2, 1e6),
                     deck::count_key("experiment", "records", "21",
                                     "noise levels at which all is measured", 2, 1e6),
                     deck::positive_key("experiment", "s_start", "1000",
                                        "first noise s = sigma^2 t (Brownian gauge)"),
                     deck::positive_key("experiment", "s_end", "0.01", "last noise"),
                     deck::sampling_key("walkers", "8", "trajectories per score and unit", 1, 1e6),
                     deck::sampling_key("replicas", "4", "independent work units", 1, 1e6)}});
  kind.needs = {target::Part::lattice};
  kind.make = make<ThreeWay>;
  return kind;
}

}  // namespace symbreak::experiment::three_way
