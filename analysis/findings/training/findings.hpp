// Training times and their exponents. May depend on: analysis/findings/common.
#pragma once
#include <optional>
#include <string>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/training/observables.hpp"

namespace symbreak::findings::training {

/// One definition of a training time.
struct TimeKind {
  ObservableName log, reached;
  const char* name;  ///< "tau_mem"
  const char* what;  ///< in words
};
inline constexpr TimeKind kTimes[] = {
    {observable::log_generalization, observable::reached_generalization, "tau_gen",
     "test loss has done 90 % of its fall"},
    {observable::log_best, observable::reached_best, "tau_best", "test loss is least"},
    {observable::log_rise, observable::reached_rise, "tau_rise", "then test loss >= 1.1 min"},
    {observable::log_harm, observable::reached_harm, "tau_harm", "then test loss >= untrained"},
    {observable::log_memorization, observable::reached_memorization, "tau_mem",
     "then train loss is half way to its end"}};
/// "τ_mem", for figures.
inline std::string symbol(const TimeKind& kind) { return "τ" + std::string(kind.name).substr(3); }
inline constexpr const TimeKind& kGeneralization = kTimes[0];
inline constexpr const char* kGeneralizationSource =
    "ln(10)/2 d/(h_1^2 + v*^2 d/N), Gaussian-equivalent features";
inline constexpr const TimeKind& kRise = kTimes[2];
inline constexpr const TimeKind& kMemorization = kTimes[4];

/// ln tau over the disorder samples that reach it, and the share of those that do; nullopt where
/// none does. exp of it is the geometric mean.
struct TrainingTime {
  Value log;
  double share = 1;
  Value tau() const;
};
std::optional<TrainingTime> time_of(const Point& point, const TimeKind& kind);

/// The front of memorization (front.cpp).
void draw_front(const Result& result, Findings& findings);
/// Exponents of all times along every swept size, and the ridgeless peak (scaling.cpp).
void scaling(const Result& result, Findings& findings);
/// Pictures of one point (figures.cpp).
void draw(const Point& point, const Keys& keys, Findings& findings);
/// Filled maps along two swept keys (maps.cpp).
void draw_maps(const Result& result, Findings& findings);

}  // namespace symbreak::findings::training
