// Condensation (memorization) of the posterior of an explicit dataset onto single data.
//
// The posterior weights w_j(x) of the data points are a random-energy system: above the
// condensation time they are spread over exponentially many data, below it a few dominate
// (Ambrogioni 2024, section 8; Biroli, Bonnaire, de Bortoli & Mezard 2024; Lucibello & Mezard
// 2024). The noisy states are of one of three kinds, never mixed:
//   planted    x = y_1 + noise, y_1 a datum: what forward and reverse trajectories look like. The
//              transition is a Shannon threshold, I(Y; X_t) = log N.
//   unplanted  x = y' + noise, y' drawn from the data's law (or held out) and independent of the
//              dataset: the published random-energy law. The difference of losses between planted
//              and unplanted states is the generalization gap.
//   trajectory x along reverse trajectories of the dataset's own score, begun exactly from p_t at
//              high noise: the same law as planted states when the score is exact.
// All weights are handled through their logarithms.
#include <fmt/format.h>

#include <cmath>
#include <fstream>

#include "analysis/findings/condensation/observables.hpp"
#include "analysis/theory/information.hpp"
#include "analysis/theory/levels/threshold.hpp"
#include "analysis/theory/levels/two_levels.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/condensation/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/centred_data.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::condensation {

using namespace findings::condensation;

namespace {

/// Start of trajectories, in units of the variance of the data: an exact draw from p_t, so that it
/// only has to lie above everything that happens.
constexpr double kStartVariances = 20;

/// One line of a published table: time, value, error.
struct Published {
  double time, value, error;
};

std::vector<Published> read_published(const std::string& file) {
  std::vector<Published> rows;
  std::ifstream text(file);
  int number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    const bool heading = line.find_first_not_of("0123456789+-.eE, \t\r") != line.npos;
    if (line.empty() || heading) continue;
    Published row{};
    refuse_if(std::sscanf(line.c_str(), "%lf,%lf,%lf", &row.time, &row.value, &row.error) != 3 ||
                  !(row.error > 0),
              "experiment.published",
              fmt::format("{}: line {}: '{}'; expected time,value,error with a positive error",
                          file, number, line.substr(0, 40)));
    rows.push_back(row);
  }
  refuse_if(rows.empty(), "experiment.published", file + ": no line of the form time,value,error");
  return rows;
}

class CondensationExperiment final : public PointExperiment<Setting> {
 public:
  explicit CondensationExperiment(const deck::Parameters& parameters)
      : PointExperiment(parameters),
        target_(parameters),
        state_(parameters.word("experiment.state")),
        t_(parameters.real("experiment.t")) {
    const auto target = target_.sample();
    read_setting(parameters, *target);
    dimension_ = target->dimension();
    count_ = target::part<target::FiniteSupport>(*target)->count();
    memory_ = target->memory();
    critical_noise_ = target->collapse_noise();
    model_ = target->data_model();
    if (const auto* data = target::part<target::CentredData>(*target)) {
      centres_ = data->centres();
      s_.classes = s_.states == NoisyStates::planted;
    }
    if (const std::string& file = parameters.word("experiment.published"); !file.empty()) {
      for (const Published& row : read_published(file)) {
        if (std::abs(row.time - t_) < 1e-6 * t_) published_ = row;
      }
    }
  }

  std::vector<measure::ObservableInfo> observables() const override;
  std::vector<verdict::Fact> facts() const override;
  std::vector<verdict::Prediction> predictions() const override;

  double seconds_per_unit() const override {
    // Two multiply-adds per (datum, coordinate, walker) at some 10 Gflop/s, and one exponential;
    // twice per step of a trajectory.
    double evaluations = s_.losses ? 1 : 0.5;
    if (s_.states == NoisyStates::trajectory) evaluations += 2 * static_cast<double>(s_.steps);
    if (s_.clones == CloneMethod::reverse) evaluations += 4 * static_cast<double>(s_.steps);
    return evaluations * s_.walkers_per_unit() * static_cast<double>(count_) *
           (0.02e-9 * static_cast<double>(dimension_) + 0.3e-9);
  }
  std::size_t memory_per_unit() const override {
    return memory_ + sizeof(double) * static_cast<std::size_t>(12 * dimension_ * s_.walkers);
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    Setting setting = s_;
    setting.target = target_.of(address);
    return simulation(std::move(setting), address);
  }

