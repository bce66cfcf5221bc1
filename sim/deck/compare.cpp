// May one resolved deck continue a run of another?
#include <fmt/format.h>

#include <charconv>
#include <map>

#include "sim/deck/deck.hpp"

namespace symbreak::deck {

namespace {

/// The number that a setting starts with ("1800 s"), if it does.
std::optional<double> amount(const std::string& text) {
  double value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool alone = stop == end || std::string(stop, end) == " s";
  return error == std::errc{} && alone ? std::optional(value) : std::nullopt;
}

}  // namespace

std::vector<std::string> incompatibilities(const std::vector<Setting>& before,
                                           const std::vector<Setting>& after) {
  std::map<std::string, const Setting*> old;
  for (const Setting& setting : before) old.emplace(setting.path, &setting);
  std::vector<std::string> lines;
  for (const Setting& now : after) {
    const auto found = old.find(now.path);
    const Setting none{now.path, "(none)", "", now.role};
    const Setting& before_it = found == old.end() ? none : *found->second;
    const std::string was = before_it.text;
    if (found != old.end()) old.erase(found);
    // A run of a version that kept no contents is known by the name alone.
    const bool named = before_it.contents.empty() || now.contents.empty();
    if ((named ? was == now.text : before_it.contents == now.contents) ||
        now.role == Role::control) {
      continue;
    }
    if (!named) {
      lines.push_back(fmt::format("{}: {} has other contents than the run began with ({} -> {})",
                                  now.path, now.text, before_it.contents, now.contents));
      continue;
    }
    const auto less = amount(was), more = amount(now.text);
    if (now.role == Role::statistics && less && more && *more >= *less) continue;
    lines.push_back(fmt::format("{}: {} -> {}{}", now.path, was, now.text,
                                now.role == Role::statistics ? " (may only be raised)" : ""));
  }
  for (const auto& [path, setting] : old) {
    if (setting->role != Role::control) {
      lines.push_back(fmt::format("{}: {} -> (none)", path, setting->text));
    }
  }
  return lines;
}

}  // namespace symbreak::deck
