// Levels in classes (Derrida's generalised random-energy model): classes of data and their members.
// Between the two transitions a class carries the weight and no member of it does: the class is
// memorized, the member is not.
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/rem/observables.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/experiment/rem/simulation.hpp"
#include "sim/target/levels/two_level_sampler.hpp"

namespace symbreak::experiment::rem {

using namespace findings::rem;

namespace {

using target::TwoLevelAverages;
using target::VectorXd;

struct Sampler {
  std::optional<target::TwoLevelTop> top;
  std::optional<target::TwoLevelEnumeration> all;
  void draw(random::Stream& stream, TwoLevelAverages& result) {
    if (top) return top->draw(stream, result);
    all->draw(stream, result);
  }
};

/// Levels drawn in a block, some 0.1 s; samples of a block where few are drawn of each.
constexpr double kLevelsPerBlock = 1 << 20;
constexpr std::int64_t kSamplesPerBlock = 250;

class ClassEnergies final : public Unit<Setting> {
 public:
  ClassEnergies(const Setting& setting, const Sampler& sampler, const measure::UnitAddress& address)
      : Unit(setting, address), sampler_(sampler) {
    keep_integers("stream", levels_);
  }

  std::int64_t blocks() const override { return (s_.batch + per_block() - 1) / per_block(); }

  void advance(measure::Recorder& recorder) override {
    TwoLevelAverages sample;
    for (std::int64_t i = 0; i < per_block() && taken() < s_.batch; ++i) {
      sampler_.draw(levels_, sample);
      take(sample, recorder);
    }
    if (taken() < s_.batch) return;
    const auto n = static_cast<std::size_t>(s_.b.size());
    const Distribution members(members_, n), classes(classes_, n);
    recorder.measure(observable::participation_quantiles, members.quantiles);
    recorder.measure(observable::class_participation_quantiles, classes.quantiles);
    recorder.measure(observable::log_partition_variance, variance_of(log_partition_, n));
  }

  void save(measure::State& state) const override {
    Unit::save(state);
    state.reals["members"] = members_;
    state.reals["classes"] = classes_;
    state.reals["log_partition"] = log_partition_;
  }
  void load(const measure::State& state) override {
    Unit::load(state);
    members_ = state.reals.at("members");
    classes_ = state.reals.at("classes");
    log_partition_ = state.reals.at("log_partition");
  }

 private:
  std::int64_t per_block() const {
    if (!s_.enumerate) return kSamplesPerBlock;
    const double samples = kLevelsPerBlock / std::exp(s_.ensemble->log_count);
    return std::clamp<std::int64_t>(std::llround(samples), 1, kSamplesPerBlock);
  }
  std::int64_t taken() const { return static_cast<std::int64_t>(members_.size()) / s_.b.size(); }

  void take(const TwoLevelAverages& sample, measure::Recorder& recorder) {
    recorder.measure(observable::log_partition, sample.log_partition);
    const double unit = s_.ensemble->energy_unit();
    recorder.measure(observable::energy,
                     (-unit * sample.exponent.array() / s_.b.array().max(1e-300)).matrix());
    recorder.measure(observable::entropy, sample.log_partition - sample.exponent);
    recorder.measure(observable::participation, sample.second);
    recorder.measure(observable::participation_square, sample.second.cwiseAbs2());
    recorder.measure(observable::class_participation, sample.class_second);
    recorder.measure(observable::largest_weight, sample.largest);
    recorder.measure(observable::largest_class_weight, sample.largest_class);
    const VectorXd& member = s_.planted ? sample.planted : sample.largest;
    const VectorXd& of_class = s_.planted ? sample.planted_class : sample.largest_class;
    const VectorXd without =
        (of_class.array() > 0.5 && member.array() <= 0.5).cast<double>().matrix();
    recorder.measure(observable::class_without_member, without);
    if (s_.planted) {
      recorder.measure(observable::true_weight, sample.planted);
      recorder.measure(observable::class_weight, sample.planted_class);
      recorder.measure(observable::map_correct, sample.success);
      recorder.measure(observable::class_map_correct, sample.class_success);
      recorder.measure(observable::true_weight_identity, sample.planted - sample.second);
      recorder.measure(observable::class_weight_identity,
                       sample.planted_class - sample.class_second);
      recorder.measure(observable::map_identity, sample.success - sample.largest);
      recorder.measure(observable::class_map_identity, sample.class_success - sample.largest_class);
    }
    const auto append = [](std::vector<double>& all, const VectorXd& v) {
      all.insert(all.end(), v.begin(), v.end());
    };
    append(members_, sample.second);
    append(classes_, sample.class_second);
    append(log_partition_, sample.log_partition);
  }

