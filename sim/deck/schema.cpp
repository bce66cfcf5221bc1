#include "sim/deck/schema.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/deck/spelling.hpp"

namespace symbreak::deck {

std::vector<std::string> sections(const Catalogue& catalogue) {
  std::vector<std::string> result{"run", "target", "forward", "experiment", "sampling"};
  const auto add = [&](const std::vector<Key>& keys) {
    for (const Key& key : keys) {
      if (std::ranges::find(result, key.section) == result.end()) result.push_back(key.section);
    }
  };
  add(catalogue.common);
  for (const auto& entry : catalogue.targets) add(entry.keys);
  for (const auto& entry : catalogue.experiments) add(entry.keys);
  return result;
}

Schema::Schema(const Catalogue& catalogue, const std::string& target, const std::string& experiment)
    : keys_(catalogue.common), target_(target), experiment_(experiment) {
  const auto add = [this](const std::vector<Catalogue::Entry>& entries, const std::string& owner,
                          const std::string& chosen) {
    std::vector<std::string> kinds;
    for (const Catalogue::Entry& entry : entries) kinds.push_back(entry.name);
    const bool known = std::ranges::find(kinds, chosen) != kinds.end();
    for (const Catalogue::Entry& entry : entries) {
      for (const Key& key : entry.keys) {
        if (entry.name == chosen) {
          keys_.push_back(key);
        } else {
          others_.push_back({owner, entry.name, key, !known});
        }
      }
    }
    for (Key& key : keys_) {
      if (key.path() == owner + ".kind" && key.choices.empty()) key.choices = kinds;
    }
  };
  add(catalogue.targets, "target", target);
  add(catalogue.experiments, "experiment", experiment);
  const auto order = sections(catalogue);
  const auto rank = [&order](const Key& key) {
    return std::ranges::find(order, key.section) - order.begin();
  };
  std::ranges::stable_sort(keys_, {}, rank);
}

const Key* Schema::find(const std::string& path) const {
  const auto found = std::ranges::find(keys_, path, &Key::path);
  return found == keys_.end() ? nullptr : &*found;
}

const Key* Schema::find_alias(const std::string& path) const {
  const auto found = std::ranges::find_if(keys_, [&](const Key& key) {
    return !key.alias.empty() && key.section + "." + key.alias == path;
  });
  return found == keys_.end() ? nullptr : &*found;
}

std::optional<std::string> Schema::complaint(const Entry& entry) {
  // The right key of another kind.
  std::vector<std::string> kinds;
  const Other* other = nullptr;
  for (const Other& candidate : others_) {
    if (candidate.key.path() != entry.path()) continue;
    if (candidate.open) return std::nullopt;
    other = &candidate;
    kinds.push_back("'" + candidate.kind + "'");
  }
  if (other != nullptr) {
    return fmt::format("key '{}' belongs to {} kind {}; this deck has '{}'", entry.key,
                       other->owner, fmt::join(kinds, ", "),
                       other->owner == "target" ? target_ : experiment_);
  }
  // The right key in the wrong section.
  std::vector<std::string> here;
  for (const Key& key : keys_) {
    if (key.section == entry.section) {
      here.push_back(key.name);
    } else if (key.name == entry.key && key.name != "kind") {
      meant_.insert(key.path());
      return fmt::format("key '{}' belongs to [{}]", key.name, key.section);
    }
  }
  // A misspelling.
  std::string near = did_you_mean(entry.key, here);
  for (const Other& candidate : others_) {
    if (candidate.open && near.empty() && candidate.key.section == entry.section) {
      near = did_you_mean(entry.key, {candidate.key.name});
    }
  }
  if (!near.empty()) meant_.insert(entry.section + "." + near);
  return fmt::format("unknown key {} in [{}]; allowed: {}{}", quote(entry.key), entry.section,
                     here.empty() ? "none" : fmt::format("{}", fmt::join(here, ", ")),
                     near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
}

}  // namespace symbreak::deck
