#include "sim/deck/used_with.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace symbreak::deck {

namespace {

using Alternatives = std::vector<Condition>;

std::vector<std::string> pieces(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t from = 0, at = 0;
  while ((at = text.find(separator, from)) != text.npos) {
    parts.push_back(text.substr(from, at - from));
    from = at + separator.size();
  }
  parts.push_back(text.substr(from));
  return parts;
}

Condition read_condition(const std::string& section, const std::string& text) {
  const auto equals = text.find('=');
  std::string name = text.substr(0, equals);
  Condition condition;
  if (equals == text.npos) {
    if (name.starts_with('!')) condition.test = Condition::Test::absent;
    if (name.starts_with('!')) name.erase(0, 1);
  } else {
    condition.test = name.ends_with('!') ? Condition::Test::other : Condition::Test::equal;
    if (name.ends_with('!')) name.pop_back();
    condition.values = pieces(text.substr(equals + 1), "|");
  }
  if (name.empty()) throw std::logic_error("a condition of used_with names no key: " + text);
  condition.path = name.find('.') == name.npos ? section + "." + name : name;
  return condition;
}

/// The name within its section, or the whole path.
std::string name_in(const std::string& section, const std::string& path) {
  return path.starts_with(section + ".") ? path.substr(section.size() + 1) : path;
}

std::string phrase(const std::string& section, const Condition& condition) {
  const std::string name = name_in(section, condition.path);
  switch (condition.test) {
    case Condition::Test::equal:
      return fmt::format("with {} = {}", name, fmt::join(condition.values, " or "));
    case Condition::Test::other:
      return fmt::format("with {} other than {}", name, fmt::join(condition.values, " or "));
    case Condition::Test::absent:
      return "without " + name;
    default:
      return "with " + name;
  }
}

std::string phrase(const std::string& section, const Alternatives& alternatives) {
  std::vector<std::string> phrases;
  for (const Condition& condition : alternatives) phrases.push_back(phrase(section, condition));
  return fmt::format("{}", fmt::join(phrases, " or "));
}

const Field* find_field(const std::vector<Field>& fields, const std::string& path) {
  const auto found = std::ranges::find(fields, path, &Field::path);
  return found == fields.end() ? nullptr : &*found;
}

bool is_given(const Items& items) {
  return items.size() > 1 ||
         (items.size() == 1 && (items.words.empty() || !items.words[0].empty()));
}

bool is_value(const Field& field, const std::string& value) {
  double number = 0;
  const auto end = value.data() + value.size();
  const bool numeric = std::from_chars(value.data(), end, number).ptr == end;
  return std::ranges::find(field.items.words, value) != field.items.words.end() ||
         (numeric && std::ranges::find(field.items.numbers, number) != field.items.numbers.end());
}

/// Whether a value of this field meets the condition.
bool met(const Condition& condition, const Field& field) {
  const auto matching = static_cast<std::size_t>(std::ranges::count_if(
      condition.values, [&](const std::string& value) { return is_value(field, value); }));
  switch (condition.test) {
    case Condition::Test::equal:
      return matching > 0;
    case Condition::Test::other:  // the values of a field are all different
      return is_given(field.items) && field.items.size() > matching;
    case Condition::Test::absent:
      return !is_given(field.items);
    default:
      return is_given(field.items);
  }
}

/// The condition for which a key is not used; empty when it is. A condition on a key that is itself
/// not used is not met.
Alternatives unmet(const Key& key, const std::vector<Field>& fields) {
  for (const Alternatives& alternatives : conditions(key)) {
    Alternatives deeper;
    bool good = false;
    for (const Condition& condition : alternatives) {
      const Field* field = find_field(fields, condition.path);
      if (field == nullptr) {
        good = true;
      } else if (condition.test == Condition::Test::absent) {
        good = good || met(condition, *field);
      } else if (const Alternatives other = unmet(field->key, fields); !other.empty()) {
        deeper = other;
      } else {
        good = good || met(condition, *field);
      }
    }
    if (!good) return deeper.empty() || alternatives.size() > 1 ? alternatives : deeper;
  }
  return {};
}

/// What the deck says instead.
std::string instead(const std::string& section, const Alternatives& alternatives,
                    const std::vector<Field>& fields) {
  std::vector<std::string> texts;
  for (const Condition& condition : alternatives) {
    const Field* field = find_field(fields, condition.path);
    if (field == nullptr) continue;
    std::string text = is_given(field->items) ? field->items.text(field->key) : "none";
    const bool named = alternatives.size() > 1 || condition.test == Condition::Test::absent;
    if (named) text = name_in(section, condition.path) + " = " + text;
    if (field->origin == "default" && text != "none") text += " (default)";
    texts.push_back(text);
  }
  return fmt::format("{}", fmt::join(texts, " and "));
}

}  // namespace

std::vector<std::vector<Condition>> conditions(const Key& key) {
  std::vector<Alternatives> all;
  for (const std::string& text : key.used_with) {
    Alternatives alternatives;
    for (const std::string& part : pieces(text, " or ")) {
      alternatives.push_back(read_condition(key.section, part));
    }
    all.push_back(std::move(alternatives));
  }
  return all;
}

std::string usage(const Key& key) {
  std::vector<std::string> phrases;
  for (const Alternatives& each : conditions(key)) phrases.push_back(phrase(key.section, each));
  return phrases.empty() ? "" : fmt::format("used {}", fmt::join(phrases, " and "));
}

void complain_of_unused(const std::vector<Entry>& entries, const std::vector<Field>& fields,
                        Complaints& complaints) {
  for (const Entry& entry : entries) {
    const Field* field = find_field(fields, entry.path());
    if (field == nullptr) continue;
    const Alternatives failed = unmet(field->key, fields);
    if (failed.empty()) continue;
    complaints.add(entry.key_place, fmt::format("key '{}' is used {}; this deck has {}", entry.key,
                                                phrase(entry.section, failed),
                                                instead(entry.section, failed, fields)));
  }
}

}  // namespace symbreak::deck