  random::Stream levels_ = address_.stream(Purpose::levels);
  Sampler sampler_;
  std::vector<double> members_, classes_, log_partition_;  // sample after sample
};

class TwoLevels final : public PointExperiment<Setting> {
 public:
  explicit TwoLevels(const deck::Parameters& parameters) : PointExperiment(parameters) {
    s_.ensemble = target::build_levels(parameters);
    s_.b = inverse_temperatures(parameters, *s_.ensemble);
    s_.planted = parameters.word("experiment.state") == "planted";
    s_.batch = parameters.integer("sampling.batch");
    s_.kept = static_cast<double>(parameters.integer("experiment.K"));
    const std::string& method = parameters.word("experiment.method");
    constexpr double enumerate_below = 11, least_bits = 10;
    const double bits = s_.ensemble->bits;
    s_.enumerate = method == "enumerate" || (method == "auto" && bits <= enumerate_below);
    refuse_if(s_.enumerate && bits > target::TwoLevelEnumeration::most_bits, "experiment.method",
              fmt::format("2^{:g} levels in classes are too many to enumerate (at most 2^{:g}); "
                          "use top_k, which takes the same time for every M",
                          bits, target::TwoLevelEnumeration::most_bits));
    refuse_if(!s_.enumerate && bits < least_bits - 1e-9, "experiment.method",
              "top_k wants at least 2^10 levels in classes; use method = enumerate");
    check_batches(s_);
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index n = s_.b.size();
    const std::string kind = s_.planted ? "planted" : "unplanted";
    const auto row = [&](verdict::ObservableName name, const std::string& unit,
                         const std::string& text) { return at_temperatures(s_, name, unit, text); };
    const auto quantiles = [&](verdict::ObservableName name, const std::string& of) {
      return shaped(name, {n, static_cast<Index>(kQuantiles.size())},
                    "quantiles 0.1, 0.25, 0.5 (median), 0.75, 0.9 of " + of +
                        " over the disorder samples of a unit, " + kind,
                    2);
    };
    std::vector<measure::ObservableInfo> all = {
        row(observable::log_partition, "nats", "log Z = log sum_cj exp(-beta E_cj)"),
        row(observable::energy, "energy", "<E> = sum_cj w_cj E_cj, total"),
        row(observable::entropy, "nats", "-sum_cj w_cj log w_cj, total"),
        row(observable::participation, "", "Y = sum_cj w_cj^2, of members"),
        row(observable::participation_square, "", "Y^2, for the variance of Y over disorder"),
        row(observable::class_participation, "", "Y_C = sum_c W_c^2, W_c = sum_j w_cj"),
        row(observable::largest_weight, "", "max_cj w_cj"),
        row(observable::largest_class_weight, "", "max_c W_c"),
        row(observable::class_without_member, "",
            s_.planted
                ? "1 when the planted class has more than half of the weight and the planted "
                  "member has not"
                : "1 when a class has more than half of the weight and no member has"),
        row(observable::log_partition_variance, "nats^2",
            "variance of log Z over the disorder samples of a unit, unbiased"),
        quantiles(observable::participation_quantiles, "Y"),
        quantiles(observable::class_participation_quantiles, "Y_C")};
    if (!s_.planted) return measure::independent(std::move(all));
    append(all,
           {row(observable::true_weight, "", "weight w_1 of the planted member"),
            row(observable::class_weight, "", "weight W_1 of its class"),
            row(observable::map_correct, "", "1 when the planted member is the highest"),
            row(observable::class_map_correct, "", "1 when its class is the heaviest"),
            row(observable::true_weight_identity, "", "w_1 - Y, of mean zero exactly"),
            row(observable::class_weight_identity, "", "W_1 - Y_C, of mean zero exactly"),
            row(observable::map_identity, "", "(MAP correct) - max w, of mean zero"),
            row(observable::class_map_identity, "", "(class MAP correct) - max W, of mean zero")});
    return measure::independent(std::move(all));
  }

  std::vector<verdict::Fact> facts() const override {
    return {{fact::log_count, s_.ensemble->log_count, "log N"},
            {fact::energy_unit, s_.ensemble->energy_unit(),
             "energy of a level of one standard deviation"},
            {fact::log_classes, s_.ensemble->groups->log_classes, "log of the number of classes"},
            {fact::log_members, s_.ensemble->groups->log_members, "log of the members of each"}};
  }

  std::int64_t disorder_samples() const override { return s_.disorder_samples / s_.batch; }
  double seconds_per_unit() const override {
    const auto temperatures = static_cast<double>(s_.b.size());
    const double each = s_.enumerate
                            ? (4e-9 + 4e-9 * temperatures) * std::exp(s_.ensemble->log_count)
                            : (0.1e-6 + 0.03e-6 * temperatures) * s_.kept;
    return static_cast<double>(s_.batch) * each;
  }
  std::size_t memory_per_unit() const override {
    const auto n = static_cast<std::size_t>(s_.b.size());
    const auto levels = s_.enumerate ? std::exp(s_.ensemble->log_count) : 100 * s_.kept;
    return sizeof(double) * (n * (3 * static_cast<std::size_t>(s_.batch) + 14000) +
                             static_cast<std::size_t>(levels)) +
           (std::size_t{1} << 20);
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    // Tables are made once per point; a unit works on a copy.
    if (s_.enumerate && !sampler_.all) sampler_.all.emplace(*s_.ensemble, s_.b, s_.planted);
    if (!s_.enumerate && !sampler_.top) {
      sampler_.top.emplace(*s_.ensemble, s_.b, s_.planted, s_.kept);
    }
    return std::make_unique<ClassEnergies>(s_, sampler_, address);
  }

 private:
  mutable Sampler sampler_;
};

}  // namespace

std::unique_ptr<measure::Experiment> two_levels(const deck::Parameters& parameters) {
  return std::make_unique<TwoLevels>(parameters);
}

}  // namespace symbreak::experiment::rem