 private:
  void read_setting(const deck::Parameters& parameters, const target::Target& target) {
    const std::string& clones = parameters.word("experiment.clones");
    s_.states = state_ == "planted"     ? NoisyStates::planted
                : state_ == "unplanted" ? NoisyStates::unplanted
                                        : NoisyStates::trajectory;
    s_.clones = clones == "none"        ? CloneMethod::none
                : clones == "posterior" ? CloneMethod::posterior
                                        : CloneMethod::reverse;
    // Clones are made of planted states; a sweep over states has them where they make sense.
    if (s_.states != NoisyStates::planted) s_.clones = CloneMethod::none;
    s_.noise = forward_.at(t_).noise();
    s_.steps = parameters.integer("experiment.steps");
    s_.losses = parameters.flag("experiment.losses") && s_.states != NoisyStates::trajectory;
    s_.norm = s_.states == NoisyStates::unplanted ? parameters.real("experiment.norm") : 0;
    refuse_if(s_.states == NoisyStates::unplanted && s_.norm == 0 && !target.has_law(),
              "experiment.state",
              "unplanted states need data independent of the dataset: a synthetic_dataset, or a "
              "dataset with held_out > 0");
    if (s_.states == NoisyStates::trajectory) {
      double variance = 0;
      const auto& points = *target::part<target::FiniteSupport>(target);
      const target::VectorXd mean = target.mean_of_target();
      const Index used = std::min<Index>(points.count(), 256);
      for (Index j = 0; j < used; ++j) variance += (points.point(j) - mean).squaredNorm();
      variance /= static_cast<double>(used * target.dimension());
      s_.start_noise = std::max(kStartVariances * variance, 4 * s_.noise);
    }
  }

  // The setting is without the target: it may be a new one for every disorder sample.
  UnitTarget target_;
  std::string state_;
  double t_;
  Index dimension_ = 0, count_ = 0;
  std::size_t memory_ = 0;
  std::optional<target::CollapseNoise> critical_noise_;
  std::optional<theory::DataModel> model_;
  std::optional<target::Centres> centres_;
  std::optional<Published> published_;

  std::vector<verdict::Prediction> of_levels() const;
};

std::vector<measure::ObservableInfo> CondensationExperiment::observables() const {
  const std::string of = ", " + state_ + " x";
  // Independent samples: keep them all as bins (for medians) up to a bound.
  const Index bins = std::min<Index>(4096, s_.walkers * s_.blocks);
  std::vector<measure::ObservableInfo> infos = {
      {.name = observable::participation,
       .text = "participation ratio Y = sum_j w_j^2 of the posterior weights" + of,
       .max_bins = bins},
      {.name = observable::effective_patterns,
       .text = "1/Y, the number of data points that share the posterior" + of},
      {.name = observable::entropy,
       .unit = "nats",
       .text = "posterior entropy -sum_j w_j log w_j" + of},
      {.name = observable::largest_weight, .text = "max_j w_j" + of},
  };
  if (s_.states == NoisyStates::planted) {
    append(
        infos,
        {{.name = observable::true_weight, .text = "weight w_1 of the datum that x was made from"},
         {.name = observable::excess_entropy,
          .unit = "nats per dimension",
          .text = "f^e = -log(w_1)/d (Biroli et al. 2024, eq. 9)"},
         {.name = observable::map_correct,
          .text =
              "1 when the datum of largest weight is the one x was made from (one of those that "
              "are alike)"},
         {.name = observable::true_weight_identity,
          .text = "w_1 - Y, of mean zero at every N, d, t (exact identity)"},
         {.name = observable::map_identity,
          .text = "(MAP correct) - max_j w_j, of mean zero (exact identity)"}});
  }
  if (s_.classes) {
    append(infos, {{.name = observable::class_weight,
                    .text = "weight W_1 of the centre of the datum that x was made from"},
                   {.name = observable::class_identity,
                    .text = "W_1 - sum_c W_c^2, of mean zero (exact identity)"}});
  }
  if (s_.losses && s_.norm == 0) {
    append(infos,
           {{.name = observable::denoising_error,
             .unit = "squared data unit",
             .text = "|<y> - y|^2/d, y the clean datum behind x: the loss of the exact score" + of},
            {.name = observable::log_likelihood,
             .unit = "nats per dimension",
             .text = "log p_t(x)/d under the noised dataset, in the gauge x = y + noise" + of}});
    if (s_.states == NoisyStates::planted) {
      append(infos, {{.name = observable::overlap_identity,
                      .unit = "squared data unit",
                      .text = "<y>.(y - <y>)/d, of mean zero (exact identity)"}});
    }
  }
  if (s_.clones != CloneMethod::none) {
    const std::string how = s_.clones == CloneMethod::posterior
                                ? "exact posterior draws"
                                : "reverse trajectories of the dataset's score";
    append(infos, {{.name = observable::clone_probability,
                    .text = "1 when two futures of the same x end on the same datum; " + how},
                   {.name = observable::return_probability,
                    .text = "1 when a U-turn (datum, noise, back) returns to its datum; " + how},
                   {.name = observable::clone_identity,
                    .text = "(clones agree) - Y, of mean zero (exact identity)"},
                   {.name = observable::return_identity,
                    .text = "(U-turn returns) - Y, of mean zero (exact)"}});
  }
  if (s_.states == NoisyStates::trajectory) {
    append(infos,
           {{.name = observable::nearest_ratio,
             .text = "distance of the generated sample <y>_t to its nearest datum over that to the "
                     "second nearest"},
            {.name = observable::memorized,
             .text = "1 when nearest_ratio < 1/3: the sample is a copy (Yoon et al. 2023)"}});
  }
  // Errors of disorder averages come from the means of the units.
  if (s_.disorder_samples > 1) {
    for (measure::ObservableInfo& info : infos) {
      if (info.name != observable::participation) info.max_bins = 8;
    }
  }
  return measure::independent(std::move(infos));
}

