#include "analysis/verdict/result.hpp"

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

double Point::number(const std::string& key) const { return numbers(key).at(0); }

const Observable* Point::find(const std::string& name) const {
  const auto found = observables.find(name);
  return found == observables.end() ? nullptr : &found->second;
}

std::optional<double> Point::prediction(const std::string& quantity) const {
  for (const Prediction& candidate : predictions) {
    if (candidate.quantity == quantity) return candidate.value;
  }
  return std::nullopt;
}

}  // namespace symbreak::verdict
