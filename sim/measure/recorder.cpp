#include <fmt/format.h>

#include "sim/measure/recorder.hpp"

namespace symbreak::measure {

namespace {

Index elements(const ObservableInfo& info) {
  Index product = 1;
  for (Index extent : info.shape) product *= extent;
  return product;
}

/// Accumulators merge bins in pairs: an odd number, as of walkers x blocks, is rounded up.
Index bins(const ObservableInfo& info) { return info.max_bins + info.max_bins % 2; }

}  // namespace

Recorder::Recorder(const std::vector<ObservableInfo>& observables)
    : infos_(observables), solved_value_(infos_.size()), solved_error_(infos_.size()) {
  for (std::size_t i = 0; i < infos_.size(); ++i) {
    index_[infos_[i].name.text()] = i;
    sampled_.emplace_back(elements(infos_[i]), bins(infos_[i]));
  }
}

std::size_t Recorder::index(verdict::ObservableName name, std::size_t size,
                            const char* done) const {
  const auto found = index_.find(name.text());
  if (found == index_.end()) {
    throw std::logic_error(fmt::format("observable {} was not declared", name.text()));
  }
  if (const Index expected = elements(infos_[found->second]);
      static_cast<Index>(size) != expected) {
    throw std::logic_error(fmt::format("observable {} has {} elements, {} were {}", name.text(),
                                       expected, size, done));
  }
  return found->second;
}

void Recorder::measure(verdict::ObservableName name, double sample) {
  measure(name, std::span<const double>(&sample, 1));
}

void Recorder::measure(verdict::ObservableName name, std::span<const double> sample) {
  sampled_[index(name, sample.size(), "measured")].add(sample);
}

void Recorder::solved(verdict::ObservableName name, double value, double error) {
  solved(name, std::span<const double>(&value, 1), std::span<const double>(&error, 1));
}

void Recorder::solved(verdict::ObservableName name, std::span<const double> value,
                      std::span<const double> error) {
  const std::size_t i = index(name, value.size(), "solved");
  index(name, error.size(), "given errors");
  solved_value_[i].assign(value.begin(), value.end());
  solved_error_[i].assign(error.begin(), error.end());
}

std::vector<statistics::Series> Recorder::finish() const {
  std::vector<statistics::Series> all;
  for (std::size_t i = 0; i < infos_.size(); ++i) {
    if (infos_[i].origin == verdict::Origin::sampled) {
      all.push_back(sampled_[i].finish());
      continue;
    }
    if (solved_value_[i].empty()) {
      throw std::logic_error(fmt::format("observable {} was never solved", infos_[i].name.text()));
    }
    const auto count = static_cast<Index>(solved_value_[i].size());
    statistics::Series series;
    series.count = 1;
    series.mean = Eigen::Map<const Eigen::VectorXd>(solved_value_[i].data(), count);
    series.variance =
        Eigen::Map<const Eigen::VectorXd>(solved_error_[i].data(), count).array().square();
    series.bins.resize(count, 0);
    all.push_back(std::move(series));
  }
  return all;
}

void Recorder::save(State& state) const {
  for (std::size_t i = 0; i < infos_.size(); ++i) {
    const std::string name = "recorder." + infos_[i].name.string();
    if (infos_[i].origin == verdict::Origin::sampled) {
      state.reals[name] = sampled_[i].save();
    } else {
      state.reals[name] = solved_value_[i];
      state.reals[name + ".error"] = solved_error_[i];
    }
  }
}

void Recorder::load(const State& state) {
  for (std::size_t i = 0; i < infos_.size(); ++i) {
    const std::string name = "recorder." + infos_[i].name.string();
    if (infos_[i].origin == verdict::Origin::sampled) {
      sampled_[i] = statistics::Accumulator::load(state.reals.at(name), bins(infos_[i]));
    } else {
      solved_value_[i] = state.reals.at(name);
      solved_error_[i] = state.reals.at(name + ".error");
    }
  }
}

}  // namespace symbreak::measure