std::vector<verdict::Fact> CondensationExperiment::facts() const {
  std::vector<verdict::Fact> all = {
      {fact::log_count, std::log(static_cast<double>(count_)), "log N of the dataset"},
      {fact::dimension, static_cast<double>(dimension_), "dimension of the data"}};
  if (critical_noise_) {
    all.push_back({fact::collapse_is_bound, critical_noise_->is_bound ? 1.0 : 0.0,
                   "1: the information is an upper bound, and so is the time"});
  }
  return all;
}

/// Classes as a dataset of the centres in noise of variance v2 + s, the members of a known class as one of
/// variance v2.
std::vector<verdict::Prediction> CondensationExperiment::of_levels() const {
  const target::Centres& c = *centres_;
  const auto d = static_cast<double>(dimension_);
  const theory::LevelNoises noises =
      theory::level_noises({c.log_centres, c.log_members, c.between, c.within, d});
  if (!noises.two_stages) {
    return {
        {prediction::class_time, forward_.time(noises.classes), "classes and members together"}};
  }
  const theory::DataModel between{.dimension = d, .variance = c.between},
      within{.dimension = d, .variance = c.within};
  const auto classes = theory::threshold_weight(
      theory::information(between, c.within + noises.classes), c.log_centres);
  const auto members =
      theory::threshold_weight(theory::information(within, noises.members), c.log_members);
  const auto weight =
      theory::planted_law(theory::information(between, c.within + s_.noise), c.log_centres);
  return {{prediction::class_time, forward_.time(noises.classes),
           "d ln(1 + v1/(v2 + s))/2 = log N1, members not told"},
          {prediction::class_weight, weight.weight, "centres alone, in noise v2 + s"},
          {prediction::class_threshold_weight, classes.value, "E[W_1] at the class's threshold"},
          {prediction::class_threshold_weight_error, classes.error, "bound on neglected terms"},
          {prediction::threshold_weight, members.value, "E[w_1] at the members' threshold"},
          {prediction::threshold_weight_error, members.error, "bound on neglected terms"}};
}

