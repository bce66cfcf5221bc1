// Names that the compiler checks. May depend on: nothing.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace symbreak::verdict {

/// The name of an observable, a fact or a prediction: snake_case, the standard term of the field.
/// It is made at compile time only, once, in the `observables.hpp` of the experiment's findings;
/// whoever measures or looks up uses the constant, so that a misspelt one does not compile.
template <class Tag>
class Name {
 public:
  consteval explicit Name(const char* literal) : text_(literal) {}
  constexpr std::string_view text() const { return text_; }
  std::string string() const { return std::string(text_); }
  constexpr bool operator==(const Name&) const = default;

 private:
  std::string_view text_;
};

using ObservableName = Name<struct ObservableTag>;
using FactName = Name<struct FactTag>;
using PredictionName = Name<struct PredictionTag>;

/// What the axes of an array are called, outermost first: a fact of its point, a list among its
/// keys, or another array of it, whose values are those of the axis; else a word for what is counted
/// from 0. "experiment.a|experiment.beta": the first that there is.
struct ArrayAxes {
  ObservableName of;
  std::vector<std::string> names;
};

}  // namespace symbreak::verdict
