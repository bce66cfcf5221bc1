// One score beside others: per noise level the mean square distance of the clean means, on noisy
// states of the training data (or of held-out data), to
//   the exact score of the data beside it   (of a dataset: it memorizes)
//   the exact score of held-out data        as near as to the training data: it generalizes
//   a Gaussian of the same covariance       what a linear denoiser learns first
//   a patch machine of the same images      local and equivariant (Kamb & Ganguli 2024)
// E|y - D|^2 = E|y - D_data|^2 + E|D - D_data|^2 on states of the data, whatever D is: the two
// losses are the distances up to a constant, and their gap is a test of the plumbing. The
// antisymmetric share |A|^2/|J|^2 of the Jacobian, by random probes, is 0 for a gradient.
#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/reverse_run.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/experiment/score_comparison/simulation.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/random_features/trained_score.hpp"

namespace symbreak::experiment::score_comparison {

using namespace findings::score_comparison;

namespace {

/// Words of `claim`, as kScores.
constexpr const char* kClaims[] = {"data", "held_out", "gaussian", "patches"};

class ScoreComparison final : public BatchExperiment<Setting> {
 public:
  explicit ScoreComparison(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    s_.model = target::build_model(parameters);
    require_evaluated(parameters, s_.model);
    s_.network = target::part<target::Network>(*s_.model.denoiser);
    const auto* trained = target::part<target::feature_flow::TrainedScore>(*s_.model.denoiser);
    data_ = s_.network ? s_.network->data()
                       : std::dynamic_pointer_cast<const target::Target>(
                             trained ? trained->machine().source() : s_.model.denoiser);
    keys_ = {parameters.word("experiment.machine"), parameters.integer("experiment.patch"),
             parameters.integer("experiment.patch_images")};
    refuse_if(keys_.patch > 0 && s_.model.denoiser->lattice().size() != 2, "experiment.patch",
              "a patch machine needs images: set target.lattice");
    if (data_ != nullptr) there_ = which(data_, *s_.model.denoiser, keys_);
    s_.held_out = parameters.word("experiment.states") == "held_out";
    refuse_if(s_.held_out && !s_.model.data->has_law(), "experiment.states",
              "there are no held-out data: set target.held_out");
    s_.curl = parameters.flag("experiment.curl");
    const std::string& claim = parameters.word("experiment.claim");
    for (std::size_t r = 0; claim != "none" && r < kReferences; ++r) {
      if (claim == kClaims[r]) claimed_ = r;
    }
    refuse_if(claimed_ && !there_[*claimed_], "experiment.claim",
              "there is no such score to compare with here");
    s_.noise = recorded_noise(parameters, forward_, s_.model);
  }

  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    if (!made_.references) {
      made_ = s_;
      made_.references = std::make_shared<const References>(
          data_ ? references(data_, *s_.model.denoiser, keys_) : References{});
    }
    return simulation(made_, address);
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const auto levels = static_cast<Index>(s_.noise.size());
    std::vector<measure::ObservableInfo> infos = {
        shaped(observable::loss, {levels}, "denoising loss E|y - D|^2/d", 64)};
    for (std::size_t r = 0; r < kReferences; ++r) {
      if (!there_[r]) continue;
      infos.push_back(shaped(kScores[r].distance, {levels},
                             fmt::format("E|D - D'|^2/d, D' the score of {}", kScores[r].name),
                             64));
    }
    if (there_[kData]) {
      infos.push_back(shaped(observable::loss_data, {levels},
                             "E|y - D'|^2/d, D' the score of the data beside it", 64));
      infos.push_back(shaped(observable::loss_gap, {levels},
                             "loss - loss_data - distance_data, same samples", 64));
    }
    if (s_.curl) {
      infos.push_back(shaped(observable::antisymmetric, {levels},
                             "|J - J^T|^2/(4 d) of J = d<y>/dx, random probes", 64));
      infos.push_back(shaped(observable::jacobian_square, {levels}, "|J|^2/d, same probes", 64));
    }
    infos = measure::independent(std::move(infos));
    if (s_.curl && s_.network != nullptr) {
      infos.push_back(
          {.name = observable::jacobian_error,
           .shape = {levels},
           .text = "relative error of Jacobian products by differences; 0: the worker's",
           .origin = verdict::Origin::deterministic});
    }
    return infos;
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<verdict::Fact> all = {
        {fact::time, times_of(forward_, s_.noise), "deck's clock"},
        {fact::noise, s_.noise, "s = sigma^2 t"},
        {fact::own_states, s_.held_out ? 0.0 : 1.0, "1: noisy states of the data beside it"}};
    if (claimed_) {
      all.push_back({fact::claimed, static_cast<double>(*claimed_), "the score it claims to be"});
    }
    return all;
  }

