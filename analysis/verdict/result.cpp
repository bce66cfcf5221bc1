#include "analysis/verdict/result.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace symbreak::verdict {

std::vector<double> Point::numbers(const std::string& key) const {
  const auto found = parameters.find(key);
  if (found == parameters.end()) throw std::out_of_range("the result has no key " + key);
  std::vector<double> values;
  std::istringstream text(found->second);
  for (std::string item; std::getline(text, item, ',');) values.push_back(std::stod(item));
  return values;
}

std::size_t Point::units() const {
  std::size_t most = observables.empty() ? 0 : 1;
  for (const auto& [name, observable] : observables) most = std::max(most, observable.units.size());
  return most;
}

double Point::number(const std::string& key) const { return numbers(key).at(0); }

const Observable* Point::find(ObservableName name) const {
  const auto found = observables.find(name.string());
  return found == observables.end() ? nullptr : &found->second;
}

const Observable& Point::at(ObservableName name) const {
  if (const Observable* found = find(name)) return *found;
  throw std::out_of_range("point " + id + " has no observable " + name.string());
}

namespace {

/// The entry of a list of facts or predictions; nullptr when there is none.
template <class Entry>
const Entry* entry(const std::vector<Entry>& all, std::string Entry::*label,
                   std::string_view name) {
  for (const Entry& candidate : all) {
    if (candidate.*label == name) return &candidate;
  }
  return nullptr;
}
template <class Entry>
std::optional<double> first(const Entry* found) {
  return found == nullptr ? std::nullopt : std::optional(found->values.at(0));
}

}  // namespace

std::optional<double> Point::fact(FactName name) const {
  return first(entry(facts, &Fact::name, name.text()));
}

std::optional<double> Point::prediction(PredictionName name) const {
  return first(entry(predictions, &Prediction::quantity, name.text()));
}

std::vector<double> Point::fact_values(FactName name) const {
  const Fact* found = entry(facts, &Fact::name, name.text());
  return found == nullptr ? std::vector<double>{} : found->values;
}

std::vector<double> Point::prediction_values(PredictionName name) const {
  const Prediction* found = entry(predictions, &Prediction::quantity, name.text());
  return found == nullptr ? std::vector<double>{} : found->values;
}

std::string Point::source(PredictionName name) const {
  const Prediction* found = entry(predictions, &Prediction::quantity, name.text());
  return found == nullptr ? "" : found->source;
}

}  // namespace symbreak::verdict
