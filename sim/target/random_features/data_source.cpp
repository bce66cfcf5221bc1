#include "sim/target/random_features/data_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "sim/deck/key_forms.hpp"
#include "sim/deck/spelling.hpp"
#include "sim/deck/value.hpp"

namespace symbreak::target::feature_flow {

namespace {

/// "data=a" + "data=b" -> "data=a|b".
void add_kind(deck::Key& key, const std::string& kind) {
  for (std::string& condition : key.used_with) {
    if (condition.starts_with("data=")) {
      condition += "|" + kind;
      return;
    }
  }
}

/// What several kinds call by one name takes what any of them takes.
void widen(deck::Key& key, const deck::Key& other) {
  if (key.kind != other.kind || key.arity != other.arity) {
    throw std::logic_error("kinds of data disagree about key " + key.path());
  }
  key.minimum = std::min(key.minimum, other.minimum);
  key.maximum = std::max(key.maximum, other.maximum);
  key.open_minimum = key.open_minimum && other.open_minimum;
  for (const std::string& word : other.choices) {
    if (std::ranges::find(key.choices, word) == key.choices.end()) key.choices.push_back(word);
  }
  if (key.text.find(other.text) == key.text.npos) key.text += "; or " + other.text;
  if (key.fallback != other.fallback) key.fallback = "";
  // Conditions other than the kind hold for one of them only: let the kind look at its own.
  std::erase_if(key.used_with, [&](const std::string& condition) {
    return !condition.starts_with("data=") &&
           std::ranges::find(other.used_with, condition) == other.used_with.end();
  });
}

/// A default of the kind of data as a value.
std::optional<deck::Value> default_of(const deck::Key& key) {
  const bool letters =
      key.kind == deck::Kind::word || key.kind == deck::Kind::text || key.kind == deck::Kind::file;
  deck::Items items;
  if (key.fallback->empty()) {
    if (key.arity == deck::Arity::scalar && !letters) return std::nullopt;
    if (key.arity == deck::Arity::scalar) items.words = {""};
  } else {
    deck::Complaints complaints;
    deck::Search search;
    search.most_items = 1u << 20;
    items = deck::read_value(key, *key.fallback, {}, search, complaints).value();
  }
  return key.arity == deck::Arity::list ? items.all(key) : items.pick(key, 0);
}

bool is_set(const deck::Parameters& parameters, const std::string& path) {
  if (!parameters.has(path)) return false;
  const deck::Value& value = parameters.value(path);
  return !value.numbers.empty() || (!value.words.empty() && !value.words.front().empty());
}

void check_range(const deck::Key& key, const deck::Value& value) {
  for (const double number : value.numbers) {
    if (const auto fault = deck::range_fault(key, number)) throw deck::KeyError(key.path(), *fault);
  }
  const bool known = key.choices.empty() || value.words.empty() ||
                     std::ranges::find(key.choices, value.words.front()) != key.choices.end();
  if (!known) {
    throw deck::KeyError(key.path(), "'{}' is not one of {}", value.words.front(),
                         fmt::join(key.choices, ", "));
  }
}

}  // namespace

std::vector<deck::Key> data_keys(const std::vector<TargetKind>& kinds,
                                 const std::vector<std::string>& own) {
  std::vector<deck::Key> keys = {deck::word_key(
      "target", "data", "synthetic_dataset",
      "kind of target whose clean data it is trained on, with the keys of that kind")};
  for (const TargetKind& kind : kinds) {
    keys.front().choices.push_back(kind.name);
    for (deck::Key key : kind.keys) {
      if (std::ranges::find(own, key.name) != own.end()) continue;
      const auto known = std::ranges::find(keys, key.name, &deck::Key::name);
      if (known == keys.end()) {
        key = deck::used_with("data=" + kind.name, key);
        // Missing where the kind is another one: the kind itself says that it is required.
        if (!key.fallback) key.fallback = "";
        keys.push_back(key);
      } else {
        add_kind(*known, kind.name);
        if (!key.fallback) key.fallback = "";
        widen(*known, key);
      }
    }
  }
  return keys;
}

std::shared_ptr<const Denoiser> build_data(const deck::Parameters& parameters,
                                           const random::Address& address) {
  const std::string& name = parameters.word("target.data");
  deck::Parameters inner;
  for (const auto& [path, value] : parameters.all()) {
    if (!path.starts_with("target.")) inner.set(path, value);
  }
  deck::Value kind_value = parameters.value("target.kind");
  kind_value.words = {name};
  inner.set("target.kind", kind_value);
  for (const deck::Key& key : kind(name).keys) {
    // n = 0, which the machine may leave to its data, is no number of points to be drawn.
    const bool given = is_set(parameters, key.path()) &&
                       (key.fallback || parameters.value(key.path()).numbers != std::vector{0.0});
    if (given) {
      const deck::Value& value = parameters.value(key.path());
      check_range(key, value);
      inner.set(key.path(), value);
    } else if (!key.fallback) {
      throw deck::KeyError(key.path(), "data = {} needs it: {}", name, key.text);
    } else if (const auto value = default_of(key)) {
      inner.set(key.path(), *value);
    }
  }
  return build_denoiser(inner, address);
}

}  // namespace symbreak::target::feature_flow