  /// Points are kept in single precision: log weights err by some 1e-7 |x||y|/s, and the clean mean
  /// by as much of the spread of the data. Scores of known laws are double.
  std::vector<verdict::Prediction> predictions() const override {
    if (!claimed_) return {};
    const auto* points = target::part<target::FiniteSupport>(*data_);
    const double d = static_cast<double>(data_->dimension());
    double largest = 0;
    for (Index j = 0; points != nullptr && j < std::min<Index>(points->count(), 1000); ++j) {
      largest = std::max(largest, points->point(j).norm());
    }
    std::vector<double> rounding;
    for (const double s : s_.noise) {
      const double relative = points != nullptr ? 1e-6 : 1e-13;
      rounding.push_back(relative * (1 + largest * (largest + std::sqrt(s * d)) / s) *
                         std::max(largest / std::sqrt(d), 1.0));
    }
    return {{prediction::rounding, rounding, "rounding of log weights, root mean square"}};
  }

  double seconds_per_unit() const override {
    const double points = data_ && there_[kData] ? mean_seconds(*data_) : 0;
    return s_.walkers_per_unit() * static_cast<double>(s_.noise.size()) *
           ((s_.curl ? 5 : 1) * mean_seconds(*s_.model.denoiser) + points);
  }
  std::size_t memory_per_unit() const override {
    const Index d = s_.model.denoiser->dimension();
    return memory_with(*s_.model.denoiser, 10 * d * s_.walkers + (there_[kGaussian] ? d * d : 0));
  }

 private:
  std::shared_ptr<const target::Target> data_;  ///< nullptr: no known law
  ReferenceKeys keys_;
  std::array<bool, kReferences> there_{};
  std::optional<std::size_t> claimed_;
  mutable Setting made_;  ///< with the references, on first use
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "score_comparison";
  kind.text =
      "distance of a score to the exact scores of its data and of held-out data, to a Gaussian of "
      "the same covariance and to a patch machine, per noise level; its losses; the curl of its "
      "Jacobian";
  kind.keys = diffusion::start_keys();
  std::erase_if(kind.keys, [](const deck::Key& key) { return !key.name.starts_with("t_"); });
  append(kind.keys,
         deck::joined(
             {{deck::count_key("experiment", "records", "21",
                               "noise levels, even in ln s, from t_end to t_start", 2, 999),
               deck::word_key("experiment", "states", "training",
                              "noisy states of the data beside the score, or of held-out data",
                              {"training", "held_out"}),
               deck::plain_key(
                   deck::Kind::boolean, "experiment", "curl", "yes",
                   "measure the antisymmetric share of the Jacobian: two Jacobian products "
                   "a state"),
               deck::word_key("experiment", "claim", "none",
                              "a score that it claims to be: the distance to it must be rounding",
                              {"none", "data", "held_out", "gaussian", "patches"}),
               deck::count_key("experiment", "patch", "0",
                               "patch side of the patch machine (odd); 0: none", 0, 1e6),
               deck::used_with("patch!=0",
                               deck::word_key("experiment", "machine", "els_valid",
                                              "which patch machine, as in image_patches",
                                              {"es", "ls", "els_valid", "els_wrapped", "bbels"})),
               deck::used_with("patch!=0", deck::count_key("experiment", "patch_images", "200",
                                                           "most images that it is made of"))},
              batch_keys("64", "8", "4")}));
  kind.needs = {target::Part::denoiser, target::Part::clean_data};
  kind.make = make<ScoreComparison>;
  return kind;
}

}  // namespace symbreak::experiment::score_comparison
