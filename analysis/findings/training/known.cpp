#include "analysis/findings/training/known.hpp"

#include <cmath>

namespace symbreak::findings::training {

namespace {

std::string text_of(const Point& point, const std::string& key) {
  const auto found = point.parameters.find(key);
  return found == point.parameters.end() ? "" : found->second;
}

/// v: as the deck says, else of the law.
std::optional<double> variance(const Point& point) {
  if (const double given = number_or(point, "target.variance", 0); given > 0) return given;
  const auto model = data_model(point);
  if (!model) return std::nullopt;
  return model->variance + model->class_signal / model->dimension;
}

theory::TrainingSizes sizes_of(const Point& point, double variance) {
  return {.data = *point.fact(fact::data),
          .features = *point.fact(fact::features),
          .dimension = *point.fact(fact::dimension),
          .noise = *point.fact(fact::noise) / variance};
}

}  // namespace

double number_or(const Point& point, const std::string& key, double fallback) {
  return text_of(point, key).empty() ? fallback : point.number(key);
}

std::optional<theory::DataModel> data_model(const Point& point) {
  const std::string law = text_of(point, "target.law");
  if (text_of(point, "target.data") != "synthetic_dataset" || !(law.empty() || law == "gaussian") ||
      !text_of(point, "target.variances").empty()) {
    return std::nullopt;
  }
  const double d = *point.fact(fact::dimension), std = number_or(point, "target.std", 1),
               m = number_or(point, "target.m", 0);
  const double D = number_or(point, "target.intrinsic_dimension", 0);
  if (D != 0 && D != d) return std::nullopt;
  return theory::DataModel{.law = theory::DataLaw::gaussian,
                           .dimension = d,
                           .variance = std * std,
                           .class_signal = m * m * d};
}

std::optional<theory::TrainingSizes> normal_data(const Point& point) {
  // Its weights are predicted for such data and features only.
  const bool sampled = point.find(observable::true_train_end) != nullptr;
  const auto v = variance(point);
  if (!point.prediction(prediction::linear_weight) || sampled || !v ||
      text_of(point, "target.parametrisation") != "noise") {
    return std::nullopt;
  }
  return sizes_of(point, *v);
}

std::optional<double> known_generalization(const Point& point) {
  const auto sizes = normal_data(point);
  if (!sizes || !theory::generalization_is_known(*sizes)) return std::nullopt;
  return theory::generalization_time(*point.prediction(prediction::linear_weight),
                                     sizes->dimension);
}

bool peak_expected(const Point& point) {
  return theory::peak_is_known(sizes_of(point, variance(point).value_or(1)));
}

std::optional<double> condensed_log_data(const Point& point) {
  const auto model = data_model(point);
  if (!model) return std::nullopt;
  return theory::information(*model, *point.fact(fact::noise)).mean;
}

std::optional<double> condensed_noise(const Point& point) {
  const auto model = data_model(point);
  if (!model) return std::nullopt;
  const double noise = theory::collapse_noise(*model, std::log(*point.fact(fact::data)));
  return noise > 0 ? std::optional(noise) : std::nullopt;
}

}  // namespace symbreak::findings::training
