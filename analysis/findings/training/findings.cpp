// What the training of a score says. Per point: the times of training and the window between them;
// identities of the losses with sampled distances; weights of the spectrum of U. Over points:
// exponents, the ridgeless peak, the front of memorization.
#include "analysis/findings/training/findings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/training/known.hpp"

namespace symbreak::findings::training {

Value TrainingTime::tau() const {
  return {std::exp(log.value), std::exp(log.value) * log.error, log.dof};
}

std::optional<TrainingTime> time_of(const Point& point, const TimeKind& kind) {
  const Value share = value_of(point, kind.reached);
  if (share.value == 0) return std::nullopt;
  if (share.value == 1) return TrainingTime{value_of(point, kind.log), 1};
  return TrainingTime{derived(point, {kind.log, kind.reached},
                              [](const VectorXd& means) { return means[0] / means[1]; }),
                      share.value};
}

namespace {

/// Theory without corrections of finite size: its own error as published.
constexpr double kFiniteSize = 0.15 / 2;
/// Sizes from which on the spectrum of U may be held against the theory of infinite ones.
constexpr double kLargeDimension = 80;

std::string prefix(const Keys& keys) { return joined("", key_label(keys), ": "); }

/// The row just added belongs to training time tau.
void at_time(Verdict& row, double tau) { row.axis = {{"tau", tau}}; }

void judge_identities(const Point& point, const Keys& keys, Findings& findings) {
  for (const auto& [name, source] :
       {std::pair{observable::train_identity,
                  "b_o^2 l_train = mmse of the points + E|D - <y>|^2/d"},
        std::pair{observable::test_identity, "b_o^2 l_test = mmse of the law + E|D - <y>|^2/d"}}) {
    const Observable* found = point.find(name);
    if (found == nullptr) continue;
    const auto times = point.fact_values(fact::sampled_tau);
    for (std::size_t i = 0; i < times.size(); ++i) {
      at_time(judge(findings, name.string(), keys, value_of(point, name, static_cast<Index>(i)), {},
                    source, "solved loss minus sampled distance and mmse"),
              times[i]);
    }
  }
}

void judge_spectrum(const Point& point, const Keys& keys, Findings& findings) {
  for (const auto& [measured, predicted] :
       {std::pair{observable::linear_weight, prediction::linear_weight},
        std::pair{observable::data_weight, prediction::data_weight}}) {
    const auto known = point.prediction(predicted);
    if (!known) continue;
    const Value weight = value_of(point, measured);
    if (*point.fact(fact::dimension) >= kLargeDimension) {
      judge(findings, measured.string(), keys, weight, {*known, kFiniteSize * *known},
            point.source(predicted), "sum of eigenvalues of U");
    } else {
      tell(findings, measured.string(), keys, weight, "sum of eigenvalues of U").note =
          fmt::format("no verdict below d = {:.0f}", kLargeDimension);
      tell(findings, measured.string(), keys, {*known}, point.source(predicted)).criterion =
          "theory of infinite sizes";
    }
  }
}

void tell_times(const Point& point, const Keys& keys, Findings& findings) {
  for (const TimeKind& kind : kTimes) {
    const auto time = time_of(point, kind);
    if (!time && point.fact(fact::gaussian_start).value_or(0) > 0) {
      if (&kind == &kTimes[0]) {
        warn(findings, kind.name,
             fmt::format("{}undefined: isotropic Gaussian data with edm start at the optimum, the "
                         "test loss does not fall",
                         prefix(keys)),
             "set parametrisation = noise, or take data with structure");
      }
      continue;
    }
    if (!time) {
      note(findings, kind.name, fmt::format("{}never ({})", prefix(keys), kind.what));
      continue;
    }
    const auto expected = &kind == &kGeneralization ? known_generalization(point) : std::nullopt;
    Verdict& row = expected ? judge(findings, kind.name, keys, time->tau(),
                                    {*expected, theory::kGeneralizationError * *expected},
                                    kGeneralizationSource, kind.what)
                            : tell(findings, kind.name, keys, time->tau(), kind.what);
    row.role = Role::headline;
    if (time->share < 1) {
      row.detail = fmt::format("reached by {:.3g} % of the disorder samples", 100 * time->share);
    }
  }
  const auto gen = time_of(point, kGeneralization), rise = time_of(point, kRise);
  if (gen && rise) {
    const double ratio = std::exp(rise->log.value - gen->log.value);
    tell(findings, "window", keys, {ratio, ratio * std::hypot(rise->log.error, gen->log.error)},
         "tau_rise/tau_gen")
        .role = Role::headline;
  }
}

void tell_modes(const Point& point, const Keys& keys, Findings& findings) {
  const Value dropped = value_of(point, observable::modes_dropped);
  if (dropped.value > 0) {
    // No fault: what is not learned has rates that no training time in reach resolves.
    note(
        findings, observable::modes_dropped.string(),
        fmt::format("{}{:.3g} of {:.0f} modes of U are below the floor 4e-16 p lambda_max and "
                    "never learned",
                    prefix(keys), dropped.value, *point.fact(fact::features)),
        "tau = inf then stands for tau of some 1e13/p: fewer features or a higher noise have none");
  }
}

void judge_generation(const Point& point, const Keys& keys, Findings& findings) {
  const Observable* found = point.find(observable::memorized);
  if (found == nullptr) return;
  const auto times = point.fact_values(fact::generated_tau);
  const Value null = value_of(point, observable::memorized_null);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto at = static_cast<Index>(i);
    const Value lost = value_of(point, observable::diverged, at);
    const Value copies = value_of(point, observable::memorized, at);
    Verdict& row = tell(findings, observable::memorized.string(), keys, copies,
                        "share of generated states that copy a datum");
    at_time(row, times[i]);
    if (lost.value > 0) {
      row.detail = fmt::format("{:.2g} % of the trajectories diverge", 100 * lost.value);
    }
    if (point.find(observable::mode_variance) == nullptr) continue;
    at_time(judge(findings, observable::mode_variance.string(), keys,
                  value_of(point, observable::mode_variance, at), {},
                  "closed form of the linear network (E1 for the flow, quadrature for the process)",
                  "mean over modes of Var(generated)/Var - 1"),
            times[i]);
  }
  tell(findings, observable::memorized.string(), keys, null,
       "share of held-out data that copy a datum")
      .criterion = "held-out data";
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& at : measured_points(result)) {
    judge_identities(at.point, at.keys, findings);
    if (at.point.find(observable::linear_deviation) != nullptr) {
      judge(findings, observable::linear_deviation.string(), at.keys,
            {value_of(at.point, observable::linear_deviation).value, 0}, {0, 1e-10},
            "closed form with lambda + s per mode", "largest over training times");
    }
    judge_spectrum(at.point, at.keys, findings);
    judge_generation(at.point, at.keys, findings);
    tell_times(at.point, at.keys, findings);
    tell_modes(at.point, at.keys, findings);
    draw(at.point, at.keys, findings);
  }
  scaling(result, findings);
  draw_front(result, findings);
  draw_maps(result, findings);
  return findings;
}

}  // namespace symbreak::findings::training
