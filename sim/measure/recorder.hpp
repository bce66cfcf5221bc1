// Accumulators of one work unit. May depend on: analysis/{statistics,verdict}.
#pragma once
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/statistics/accumulator.hpp"
#include "sim/measure/observable.hpp"
#include "sim/measure/state.hpp"

namespace symbreak::measure {

/// Where a simulation puts what it measures: one accumulator per declared observable. What was not
/// declared, or has another shape, is a std::logic_error that names it.
class Recorder {
 public:
  explicit Recorder(const std::vector<ObservableInfo>& observables);
  /// One sample of a sampled observable.
  void measure(verdict::ObservableName name, double sample);
  void measure(verdict::ObservableName name, std::span<const double> sample);
  template <class Sample>
  void measure(verdict::ObservableName name, const Eigen::DenseBase<Sample>& sample) {
    measure(name, view(sample.eval()));
  }
  /// The value of a deterministic observable with its numerical error estimate, once.
  void solved(verdict::ObservableName name, double value, double error);
  void solved(verdict::ObservableName name, std::span<const double> value,
              std::span<const double> error);
  template <class Value, class Error>
  void solved(verdict::ObservableName name, const Eigen::DenseBase<Value>& value,
              const Eigen::DenseBase<Error>& error) {
    solved(name, view(value.eval()), view(error.eval()));
  }

  /// Finished content, in declaration order. Deterministic: mean = value, variance = error^2,
  /// count = 1, no bins.
  std::vector<statistics::Series> finish() const;
  void save(State& state) const;
  void load(const State& state);

 private:
  /// In the order of storage.
  template <class Plain>
  static std::span<const double> view(const Plain& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
  }
  /// Of an observable with so many elements.
  std::size_t index(verdict::ObservableName name, std::size_t size, const char* done) const;

  std::vector<ObservableInfo> infos_;
  std::map<std::string_view, std::size_t> index_;
  std::vector<statistics::Accumulator> sampled_;
  std::vector<std::vector<double>> solved_value_, solved_error_;
};

}  // namespace symbreak::measure