std::vector<verdict::Prediction> CondensationExperiment::predictions() const {
  const double log_count = std::log(static_cast<double>(count_));
  std::vector<verdict::Prediction> all;
  if (s_.classes) append(all, of_levels());
  if (critical_noise_) {
    all.push_back({prediction::collapse_time, forward_.time(critical_noise_->noise),
                   "I(Y;X_t) = log N, " + critical_noise_->law});
  }
  if (model_ && count_ > 1) {
    const auto information = theory::information(*model_, s_.noise);
    all.push_back({prediction::information, information.mean, "I(Y;X_t) in nats, " + model_->text});
    all.push_back({prediction::dispersion, information.variance,
                   "variance of the information density in nats^2, " + model_->text});
    if (s_.states != NoisyStates::unplanted) {
      const auto planted = theory::planted_law(information, log_count);
      all.push_back({prediction::planted_weight, planted.weight,
                     "E[w_1] ~ Phi((I - log N + log 2)/sqrt(V)), " + model_->text});
      all.push_back({prediction::planted_surprise, planted.surprise,
                     "E[-log w_1], log N - I and a finite-size term above the collapse"});
    }
    if (s_.states != NoisyStates::unplanted && critical_noise_) {
      const auto threshold =
          theory::threshold_weight(theory::information(*model_, critical_noise_->noise), log_count);
      all.push_back({prediction::threshold_weight, threshold.value, "E[w_1] at I = log N"});
      all.push_back(
          {prediction::threshold_weight_error, threshold.error, "bound on neglected terms"});
    }
    if (model_->class_signal > 0) {
      theory::DataModel one = *model_;
      one.class_signal = 0;
      all.push_back({prediction::information_without_class, theory::information(one, s_.noise).mean,
                     "I without the class bit: the published theory"});
    }
    if (s_.norm > 0 && model_->law == theory::DataLaw::sphere) {
      const double alpha = log_count / model_->dimension, s = std::sqrt(model_->variance);
      all.push_back({prediction::condensation_time_printed,
                     forward_.time(theory::printed_condensation_noise(alpha, s, s_.norm)),
                     "Ambrogioni 2024, eq. 38 as printed: s |x|/sqrt(2 log N)"});
      all.push_back(
          {prediction::condensation_time,
           forward_.time(theory::sphere_condensation_noise(alpha, s, s_.norm)),
           "the same for the sphere at finite alpha: s rho e^{-2 alpha}/sqrt(1 - e^{-2 alpha})"});
      // In a plane of the space the part of x along it would count; keep to the whole space.
      if (model_->dimension == static_cast<double>(dimension_)) {
        all.push_back({prediction::participation,
                       theory::sphere_participation(s * s_.norm * model_->dimension / s_.noise,
                                                    model_->dimension, log_count),
                       "exact E[Y] at this N and d, x of fixed norm"});
      }
    }
  }
  if (published_) {
    all.push_back({prediction::published_ratio, published_->value, "f^e/alpha, published"});
    all.push_back({prediction::published_error, published_->error, "standard error, published"});
  }
  return all;
}

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "condensation";
  kind.text =
      "condensation of the posterior onto single data points (memorization): participation ratio, "
      "weights, excess entropy, collapse time, generalization gap (Ambrogioni 2024, section 8; "
      "Biroli et al. 2024)";
  kind.keys = {
      deck::time_key(),
      deck::word_key("experiment", "state", "planted",
                     "planted: x = datum + noise; unplanted: x independent of the dataset; "
                     "trajectory: x along reverse trajectories of the dataset's score",
                     {"planted", "unplanted", "trajectory"}),
      deck::used_with(
          "state=planted|unplanted",
          deck::plain_key(
              deck::Kind::boolean, "experiment", "losses", "yes",
              "measure denoising error and log-likelihood, planted and unplanted: doubles "
              "the cost (the clean mean)")),
      deck::used_with(
          "state=planted",
          deck::word_key("experiment", "clones", "none",
                         "where two futures of the same x end and whether a U-turn returns, "
                         "by exact posterior draws or by reverse trajectories",
                         {"none", "posterior", "reverse"})),
      deck::used_with("state=trajectory or clones=reverse",
                      deck::count_key("experiment", "steps", "100",
                                      "steps of a reverse trajectory (second-order bridges): of a "
                                      "clone down to 1e-3 t, where its datum is drawn, even "
                                      "in sqrt(t); of state = trajectory from 20 times the "
                                      "variance of the data, even in log t",
                                      1, 1e7)),
      deck::used_with(
          "state=unplanted",
          deck::real_key("experiment", "norm", "0",
                         "x uniform on the sphere of radius norm sqrt(d); 0: fresh datum + noise",
                         0)),
      deck::plain_key(
          deck::Kind::file, "experiment", "published", "",
          "CSV file of lines time,value,error: published f^e/alpha to draw beside ours"),
      deck::sampling_key("walkers", "64", "noisy states evaluated together (one batch)", 1, 1e6),
      deck::sampling_key("blocks", "4", "batches per work unit"),
      deck::sampling_key("disorder_samples", "1",
                         "independent datasets (synthetic data); errors come from them"),
      deck::sampling_key("replicas", "1", "independent sets of noisy states per dataset"),
  };
  kind.needs = {target::Part::finite_support, target::Part::clean_data, target::Part::posterior};
  kind.make = make<CondensationExperiment>;
  kind.critical = [](const deck::Parameters& parameters) {
    const auto collapse = target::build(parameters, {})->collapse_noise();
    return critical_time(parameters, collapse ? std::optional(collapse->noise) : std::nullopt,
                         "no prediction of the collapse time for this target");
  };
  return kind;
}

}  // namespace symbreak::experiment::condensation
