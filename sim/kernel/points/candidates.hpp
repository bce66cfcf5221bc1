// Points that may be among the two nearest of one state, known by values in error, until they are
// measured: inner part of near_pairs.cpp. May depend on: the standard library.
#pragma once
#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace symbreak::kernel {

/// Of each point a value v is known, which differs from (|y - x|^2 - |x|^2)/2 by `error` at most.
/// Two points whose values differ by more than twice that are two different points: the second
/// nearest is no further than the further one of them. So few points need to be measured, and not
/// before the end.
class Candidates {
 public:
  explicit Candidates(double norm) : half_square_(norm * norm / 2) {}
  /// Of the values to come, and of all before: never smaller than it was.
  void set_error(double error) { error_ = error; }
  /// Whether a point of this value is none of the two nearest; false where NaN says nothing.
  bool beyond(double value) const { return value - error_ > second_; }

  /// value(j) of point first + j, j < size.
  template <class Value>
  void take(const Value& value, std::size_t size, std::size_t first) {
    for (std::size_t j = 0; j < size; ++j) {
      if (!beyond(value(j))) waiting_.push_back({value(j), first + j});
    }
    narrow();
  }
  /// Duplicates and points that cannot be told apart pile up.
  bool crowded() const { return waiting_.size() > most_waiting; }

  /// Those that wait, the least value first: square(point) measures, and tells the square of the
  /// distance to the second nearest so far.
  template <class Square>
  void measure(const Square& square) {
    while (!waiting_.empty()) {
      const auto next =
          std::min_element(waiting_.begin(), waiting_.end(),
                           [](const Waiting& a, const Waiting& b) { return a.value < b.value; });
      if (beyond(next->value)) break;
      second_ = std::min(second_, square(next->point) / 2 - half_square_);
      *next = waiting_.back();
      waiting_.pop_back();
    }
    waiting_.clear();
  }

 private:
  static constexpr std::size_t most_waiting = 32;
  struct Waiting {
    double value;
    std::size_t point;
  };

  void narrow() {
    double least = std::numeric_limits<double>::infinity(), other = least;
    for (const Waiting& each : waiting_) least = std::min(least, each.value);
    for (const Waiting& each : waiting_) {
      if (each.value > least + 2 * error_) other = std::min(other, each.value);
    }
    second_ = std::min(second_, other + error_);
    std::erase_if(waiting_, [this](const Waiting& each) { return beyond(each.value); });
  }

  double half_square_, error_ = 0;
  /// At least (|y - x|^2 - |x|^2)/2 of the second nearest.
  double second_ = std::numeric_limits<double>::infinity();
  std::vector<Waiting> waiting_;
};

}  // namespace symbreak::kernel
