// What the units of all kinds share: a setting, streams, and checkpoints whose contents are named
// once, for saving and for loading. May depend on: sim/measure, sim/random, Eigen.
#pragma once
#include <algorithm>
#include <concepts>
#include <deque>
#include <functional>

#include "sim/measure/experiment.hpp"
#include "sim/random/draws.hpp"

namespace symbreak::experiment {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using random::normals;
using random::Purpose;

/// One unit; a kind adds `advance`. `Setting` is a constant reference where the setting outlives
/// the unit, else a value.
template <class Setting>
class Unit : public measure::Simulation {
 public:
  Unit(Setting setting, const measure::UnitAddress& address)
      : s_(std::forward<Setting>(setting)), address_(address) {}
  Unit(const Unit&) = delete;  // what is kept refers to members
  Unit& operator=(const Unit&) = delete;

  /// What a setting does not divide into blocks is solved in one.
  std::int64_t blocks() const override {
    if constexpr (requires { s_.blocks; }) {
      return s_.blocks;
    } else {
      return 1;
    }
  }
  void save(measure::State& state) const override {
    for (const Entry& entry : kept_) entry.save(state);
    if (!streams_.empty()) state.integers["streams"].clear();
    for (const auto& each : streams_) state.integers["streams"].push_back(each.position());
  }
  void load(const measure::State& state) override {
    for (const Entry& entry : kept_) entry.load(state);
    std::size_t i = 0;
    for (auto& each : streams_) each.seek(state.integers.at("streams").at(i++));
  }

 protected:
  /// A stream whose position is kept, with those of the others, in the order of the calls.
  random::Stream& stream(Purpose purpose) {
    return streams_.emplace_back(address_.address(purpose));
  }
  /// Counters and streams that are kept side by side under one name.
  template <class... Parts>
  void keep_integers(const std::string& name, Parts&... parts) {
    kept_.push_back(
        {[=, &parts...](measure::State& state) { state.integers[name] = {word(parts)...}; },
         [=, &parts...](const measure::State& state) {
           std::size_t i = 0;
           (restore(parts, state.integers.at(name).at(i++)), ...);
         }});
  }
  /// False after a block that leaves no matrices behind.
  virtual bool inside_batch() const { return true; }
  /// The elements of a matrix, whose number of columns may change.
  template <class Matrix>
  void keep_reals(const std::string& name, Matrix& values) {
    const auto save = [=, this, &values](measure::State& state) {
      if (inside_batch()) {
        state.reals[name].assign(values.data(), values.data() + values.size());
      }
    };
    const auto load = [=, this, &values](const measure::State& state) {
      if (!inside_batch()) return;
      const auto& stored = state.reals.at(name);
      const auto size = static_cast<Index>(stored.size());
      if (size != values.size()) values.resize(values.rows(), size / values.rows());
      std::copy(stored.begin(), stored.end(), values.data());
    };
    kept_.push_back({save, load});
  }
  /// Chains, which know what they keep.
  template <class Chains>
  void keep_chains(const std::string& name, Chains& chains) {
    kept_.push_back(
        {[=, &chains](measure::State& state) { state.integers[name] = chains.save(); },
         [=, &chains](const measure::State& state) { chains.load(state.integers.at(name)); }});
  }

  Setting s_;
  const measure::UnitAddress address_;

 private:
  struct Entry {
    std::function<void(measure::State&)> save;
    std::function<void(const measure::State&)> load;
  };
  static std::uint64_t word(const random::Stream& part) { return part.position(); }
  static std::uint64_t word(std::integral auto part) { return static_cast<std::uint64_t>(part); }
  static void restore(random::Stream& part, std::uint64_t word) { part.seek(word); }
  static void restore(std::integral auto& part, std::uint64_t word) {
    part = static_cast<std::remove_reference_t<decltype(part)>>(word);
  }

  std::deque<random::Stream> streams_;
  std::vector<Entry> kept_;
};

}  // namespace symbreak::experiment
