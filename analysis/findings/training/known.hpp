// What is known of a point in training beyond what its run recorded: of independent normal data,
// from the keys of the deck. May depend on: analysis/theory.
#pragma once
#include <optional>

#include "analysis/findings/training/findings.hpp"
#include "analysis/theory/information.hpp"
#include "analysis/theory/training/scaling_laws.hpp"

namespace symbreak::findings::training {

/// A number of the deck as text; `fallback` where it is not set.
double number_or(const Point& point, const std::string& key, double fallback);

/// The law of synthetic Gaussian data, one class or two at +-m (1, ..., 1); nullopt of other laws.
std::optional<theory::DataModel> data_model(const Point& point);

/// N, p, d, s/v where the scaling laws speak: one Gaussian of equal variance in all directions,
/// cosines of random phases that estimate the noise, the exact average over it.
std::optional<theory::TrainingSizes> normal_data(const Point& point);
/// tau_gen of such a point, where it was tried.
std::optional<double> known_generalization(const Point& point);

/// Whether the ridgeless peak is expected along N; the variance is 1 where it is not known.
bool peak_expected(const Point& point);

/// log N up to which the exact score of the training set memorizes at the noise of this point,
/// I(Y; X_t) = log N, and the noise below which that of its N points does.
std::optional<double> condensed_log_data(const Point& point);
std::optional<double> condensed_noise(const Point& point);

}  // namespace symbreak::findings::training
