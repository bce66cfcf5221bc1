#include "analysis/findings/scaling_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "analysis/findings/numbers.hpp"

namespace symbreak::findings {

namespace {

bool numeric(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// Swept keys whose values are numbers.
std::vector<std::string> numeric_keys(const Result& result) {
  std::vector<std::string> all;
  for (const std::string& key : result.swept) {
    const auto is_number = [&](const Point& point) { return numeric(point.parameters.at(key)); };
    if (std::ranges::all_of(result.points, is_number)) all.push_back(key);
  }
  return all;
}

/// What sizes are called, the likeliest first.
constexpr std::array kSizes = {"side", "n", "dimension", "spins", "d", "members", "M", "N"};

std::string size_key(const Result& result, const std::string& asked,
                     const std::string& asked_against) {
  if (!asked.empty()) return swept_key(result, asked);
  std::vector<std::string> keys = numeric_keys(result);
  if (!asked_against.empty()) std::erase(keys, swept_key(result, asked_against));
  for (const char* name : kSizes) {
    for (const std::string& key : keys) {
      if (last_word(key) == name) return key;
    }
  }
  if (keys.size() == 1 && !asked_against.empty()) return keys[0];
  throw UnknownName("which swept key is the size is not clear: --size", "", keys);
}

std::string against_key(const Result& result, const std::string& asked, const std::string& size) {
  if (!asked.empty()) return swept_key(result, asked);
  std::vector<std::string> keys = numeric_keys(result);
  std::erase(keys, size);
  if (keys.size() == 1) return keys[0];
  throw UnknownName("which swept key the curves are drawn against is not clear: --against", "",
                    keys);
}

/// Keys in which points of one group may differ: these two, and what goes along with them, as the
/// burn-in that is zipped to the size.
std::vector<std::string> within_group(const Result& result, const std::string& against,
                                      const std::string& size) {
  std::vector<std::string> together = {against, size};
  for (const std::string& key : result.swept) {
    std::map<std::pair<std::string, std::string>, std::string> values;
    const auto follows = [&](const Point& point) {
      const auto& of = point.parameters;
      return values.try_emplace({of.at(against), of.at(size)}, of.at(key)).first->second ==
             of.at(key);
    };
    if (std::ranges::all_of(result.points, follows)) together.push_back(key);
  }
  return together;
}

}  // namespace

std::string last_word(const std::string& key) { return key.substr(key.rfind('.') + 1); }

ScalingKeys scaling_keys(const Result& result, const std::string& against,
                         const std::string& size) {
  ScalingKeys keys;
  keys.size = size_key(result, size, against);
  keys.against = against_key(result, against, keys.size);
  const std::vector<std::string> known = numeric_keys(result);
  if (keys.size == keys.against) {
    throw UnknownName("--size and --against are the same key", size, known);
  }
  for (const std::string& key : {keys.size, keys.against}) {
    if (std::ranges::find(known, key) != known.end()) continue;
    throw UnknownName(fmt::format("values of {} are no numbers", key), key, known);
  }
  keys.together = within_group(result, keys.against, keys.size);
  return keys;
}

}  // namespace symbreak::findings
