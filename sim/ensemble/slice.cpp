#include <fmt/format.h>

#include <charconv>
#include <numeric>

#include "sim/ensemble/ensemble.hpp"

namespace symbreak::ensemble {

Slice Slice::parse(const std::string& text) {
  Slice slice;
  const char *const begin = text.data(), *const end = begin + text.size();
  const auto number = std::from_chars(begin, end, slice.number);
  const char* const bar = number.ptr;
  const bool parted = number.ec == std::errc() && bar != end && *bar == '/';
  const auto count = parted ? std::from_chars(bar + 1, end, slice.count) : number;
  constexpr std::size_t kMost = 100'000;
  if (!parted || count.ec != std::errc() || count.ptr != end || slice.number < 1 ||
      slice.number > slice.count || slice.count > kMost) {
    throw deck::KeyError("--slice", "'{}': expected I/N with 1 <= I <= N <= {}, as in 3/8", text,
                         kMost);
  }
  return slice;
}

std::filesystem::path Slice::directory(const std::filesystem::path& run) const {
  return run / "slices" / fmt::format("{}-of-{}", number, count);
}

std::vector<bool> Slice::units(const Plan& plan) const {
  std::vector<std::size_t> order(plan.units.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  plan.sort_by_cost(order);
  std::vector<bool> mine(order.size(), false);
  for (std::size_t k = number - 1; k < order.size(); k += count) mine[order[k]] = true;
  return mine;
}

}  // namespace symbreak::ensemble
